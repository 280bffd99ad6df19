/**
 * One HTTP request as SigV4 sees it: what arrived on the wire, undecoded. A `node:http` request fits after its body is read.
 * Header values hold one character per byte (as Node delivers them), names are lower-case.
 */
export interface SignedRequest {
  readonly method: string
  /** The raw path, still percent-encoded, without the query. */
  readonly path: string
  /** The raw query, still percent-encoded, without the question mark. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /**
   * Node's `rawHeaders` (name, value, name, value …), wanted only to tell a header sent twice, which signs as `a,b`, from one
   * that says `a, b`. Without it a repeated signed header fails to verify.
   */
  readonly rawHeaders?: readonly string[]
  readonly body: Uint8Array
}

/** A header's value; never a property that the header's name finds on a prototype. */
export function headerOf(request: SignedRequest, name: string): string | undefined {
  return Object.hasOwn(request.headers, name) ? request.headers[name] : undefined
}
