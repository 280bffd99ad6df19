import type { FrontDoor, OidcAction } from '#core/front-door.ts'
import type { EdgeAnswer, EdgeRequest, Header } from '../request.ts'

/** Whether a request's user is known to the identity provider; a promise where that has to be asked. */
export type Authenticate = (
  action: OidcAction,
  request: EdgeRequest,
  frontDoor: FrontDoor,
) => Authentication | Promise<Authentication>

export type Authentication =
  /** The request goes on, with what is known of its user. */
  | {
      readonly kind: 'known'
      readonly headers: readonly Header[]
      /** For the answer: a session that was renewed. */
      readonly answerHeaders: readonly Header[]
    }
  /** It does not: the user has to sign in, or may not pass. */
  | { readonly kind: 'answered'; readonly answer: EdgeAnswer; readonly errorReason?: string | undefined }
