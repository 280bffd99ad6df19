import { isDeepStrictEqual } from 'node:util'
import type { EdgePart } from '#core/front-door.ts'
import type { Change, Reader, Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { RemovedPart } from '../doors/index.ts'

/** The configuration as it follows from the documents; parts are compared, so that what did not change is not sent. */
export type PartsOf = (reader: Reader) => readonly EdgePart[]

interface Parts {
  readonly store: Pick<Store, 'read' | 'tail' | 'catchUp'>
  readonly world: Pick<World, 'after' | 'every'>
  readonly partsOf: PartsOf
  /** Whether a change of such a document can change the configuration. */
  readonly concerns: (service: string, type: string) => boolean
  readonly onChange: (put: readonly EdgePart[], removed: readonly RemovedPart[]) => void
  readonly onBug: (error: unknown) => void
}

/** How often other workers' changes are looked for, and how long changes are gathered. Units: milliseconds. */
const lookEveryMs = 50
const gatherMs = 30

/** Follows the store and tells what changed of the edge's configuration. */
export class ConfigurationFeed {
  readonly #parts: Parts
  readonly #current = new Map<string, EdgePart>()
  readonly #stopFollowing: () => void
  #due = false

  constructor(parts: Parts) {
    this.#parts = parts
    const stopHearing = parts.store.tail((change) => this.#hear(change))
    // A change that another worker commits is heard of when this one catches up with the log, which no call may make it do.
    const stopLooking = parts.world.every(lookEveryMs, () => {
      const behind = parts.store.catchUp()
      if (behind instanceof Promise) behind.catch(parts.onBug)
    })
    this.#stopFollowing = () => {
      stopHearing()
      stopLooking()
    }
    this.#compute()
  }

  /** Everything there is. */
  get current(): readonly EdgePart[] {
    return [...this.#current.values()]
  }

  stop(): void {
    this.#stopFollowing()
  }

  #hear({ changes }: Change): void {
    if (this.#due || !changes.some(({ service, type }) => this.#parts.concerns(service, type))) return
    this.#due = true
    this.#parts.world.after(gatherMs, () => {
      this.#due = false
      this.#compute()
    })
  }

  #compute(): void {
    const { store, partsOf, onChange, onBug } = this.#parts
    try {
      const next = new Map(partsOf(store.read).map((part) => [keyOf(part), part]))
      const put = [...next].flatMap(([key, part]) => {
        const before = this.#current.get(key)
        return before !== undefined && isDeepStrictEqual(before.value, part.value) ? [] : [part]
      })
      const removed = [...this.#current].flatMap(([key, { kind, id }]) =>
        next.has(key) ? [] : [{ kind, id }],
      )
      for (const part of put) this.#current.set(keyOf(part), part)
      for (const part of removed) this.#current.delete(keyOf(part))
      if (put.length + removed.length > 0) onChange(put, removed)
    } catch (error) {
      onBug(error) // The edge serves on by what it has.
    }
  }
}

function keyOf({ kind, id }: RemovedPart): string {
  return `${kind} ${id}`
}
