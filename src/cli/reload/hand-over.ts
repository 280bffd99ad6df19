import type { RootKeyCustody } from '#core/root-key-custody.ts'
import type { World } from '#core/world.ts'
import { edgeGraceMs } from '../../main.ts'
import type { ServerThreads } from '../server-threads.ts'
import { type Running, stopMsMax } from '../start-worker.ts'
import type { Handed } from './messages.ts'
import { isPredecessorThere } from './predecessor.ts'
import { ReloadRefused, Successor } from './successor.ts'
import type { ReloadWish } from './wish.ts'

/** What a successor made of it. */
export interface Reloaded {
  readonly pid: number
  /** How long nothing was accepted: connections waited in the kernel. Units: milliseconds. */
  readonly waitedMs: number
}

/** How far a reload is: what it waits for may not be there. */
export type ReloadStage = 'before-connections' | 'loading' | 'before-functions' | 'handing-over'

/** What a server hands over, and how it is told of it. */
export interface HandOverParts {
  readonly handed: Pick<Handed, 'directory' | 'isTemporary'>
  readonly first: Running
  readonly threads: ServerThreads
  readonly custody: Pick<RootKeyCustody, 'quietly' | 'stop'>
  readonly world: World
  /** The descriptor of this process's lifeline, where it has one. */
  readonly lifeline: number | undefined
  /** There is no way back: signals are the successor's from now on, and no command is taken. */
  readonly commit: (successor: Successor) => void
  /** Whether the server ends, so that there is nothing to hand over. */
  readonly isStopping: () => boolean
  /** Lets go of the data directory. */
  readonly unlock: () => void
}

/** Units: milliseconds. */
const lookEveryMs = 100

/**
 * Starts a successor and hands everything over to it. `onServing` hears how it went as soon as the successor serves; the end comes when the
 * last connection of the old edge has ended. Faults: ReloadRefused; before `commit` the server serves on, after it there is none.
 */
export async function handOver(
  parts: HandOverParts,
  { waitMs }: ReloadWish,
  onStage: (stage: ReloadStage) => void,
  onServing: (reloaded: Reloaded) => void,
): Promise<void> {
  const { first, threads, custody, world, commit, isStopping, unlock } = parts
  const look = (): Promise<void> => new Promise((resolve) => void world.after(lookEveryMs, resolve))
  // The connections of a reload before this one are given their time.
  if (isPredecessorThere()) onStage('before-connections')
  while (isPredecessorThere()) await look()
  onStage('loading')
  // What the successor looks at, no rotation changes meanwhile.
  const successor = await custody.quietly(() => load(parts))
  const mayBeCut = (): boolean => first.worker.invocationsLeftMs() > stopMsMax
  if (mayBeCut() && waitMs > 0) onStage('before-functions')
  const loadedAtMs = world.elapsedMs()
  while (mayBeCut() && !isStopping() && world.elapsedMs() - loadedAtMs < waitMs) await look()
  successor.assertThere()
  if (isStopping()) throw new ReloadRefused('the server stops')
  onStage('handing-over')
  commit(successor)
  const begunAtMs = world.elapsedMs()
  const edge = first.worker.ownEdge
  edge?.detach((report) => successor.relay(report))
  const serving = successor.serving()
  serving.catch(() => undefined) // It may fail before it is waited for: then the stop comes to its end first.
  await custody.stop()
  await threads.stop((descriptor) => successor.give(descriptor))
  unlock()
  const edgeServing = successor.edgeServing()
  successor.yours()
  await serving
  onServing({ pid: successor.pid ?? 0, waitedMs: Math.round(world.elapsedMs() - begunAtMs) })
  await edgeServing
  await Promise.race([
    edge?.stop({ idleMs: edgeGraceMs, underWayMs: Math.max(edgeGraceMs, waitMs) }),
    successor.ended(),
  ])
  successor.leave()
}

async function load({ handed, first, threads, lifeline, world }: HandOverParts): Promise<Successor> {
  const api = threads.descriptors()
  if (api === undefined) throw new ReloadRefused('this build of Node does not tell what it listens on')
  const { worker } = first
  const edge = await worker.ownEdge?.sockets()
  const dns = worker.resolver?.sockets()
  const successor = new Successor({ ...handed, api, dns, edge: edge?.sockets }, lifeline, world)
  edge?.release() // The successor has its own.
  await successor.loaded()
  return successor
}
