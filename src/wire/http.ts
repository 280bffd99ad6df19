/** One HTTP request as the wire sees it: nothing decoded, nothing normalised, so that a signature can be checked over it. */
export interface HttpRequest {
  readonly method: string
  /** The path as it was sent, percent-encoded, without the query string. */
  readonly path: string
  /** The query string as it was sent, without `?`. */
  readonly query: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

/** A whole response, or the beginning of one that is sent as it is made. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
  /** Values of Set-Cookie, the one field that may stand several times. Source: RFC 6265, section 3. */
  readonly setCookies?: readonly string[]
  /**
   * What follows `body` as it comes: such a response is sent in chunks. Where it throws, the connection is cut, so that nobody takes what
   * was sent for the whole; whoever does not read it to its end calls `return`.
   */
  readonly rest?: AsyncIterableIterator<Uint8Array>
}
