import type { RateQuery } from '#core/edge-view.ts'
import type { EdgePart } from '#core/front-door.ts'
import type { RemovedPart } from '../doors/index.ts'
import type { RateIncrement } from '../guards/index.ts'
import type { StopTimes } from '../proxy/index.ts'
import type { Observed, Reports } from '../records/index.ts'

// What the supervisor and a worker's process tell each other; structured data, no functions.

/** What a worker is made with. */
export interface WorkerSettings {
  readonly host: string
  /** The ports that all front doors share. */
  readonly sharedPorts: { readonly http: number; readonly https: number }
  /** 32 bytes, the same in all workers: seals cookies and tokens. */
  readonly secret: Uint8Array
  /** Where logs are delivered: the folder of buckets. */
  readonly buckets: string
  /** Counts from 0, and goes on to the process that replaces it. */
  readonly worker: number
  /** Networks in which identity providers may be though they are not public, in CIDR notation. */
  readonly oidcNetworks: readonly string[]
  /** The folder in which newer geographic data may stand. */
  readonly geo: string
  /** The folder in which an operator's lists of addresses may stand. */
  readonly lists: string
  /** Sockets that the process was started with and that listen already, by port. */
  readonly handed: readonly (readonly [port: number, fd: number])[]
}

/** To a worker. */
export type ToEdgeWorker =
  | { readonly kind: 'start'; readonly settings: WorkerSettings }
  /** Takes these parts, and says so under the number. */
  | {
      readonly kind: 'configure'
      readonly number: number
      readonly put: readonly EdgePart[]
      readonly removed: readonly RemovedPart[]
    }
  /** Listens on exactly these ports. */
  | { readonly kind: 'bind'; readonly ports: readonly number[] }
  | { readonly kind: 'rates'; readonly increments: readonly RateIncrement[] }
  | { readonly kind: 'rate-limited'; readonly number: number; readonly query: RateQuery }
  /** Sends what it listens on, one message with a handle each, and says when that was all. */
  | { readonly kind: 'send-sockets' }
  | { readonly kind: 'stop'; readonly times: StopTimes }

/** From a worker. */
export type FromEdgeWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'configured'; readonly number: number }
  | { readonly kind: 'bound'; readonly errors: readonly (readonly [port: number, code: string])[] }
  | { readonly kind: 'rates'; readonly increments: readonly RateIncrement[] }
  | { readonly kind: 'rate-limited'; readonly number: number; readonly addresses: readonly string[] }
  /** Comes with the handle. */
  | { readonly kind: 'socket'; readonly port: number }
  | { readonly kind: 'sockets-sent' }
  | EdgeReport
  | { readonly kind: 'alive' }

/** What a worker saw. */
export type EdgeReport =
  | { readonly kind: 'reports'; readonly reports: Reports }
  /** Of front doors that are observed. */
  | { readonly kind: 'observed'; readonly observed: Observed }
