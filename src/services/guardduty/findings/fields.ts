import type { Member, Shape } from '#wire/index.ts'
import type { WireFinding } from '../documents.ts'
import { findingShape } from './wire.ts'

/** What a field's values are: times are written as text, and compared as milliseconds. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'time'

const times: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'service.eventFirstSeen',
  'service.eventLastSeen',
])

/** Additional information is JSON within JSON: what stands in it has names of its own. */
const additional = 'service.additionalInfo.'
const textPathMax = 300

/**
 * The kind of a field by its path; undefined where findings have no such field. Every scalar of a finding's schema can be asked for, which
 * are the fields that AWS lists and more.
 * Source: GuardDuty API Reference, ListFindings, FindingCriteria.
 */
export function fieldKind(path: string): FieldKind | undefined {
  if (path.length > textPathMax) return undefined
  if (times.has(path)) return 'time'
  if (path.startsWith(additional) && path !== additional) return 'text'
  let shape: Shape = findingShape
  for (const name of path.split('.')) {
    while (shape.type === 'list') shape = shape.member.shape
    if (shape.type === 'map') {
      shape = shape.value.shape
      continue
    }
    if (shape.type !== 'structure') return undefined
    const member: Member | undefined = shape.members.find((one) => (one.locationName ?? one.name) === name)
    if (!member) return undefined
    shape = member.shape
  }
  while (shape.type === 'list') shape = shape.member.shape
  return scalarKind(shape)
}

/** The values of a field: several where lists stand on the way. */
export function fieldValues(finding: WireFinding, path: string): readonly unknown[] {
  if (path.startsWith(additional)) {
    const [text] = valuesAt(finding, ['service', 'additionalInfo', 'value'])
    const rest = path.slice(additional.length)
    if (rest === 'threatListName') return [...valuesAt(finding, threatLists), ...inside(text, rest)]
    return rest === 'value' || rest === 'type' ? valuesAt(finding, path.split('.')) : inside(text, rest)
  }
  return valuesAt(finding, path.split('.'))
}

const threatLists = ['service', 'evidence', 'threatIntelligenceDetails', 'threatListName']

function inside(text: unknown, path: string): readonly unknown[] {
  if (typeof text !== 'string') return []
  return valuesAt(JSON.parse(text), path.split('.')) // `findingOf` wrote it.
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [name, ...rest] = path
  if (name === undefined) return value === undefined || value === null ? [] : [value]
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return valuesAt((value as Readonly<Record<string, unknown>>)[name], rest) // An object: looked at above.
}

function scalarKind({ type }: Shape): FieldKind | undefined {
  switch (type) {
    case 'string':
      return 'text'
    case 'boolean':
      return 'boolean'
    case 'timestamp':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return 'number'
    case 'structure':
    case 'list':
    case 'map':
    case 'blob':
    case 'document':
    case 'eventstream':
      return undefined
  }
}
