import type { MessageAttributeValue } from '#models/sns.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** A message attribute as it is kept. Bytes are base64. */
export interface KeptAttribute {
  readonly type: string
  readonly value: string
}

/** What a publisher said. */
export interface Said {
  readonly message: string
  readonly subject?: string | undefined
  readonly attributes: Readonly<Record<string, KeptAttribute>>
  /** Texts by protocol, where MessageStructure is json. */
  readonly byProtocol?: Readonly<Record<string, string>> | undefined
  /** Of a request to confirm a subscription. */
  readonly confirmation?: { readonly token: string; readonly url: string } | undefined
}

interface Given {
  readonly Message: string
  readonly Subject?: string | undefined
  readonly MessageStructure?: string | undefined
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>> | undefined
}

/** Reads what is published. Faults: InvalidParameter, InvalidParameterValue. Source: SNS API Reference, Publish. */
export function readMessage(given: Given): Said {
  const { Message, Subject, MessageStructure, MessageAttributes } = given
  if (Message === '') throw faults.invalid('Empty message')
  if (bytesOf(given) > quotas.messageBytes) throw faults.invalid('Message too long')
  if (Subject !== undefined && !/^[!-~][ -~]{0,99}$/.test(Subject))
    throw faults.parameter(
      'Subject',
      `It has 1 to ${quotas.subjectCharacters} ASCII characters and no line break`,
    )
  if (MessageStructure !== undefined && MessageStructure !== 'json')
    throw faults.parameter('MessageStructure', 'It is json, or absent')
  const byProtocol = MessageStructure === 'json' ? readStructure(Message) : undefined
  return {
    message: byProtocol?.['default'] ?? Message,
    ...(Subject !== undefined && { subject: Subject }),
    attributes: readAttributes(MessageAttributes),
    ...(byProtocol && { byProtocol }),
  }
}

/** Bytes that count towards the limit: message, names, types and values. */
export function bytesOf({ Message, MessageAttributes = {} }: Given): number {
  let bytes = Buffer.byteLength(Message)
  for (const [name, { DataType, StringValue = '', BinaryValue }] of Object.entries(MessageAttributes))
    bytes += Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.length ?? 0)
  return bytes
}

function readStructure(text: string): Readonly<Record<string, string>> {
  const value = parsed(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject) throw faults.parameter('Message Structure', 'JSON message body failed to parse')
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  if (!texts.some(([name]) => name === 'default'))
    throw faults.parameter('Message Structure', 'No default entry in JSON message body')
  return Object.fromEntries(texts)
}

function readAttributes(given: Given['MessageAttributes'] = {}): Said['attributes'] {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!/^[\w-]+(?:\.[\w-]+)*$/.test(name) || name.length > 256 || /^(?:aws|amazon)\./i.test(name))
        throw faults.value(`The message attribute name '${name}' is invalid.`)
      return [name, readAttribute(name, value)]
    }),
  )
}

function readAttribute(
  name: string,
  { DataType, StringValue, BinaryValue }: MessageAttributeValue,
): KeptAttribute {
  const [kind = ''] = /^(?:String\.Array|String|Number|Binary)(?=\.|$)/.exec(DataType) ?? []
  const refuse = (reason: string) => faults.value(`The message attribute '${name}' ${reason}`)
  if (kind === '')
    throw refuse('has an invalid message attribute type: it is String, String.Array, Number or Binary.')
  if (kind === 'Binary') {
    if (!BinaryValue || BinaryValue.length === 0) throw refuse('must contain a binary value.')
    return { type: DataType, value: Buffer.from(BinaryValue).toString('base64') }
  }
  if (StringValue === undefined || StringValue === '')
    throw refuse('must contain non-empty message attribute value.')
  if (
    kind === 'Number' &&
    !/^[+-]?(?:\d{1,38}(?:\.\d{0,38})?|\.\d{1,38})(?:[eE][+-]?\d{1,3})?$/.test(StringValue)
  )
    throw refuse('is no number.')
  if (kind === 'String.Array' && !Array.isArray(parsed(StringValue))) throw refuse('is no JSON array.')
  return { type: DataType, value: StringValue }
}

/** JSON, or undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
