import { Malformed } from '../fault.ts'
import { emptyRecord } from '../record.ts'
import type { ListShape, MapShape, Ref, StructureShape } from '../shapes.ts'
import { checkedInteger } from '../text.ts'

type Decode = (value: unknown) => unknown
type StructureDecode = (value: unknown) => Record<string, unknown>

const compiled = new Map<StructureShape, StructureDecode>()

/** The decoder of a structure from parsed CBOR: a null-prototype object that holds modelled members only. Faults: Malformed. */
export function cborDecoder(shape: StructureShape): StructureDecode {
  const known = compiled.get(shape)
  if (known) return known
  const decode = structureDecoder(shape)
  compiled.set(shape, decode)
  return decode
}

function structureDecoder(shape: StructureShape): StructureDecode {
  const members = new Map<unknown, { readonly name: string; readonly decode: Decode }>()
  for (const member of shape.members)
    members.set(member.name, { name: member.name, decode: decoderOf(member) })
  return (value) => {
    if (!(value instanceof Map)) throw unexpected(value, 'structure')
    const decoded = emptyRecord()
    let set = 0
    for (const [key, given] of value as ReadonlyMap<unknown, unknown>) {
      const member = members.get(key)
      if (member === undefined || given === null) continue
      decoded[member.name] = member.decode(given)
      set += 1
    }
    if (shape.union && set !== 1)
      throw new Malformed(`Exactly one member of ${shape.name} must be set, not ${set}`)
    return decoded
  }
}

function decoderOf(ref: Ref): Decode {
  const { shape } = ref
  switch (shape.type) {
    case 'structure': {
      // Made when it is first used: a structure may contain itself.
      let decode: StructureDecode | undefined
      return (value) => (decode ??= cborDecoder(shape))(value)
    }
    case 'list':
      return listDecoder(shape)
    case 'map':
      return mapDecoder(shape)
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw unexpected(value, 'String')
        return value
      }
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw unexpected(value, 'Boolean')
        return value
      }
    case 'integer':
    case 'long': {
      const { type } = shape
      return (value) => {
        if (typeof value !== 'number') throw unexpected(value, type === 'long' ? 'Long' : 'Integer')
        return checkedInteger(value, type)
      }
    }
    case 'float':
    case 'double':
      return (value) => {
        if (typeof value !== 'number') throw unexpected(value, 'Double')
        return value
      }
    case 'timestamp':
      return (value) => {
        if (!(value instanceof Date)) throw unexpected(value, 'timestamp')
        return value
      }
    case 'blob':
      return (value) => {
        if (!(value instanceof Uint8Array)) throw unexpected(value, 'ByteBuffer')
        return value
      }
    case 'document':
    case 'eventstream':
      break
  }
  // RPC v2 CBOR has no documents, and no service that speaks it takes event streams.
  throw new Error(`${shape.name}, a ${shape.type}, has no form as CBOR`)
}

function listDecoder(shape: ListShape): Decode {
  const element = decoderOf(shape.member)
  return (value) => {
    if (!Array.isArray(value)) throw unexpected(value, 'list')
    return value.map((item: unknown) => {
      if (item === null) throw new Malformed('NULL_VALUE found where a list element was expected')
      return element(item)
    })
  }
}

function mapDecoder(shape: MapShape): Decode {
  const element = decoderOf(shape.value)
  return (value) => {
    if (!(value instanceof Map)) throw unexpected(value, 'map')
    const decoded = emptyRecord()
    for (const [key, given] of value as ReadonlyMap<unknown, unknown>) {
      if (typeof key !== 'string') throw unexpected(key, 'String')
      if (given === null) throw new Malformed('NULL_VALUE found where a map value was expected')
      decoded[key] = element(given)
    }
    return decoded
  }
}

function unexpected(value: unknown, wanted: string): Malformed {
  const found =
    value === null ? 'null' : value instanceof Map ? 'map' : Array.isArray(value) ? 'list' : typeof value
  return new Malformed(`${found.toUpperCase()}_VALUE can not be converted to a ${wanted}`)
}
