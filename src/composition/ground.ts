import type { Log } from '#core/log.ts'
import type { Seal } from '#core/seal/index.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'

/** What every part of a worker stands on. */
export interface Ground {
  readonly world: World
  readonly log: Log
  readonly directory: string
  readonly store: Store
  readonly seal: Seal
  readonly partition: string
}

/** Works on by itself until it is closed. */
export interface Runner {
  readonly close: () => void | Promise<void>
}
