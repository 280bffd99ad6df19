import { Malformed } from './fault.ts'
import type { Ref, Shape, TimestampFormat } from './shapes.ts'
import { timestampOf, timestampText } from './timestamp.ts'

/** Scalars written as text: in query parameters, XML elements, headers, labels and query strings. */

/** Makes the reader of a scalar's text; `format` is the place's default. The reader's faults: Malformed. */
export function textDecoder(ref: Ref, format: TimestampFormat): (text: string) => unknown {
  const { shape } = ref
  switch (shape.type) {
    case 'string':
      return (text) => text
    case 'boolean':
      return booleanOf
    case 'integer':
    case 'long': {
      const { type } = shape
      return (text) => integerOf(text, type)
    }
    case 'float':
    case 'double':
      return (text) => floatOf(text)
    case 'timestamp': {
      const chosen = ref.timestampFormat ?? shape.timestampFormat ?? format
      return (text) => timestampOf(text.trim(), chosen)
    }
    case 'blob':
      return bytesOf
    case 'structure':
    case 'list':
    case 'map':
    case 'document':
    case 'eventstream':
      break
  }
  throw unwritable(shape)
}

/** Makes the writer of a scalar's text. A value that is not of its shape is a bug of the operation that made it. */
export function textEncoder(ref: Ref, format: TimestampFormat): (value: unknown) => string {
  const { shape } = ref
  switch (shape.type) {
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw wrongType(shape, value)
        return value
      }
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw wrongType(shape, value)
        return value ? 'true' : 'false'
      }
    case 'integer':
    case 'long':
      return (value) => {
        if (!Number.isSafeInteger(value)) throw wrongType(shape, value)
        return String(value)
      }
    case 'float':
    case 'double':
      return (value) => {
        if (typeof value !== 'number') throw wrongType(shape, value)
        return String(value) // NaN, Infinity and -Infinity are AWS's spellings too.
      }
    case 'timestamp': {
      const chosen = ref.timestampFormat ?? shape.timestampFormat ?? format
      return (value) => {
        if (!(value instanceof Date)) throw wrongType(shape, value)
        return timestampText(value, chosen)
      }
    }
    case 'blob':
      return (value) => {
        if (!(value instanceof Uint8Array)) throw wrongType(shape, value)
        return base64Text(value)
      }
    case 'structure':
    case 'list':
    case 'map':
    case 'document':
    case 'eventstream':
      break
  }
  throw unwritable(shape)
}

function unwritable(shape: Shape): Error {
  return new Error(`${shape.name}, a ${shape.type}, has no form as text`)
}

/** An operation returned what its model does not allow: a bug, never the caller's mistake. */
export function wrongType(shape: Shape, value: unknown): TypeError {
  return new TypeError(`${shape.name} must be a ${shape.type}, not ${value === null ? 'null' : typeof value}`)
}

function booleanOf(text: string): boolean {
  const folded = text.toLowerCase()
  if (folded === 'true') return true
  if (folded === 'false') return false
  throw new Malformed('STRING_VALUE can not be converted to a Boolean')
}

function integerOf(text: string, type: 'integer' | 'long'): number {
  if (!/^[+-]?\d{1,20}$/.test(text))
    throw new Malformed(`STRING_VALUE can not be converted to ${named[type]}`)
  return checkedInteger(Number(text), type)
}

const named = { integer: 'an Integer', long: 'a Long' } as const

/**
 * An integer that its type can hold. Faults: Malformed.
 * Differs: a long beyond 2^53 is refused, because a JavaScript number would silently change it; no model needs one.
 */
export function checkedInteger(value: number, type: 'integer' | 'long'): number {
  const fits = type === 'integer' ? (value | 0) === value : Number.isSafeInteger(value)
  if (!fits) throw new Malformed(`NUMBER_VALUE can not be converted to ${named[type]}`)
  return value === 0 ? 0 : value // Integers have no -0.
}

/** Faults: Malformed. */
export function floatOf(text: string): number {
  if (text === 'NaN') return NaN
  if (text === 'Infinity' || text === '-Infinity') return Number(text)
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    throw new Malformed('STRING_VALUE can not be converted to a Double')
  }
  return Number(text)
}

/** Bytes from strict base64: padded, without blanks, of the standard alphabet. Faults: Malformed. */
export function bytesOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  // Node skips what is no base64, which shows in the length, and takes the URL alphabet too.
  const strict =
    text.length % 4 === 0 &&
    bytes.length === (text.length / 4) * 3 - padding &&
    !text.includes('-') &&
    !text.includes('_')
  if (!strict) throw new Malformed('STRING_VALUE can not be converted from base64')
  // A copy: the buffer may be a window on a pool that others see.
  return new Uint8Array(bytes)
}

/** Padded base64 of the standard alphabet. */
export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
