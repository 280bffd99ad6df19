import type { EdgeRequest, Header } from '../request.ts'
import type { Upstream } from './upstream.ts'

/** The client of one request, whatever protocol it speaks; an exchange answers through it. */
export interface Client {
  readonly request: EdgeRequest
  /** The port of the edge that it is connected to. */
  readonly port: number
  /** Bytes of the request's body; 0: it has none. */
  readonly bodyLength: number | 'unknown'
  /** The protocol that it would change to: `websocket`. */
  readonly upgrade: string | undefined
  /** Hands the body's next pieces to the exchange, until `pauseBody`. */
  readonly resumeBody: () => void
  readonly pauseBody: () => void
  /** Whether the connection is to end after this answer. */
  readonly closeAfter: () => void
  /** Sends an interim answer: 103. */
  readonly interim: (status: number, headers: readonly Header[]) => void
  /** Begins the answer. `length`: bytes of the body that follows, `unknown`, or `none` for one without body. */
  readonly head: (status: number, headers: readonly Header[], length: number | 'unknown' | 'none') => void
  /** False: it does not take more before `onClientDrained`. */
  readonly piece: (bytes: Buffer) => boolean
  /** Sends what is held back to be sent together. */
  readonly flush: () => void
  /** The answer is complete. */
  readonly end: () => void
  /** The answer cannot be completed: the client must not take it for a whole one. */
  readonly fail: () => void
  /** Answers 101, and joins both connections byte by byte until one ends, which is then told. */
  readonly join: (headers: readonly Header[], upstream: Upstream, onClosed: () => void) => void
  /** Bytes of this request that came, and of its answer that were sent, so far. */
  readonly counts: () => { readonly received: number; readonly sent: number }
}
