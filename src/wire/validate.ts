import { patternCheck } from './pattern.ts'
import { isRecord } from './record.ts'
import type { ListShape, MapShape, Shape, StructureShape } from './shapes.ts'
import { Violations } from './violation.ts'

type Check = (value: unknown, path: string, found: Violations) => void

/**
 * Checks a decoded input against its model's constraints: required members, lengths, ranges, patterns, enums. Gives the
 * violations, or undefined where there are none. Source: Smithy 2.0, "Constraint traits"; the words are AWS's.
 *
 * Differs: nothing is said of a pattern when the value is too long for its shape, which bounds the time patterns take.
 */
export function validate(input: StructureShape, value: unknown): Violations | undefined {
  const check = checkOf(input)
  if (!check) return undefined
  const found = new Violations()
  check(value, '', found)
  return found.count === 0 ? undefined : found
}

/** Undefined: the shape and all that it holds allow anything. */
const compiled = new Map<Shape, Check | undefined>()

function checkOf(shape: Shape): Check | undefined {
  if (compiled.has(shape)) return compiled.get(shape)
  // A shape that contains itself meets this, which by then finds the finished check.
  compiled.set(shape, (value, path, found) => compiled.get(shape)?.(value, path, found))
  const check = made(shape)
  compiled.set(shape, check)
  return check
}

function made(shape: Shape): Check | undefined {
  if (shape.type === 'structure') return structureCheck(shape)
  if (shape.type === 'list') return listCheck(shape)
  if (shape.type === 'map') return mapCheck(shape)
  const constraints = constraintsOf(shape)
  if (constraints.length === 0) return undefined
  return (value, path, found) => {
    for (const { text, holds } of constraints) {
      if (holds(value)) continue
      found.add(path, shape, value, text)
      if (text.startsWith(tooLong)) return
    }
  }
}

function structureCheck(shape: StructureShape): Check | undefined {
  const members = shape.members.flatMap((member) => {
    const check = checkOf(member.shape)
    return check || member.required ? [{ member, check, label: lowerFirst(member.name) }] : []
  })
  if (members.length === 0) return undefined
  return (value, path, found) => {
    if (!isRecord(value)) return
    for (const { member, check, label } of members) {
      const given = value[member.name]
      if (given === undefined) {
        if (member.required) found.add(join(path, label), member.shape, undefined, 'Member must not be null')
      } else check?.(given, join(path, label), found)
    }
  }
}

function listCheck(shape: ListShape): Check | undefined {
  const own = lengthConstraints(shape, (value) => (Array.isArray(value) ? value.length : 0))
  const element = shape.member.shape
  const constraints = constraintsOf(element)
  const inner = isCollection(element) ? checkOf(element) : undefined
  if (own.length === 0 && constraints.length === 0 && !inner) return undefined
  const text = `Member must satisfy constraint: [${constraints.map((each) => each.text).join(', ')}]`
  return (value, path, found) => {
    if (!Array.isArray(value)) return
    for (const each of own) if (!each.holds(value)) found.add(path, shape, value, each.text)
    if (constraints.length > 0 && !value.every((item) => allHold(constraints, item)))
      found.add(path, shape, value, text)
    if (inner) value.forEach((item, at) => inner(item, `${path}.${at + 1}.member`, found))
  }
}

function mapCheck(shape: MapShape): Check | undefined {
  const own = lengthConstraints(shape, (value) => (isRecord(value) ? Object.keys(value).length : 0))
  const keys = constraintsOf(shape.key.shape)
  const element = shape.value.shape
  const values = constraintsOf(element)
  const inner = isCollection(element) ? checkOf(element) : undefined
  if (own.length + keys.length + values.length === 0 && !inner) return undefined
  const listed = (constraints: readonly Constraint[]) =>
    `satisfy constraint: [${constraints.map(({ text }) => text).join(', ')}]`
  return (value, path, found) => {
    if (!isRecord(value)) return
    for (const each of own) if (!each.holds(value)) found.add(path, shape, value, each.text)
    const entries = Object.entries(value)
    if (!entries.every(([key]) => allHold(keys, key)))
      found.add(path, shape, value, `Map keys must ${listed(keys)}`)
    if (!entries.every(([, item]) => allHold(values, item)))
      found.add(path, shape, value, `Map value must ${listed(values)}`)
    if (inner) for (const [key, item] of entries) inner(item, `${path}.${key}.member`, found)
  }
}

interface Constraint {
  readonly text: string
  readonly holds: (value: unknown) => boolean
}

const tooLong = 'Member must have length less than'

/** The constraints of a shape that holds no other shapes, in the order in which AWS lists them. */
function constraintsOf(shape: Shape): readonly Constraint[] {
  if (shape.type === 'string') {
    const { enum: values, pattern } = shape
    const constraints = lengthConstraints(shape, (value) =>
      typeof value === 'string' ? charactersOf(value) : 0,
    )
    if (pattern !== undefined) {
      const matches = patternCheck(pattern)
      const holds = (value: unknown) => typeof value === 'string' && matches(value)
      constraints.push({ text: `Member must satisfy regular expression pattern: ${pattern}`, holds })
    }
    if (values) {
      const known = new Set<unknown>(values)
      constraints.push({
        text: `Member must satisfy enum value set: [${values.join(', ')}]`,
        holds: (value) => known.has(value),
      })
    }
    return constraints
  }
  if (shape.type === 'blob')
    return lengthConstraints(shape, (value) => (value instanceof Uint8Array ? value.length : 0))
  if (
    shape.type === 'integer' ||
    shape.type === 'long' ||
    shape.type === 'float' ||
    shape.type === 'double'
  ) {
    return boundConstraints('value', shape, (value) => (typeof value === 'number' ? value : NaN))
  }
  return []
}

interface Bounds {
  readonly min: number | undefined
  readonly max: number | undefined
}

function lengthConstraints(shape: Bounds, measure: (value: unknown) => number): Constraint[] {
  return boundConstraints('length', shape, measure)
}

function boundConstraints(
  noun: 'length' | 'value',
  { min, max }: Bounds,
  measure: (value: unknown) => number,
): Constraint[] {
  const constraints: Constraint[] = []
  if (max !== undefined) {
    constraints.push({
      text: `Member must have ${noun} less than or equal to ${max}`,
      holds: (value) => measure(value) <= max,
    })
  }
  if (min !== undefined && (noun === 'value' || min > 0)) {
    constraints.push({
      text: `Member must have ${noun} greater than or equal to ${min}`,
      holds: (value) => measure(value) >= min,
    })
  }
  return constraints
}

/** Unicode characters, as Smithy counts them: what stands beyond the first plane takes two places in a JavaScript string. */
function charactersOf(text: string): number {
  let count = text.length
  for (let at = 1; at < text.length; at += 1)
    if (isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1))) count -= 1
  return count
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

/** Stops at the first that fails, so that no pattern meets a value that is too long. */
function allHold(constraints: readonly Constraint[], value: unknown): boolean {
  return constraints.every(({ holds }) => holds(value))
}

function isCollection(shape: Shape): boolean {
  return shape.type === 'structure' || shape.type === 'list' || shape.type === 'map'
}

function join(path: string, label: string): string {
  return path === '' ? label : `${path}.${label}`
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
