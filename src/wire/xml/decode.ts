import { Malformed } from '../fault.ts'
import { emptyRecord } from '../record.ts'
import type { ListShape, MapShape, Member, Ref, StructureShape } from '../shapes.ts'
import { textDecoder } from '../text.ts'
import type { XmlElement } from './read.ts'

/** What a member reads: one element, or, where it is flattened, all of its name. */
type Decode = (given: readonly XmlElement[]) => unknown
type StructureDecode = (given: XmlElement) => Record<string, unknown>

const compiled = new Map<StructureShape, StructureDecode>()

/** The decoder of a structure from an element: a null-prototype object of modelled members. Source: Smithy 2.0, "XML bindings". Faults: Malformed. */
export function xmlDecoder(shape: StructureShape): StructureDecode {
  const known = compiled.get(shape)
  if (known) return known
  const decode = structureDecoder(shape)
  compiled.set(shape, decode)
  return decode
}

function structureDecoder(shape: StructureShape): StructureDecode {
  const elements = new Map<string, { readonly member: Member; readonly decode: Decode }>()
  const attributes = new Map<
    string,
    { readonly member: Member; readonly decode: (text: string) => unknown }
  >()
  for (const member of shape.members) {
    const label = member.locationName ?? member.name
    if (member.xmlAttribute) attributes.set(label, { member, decode: textDecoder(member, 'iso8601') })
    else elements.set(label, { member, decode: decoderOf(member) })
  }
  return (given) => {
    const decoded = emptyRecord()
    for (const [label, { member, decode }] of attributes) {
      const text = given.attributes.get(label)
      if (text !== undefined) decoded[member.name] = decode(text)
    }
    for (const [label, found] of Map.groupBy(given.children, ({ name }) => name)) {
      const known = elements.get(label)
      if (known) decoded[known.member.name] = known.decode(found)
    }
    const set = Object.keys(decoded).length
    if (shape.union && set !== 1)
      throw new Malformed(`Exactly one member of ${shape.name} must be set, not ${set}`)
    return decoded
  }
}

function decoderOf(ref: Ref): Decode {
  const { shape } = ref
  const flattened = ref.flattened ?? (shape.type === 'list' || shape.type === 'map' ? shape.flattened : false)
  if (shape.type === 'list') return listDecoder(shape, flattened)
  if (shape.type === 'map') return mapDecoder(shape, flattened)
  if (shape.type === 'structure') {
    // Made when it is first used: a structure may contain itself.
    let decode: StructureDecode | undefined
    return (given) => (decode ??= xmlDecoder(shape))(last(given))
  }
  const decode = textDecoder(ref, 'iso8601')
  const trimmed = shape.type !== 'string'
  return (given) => {
    const { text, children } = last(given)
    if (children.length > 0) throw new Malformed('Start of structure or map found where not expected.')
    return decode(trimmed ? text.trim() : text)
  }
}

function listDecoder(shape: ListShape, flattened: boolean): Decode {
  const element = decoderOf(shape.member)
  const label = shape.member.locationName ?? 'member'
  return (given) => {
    const items = flattened ? given : last(given).children
    return items.map((item) => {
      if (!flattened && item.name !== label)
        throw new Malformed(`Unexpected element ${item.name.slice(0, 64)} in a list of ${label}`)
      return element([item])
    })
  }
}

function mapDecoder(shape: MapShape, flattened: boolean): Decode {
  const element = decoderOf(shape.value)
  const keyName = shape.key.locationName ?? 'key'
  const valueName = shape.value.locationName ?? 'value'
  return (given) => {
    const decoded = emptyRecord()
    for (const { children } of flattened ? given : last(given).children) {
      const key = children.find(({ name }) => name === keyName)
      const values = children.filter(({ name }) => name === valueName)
      if (!key || values.length === 0) throw new Malformed('A map entry needs a key and a value')
      decoded[key.text] = element(values)
    }
    return decoded
  }
}

/** Of an element given twice the last counts. */
function last(given: readonly XmlElement[]): XmlElement {
  const element = given.at(-1)
  if (!element) throw new Error('a group of elements has at least one')
  return element
}
