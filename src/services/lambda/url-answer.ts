import type { HttpResponse } from '#wire/index.ts'

/** What a function may say of an answer. */
interface Said {
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly cookies?: unknown
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
}

/**
 * The answer that a function's payload is, in format version 2.0: where it names no status, the payload itself is the body. Undefined: it
 * is none that HTTP could say.
 * Source: Lambda Developer Guide, "Invoking Lambda function URLs", response payload format.
 */
export function answerOf(payload: Uint8Array): HttpResponse | undefined {
  const text = Buffer.from(payload).toString('utf8')
  const said = parsed(text)
  if (said === undefined) return undefined
  if (typeof said !== 'object' || said === null || Array.isArray(said) || !('statusCode' in said))
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof said === 'string' ? said : text,
    }
  const head = headOf(said)
  const body = bodyOf(said)
  if (!head || body === undefined) return undefined
  return { ...head, body: isBodiless(head.status) ? '' : body }
}

/** Status, headers and cookies, with `application/json` where no type is named. Undefined: HTTP could not say it. */
export function headOf(
  { statusCode = 200, headers: given = {}, cookies = [] }: Said,
  defaultType = 'application/json',
): Pick<HttpResponse, 'status' | 'headers' | 'setCookies'> | undefined {
  const status = typeof statusCode === 'string' ? Number(statusCode) : statusCode
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    return undefined
  if (typeof given !== 'object' || given === null || !Array.isArray(cookies)) return undefined
  const headers: Record<string, string> = { 'content-type': defaultType }
  const setCookies: string[] = []
  for (const [name, value] of Object.entries(given)) {
    const [field, told] = [name.toLowerCase(), fieldText(value)]
    if (!fieldName.test(field) || told === undefined) return undefined
    if (field === 'set-cookie') setCookies.push(told)
    else headers[remapped.has(field) ? `x-amzn-remapped-${field}` : field] = told
  }
  for (const cookie of cookies) {
    const told = fieldText(cookie)
    if (told === undefined) return undefined
    setCookies.push(told)
  }
  return { status, headers, ...(setCookies.length > 0 && { setCookies }) }
}

export function isBodiless(status: number): boolean {
  return status === 204 || status === 304
}

/** Fields that only whoever writes the response knows; what a function says of them is told by another name. */
const remapped: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/** Source: RFC 9110, section 5.5. What it cannot hold is refused, not cut. */
function fieldText(value: unknown): string | undefined {
  const given: unknown = Array.isArray(value) ? value.join(',') : value
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') return undefined
  const text = String(given)
  return /[^\t\x20-\x7e\x80-\xff]/.test(text) ? undefined : text
}

function bodyOf({ body = '', isBase64Encoded = false }: Said): Uint8Array | string | undefined {
  if (body === null) return ''
  if (typeof body !== 'string') return typeof body === 'object' ? JSON.stringify(body) : undefined
  return isBase64Encoded === true ? Buffer.from(body, 'base64') : body
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
