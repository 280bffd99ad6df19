import type {
  Certificate,
  FrontDoor,
  Listener,
  ListenerRule,
  TargetGroup,
  Target,
  TlsPolicy,
} from '#core/front-door.ts'
import type { Guard } from './guard.ts'
import type { RequestRecord } from './record.ts'
import type { EdgeAnswer, EdgeRequest, Header } from './request.ts'

// What stands between the sockets (`proxy/`) and the configuration (`doors/`): the proxy asks, the doors answer, without I/O.

/** The configuration of the moment, ready for traffic; it is exchanged as a whole, and each request goes its way by one. */
export interface Doors {
  /** Own ports of listeners that are to be bound beside the shared ones. */
  readonly ownPorts: readonly number[]
  /** Whether a front door behind the port admits the source at all: asked before a byte is read. */
  readonly admits: (port: number, address: string) => boolean
  /** What a TLS client is shown for the name that it asks for; `undefined`: nothing on this port speaks TLS. */
  readonly certificate: (port: number, serverName: string | undefined) => CertificateChoice | undefined
  /** The door that a request is for; `undefined`: none of that name is here, or none admits the source. */
  readonly find: (place: {
    port: number
    scheme: 'http' | 'https'
    host: string
    serverName: string | undefined
  }) => Door | undefined
}

export interface CertificateChoice {
  readonly certificate: Certificate
  readonly policy: TlsPolicy
  readonly http2: boolean
}

/** A listener of a front door. */
export interface Door {
  readonly frontDoor: FrontDoor
  readonly listener: Listener
  /** Whether its security groups let this source in on the listener's port. */
  readonly admits: (address: string) => boolean
  readonly guard: Guard | undefined
  /** What the listener's rules say; a promise where an identity provider has to be asked. */
  readonly route: (request: EdgeRequest) => Route | Promise<Route>
}

type Actions = RequestRecord['actions']

export type Route =
  | {
      readonly kind: 'answer'
      readonly rule: ListenerRule
      readonly actions: Actions
      readonly answer: EdgeAnswer
      readonly redirectUrl?: string | undefined
      readonly errorReason?: string | undefined
    }
  | {
      readonly kind: 'forward'
      readonly rule: ListenerRule
      readonly actions: Actions
      /** The target of the next attempt; `tried` holds those that could not be reached. `undefined`: there is none, answer 503. */
      readonly pick: (tried: ReadonlySet<Target>) => Attempt | undefined
    }

/** A request on its way to one target. */
export interface Attempt {
  readonly group: TargetGroup
  readonly target: Target
  /** The head as the target is to get it: hop-by-hop fields removed, X-Forwarded-* set, rewritten by transforms; no framing fields. */
  readonly head: (given: { readonly inserted: readonly Header[]; readonly traceId: string }) => {
    readonly method: string
    /** Path and query. */
    readonly target: string
    readonly headers: readonly Header[]
  }
  /** Fields of the target's answer as the client is to get them: hop-by-hop fields removed, cookies of stickiness added. */
  readonly answerHeaders: (headers: readonly Header[]) => readonly Header[]
  /** Counts the request among the target's outstanding ones; the answer ends that. */
  readonly begin: () => () => void
}
