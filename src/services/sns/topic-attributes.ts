import { faults } from './faults.ts'

/** Attributes of topics that are enforced, with their values. Source: SNS API Reference, CreateTopic. */
const rows: ReadonlyMap<string, { readonly form: RegExp; readonly fifoOnly?: true }> = new Map([
  ['DisplayName', { form: /^[^\p{Cc}]{0,100}$/u }],
  ['SignatureVersion', { form: /^[12]$/ }],
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
}
