import type { AccountId } from '#core/arn.ts'
import type { SignedCaller } from '#core/caller.ts'
import type { Envelope } from '#core/call.ts'
import { CommitFailed, type Store, type Transaction } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import type { World } from '#core/world.ts'
import { accessKeys, accessKeyUses, type AccessKeyUse } from './documents.ts'

/** Notes which long-term access key was used when; cheap enough for every call. */
export interface KeyUsage {
  /** Hears of a call whose signature held. */
  readonly used: (caller: SignedCaller, envelope: Pick<Envelope, 'nowMs' | 'service' | 'region'>) => void
  /** Writes what was noted since the last time. */
  readonly flush: () => Promise<void>
  /** Ends the writing at intervals; `flush` still works. */
  readonly stop: () => void
}

interface Noted extends AccessKeyUse {
  readonly account: AccountId
}

interface Parts {
  readonly store: Pick<Store, 'transact'>
  readonly world: Pick<World, 'every'>
}

/** Units: milliseconds. GetAccessKeyLastUsed may lag by this much; a crash loses no more. */
const flushEveryMs = 60_000

/**
 * Keeps the last use of each key in memory and writes it at intervals, so that a read does not turn into a write.
 * Differs: AWS shows a use at once; here it takes up to a minute.
 */
export function createKeyUsage({ store, world }: Parts): KeyUsage {
  let noted = new Map<string, Noted>()

  async function flush(): Promise<void> {
    if (noted.size === 0) return
    const writing = noted
    noted = new Map()
    try {
      await store.transact((tx) => write(tx, writing))
    } catch (error) {
      if (!(error instanceof CommitFailed)) throw error
      noted = new Map([...writing, ...noted]) // The disk is full or gone: the next flush tries again.
    }
  }

  const stop = world.every(flushEveryMs, () => void flush())
  return {
    used({ account, accessKeyId, session }, { nowMs, service, region }) {
      if (session) return // Temporary credentials have no record of their own.
      noted.set(accessKeyId, { account, lastUsedAtMs: nowMs, serviceName: service, region })
    },
    flush,
    stop,
  }
}

function write(tx: Transaction, uses: ReadonlyMap<string, Noted>): void {
  for (const [accessKeyId, { account, ...use }] of uses) {
    const scope = globalScope(account)
    const stored = tx.get(accessKeyUses, scope, accessKeyId)
    // Another worker may have written a later use; a key that was deleted meanwhile leaves nothing behind.
    if (stored && stored.lastUsedAtMs >= use.lastUsedAtMs) continue
    if (tx.get(accessKeys, scope, accessKeyId)) tx.put(accessKeyUses, scope, accessKeyId, use)
  }
}
