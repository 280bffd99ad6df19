import { type Collection, CommitFailed, type Scope, type Store, type Transaction } from './store/index.ts'
import type { World } from './world.ts'

/** What is kept of the last use of something; services add what they show. */
export interface LastUse {
  readonly lastUsedAtMs: number
}

/** Things whose last use is kept. A use has the address of its thing, in a collection of its own. */
export interface UsedThings<Thing extends object, Use extends LastUse> {
  readonly things: Collection<Thing>
  readonly uses: Collection<Use>
  /** Whether a use is of this thing and not of an earlier one of its name. Default: ids are never used twice. */
  readonly isOf?: (use: Use, thing: Thing) => boolean
}

/** Notes that a thing was used; cheap enough for every call. An operation may note from within `run`, which may run twice. */
export type NoteUse<Use extends LastUse> = (scope: Scope, id: string, use: Use) => void

/** When things were last used, written at intervals. */
export interface LastUses {
  /** Adds a kind of things, when a worker is put together. */
  of<Thing extends object, Use extends LastUse>(kind: UsedThings<Thing, Use>): NoteUse<Use>
  /** Writes what was noted since the last time. */
  flush(): Promise<void>
  /** Ends the writing at intervals; `flush` still works. */
  stop(): void
}

interface Parts {
  readonly store: Pick<Store, 'transact'>
  readonly world: Pick<World, 'every'>
}

/** Units: milliseconds. What is shown may lag by this much; a crash loses no more. */
const flushEveryMs = 60_000

/**
 * Keeps last uses in memory and writes them at intervals, so that a read does not turn into a write.
 * Differs: AWS shows some uses at once; here it takes up to a minute.
 */
export function createLastUses({ store, world }: Parts): LastUses {
  const kinds: Pick<Noted, 'take'>[] = []

  async function flush(): Promise<void> {
    const taken = kinds.flatMap((kind) => kind.take() ?? [])
    if (taken.length === 0) return
    try {
      await store.transact((tx) => {
        for (const { write } of taken) write(tx)
      })
    } catch (error) {
      if (!(error instanceof CommitFailed)) throw error
      for (const { putBack } of taken) putBack() // The disk is full or gone: the next flush tries again.
    }
  }

  return {
    of(kind) {
      const noted = notedOf(kind)
      kinds.push(noted)
      return noted.note
    },
    flush,
    stop: world.every(flushEveryMs, () => void flush()),
  }
}

interface Noted<Use extends LastUse = never> {
  readonly note: NoteUse<Use>
  /** Hands over what was noted, to be written or put back. */
  readonly take: () => { readonly write: (tx: Transaction) => void; readonly putBack: () => void } | undefined
}

function notedOf<Thing extends object, Use extends LastUse>({
  things,
  uses,
  isOf = () => true,
}: UsedThings<Thing, Use>): Noted<Use> {
  let waiting = new Map<string, { readonly scope: Scope; readonly id: string; readonly use: Use }>()
  return {
    note(scope, id, use) {
      waiting.set(`${scope.account}/${scope.region}/${id}`, { scope, id, use })
    },
    take() {
      if (waiting.size === 0) return undefined
      const taken = waiting
      waiting = new Map()
      return {
        write(tx) {
          for (const { scope, id, use } of taken.values()) {
            // What was deleted meanwhile leaves nothing behind.
            const thing = tx.get(things, scope, id)
            if (!thing || !isOf(use, thing)) continue
            // Another worker may have written a later use.
            const stored = tx.get(uses, scope, id)
            if (!stored || stored.lastUsedAtMs < use.lastUsedAtMs) tx.put(uses, scope, id, use)
          }
        },
        putBack() {
          waiting = new Map([...taken, ...waiting])
        },
      }
    },
  }
}
