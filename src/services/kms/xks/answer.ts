import { failed, type ProxyError, proxyErrors, type XksFailure, type XksOutcome } from './outcome.ts'

/** A JSON answer's members; whoever reads them checks each. */
export type Members = Readonly<Record<string, unknown>>

/** Takes a 200 apart with `read`, and anything else as an error. */
export function readAnswer<Value>(
  { status, body }: { readonly status: number; readonly body: Buffer },
  read: (members: Members) => XksOutcome<Value>,
): XksOutcome<Value> {
  const members = jsonMembers(body.toString('utf8'))
  if (members === undefined) return malformed(`status ${status} without a JSON object`)
  return status === 200 ? read(members) : readError(status, members)
}

/** The name decides, not the status. Source: XKS Proxy API Specification, "Error codes", "KMS Considerations". */
function readError(status: number, { errorName, errorMessage }: Members): XksFailure {
  if (!isProxyError(errorName)) return malformed(`status ${status} without a known errorName`)
  return failed(errorName, typeof errorMessage === 'string' ? errorMessage : `status ${status}`)
}

/** An answer that the specification does not allow. */
export function malformed(detail: string): XksFailure {
  return failed('MalformedResponse', detail)
}

function jsonMembers(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined // JSON.parse throws for one reason only: the text is not JSON.
  }
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isProxyError(name: unknown): name is ProxyError {
  return proxyErrors.some((known) => known === name)
}

/** Strict: undefined for what does not encode back to the same text. */
export function fromBase64(value: unknown): Buffer | undefined {
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  return bytes.toString('base64') === value ? bytes : undefined
}
