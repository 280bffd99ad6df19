/**
 * What a proxy may answer instead of a result.
 * Source: XKS Proxy API Specification, "Error codes".
 */
export const proxyErrors = [
  'ValidationException',
  'InvalidStateException',
  'InvalidCiphertextException',
  'InvalidKeyUsageException',
  'AuthenticationFailedException',
  'AccessDeniedException',
  'KeyNotFoundException',
  'InvalidUriPathException',
  'ThrottlingException',
  'UnsupportedOperationException',
  'DependencyTimeoutException',
  'InternalException',
] as const
export type ProxyError = (typeof proxyErrors)[number]

/** Why a call to an external key store proxy gave no result. Closed: `faults.ts` has a row for each. */
export type XksReason =
  | ProxyError
  /** No TCP connection: no such host, refused, no route, an address that is not allowed, or lost before an answer. */
  | 'Unreachable'
  /** No TLS connection: protocol, cipher, certificate authority, host name, validity. */
  | 'TlsFailed'
  /** Connected, and no whole answer in time. */
  | 'TimedOut'
  /** An answer that the specification does not allow, or a larger one than any it allows. */
  | 'MalformedResponse'
  /** The proxy answers, and says that every one of its key managers is unavailable. */
  | 'KeyManagersUnavailable'
  /** The external key is not one of AES-256 that encrypts and decrypts. */
  | 'UnfitKey'

/** A call to the proxy that gave no result, with why. */
export interface XksFailure {
  readonly ok: false
  readonly reason: XksReason
  /** For the operator's log, never for the caller: what the proxy or the connection said, in printable ASCII. */
  readonly detail: string
}

/** What a call to the proxy comes to. It never throws for anything that the proxy or the network does. */
export type XksOutcome<Value> = { readonly ok: true; readonly value: Value } | XksFailure

/** Units: characters. Source: XKS Proxy API Specification, "Error codes": `errorMessage` has fewer than 512. */
const detailLengthMax = 511

/** A failure; its detail is cut and cleaned, since a proxy may have written it. */
export function failed(reason: XksReason, detail: string): XksFailure {
  return { ok: false, reason, detail: detail.slice(0, detailLengthMax).replaceAll(/[^ -~]/g, '?') }
}
