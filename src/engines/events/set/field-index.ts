import type { Scalar } from '../pattern/pattern.ts'
import type { KeyField } from './key-field.ts'
import { ValueIndex } from './value-index.ts'

interface IndexNode {
  readonly name: string
  readonly children: Map<string, IndexNode>
  /** The same children, to be gone through. */
  readonly list: IndexNode[]
  values: ValueIndex | undefined
}

/** The fewer of an event's fields and the index's are gone through; this many are few. */
const few = 8
/** Deeper values are not seen, here as in `matchesBranch`. */
const depthMax = 1000

/** Fields by name, and under each what its values lead to. */
export class FieldIndex {
  readonly #root = emptyNode('')
  readonly #indexes: ValueIndex[] = []

  add({ path, tokens }: KeyField, branch: number): void {
    let node = this.#root
    for (const name of path) {
      node = childOf(node, name)
    }
    if (node.values === undefined) {
      node.values = new ValueIndex()
      this.#indexes.push(node.values)
    }
    for (const token of tokens) node.values.add(token, branch)
  }

  finish(): void {
    for (const index of this.#indexes) index.finish()
  }

  /** Calls `found` for every branch that some value of the event leads to, for some more than once. */
  find(event: Readonly<Record<string, unknown>>, found: (branch: number) => void): void {
    inObject(this.#root, event, found, 0)
  }
}

function emptyNode(name: string): IndexNode {
  return { name, children: new Map(), list: [], values: undefined }
}

function childOf(node: IndexNode, name: string): IndexNode {
  const known = node.children.get(name)
  if (known !== undefined) return known
  const child = emptyNode(name)
  node.children.set(name, child)
  node.list.push(child)
  return child
}

function inObject(
  node: IndexNode,
  object: Readonly<Record<string, unknown>>,
  found: (branch: number) => void,
  depth: number,
): void {
  if (node.list.length <= few) {
    for (const child of node.list)
      if (Object.hasOwn(object, child.name)) inValue(child, object[child.name], found, depth + 1)
    return
  }
  for (const name in object) {
    const child = node.children.get(name)
    if (child !== undefined && Object.hasOwn(object, name)) inValue(child, object[name], found, depth + 1)
  }
}

function inValue(node: IndexNode, value: unknown, found: (branch: number) => void, depth: number): void {
  if (depth > depthMax) return
  if (typeof value !== 'object' || value === null) {
    // What JSON.parse made is an array, an object or a scalar.
    node.values?.find(value as Scalar, found)
  } else if (Array.isArray(value)) {
    for (const element of value) inValue(node, element, found, depth + 1)
  } else if (node.list.length > 0) {
    inObject(node, value as Readonly<Record<string, unknown>>, found, depth)
  }
}
