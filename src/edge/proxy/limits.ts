/** What one client, and all of them together, may take of the edge. Units: in the names; times are looked at once a second. */
export interface EdgeLimits {
  readonly requestLineBytesMax: number
  /** One header line, and the whole section with the request line. */
  readonly headerLineBytesMax: number
  readonly headBytesMax: number
  readonly headersMax: number
  /** A target's answer: its head. */
  readonly answerHeadBytesMax: number
  /** Answers of 1xx before it, which nobody may be kept waiting, or be flooded, by. */
  readonly interimAnswersMax: number
  readonly connectionsMax: number
  readonly connectionsPerAddressMax: number
  /** From connecting, or a request's first byte, to the end of its head. */
  readonly headMsMax: number
  /** Until a TLS handshake is done. */
  readonly handshakeMsMax: number
  /** Bytes a second of a body, on average, once it has taken longer than a moment. */
  readonly bodyBytesPerSecondMin: number
  readonly bodyMomentMs: number
  /** Until a target has accepted a connection. */
  readonly connectMsMax: number
  /** How much is held for a receiver that does not take it before its sender is made to wait. */
  readonly heldBytesMax: number
  /** Idle connections kept to one target, and for how long. */
  readonly idleUpstreamsMax: number
  readonly idleUpstreamMsMax: number
  /** HTTP/2: streams at a time, and resets of streams before a connection is ended. */
  readonly streamsMax: number
  readonly resetsMax: number
  /** Of one source address: new connections and requests, a second on average and at once. */
  readonly newConnectionsPerSecond: number
  readonly newConnectionsBurst: number
  readonly requestsPerSecond: number
  readonly requestsBurst: number
  /** Source addresses that are remembered for these. */
  readonly addressesMax: number
  /** After the last answer: how long, and how much of what still comes is thrown away, before the connection is cut. */
  readonly lingerMsMax: number
  readonly lingerBytesMax: number
}

/**
 * Source: ELB User Guide for Application Load Balancers, "HTTP header size limits" (16 K a request line and a header, 64 K all of them,
 * 32 K of an answer) and "Troubleshoot" (10 s to connect to a target). AWS publishes no limits against floods: these are far above what
 * browsers and busy API clients need.
 */
export const defaultEdgeLimits: EdgeLimits = {
  requestLineBytesMax: 16_384,
  headerLineBytesMax: 16_384,
  headBytesMax: 65_536,
  headersMax: 200,
  answerHeadBytesMax: 32_768,
  interimAnswersMax: 16,
  connectionsMax: 20_000,
  connectionsPerAddressMax: 2_000,
  headMsMax: 10_000,
  handshakeMsMax: 10_000,
  bodyBytesPerSecondMin: 240,
  bodyMomentMs: 10_000,
  connectMsMax: 10_000,
  heldBytesMax: 256 * 1024,
  idleUpstreamsMax: 256,
  idleUpstreamMsMax: 30_000,
  streamsMax: 128,
  resetsMax: 200,
  newConnectionsPerSecond: 1_000,
  newConnectionsBurst: 4_000,
  requestsPerSecond: 20_000,
  requestsBurst: 50_000,
  addressesMax: 100_000,
  lingerMsMax: 2_000,
  lingerBytesMax: 1024 * 1024,
}
