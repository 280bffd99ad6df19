import type { FrontDoorAttributes } from '#core/front-door.ts'
import {
  attributeList,
  type AttributeTable,
  flag,
  oneOf,
  only,
  textOf,
  valueOf,
  wholeNumber,
  withAttributes,
} from './attributes.ts'
import { elbv2, on, onAll } from './declare.ts'
import type { LoadBalancerDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findLoadBalancer } from './find.ts'

const bucket = textOf(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket')
const prefix = textOf(
  /^(?!.*AWSLogs)(?!\/)(?!.*\.\.)[A-Za-z0-9!_.*'()/-]{1,256}(?<!\/)$/,
  'a prefix without AWSLogs',
)

/** Source: ELBv2 API Reference, LoadBalancerAttribute, those of application load balancers. */
export const loadBalancerAttributes = {
  'access_logs.s3.enabled': flag(false),
  'access_logs.s3.bucket': bucket,
  'access_logs.s3.prefix': prefix,
  'connection_logs.s3.enabled': only('false'),
  'deletion_protection.enabled': flag(false),
  'client_keep_alive.seconds': wholeNumber(3600, 60, 604_800),
  'idle_timeout.timeout_seconds': wholeNumber(60, 1, 4000),
  'routing.http.desync_mitigation_mode': oneOf(['defensive', 'monitor', 'strictest']),
  'routing.http.drop_invalid_header_fields.enabled': flag(false),
  'routing.http.preserve_host_header.enabled': flag(false),
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': flag(false),
  'routing.http.xff_client_port.enabled': flag(false),
  'routing.http.xff_header_processing.mode': oneOf(['append', 'preserve', 'remove']),
  'routing.http2.enabled': flag(true),
  'waf.fail_open.enabled': flag(false),
  'load_balancing.cross_zone.enabled': only('true'),
  'zonal_shift.config.enabled': only('false'),
} as const satisfies AttributeTable

type Key = keyof typeof loadBalancerAttributes

/** Sets attributes; they are in force for the next request. Faults: ValidationError; LoadBalancerNotFound. */
export const ModifyLoadBalancerAttributes = elbv2('ModifyLoadBalancerAttributes', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: (target) => [on('ModifyLoadBalancerAttributes', target)],
  run({ target, input, call }) {
    const attributes = withAttributes(loadBalancerAttributes, target.attributes, input.Attributes)
    if (attributes['access_logs.s3.enabled'] === 'true' && !attributes['access_logs.s3.bucket'])
      throw faults.invalidConfiguration("The value of 'access_logs.s3.bucket' cannot be empty")
    call.loadBalancers.put(loadBalancerId(target), { ...target, attributes })
    return { Attributes: attributeList(loadBalancerAttributes, attributes) }
  },
})

/** Shows all attributes. */
export const DescribeLoadBalancerAttributes = elbv2('DescribeLoadBalancerAttributes', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: () => onAll('DescribeLoadBalancerAttributes'),
  run: ({ target }) => ({ Attributes: attributeList(loadBalancerAttributes, target.attributes) }),
})

/** The id of a load balancer's document. */
export function loadBalancerId({ name, id }: Pick<LoadBalancerDocument, 'name' | 'id'>): string {
  return `app/${name}/${id}`
}

export function isProtected({ attributes }: LoadBalancerDocument): boolean {
  return attributes['deletion_protection.enabled'] === 'true'
}

/** Attributes as the edge acts on them. */
export function frontDoorAttributes({ attributes }: LoadBalancerDocument): FrontDoorAttributes {
  const value = (key: Key): string => valueOf(loadBalancerAttributes, attributes, key)
  const isOn = (key: Key): boolean => value(key) === 'true'
  return {
    idleTimeoutSec: Number(value('idle_timeout.timeout_seconds')),
    clientKeepAliveSec: Number(value('client_keep_alive.seconds')),
    http2: isOn('routing.http2.enabled'),
    dropInvalidHeaderFields: isOn('routing.http.drop_invalid_header_fields.enabled'),
    // The table takes these values alone.
    desyncMitigationMode: value(
      'routing.http.desync_mitigation_mode',
    ) as FrontDoorAttributes['desyncMitigationMode'],
    preserveHostHeader: isOn('routing.http.preserve_host_header.enabled'),
    // As above.
    xffHeaderProcessing: value(
      'routing.http.xff_header_processing.mode',
    ) as FrontDoorAttributes['xffHeaderProcessing'],
    xffClientPort: isOn('routing.http.xff_client_port.enabled'),
    tlsVersionAndCipherHeaders: isOn('routing.http.x_amzn_tls_version_and_cipher_suite.enabled'),
    wafFailOpen: isOn('waf.fail_open.enabled'),
    accessLogs: isOn('access_logs.s3.enabled')
      ? { bucket: value('access_logs.s3.bucket'), prefix: value('access_logs.s3.prefix') }
      : undefined,
  }
}
