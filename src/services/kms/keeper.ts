import type { AuditTrail } from '#core/audit.ts'
import type { Log } from '#core/log.ts'
import { createRounds } from '#core/rounds.ts'
import type { Seal } from '#core/seal/index.ts'
import { CommitFailed, type Scope, type Store, type Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { type KeyDocument, keys, nextEventMs } from './documents.ts'
import { destroyed } from './imported-rotation.ts'
import { hasExpired, isGone } from './key-states.ts'
import { putKey } from './related-keys.ts'
import { removeKey } from './removal.ts'
import { rotate, rotationEvent } from './rotation-schedule.ts'
import { dueUnder } from './schedule.ts'

/** Does what happens to keys by itself. */
export interface Keeper {
  /** Does everything that is due, and tells for how many keys something was done. A sweep that is under way is not begun twice. */
  sweep(): Promise<number>
  /** Ends the sweeps; answers when the last one has ended. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly seal: Seal
  readonly recordEvent: AuditTrail['recordEvent']
  readonly log: Log
}

/** Units: milliseconds. Nothing waits for it but the destruction of what cannot be used any more, and rotations. */
const everyMs = 30_000
/** Keys whose transactions form one group. */
const batchMax = 100

/** Where a key is. */
interface Address {
  readonly scope: Scope
  readonly id: string
}

/**
 * Deletes keys whose time has come, destroys expired material and rotates keys, one transaction a key. All that it needs to know is in
 * the documents, so what became due while nobody ran is done by the first sweep. One worker has a keeper.
 */
export function createKeeper({ store, world, seal, recordEvent, log }: Parts): Keeper {
  const ending = new AbortController()

  async function sweepNow(): Promise<number> {
    let done = 0
    const due = dueKeys(store.read, world.nowMs())
    for (let at = 0; at < due.length && !ending.signal.aborted; at += batchMax) {
      const batch = due.slice(at, at + batchMax)
      // Settled one by one: what is wrong with one key keeps no other from its time.
      const outcomes = await Promise.allSettled(
        batch.map((address) => store.transact((tx) => keep(tx, address))),
      )
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') done += outcome.value ? 1 : 0
        else if (outcome.reason instanceof CommitFailed)
          return done // The disk is full or gone: the next sweep tries again.
        else log({ level: 'error', event: 'bug', stack: stackOf(outcome.reason) })
      }
    }
    return done
  }

  /** Whether anything was due for a key, as it stands in the transaction. */
  function keep(tx: Transaction, { scope, id }: Address): boolean {
    const nowMs = world.nowMs()
    const key = tx.get(keys, scope, id)
    if (!key || !isDue(key, nowMs)) return false
    if (isGone(key, nowMs)) {
      removeKey(tx, key, nowMs)
      tx.record(recordEvent(eventOf(key, 'DeleteKey', nowMs)))
      return true
    }
    const kept = expire(tx, key, nowMs)
    // The expiry is over: what is still due is the rotation.
    if (isDue(kept, nowMs)) {
      rotate(tx, { randomBytes: world.randomBytes, seal, nowMs }, kept, 'AUTOMATIC')
      tx.record(recordEvent(rotationEvent(key, 'AUTOMATIC', nowMs)))
    }
    return true
  }

  function expire(tx: Transaction, key: KeyDocument, nowMs: number): KeyDocument {
    const materials = key.materials.map((material) =>
      material.sealed !== undefined && hasExpired(material.imported, nowMs) ? destroyed(material) : material,
    )
    if (materials.every((material, index) => material === key.materials[index])) return key
    const after = { ...key, materials }
    putKey(tx, after)
    tx.record(recordEvent(eventOf(key, 'DeleteExpiredKeyMaterial', nowMs)))
    return after
  }

  const rounds = createRounds(world, everyMs, sweepNow)
  return {
    sweep: rounds.now,
    close() {
      ending.abort()
      return rounds.close()
    },
  }
}

/** Keys for which something is due, by the index: what is not due costs nothing. */
function dueKeys(read: Store['read'], nowMs: number): readonly Address[] {
  return dueUnder(nowMs).flatMap((value) =>
    read
      .findAnywhere(keys, 'scheduled', value)
      .filter(({ document }) => isDue(document, nowMs))
      .map(({ account, region, id }) => ({ scope: { account, region }, id })),
  )
}

function isDue(key: KeyDocument, nowMs: number): boolean {
  const atMs = nextEventMs(key)
  return atMs !== undefined && atMs <= nowMs
}

function eventOf({ keyId, arn, account, region }: KeyDocument, name: string, nowMs: number) {
  return { service: 'kms', name, account, region, nowMs, resource: arn, details: { keyId } } as const
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : String(error)
}
