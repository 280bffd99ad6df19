import type { FrontDoor, Listener, OidcAction } from '#core/front-door.ts'
import type { AuthOutcome } from '../oidc/index.ts'
import type { EdgeRequest } from '../request.ts'

/** Whose action it is. */
export interface AuthPlace {
  readonly frontDoor: FrontDoor
  readonly listener: Listener
}

/** Users' logins before their requests are forwarded; a promise where the identity provider has to be asked. */
export interface Authenticate {
  readonly authenticate: (
    action: OidcAction,
    request: EdgeRequest,
    place: AuthPlace,
  ) => AuthOutcome | Promise<AuthOutcome>
  /** Answers what is the door's own: the way back from a provider, its public key. `undefined`: another request. */
  readonly answerTo: (request: EdgeRequest, place: AuthPlace) => Promise<AuthOutcome> | undefined
}
