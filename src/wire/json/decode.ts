import { Malformed } from '../fault.ts'
import { emptyRecord, isRecord } from '../record.ts'
import type { ListShape, MapShape, Ref, Shape, StructureShape } from '../shapes.ts'
import { bytesOf, checkedInteger, floatOf } from '../text.ts'
import { timestampOf, timestampOfSeconds } from '../timestamp.ts'

type JsonDecode = (value: unknown) => unknown

/** Whether members are named by their `locationName` (REST-JSON) or as in the model (JSON 1.0 and 1.1). */
export type JsonNames = 'locationName' | 'name'

/** Reads a structure of parsed JSON. Faults: Malformed. */
export type JsonStructureDecode = (value: unknown) => Record<string, unknown>

const compiled = {
  locationName: new Map<Shape, JsonStructureDecode>(),
  name: new Map<Shape, JsonStructureDecode>(),
}

/**
 * The decoder of a structure from parsed JSON: a null-prototype object that holds modelled members only; unknown ones and
 * nulls are dropped, as AWS does. Faults: Malformed.
 */
export function jsonDecoder(shape: StructureShape, names: JsonNames): JsonStructureDecode {
  const known = compiled[names].get(shape)
  if (known) return known
  const decode = structureDecoder(shape, names)
  compiled[names].set(shape, decode)
  return decode
}

function structureDecoder(shape: StructureShape, names: JsonNames): JsonStructureDecode {
  const members = new Map<string, { readonly name: string; readonly decode: JsonDecode }>()
  for (const member of shape.members) {
    members.set(member[names] ?? member.name, { name: member.name, decode: decoderOf(member, names) })
  }
  return (value) => {
    if (!isRecord(value)) throw unexpected(value, 'structure')
    const decoded = emptyRecord()
    let set = 0
    for (const key in value) {
      const member = members.get(key)
      if (member === undefined) continue
      const given = value[key]
      if (given === null) continue
      decoded[member.name] = member.decode(given)
      set += 1
    }
    if (shape.union && set !== 1)
      throw new Malformed(`Exactly one member of ${shape.name} must be set, not ${set}`)
    return decoded
  }
}

/** The decoder of any shape from parsed JSON. */
function decoderOf(ref: Ref, names: JsonNames): JsonDecode {
  const { shape } = ref
  switch (shape.type) {
    case 'structure': {
      // Made when it is first used: a structure may contain itself.
      let decode: JsonDecode | undefined
      return (value) => (decode ??= jsonDecoder(shape, names))(value)
    }
    case 'list':
      return listDecoder(shape, names)
    case 'map':
      return mapDecoder(shape, names)
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
        if (typeof value === 'number') return value
        // JSON has no other way to write these.
        if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return floatOf(value)
        throw unexpected(value, 'Double')
      }
    case 'timestamp': {
      const format = ref.timestampFormat ?? shape.timestampFormat ?? 'unixTimestamp'
      return (value) => {
        if (format !== 'unixTimestamp' && typeof value === 'string') return timestampOf(value, format)
        if (typeof value !== 'number') throw unexpected(value, 'timestamp')
        return timestampOfSeconds(value)
      }
    }
    case 'blob':
      return (value) => {
        if (typeof value !== 'string') throw unexpected(value, 'ByteBuffer')
        return bytesOf(value)
      }
    case 'document':
      return documentOf
    case 'eventstream':
      break
  }
  return () => {
    throw new Malformed('An event stream can not be sent as JSON')
  }
}

function listDecoder(shape: ListShape, names: JsonNames): JsonDecode {
  const element = decoderOf(shape.member, names)
  return (value) => {
    if (!Array.isArray(value)) throw unexpected(value, 'list')
    return value.map((item: unknown) => {
      if (item === null) throw new Malformed('NULL_VALUE found where a list element was expected')
      return element(item)
    })
  }
}

function mapDecoder(shape: MapShape, names: JsonNames): JsonDecode {
  const element = decoderOf(shape.value, names)
  return (value) => {
    if (!isRecord(value)) throw unexpected(value, 'map')
    const decoded = emptyRecord()
    for (const key in value) {
      const given = value[key]
      if (given === null) throw new Malformed('NULL_VALUE found where a map value was expected')
      decoded[key] = element(given)
    }
    return decoded
  }
}

/** Any JSON value, its objects without prototype, so that a key such as `__proto__` is a key and nothing else. */
function documentOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(documentOf)
  const decoded = emptyRecord()
  for (const [key, item] of Object.entries(value)) decoded[key] = documentOf(item)
  return decoded
}

/** AWS's own words, which its Java parser coined. */
function unexpected(value: unknown, wanted: string): Malformed {
  if (Array.isArray(value)) return new Malformed('Start of list found where not expected')
  if (typeof value === 'object' && value !== null) {
    return new Malformed('Start of structure or map found where not expected.')
  }
  const token =
    value === null
      ? 'NULL_VALUE'
      : `${value === true ? 'TRUE' : value === false ? 'FALSE' : typeof value}_VALUE`
  const article = /^[AEIOU]/.test(wanted) ? 'an' : 'a'
  return new Malformed(`${token.toUpperCase()} can not be converted to ${article} ${wanted}`)
}
