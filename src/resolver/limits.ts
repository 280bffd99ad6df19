/** What the resolver spends at most. Differs: where no source is named the numbers are our own. */
export const limits = {
  /** Of a datagram either way: no path cuts it. Source: DNS flag day 2020; RFC 9715, section 3.1. Units: bytes. */
  datagramBytes: 1_232,
  /** Of a client that names no size. Source: RFC 1035, section 4.2.1. Units: bytes. */
  plainDatagramBytes: 512,
  /** Different questions that upstreams are asked at once; each holds a socket. */
  questionsUnderWay: 500,
  /** Queries that wait for them, of all clients. */
  queriesUnderWay: 5_000,
  /** A client's queries in a second, and at once. */
  clientPerSecond: 500,
  clientBurst: 1_000,
  /** Clients that are counted; the oldest is forgotten. */
  clients: 10_000,
  connections: 100,
  connectionsPerClient: 20,
  /** Queries of a connection that wait for an answer; it is not read on meanwhile. Source: RFC 7766, section 6.2.1.1 allows any number. */
  queriesPerConnection: 32,
  /** Of answers that a client does not fetch. Units: bytes. */
  unsentBytes: 256 * 1024,
  /** Source: RFC 7766, section 6.2.3: a few seconds. Units: milliseconds. */
  connectionIdleMs: 10_000,
  /** For one upstream to answer. Units: milliseconds. */
  attemptMs: 1_500,
  /** So often each upstream is asked, one after the other. */
  rounds: 2,
  /** For all of them; a system's own resolver gives up after five seconds. Units: milliseconds. */
  questionMs: 4_500,
  /** Of an answer in a record. */
  recordedAnswers: 30,
  recordedCharacters: 255,
  /** Records that wait to be written; further ones are counted. */
  recordsWaiting: 20_000,
  /** Units: milliseconds. */
  writeEveryMs: 250,
} as const
