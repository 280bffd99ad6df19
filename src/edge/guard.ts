import type { Judgement } from './record.ts'
import type { BodyStart, EdgeAnswer, EdgeRequest, Header } from './request.ts'

/** A web ACL on the way of requests: a front door's guard. */
export interface Guard {
  /** How much of a body it wants to see. */
  readonly bodyBytesMax: number
  /** Inspects a request; a bug within blocks it. */
  readonly judge: (request: EdgeRequest, body: BodyStart) => Judged
}

/** What is to happen to a request: it is answered, or goes on with further headers. */
export interface Judged {
  /** Absent where no web ACL was asked: a page's own request, or a web ACL that does not work. */
  readonly judgement?: Judgement | undefined
  readonly answer?: EdgeAnswer | undefined
  readonly insertedHeaders: readonly Header[]
}
