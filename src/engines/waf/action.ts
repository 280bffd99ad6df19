import { utf8Bytes } from './bytes.ts'
import { type Given, exactlyOne, integer, listOf, members, oneOf, optional, type Read, text } from './read.ts'
import { invalid, type RefusedField } from './refusal.ts'
import { entityName } from './names.ts'

/** A field that an action adds to a request or to an answer; text is Latin-1, a character a byte, as in requests. */
export type Header = readonly [name: string, value: string]

/** A body that a web ACL keeps for the answers of its blocking rules, which name it by its key. */
export interface CustomBody {
  readonly contentType: 'TEXT_PLAIN' | 'TEXT_HTML' | 'APPLICATION_JSON'
  readonly content: string
}

/** What a blocked request is answered. */
export interface BlockResponse {
  readonly statusCode: number
  readonly headers: readonly Header[]
  readonly body?: CustomBody
}

/** A rule's action, ready to be carried out. `insert` are headers for the request as it is forwarded. */
export type Action =
  | { readonly type: 'ALLOW' | 'COUNT'; readonly insert: readonly Header[] }
  | { readonly type: 'BLOCK'; readonly response: BlockResponse }
  | { readonly type: 'CAPTCHA' | 'CHALLENGE'; readonly insert: readonly Header[] }

/** The responses that block actions refer to. */
export type CustomBodies = ReadonlyMap<string, CustomBody>

const customHeadersMax = 10
const header = members({
  Name: text(1, 64, /^[a-zA-Z0-9._$-]+$/),
  // eslint-disable-next-line no-control-regex -- A value with a line's end would be a second header.
  Value: text(1, 255, /^[^\0-\x08\x0a-\x1f\x7f]*$/),
})
const headers: Read<readonly Header[]> = (value, field, name) => {
  const list = listOf(header, 1, customHeadersMax)(value, field, name)
  const names = new Set(list.map(({ Name }) => Name.toLowerCase()))
  if (names.size < list.length) throw invalid(field, name, 'must not name a header twice')
  // Written as Latin-1, a letter beyond it could become a line's end.
  return list.map(({ Name, Value }) => [Name, utf8Bytes(Value)])
}

/** Source: AWS WAF Developer Guide, "Custom request header insertions". */
const insertedPrefix = 'x-amzn-waf-'

const requestHandling = members({ InsertHeaders: headers }, 'CUSTOM_REQUEST_HANDLING')
const forwarding = members({ CustomRequestHandling: optional(requestHandling) })
const response = members(
  {
    ResponseCode: integer(200, 599),
    CustomResponseBodyKey: optional(entityName),
    ResponseHeaders: optional(headers),
  },
  'CUSTOM_RESPONSE',
)
const blocking = members({ CustomResponse: optional(response) })

/** Source: AWS WAF Developer Guide, "Rule action": what a block without custom response answers. */
const forbidden: BlockResponse = { statusCode: 403, headers: [] }

const names = ['Allow', 'Block', 'Count', 'Captcha', 'Challenge', 'Monetize'] as const

/** Reads a rule's action, or a web ACL's default one. */
export function readAction(value: unknown, field: RefusedField, name: string, bodies: CustomBodies): Action {
  const [kind, body] = exactlyOne(field, names)(value, field, name)
  switch (
    kind as (typeof names)[number] // exactlyOne gives one of the names it was given.
  ) {
    case 'Allow':
      return { type: 'ALLOW', insert: inserted(body, field, kind) }
    case 'Count':
      return { type: 'COUNT', insert: inserted(body, field, kind) }
    case 'Captcha':
      return { type: 'CAPTCHA', insert: inserted(body, field, kind) }
    case 'Challenge':
      return { type: 'CHALLENGE', insert: inserted(body, field, kind) }
    case 'Block':
      return { type: 'BLOCK', response: responseOf(blocking(body, field, kind).CustomResponse, bodies) }
    case 'Monetize':
      throw invalid(field, kind, 'is not supported: payments are not enforced')
  }
}

function inserted(body: unknown, field: RefusedField, name: string): readonly Header[] {
  const { CustomRequestHandling } = forwarding(body, field, name)
  return (CustomRequestHandling?.InsertHeaders ?? []).map(([header, value]) => [
    insertedPrefix + header,
    value,
  ])
}

function responseOf(custom: Given<typeof response> | undefined, bodies: CustomBodies): BlockResponse {
  if (custom === undefined) return forbidden
  const answer = { statusCode: custom.ResponseCode, headers: custom.ResponseHeaders ?? [] }
  if (custom.CustomResponseBodyKey === undefined) return answer
  const body = bodies.get(custom.CustomResponseBodyKey)
  if (body === undefined)
    throw invalid(
      'CUSTOM_RESPONSE_BODY',
      custom.CustomResponseBodyKey,
      'there is no such custom response body',
    )
  return { ...answer, body }
}

const contentMax = 10_240
const bodiesMax = 50
const customBody = members(
  {
    ContentType: oneOf(['TEXT_PLAIN', 'TEXT_HTML', 'APPLICATION_JSON'], 'RESPONSE_CONTENT_TYPE'),
    Content: text(1, contentMax),
  },
  'CUSTOM_RESPONSE_BODY',
)

/** Reads the responses that a web ACL or a rule group keeps. */
export function readCustomBodies(value: unknown): CustomBodies {
  const bodies = new Map<string, CustomBody>()
  if (value === undefined) return bodies
  if (typeof value !== 'object' || value === null)
    throw invalid('CUSTOM_RESPONSE_BODY', value, 'must be an object')
  for (const [key, body] of Object.entries(value)) {
    entityName(key, 'CUSTOM_RESPONSE_BODY', 'key')
    const { ContentType, Content } = customBody(body, 'CUSTOM_RESPONSE_BODY', key)
    bodies.set(key, { contentType: ContentType, content: Content })
  }
  if (bodies.size > bodiesMax)
    throw invalid('CUSTOM_RESPONSE_BODY', String(bodies.size), `there may be ${bodiesMax}`)
  return bodies
}
