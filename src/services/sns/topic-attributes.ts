import { checkTopicPolicy } from './delivery-policy.ts'
import type { PublicationDocument, TopicDocument } from './documents.ts'
import { faults } from './faults.ts'

/** What an attribute's value looks like. */
interface Row {
  readonly form: RegExp
  readonly fifoOnly?: true
}

/**
 * How the status of deliveries is logged: it is not, and only values that ask for that are taken. Terraform's provider sets the rates to 0.
 * Source: SNS API Reference, SetTopicAttributes.
 */
function unlogged(): readonly (readonly [name: string, row: Row])[] {
  return ['HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'].flatMap((protocol) => [
    [`${protocol}SuccessFeedbackSampleRate`, { form: /^0$/ }] as const,
    [`${protocol}SuccessFeedbackRoleArn`, { form: /^$/ }] as const,
    [`${protocol}FailureFeedbackRoleArn`, { form: /^$/ }] as const,
  ])
}

/** Attributes of topics that are enforced, with their values. Source: SNS API Reference, CreateTopic. */
const rows: ReadonlyMap<string, Row> = new Map([
  ...unlogged(),
  ['DisplayName', { form: /^[^\p{Cc}]{0,100}$/u }],
  ['SignatureVersion', { form: /^[12]$/ }],
  ['KmsMasterKeyId', { form: /^[\w:/-]{0,2048}$/ }],
  ['DeliveryPolicy', { form: /^[^]{0,30720}$/ }],
  ['FifoTopic', { form: /^(?:true|false)$/ }],
  ['ContentBasedDeduplication', { form: /^(?:true|false)$/, fifoOnly: true }],
  ['FifoThroughputScope', { form: /^(?:Topic|MessageGroup)$/, fifoOnly: true }],
])

/** Faults: InvalidParameter, for what would not be acted on too. */
export function checkTopicAttribute(name: string, value: string, isFifo: boolean): void {
  const row = rows.get(name)
  if (!row) throw faults.parameter('AttributeName', `${name} is no attribute of topics that is supported`)
  if (row.fifoOnly && !isFifo) throw faults.parameter(name, 'Only FIFO topics have it')
  if (!row.form.test(value)) throw faults.parameter(name, `Invalid value: ${value}`)
  if (name === 'DeliveryPolicy' && value !== '') checkTopicPolicy(value)
}

/** How what a topic sends is signed, where not by version 1. */
export function signatureVersionOf({
  attributes,
}: TopicDocument): Pick<PublicationDocument, 'signatureVersion'> {
  return attributes['SignatureVersion'] === '2' ? { signatureVersion: '2' } : {}
}

/** Attributes that an empty value takes away. */
const removable: ReadonlySet<string> = new Set(['KmsMasterKeyId', 'DeliveryPolicy'])

/** Attributes once one is set. */
export function withTopicAttribute(
  before: Readonly<Record<string, string>>,
  name: string,
  value: string,
): Readonly<Record<string, string>> {
  const after = new Map(Object.entries(before)).set(name, value)
  if (value === '' && (removable.has(name) || name.endsWith('FeedbackRoleArn'))) after.delete(name)
  return Object.fromEntries(after)
}
