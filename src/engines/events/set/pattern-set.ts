import type { CompiledBranch, EventPattern } from '../event-pattern.ts'
import { withoutDottedNames } from '../match/dotted-names.ts'
import { isObject, matchesBranch } from '../match/match.ts'
import type { PatternNode } from '../match/pattern-node.ts'
import { FieldIndex } from './field-index.ts'
import { keyFields } from './key-field.ts'

export interface PatternEntry<T> {
  readonly pattern: EventPattern
  readonly value: T
}

/** Patterns that are asked together. */
export interface PatternSet<T> {
  /** The values of the patterns that the event matches, in the order of the entries. */
  match(event: unknown): readonly T[]
}

/**
 * Makes a set that answers as `matchesPattern` does for each entry. Each branch of a pattern is found by one field and is then
 * matched in full, so an event costs what it leads to, not what there is. A set does not change: make another.
 */
export function createPatternSet<T>(entries: Iterable<PatternEntry<T>>): PatternSet<T> {
  const list = [...entries]
  const branches = list.flatMap(({ pattern }, entry) =>
    pattern.branches.map((branch) => ({ ...branch, entry })),
  )
  return new IndexedSet(
    list.map(({ value }) => value),
    branches,
  )
}

interface SetBranch extends CompiledBranch {
  readonly entry: number
}

class IndexedSet<T> implements PatternSet<T> {
  readonly #values: readonly T[]
  readonly #roots: readonly PatternNode[]
  readonly #entries: readonly number[]
  readonly #index = new FieldIndex()
  /** Branches that nothing leads to. */
  readonly #always: number[] = []
  /** By branch and by entry, the number of the last event that led there, or matched. */
  readonly #seen: Uint32Array
  readonly #matched: Uint32Array
  #event = 0

  constructor(values: readonly T[], branches: readonly SetBranch[]) {
    this.#values = values
    this.#roots = branches.map(({ root }) => root)
    this.#entries = branches.map(({ entry }) => entry)
    this.#seen = new Uint32Array(branches.length)
    this.#matched = new Uint32Array(values.length)
    for (const [branch, key] of keyFields(branches.map(({ fields }) => fields)).entries()) {
      if (key === undefined) this.#always.push(branch)
      else this.#index.add(key, branch)
    }
    this.#index.finish()
  }

  match(given: unknown): readonly T[] {
    if (!isObject(given)) return []
    const event = withoutDottedNames(given)
    const found = this.#candidates(event)
    const entries: number[] = []
    for (const branch of found) {
      const entry = this.#entries[branch] ?? 0
      const root = this.#roots[branch]
      if (this.#matched[entry] === this.#event || root === undefined || !matchesBranch(root, event)) continue
      this.#matched[entry] = this.#event
      entries.push(entry)
    }
    if (entries.length > 1) entries.sort((one, other) => one - other)
    // An entry's number is its place.
    return entries.map((entry) => this.#values[entry] as T)
  }

  #candidates(event: Readonly<Record<string, unknown>>): readonly number[] {
    this.#nextEvent()
    const found = [...this.#always]
    this.#index.find(event, (branch) => {
      if (this.#seen[branch] === this.#event) return
      this.#seen[branch] = this.#event
      found.push(branch)
    })
    return found
  }

  #nextEvent(): void {
    this.#event += 1
    if (this.#event < 0xffff_ffff) return
    this.#event = 1
    this.#seen.fill(0)
    this.#matched.fill(0)
  }
}
