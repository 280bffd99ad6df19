import type { EdgeReport, EdgeSockets } from '#edge/supervisor/index.ts'
import type { ResolverSockets } from '#resolver/index.ts'

// What a server and its successor tell each other (docs/decisions/0013-reload.md); structured data, no functions.

/** What a successor goes on with. Sockets are descriptors that it was started with. */
export interface Handed {
  /** The data directory. */
  readonly directory: string
  /** Whether the directory goes when the server ends. */
  readonly isTemporary: boolean
  /** One for each worker. */
  readonly api: readonly number[]
  readonly dns: ResolverSockets | undefined
  readonly edge: EdgeSockets | undefined
}

/** To the successor. */
export type ToSuccessor =
  | { readonly kind: 'handed'; readonly handed: Handed }
  /** Comes with the handle of a connection that waits for a request. */
  | { readonly kind: 'connection' }
  /** What a process of the old edge saw. */
  | { readonly kind: 'edge-report'; readonly report: EdgeReport }
  /** The data directory is free. */
  | { readonly kind: 'yours' }

/** From the successor. */
export type FromSuccessor =
  /** Its code, options and root key are well. */
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'serving' }
  /** Its edge listens too: the old one may stop. */
  | { readonly kind: 'edge-serving' }

/** In the environment of a successor, and of nobody else. */
export const successorMark = 'REDOUBT_SUCCESSOR'
/** What a successor is started with, behind its standard streams. */
export const lifelineFd = 3
/** Behind the lifeline and the channel to its predecessor. */
export const firstHandedFd = 5
