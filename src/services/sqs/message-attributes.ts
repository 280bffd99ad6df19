import { createHash } from 'node:crypto'
import type { MessageAttributeValue } from '#models/sqs.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** A message attribute as it is kept: its type with a text, or with bytes in base64. */
export type KeptAttribute =
  { readonly type: string; readonly text: string } | { readonly type: string; readonly base64: string }

export type KeptAttributes = Readonly<Record<string, KeptAttribute>>

type Given = Readonly<Record<string, MessageAttributeValue>>

/**
 * Reads message attributes. Faults: InvalidParameterValue; UnsupportedOperation for lists.
 * Source: SQS Developer Guide, "Amazon SQS message metadata", message attribute components.
 */
export function readAttributes(given: Given = {}): KeptAttributes {
  const entries = Object.entries(given)
  if (entries.length > quotas.messageAttributes) {
    throw faults.invalidValue(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${quotas.messageAttributes}].`,
    )
  }
  return Object.fromEntries(
    entries.map(([name, value]) => {
      checkName(name)
      return [name, readValue(name, value)]
    }),
  )
}

function checkName(name: string): void {
  const isName = /^[\w-]+(?:\.[\w-]+)*$/.test(name) && name.length <= 256 && !/^(?:aws|amazon)\./i.test(name)
  if (!isName)
    throw faults.invalidValue(
      `Message (user) attribute name '${name}' is invalid: it can contain only A-Z, a-z, 0-9, underscores, hyphens and periods, and not start with AWS. or Amazon.`,
    )
}

function readValue(name: string, value: MessageAttributeValue): KeptAttribute {
  const { DataType, StringValue, BinaryValue, StringListValues = [], BinaryListValues = [] } = value
  if (StringListValues.length > 0 || BinaryListValues.length > 0)
    throw faults.unsupported('Message attributes that are lists are not supported.')
  if (DataType === '')
    throw faults.invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute type.`,
    )
  const [, kind] = /^(String|Number|Binary)(?:\..+)?$/s.exec(DataType) ?? []
  if (kind === undefined || DataType.length > 256)
    throw faults.invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  const empty = () =>
    faults.invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${kind}'.`,
    )
  if (kind === 'Binary') {
    if (StringValue !== undefined || !BinaryValue || BinaryValue.length === 0) throw empty()
    return { type: DataType, base64: Buffer.from(BinaryValue).toString('base64') }
  }
  if (BinaryValue !== undefined || StringValue === undefined || StringValue === '') throw empty()
  checkText(StringValue)
  if (kind === 'Number' && !isNumber(StringValue))
    throw faults.invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`)
  return { type: DataType, text: StringValue }
}

function isNumber(text: string): boolean {
  const [, digits = ''] = /^[+-]?(\d*\.?\d*)(?:[eE][+-]?\d{1,3})?$/.exec(text) ?? []
  const count = digits.replace('.', '').length
  return count >= 1 && count <= 38
}

/** Faults: InvalidMessageContents. Source: SQS API Reference, SendMessage, MessageBody. */
export function checkText(text: string): void {
  if (!/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(text)) throw faults.contents()
}

/** Bytes that attributes count towards a message's size: names, types and values. */
export function bytesOf(attributes: KeptAttributes): number {
  let bytes = 0
  for (const [name, attribute] of Object.entries(attributes))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.type) + valueOf(attribute).length
  return bytes
}

/** The attributes as answers show them. */
export function shownAttributes(attributes: KeptAttributes): Readonly<Record<string, MessageAttributeValue>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      'text' in attribute
        ? { DataType: attribute.type, StringValue: attribute.text }
        : { DataType: attribute.type, BinaryValue: Buffer.from(attribute.base64, 'base64') },
    ]),
  )
}

/**
 * The attributes that a receiver names: by name, by a prefix that ends in `.*`, or all.
 * Source: SQS API Reference, ReceiveMessage, MessageAttributeNames.
 */
export function chosen(attributes: KeptAttributes, names: readonly string[] = []): KeptAttributes {
  if (names.includes('All') || names.includes('.*')) return attributes
  const isChosen = (name: string) =>
    names.some((asked) => (asked.endsWith('.*') ? name.startsWith(asked.slice(0, -1)) : asked === name))
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isChosen(name)))
}

/**
 * The digest by which clients check attributes; undefined for none.
 * Source: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: KeptAttributes): string | undefined {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  const add = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const name of names) {
    const attribute = attributes[name]
    if (!attribute) continue
    add(Buffer.from(name))
    add(Buffer.from(attribute.type))
    hash.update(Buffer.of('text' in attribute ? 1 : 2))
    add(valueOf(attribute))
  }
  return hash.digest('hex')
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** The bytes of a value. */
function valueOf(attribute: KeptAttribute): Buffer {
  return 'text' in attribute ? Buffer.from(attribute.text) : Buffer.from(attribute.base64, 'base64')
}
