import type { GuardedWebACL } from '#core/front-door.ts'
import type { TokenCheck } from '#engines/waf/index.ts'
import type { BodyStart, EdgeAnswer, EdgeRequest } from '../request.ts'

/** What CAPTCHA and Challenge need of the edge: tokens in requests, pages that give them, the endpoint that takes solutions. */
export interface Tokens {
  /** The answer to a request for the endpoint; asked before the web ACL, which would challenge it. `undefined`: it is another request. */
  readonly answerTo: (request: EdgeRequest, body: BodyStart, webACL: GuardedWebACL) => EdgeAnswer | undefined
  /** What the request's token says; it is read when it is first asked for. */
  readonly check: (request: EdgeRequest, webACL: GuardedWebACL) => TokenCheck
  /** When the request's token was earned, for records. Milliseconds since 1970. */
  readonly solvedAtMs: (
    kind: 'CAPTCHA' | 'CHALLENGE',
    request: EdgeRequest,
    webACL: GuardedWebACL,
  ) => number | undefined
  /** What a client gets that has to solve something. */
  readonly page: (kind: 'CAPTCHA' | 'CHALLENGE', request: EdgeRequest, webACL: GuardedWebACL) => EdgeAnswer
}
