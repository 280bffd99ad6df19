import { isRecord } from '../record.ts'
import type { ListShape, MapShape, Ref, Shape, StructureShape } from '../shapes.ts'
import { textEncoder, wrongType } from '../text.ts'
import type { JsonNames } from './decode.ts'

/** Writes a value as JSON; one that is not of its shape is a bug, and throws TypeError. */
export type JsonEncode = (value: unknown) => string

const compiled = { locationName: new Map<Shape, JsonEncode>(), name: new Map<Shape, JsonEncode>() }

/** The writer of a structure as JSON text: modelled members only, absent ones left out. */
export function jsonEncoder(shape: StructureShape, names: JsonNames): JsonEncode {
  const known = compiled[names].get(shape)
  if (known) return known
  const encode = structureEncoder(shape, names)
  compiled[names].set(shape, encode)
  return encode
}

function structureEncoder(shape: StructureShape, names: JsonNames): JsonEncode {
  const members = shape.members.map((member) => ({
    name: member.name,
    label: `${JSON.stringify(member[names] ?? member.name)}:`,
    encode: encoderOf(member, names),
  }))
  return (value) => {
    if (!isRecord(value)) throw wrongType(shape, value)
    let text = ''
    for (const { name, label, encode } of members) {
      const given = value[name]
      if (given === undefined || given === null) continue
      text += text === '' ? label : `,${label}`
      text += encode(given)
    }
    return `{${text}}`
  }
}

/** The writer of any shape as JSON text. */
function encoderOf(ref: Ref, names: JsonNames): JsonEncode {
  const { shape } = ref
  switch (shape.type) {
    case 'structure': {
      // Made when it is first used: a structure may contain itself.
      let encode: JsonEncode | undefined
      return (value) => (encode ??= jsonEncoder(shape, names))(value)
    }
    case 'list':
      return listEncoder(shape, names)
    case 'map':
      return mapEncoder(shape, names)
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw wrongType(shape, value)
        return JSON.stringify(value)
      }
    case 'boolean':
    case 'integer':
    case 'long':
      return textEncoder(ref, 'unixTimestamp')
    case 'float':
    case 'double':
      return (value) => {
        if (typeof value !== 'number') throw wrongType(shape, value)
        return Number.isFinite(value) ? String(value) : `"${value}"`
      }
    case 'timestamp': {
      const encode = textEncoder(ref, 'unixTimestamp')
      const quoted = (ref.timestampFormat ?? shape.timestampFormat ?? 'unixTimestamp') !== 'unixTimestamp'
      return quoted ? (value) => `"${encode(value)}"` : encode
    }
    case 'blob': {
      const encode = textEncoder(ref, 'unixTimestamp')
      return (value) => `"${encode(value)}"`
    }
    case 'document':
      return (value) => JSON.stringify(value)
    case 'eventstream':
      break
  }
  return () => {
    throw new Error(`${shape.name}, an event stream, has no form as JSON`)
  }
}

function listEncoder(shape: ListShape, names: JsonNames): JsonEncode {
  const element = encoderOf(shape.member, names)
  return (value) => {
    if (!Array.isArray(value)) throw wrongType(shape, value)
    let text = ''
    for (const item of value as readonly unknown[]) text += text === '' ? element(item) : `,${element(item)}`
    return `[${text}]`
  }
}

function mapEncoder(shape: MapShape, names: JsonNames): JsonEncode {
  const element = encoderOf(shape.value, names)
  return (value) => {
    if (!isRecord(value)) throw wrongType(shape, value)
    let text = ''
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${element(item)}`
    }
    return `{${text}}`
  }
}
