import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import type { Doors } from '../door.ts'
import type { Recorder } from '../record.ts'
import type { EdgeLimits } from './limits.ts'
import type { Upstreams } from './upstreams.ts'

/** What all connections of a worker share. */
export interface Shared {
  readonly doors: () => Doors
  readonly recorder: Recorder
  readonly world: World
  readonly log: Log
  readonly limits: EdgeLimits
  readonly upstreams: Upstreams
  /** Whether the source may make one more request now. */
  readonly mayRequest: (address: string) => boolean
  readonly stopping: () => boolean
}

/** A bug ends what met it, and is told. */
export function logBug({ log }: Pick<Shared, 'log'>, error: unknown): void {
  log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
}
