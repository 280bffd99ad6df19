/**
 * What one client, and all of them together, may take. Units: in the names. Time limits are looked at once a second, so each may
 * be up to a second late.
 */
export interface Http1Limits {
  readonly methodBytesMax: number
  readonly targetBytesMax: number
  /** The header section, line ends included, without the empty line that ends it. */
  readonly headerBytesMax: number
  readonly headersMax: number
  readonly bodyBytesMax: number
  /** Extensions of one chunk, and of all chunks of a body. */
  readonly chunkExtensionBytesMax: number
  readonly chunkExtensionsBytesMax: number
  readonly trailerBytesMax: number
  /** Memory for requests that have not arrived whole, of all connections together; who needs more is told to come back. */
  readonly receivingBytesMax: number
  readonly connectionsMax: number
  /** From a request's first byte, or from connecting where none comes, to the end of its head. */
  readonly headMsMax: number
  /** From a request's first byte to its last. */
  readonly requestMsMax: number
  /** From an answer to the next request's first byte. */
  readonly idleMsMax: number
  /** Until a client has taken an answer that its socket could not take at once. */
  readonly drainMsMax: number
  /** After the last answer: how long and how much input is thrown away before the connection is cut. */
  readonly lingerMsMax: number
  readonly lingerBytesMax: number
}

const kibibyte = 1024
const mebibyte = 1024 * kibibyte

/**
 * AWS's own limits are 128 KB and more for headers and bodies of its services; a Lambda function's package, the largest thing
 * that any service takes inline, has 50 MB and arrives in base64. Source: Lambda Developer Guide, "Lambda quotas"; RFC 9112,
 * section 3 (8,000 bytes of request line at least), section 7.1.1 (bounds on chunk extensions); the times are Node's own.
 */
export const defaultLimits: Http1Limits = {
  methodBytesMax: 32,
  targetBytesMax: 16 * kibibyte,
  headerBytesMax: 32 * kibibyte,
  headersMax: 200,
  bodyBytesMax: 70 * mebibyte,
  chunkExtensionBytesMax: 256,
  chunkExtensionsBytesMax: 16 * kibibyte,
  trailerBytesMax: 8 * kibibyte,
  receivingBytesMax: 256 * mebibyte,
  connectionsMax: 10_000,
  headMsMax: 10_000,
  requestMsMax: 60_000,
  idleMsMax: 65_000,
  drainMsMax: 60_000,
  lingerMsMax: 1_000,
  lingerBytesMax: mebibyte,
}
