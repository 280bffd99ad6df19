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
  /** The field that ends here, before those below. */
  readonly leaf: Leaf | undefined
  readonly children: readonly PatternChild[]
  /** How many fields end here or below. */
  readonly count: number
}

export interface PatternChild {
  readonly name: string
  readonly node: PatternNode
}

/** Fields go in the order of their dotted names. Source: event-ruler, `GenericMachine.addPatternRule`, which sorts them. */
export function patternNode(branch: Branch): PatternNode {
  const dotted = (field: Field): string => field.path.join('.')
  const sorted = branch.map((field) => ({ field, name: dotted(field) }))
  sorted.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
  return nodeOf(
    sorted.map(({ field }) => field),
    0,
  )
}

function nodeOf(fields: readonly Field[], depth: number): PatternNode {
  let leaf: Leaf | undefined
  const groups = new Map<string, Field[]>()
  for (const field of fields) {
    const name = field.path[depth]
    if (name === undefined) leaf = leafOf(field)
    else groups.set(name, [...(groups.get(name) ?? []), field])
  }
  const children = [...groups].map(([name, group]) => ({ name, node: nodeOf(group, depth + 1) }))
  return { leaf, children, count: fields.length }
}

function leafOf({ tests }: Field): Leaf {
  return { matches: valueMatcher(tests), absent: tests.some(({ kind }) => kind === 'absent') }
}
