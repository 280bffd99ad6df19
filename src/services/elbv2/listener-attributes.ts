import type { Listener } from '#core/front-door.ts'
import { attributeList, type AttributeTable, flag, textOf, valueOf, withAttributes } from './attributes.ts'
import { elbv2, on, onAll } from './declare.ts'
import type { ListenerDocument } from './documents.ts'
import { findListener } from './find.ts'

const headerValue = textOf(/^[\x20-\x7e]{1,1024}$/, 'up to 1024 visible ASCII characters')

/** Answers' headers by the attribute that sets them. Source: ELB User Guide for Application Load Balancers, "HTTP header modification". */
const responseHeaders = {
  'routing.http.response.strict_transport_security.header_value': 'Strict-Transport-Security',
  'routing.http.response.access_control_allow_origin.header_value': 'Access-Control-Allow-Origin',
  'routing.http.response.access_control_allow_methods.header_value': 'Access-Control-Allow-Methods',
  'routing.http.response.access_control_allow_headers.header_value': 'Access-Control-Allow-Headers',
  'routing.http.response.access_control_allow_credentials.header_value': 'Access-Control-Allow-Credentials',
  'routing.http.response.access_control_expose_headers.header_value': 'Access-Control-Expose-Headers',
  'routing.http.response.access_control_max_age.header_value': 'Access-Control-Max-Age',
  'routing.http.response.content_security_policy.header_value': 'Content-Security-Policy',
  'routing.http.response.x_content_type_options.header_value': 'X-Content-Type-Options',
  'routing.http.response.x_frame_options.header_value': 'X-Frame-Options',
} as const

const serverEnabled = 'routing.http.response.server.enabled'

const listenerAttributes: AttributeTable = {
  [serverEnabled]: flag(true),
  ...Object.fromEntries(Object.keys(responseHeaders).map((key) => [key, headerValue])),
}

/** Sets attributes. Faults: ValidationError for what is not acted on here (the names of TLS headers), or a wrong value. */
export const ModifyListenerAttributes = elbv2('ModifyListenerAttributes', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: (target) => [on('ModifyListenerAttributes', target)],
  run({ target, input, call }) {
    const attributes = withAttributes(listenerAttributes, target.attributes, input.Attributes)
    call.listeners.put(target.id, { ...target, attributes })
    return { Attributes: attributeList(listenerAttributes, attributes) }
  },
})

/** Shows all attributes. */
export const DescribeListenerAttributes = elbv2('DescribeListenerAttributes', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: () => onAll('DescribeListenerAttributes'),
  run: ({ target }) => ({ Attributes: attributeList(listenerAttributes, target.attributes) }),
})

/** Attributes as the edge acts on them. */
export function edgeAttributes({
  attributes,
}: ListenerDocument): Pick<Listener, 'responseHeaders' | 'serverHeader'> {
  return {
    serverHeader: valueOf(listenerAttributes, attributes, serverEnabled) === 'true',
    responseHeaders: Object.entries(responseHeaders).flatMap(([key, header]) => {
      const value = attributes[key]
      return value === undefined || value === '' ? [] : [[header, value] as const]
    }),
  }
}
