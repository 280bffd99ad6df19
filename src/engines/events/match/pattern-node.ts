import type { Branch, Field } from '../pattern/pattern.ts'
import { type ValueMatcher, valueMatcher } from './value-matcher.ts'

/** A field as it is tested. */
export interface Leaf {
  readonly matches: ValueMatcher
  /** Whether the field may, or must, be missing. */
  readonly absent: boolean
}

/** The fields of a branch as a tree of names. They have an order, and those of a node follow each other in it. */
export interface PatternNode {
  /** The name in the object above; the root has none. */
  readonly name: string
  /** The field that ends here, before those below. */
  readonly leaf: Leaf | undefined
  readonly children: readonly PatternNode[]
  /** How many fields end here or below. */
  readonly count: number
}

/**
 * The trees of the branches of one pattern. What they have in common is made once, as a thousand branches may differ in little.
 * Fields go in the order of their dotted names. Source: event-ruler, `GenericMachine.addPatternRule`, which sorts them.
 */
export function patternNodes(branches: readonly Branch[]): readonly PatternNode[] {
  const known = new KnownNodes(branches)
  return branches.map((fields) => known.root(fields))
}

/** A field by its place in the order of all fields of the pattern. */
type Rank = number

class KnownNodes {
  readonly #fields: readonly Field[]
  readonly #ranks: ReadonlyMap<Field, Rank>
  readonly #nodes = new Map<string, PatternNode>()

  constructor(branches: readonly Branch[]) {
    const named = [...new Set(branches.flat())].map((field) => ({ field, name: field.path.join('.') }))
    named.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    this.#fields = named.map(({ field }) => field)
    this.#ranks = new Map(this.#fields.map((field, rank) => [field, rank]))
  }

  root(fields: Branch): PatternNode {
    const ranks = Uint32Array.from(fields, (field) => this.#ranks.get(field) ?? 0)
    return this.#make([...ranks.sort()], 0)
  }

  #node(ranks: readonly Rank[], depth: number): PatternNode {
    const key = `${depth} ${ranks.join()}`
    const node = this.#nodes.get(key) ?? this.#make(ranks, depth)
    this.#nodes.set(key, node)
    return node
  }

  #make(ranks: readonly Rank[], depth: number): PatternNode {
    let leaf: Leaf | undefined
    let last = ''
    const groups = new Map<string, Rank[]>()
    for (const rank of ranks) {
      const field = this.#fields[rank]
      if (field === undefined) continue
      last = field.path[depth - 1] ?? ''
      const name = field.path[depth]
      const group = name === undefined ? undefined : groups.get(name)
      if (name === undefined) leaf = leafOf(field)
      else if (group === undefined) groups.set(name, [rank])
      else group.push(rank)
    }
    const children = Array.from(groups.values(), (group) => this.#node(group, depth + 1))
    return { name: last, leaf, children, count: ranks.length }
  }
}

function leafOf({ tests }: Field): Leaf {
  return { matches: valueMatcher(tests), absent: tests.some(({ kind }) => kind === 'absent') }
}
