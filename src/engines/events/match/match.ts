import type { Scalar } from '../pattern/pattern.ts'
import type { Leaf, PatternNode } from './pattern-node.ts'

/** Deeper values of an event are not seen. Source: Jackson, `StreamReadConstraints.DEFAULT_MAX_DEPTH`: AWS reads no such event. */
const depthMax = 1000

/**
 * Whether an event, whose names have no dots, has every field of a branch. Of an array, any element serves, but fields within one array of objects must be of
 * the same element. A field that must be missing is looked for in the elements that the fields before it have chosen, and in all
 * where none is chosen yet. Objects are no values: only what stands at a leaf exists, and an empty array has none.
 * Source: EventBridge User Guide, "Arrays" and "Exists matching"; event-ruler, "Array consistency", `ACFinder` and `NameState`.
 * INVARIANT: the cost is bounded by the fields times the size of the event times its depth.
 */
export function matchesBranch(root: PatternNode, event: JsonObject): boolean {
  return inObject(root, event, 0, false, 0)
}

type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of a node from number `from` on. `chosen` says that the first is to be found here, by a value. */
function at(node: PatternNode, value: unknown, from: number, chosen: boolean, depth: number): boolean {
  if (depth > depthMax || value === undefined) return !chosen && allAbsent(node, from)
  if (typeof value !== 'object' || value === null) return atScalar(node, value as Scalar, from, chosen)
  // What JSON.parse made is an array, an object or a scalar.
  return Array.isArray(value)
    ? inArray(node, value, from, chosen, depth)
    : inObject(node, value as JsonObject, from, chosen, depth)
}

function atScalar(node: PatternNode, value: Scalar, from: number, chosen: boolean): boolean {
  if (from === 0 && node.leaf !== undefined) return node.leaf.matches(value) && allAbsent(node, 1)
  return !chosen && allAbsent(node, from)
}

function inObject(
  node: PatternNode,
  object: JsonObject,
  from: number,
  chosen: boolean,
  depth: number,
): boolean {
  let number = 0
  let byValue = chosen
  if (node.leaf !== undefined) {
    if (from === 0 && (byValue || !node.leaf.absent)) return false
    number = 1
  }
  for (const child of node.children) {
    const skipped = from > number ? from - number : 0
    number += child.count
    if (skipped >= child.count) continue
    const value = Object.hasOwn(object, child.name) ? object[child.name] : undefined
    if (!at(child, value, skipped, byValue, depth + 1)) return false
    byValue = false
  }
  return true
}

function inArray(
  node: PatternNode,
  array: readonly unknown[],
  from: number,
  chosen: boolean,
  depth: number,
): boolean {
  let next = from
  if (!chosen) {
    while (next < node.count && leafAt(node, next).absent && !exists(node, next, array, depth)) next += 1
    if (next === node.count) return true
  }
  const { leaf } = node
  // A value in the array itself chooses no element.
  if (next === 0 && leaf !== undefined && array.some((value) => isScalar(value) && leaf.matches(value)))
    if (node.count === 1 || inArray(node, array, 1, false, depth)) return true
  return array.some((value) => !isScalar(value) && at(node, value, next, true, depth + 1))
}

function isScalar(value: unknown): value is Scalar {
  return typeof value !== 'object' || value === null
}

function allAbsent(node: PatternNode, from: number): boolean {
  for (let number = from; number < node.count; number += 1) if (!leafAt(node, number).absent) return false
  return true
}

function leafAt(node: PatternNode, number: number): Leaf {
  let rest = number
  if (node.leaf !== undefined) {
    if (rest === 0) return node.leaf
    rest -= 1
  }
  for (const child of node.children) {
    if (rest < child.count) return leafAt(child, rest)
    rest -= child.count
  }
  throw new Error(`no field ${number}`)
}

/** Whether a field has a value anywhere in what was found for its node. */
function exists(node: PatternNode, number: number, value: unknown, depth: number): boolean {
  if (depth > depthMax || value === undefined) return false
  if (Array.isArray(value)) return value.some((element) => exists(node, number, element, depth + 1))
  if (isScalar(value)) return number === 0 && node.leaf !== undefined
  let rest = number
  if (node.leaf !== undefined) {
    if (rest === 0) return false
    rest -= 1
  }
  for (const child of node.children) {
    if (rest >= child.count) {
      rest -= child.count
      continue
    }
    // Neither array nor scalar.
    const object = value as JsonObject
    return Object.hasOwn(object, child.name) && exists(child, rest, object[child.name], depth + 1)
  }
  return false
}
