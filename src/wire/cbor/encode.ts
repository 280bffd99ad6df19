import { encode, Tagged } from 'cborg'
import { isRecord } from '../record.ts'
import type { ListShape, MapShape, Ref, StructureShape } from '../shapes.ts'
import { wrongType } from '../text.ts'

type Convert = (value: unknown) => unknown

const compiled = new Map<StructureShape, Convert>()

/** A structure as CBOR bytes: modelled members only, absent ones left out. Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol". */
export function cborBytes(
  shape: StructureShape,
  value: unknown,
  more: Readonly<Record<string, string>> = {},
): Uint8Array {
  const converted = converter(shape)(value)
  if (!(converted instanceof Map)) throw wrongType(shape, value)
  for (const [key, text] of Object.entries(more)) converted.set(key, text)
  return encode(converted, { float64: true })
}

/** Makes the converter of a structure to what the library writes. */
function converter(shape: StructureShape): Convert {
  const known = compiled.get(shape)
  if (known) return known
  const members = shape.members.map((member) => ({ name: member.name, convert: converterOf(member) }))
  const convert: Convert = (value) => {
    if (!isRecord(value)) throw wrongType(shape, value)
    const converted = new Map<string, unknown>()
    for (const { name, convert } of members) {
      const given = value[name]
      if (given !== undefined && given !== null) converted.set(name, convert(given))
    }
    return converted
  }
  compiled.set(shape, convert)
  return convert
}

function converterOf(ref: Ref): Convert {
  const { shape } = ref
  const checked =
    (holds: (value: unknown) => boolean): Convert =>
    (value) => {
      if (!holds(value)) throw wrongType(shape, value)
      return value
    }
  switch (shape.type) {
    case 'structure': {
      // Made when it is first used: a structure may contain itself.
      let convert: Convert | undefined
      return (value) => (convert ??= converter(shape))(value)
    }
    case 'list':
      return listConverter(shape)
    case 'map':
      return mapConverter(shape)
    case 'string':
      return checked((value) => typeof value === 'string')
    case 'boolean':
      return checked((value) => typeof value === 'boolean')
    case 'integer':
    case 'long':
      return checked(Number.isSafeInteger)
    case 'float':
    case 'double':
      return checked((value) => typeof value === 'number')
    case 'blob':
      return checked((value) => value instanceof Uint8Array)
    case 'timestamp':
      return (value) => {
        if (!(value instanceof Date)) throw wrongType(shape, value)
        return new Tagged(1, value.getTime() / 1000)
      }
    case 'document':
    case 'eventstream':
      break
  }
  throw new Error(`${shape.name}, a ${shape.type}, has no form as CBOR`)
}

function listConverter(shape: ListShape): Convert {
  const convert = converterOf(shape.member)
  return (value) => {
    if (!Array.isArray(value)) throw wrongType(shape, value)
    return value.map(convert)
  }
}

function mapConverter(shape: MapShape): Convert {
  const convert = converterOf(shape.value)
  return (value) => {
    if (!isRecord(value)) throw wrongType(shape, value)
    return new Map(Object.entries(value).map(([key, item]) => [key, convert(item)]))
  }
}
