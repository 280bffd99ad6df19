import { Malformed } from '../fault.ts'
import { emptyRecord } from '../record.ts'
import type { ListShape, MapShape, Member, Ref, StructureShape } from '../shapes.ts'
import { textDecoder } from '../text.ts'
import type { Parameter } from './parameters.ts'

/** How the two query protocols name members and lists. */
export type QueryDialect = 'query' | 'ec2'

type Decode = (given: Parameter) => unknown
type StructureDecode = (given: Parameter) => Record<string, unknown>

const compiled = {
  query: new Map<StructureShape, StructureDecode>(),
  ec2: new Map<StructureShape, StructureDecode>(),
}

/**
 * The decoder of a structure from query parameters: a null-prototype object of modelled members. Faults: Malformed.
 * Source: Smithy 2.0, "AWS query protocol", "AWS EC2 query protocol".
 */
export function queryDecoder(shape: StructureShape, dialect: QueryDialect): StructureDecode {
  const known = compiled[dialect].get(shape)
  if (known) return known
  const decode = structureDecoder(shape, dialect)
  compiled[dialect].set(shape, decode)
  return decode
}

function structureDecoder(shape: StructureShape, dialect: QueryDialect): StructureDecode {
  const members = new Map<string, { readonly name: string; readonly decode: Decode }>()
  for (const member of shape.members) {
    members.set(memberName(member, dialect), { name: member.name, decode: decoderOf(member, dialect) })
  }
  return ({ children }) => {
    const decoded = emptyRecord()
    let set = 0
    for (const [key, given] of children ?? []) {
      const member = members.get(key)
      if (member === undefined) continue
      decoded[member.name] = member.decode(given)
      set += 1
    }
    if (shape.union && set !== 1)
      throw new Malformed(`Exactly one member of ${shape.name} must be set, not ${set}`)
    return decoded
  }
}

function memberName(member: Member, dialect: QueryDialect): string {
  const { queryName, locationName = member.name } = member
  if (dialect === 'query') return queryName ?? locationName
  return queryName ?? locationName.charAt(0).toUpperCase() + locationName.slice(1)
}

function decoderOf(ref: Ref, dialect: QueryDialect): Decode {
  const { shape } = ref
  if (shape.type === 'structure') {
    // Made when it is first used: a structure may contain itself.
    let decode: StructureDecode | undefined
    return (given) => (decode ??= queryDecoder(shape, dialect))(given)
  }
  if (shape.type === 'list') return listDecoder(shape, ref.flattened ?? shape.flattened, dialect)
  if (shape.type === 'map') return mapDecoder(shape, ref.flattened ?? shape.flattened, dialect)
  const decode = textDecoder(ref, 'iso8601')
  return ({ value }) => {
    if (value === undefined) throw new Malformed('Start of structure or map found where not expected.')
    return decode(value)
  }
}

function listDecoder(shape: ListShape, flattened: boolean, dialect: QueryDialect): Decode {
  const element = decoderOf(shape.member, dialect)
  const label = flattened || dialect === 'ec2' ? undefined : (shape.member.locationName ?? 'member')
  return (given) => inOrder(given, label).map(element)
}

function mapDecoder(shape: MapShape, flattened: boolean, dialect: QueryDialect): Decode {
  const element = decoderOf(shape.value, dialect)
  const keyName = shape.key.queryName ?? shape.key.locationName ?? 'key'
  const valueName = shape.value.queryName ?? shape.value.locationName ?? 'value'
  return (given) => {
    const decoded = emptyRecord()
    for (const { children } of inOrder(given, flattened ? undefined : 'entry')) {
      const key = children?.get(keyName)?.value
      const value = children?.get(valueName)
      if (key === undefined || value === undefined) throw new Malformed('A map entry needs a key and a value')
      decoded[key] = element(value)
    }
    return decoded
  }
}

/** The numbered elements of a list, which may leave numbers out. A list without elements is written as an empty value. */
function inOrder(given: Parameter, label: string | undefined): readonly Parameter[] {
  const numbered = label === undefined ? given.children : given.children?.get(label)?.children
  if (numbered === undefined) {
    if (given.children === undefined && given.value === '') return []
    throw new Malformed('Expected a numbered list')
  }
  let sorted = true
  let last = 0
  const elements: [number: number, element: Parameter][] = []
  for (const [name, element] of numbered) {
    if (!/^\d{1,9}$/.test(name))
      throw new Malformed(`Expected a list element's number, found ${name.slice(0, 64)}`)
    const number = Number(name)
    if (number < last) sorted = false
    last = number
    elements.push([number, element])
  }
  if (!sorted) elements.sort(([one], [other]) => one - other)
  return elements.map(([, element]) => element)
}
