import type { GuardedWebACL } from '#core/front-door.ts'
import type { Check, TokenCheck } from '#engines/waf/index.ts'
import type { BodyStart, EdgeAnswer, EdgeRequest } from '../request.ts'

/** What a token says, beside whether it passes: for records. */
export interface TokenFacts {
  readonly solvedAtMs?: number | undefined
}

/** CAPTCHA and challenge: pages, their solutions, and the tokens that a client gets for them. */
export interface Tokens {
  /** Answers what pages send to the edge itself; `undefined` for every other request. */
  readonly answerTo: (request: EdgeRequest, body: BodyStart, webACL: GuardedWebACL) => EdgeAnswer | undefined
  /** What the request's token says. */
  readonly check: (request: EdgeRequest, webACL: GuardedWebACL) => TokenCheck
  /** What a client is shown that has to solve something. */
  readonly page: (check: Check, request: EdgeRequest, webACL: GuardedWebACL) => EdgeAnswer
}
