/** Text is Latin-1: one character for each byte received. */
export type Header = readonly [name: string, value: string]

/** One web request's head, by whatever protocol it came. */
export interface EdgeRequest {
  readonly method: string
  /** As received, percent-encoding included, without query string. */
  readonly path: string
  /** As received, without the question mark; undefined where there is none. */
  readonly query: string | undefined
  readonly httpVersion: '1.0' | '1.1' | '2.0'
  /** In the order received, one entry for each header line; `:authority` of HTTP/2 stands as `host`. */
  readonly headers: readonly Header[]
  /** The host asked for, in lower case, without port. */
  readonly host: string
  readonly scheme: 'http' | 'https'
  readonly client: { readonly address: string; readonly port: number }
  readonly tls?: TlsFacts | undefined
  readonly receivedAtMs: number
}

export interface TlsFacts {
  /** `TLSv1.3`. */
  readonly version: string
  /** In OpenSSL's name. */
  readonly cipher: string
  readonly serverName: string | undefined
  readonly certificateArn: string
  readonly ja3?: string | undefined
  readonly ja4?: string | undefined
}

/** The body's first bytes, read before the request is judged; they stay in it for whoever forwards it. */
export interface BodyStart {
  readonly bytes: Uint8Array
  /** Whether the body goes on beyond `bytes`. */
  readonly cut: boolean
}

/** An answer that the edge gives by itself. */
export interface EdgeAnswer {
  readonly statusCode: number
  readonly headers: readonly Header[]
  readonly body: string | Uint8Array
}
