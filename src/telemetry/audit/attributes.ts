import { lookupResources, type StoredRecord, usernameOf } from './stored-record.ts'

/** What records can be looked up by. */
export type AttributeKey =
  | 'EventId'
  | 'EventName'
  | 'ReadOnly'
  | 'Username'
  | 'ResourceType'
  | 'ResourceName'
  | 'EventSource'
  | 'AccessKeyId'

interface Attribute {
  /**
   * Text that stands in the line of every record that matches, so that others need not be parsed; undefined where there is none.
   * A text may stand in other lines too: `matches` decides.
   */
  readonly textOf: (value: string) => string | undefined
  readonly matches: (record: StoredRecord, value: string) => boolean
}

/** Source: CloudTrail API Reference, LookupAttribute. */
const attributes: { readonly [Key in AttributeKey]: Attribute } = {
  EventId: { textOf: member('eventID'), matches: (record, value) => record.eventID === value },
  EventName: { textOf: member('eventName'), matches: (record, value) => record.eventName === value },
  ReadOnly: {
    textOf: (value) => `"readOnly":${value === 'true'}`,
    matches: (record, value) => String(record.readOnly) === value,
  },
  Username: { textOf: inner, matches: (record, value) => usernameOf(record) === value },
  ResourceType: {
    // The types of sessions and keys follow from other members than `resources`.
    textOf: () => undefined,
    matches: (record, value) => lookupResources(record).some(({ ResourceType }) => ResourceType === value),
  },
  ResourceName: {
    textOf: inner,
    matches: (record, value) => lookupResources(record).some(({ ResourceName }) => ResourceName === value),
  },
  EventSource: { textOf: member('eventSource'), matches: (record, value) => record.eventSource === value },
  AccessKeyId: {
    textOf: member('accessKeyId'),
    matches: (record, value) => record.userIdentity.accessKeyId === value,
  },
}

/** One attribute to look records up by. */
export interface AttributeFilter {
  readonly key: AttributeKey
  readonly value: string
}

/** See `Attribute.textOf`. */
export function textOfAttribute({ key, value }: AttributeFilter): string | undefined {
  return attributes[key].textOf(value)
}

export function matchesAttribute(record: StoredRecord, { key, value }: AttributeFilter): boolean {
  return attributes[key].matches(record, value)
}

function member(name: string): Attribute['textOf'] {
  return (value) => `"${name}":${JSON.stringify(value)}`
}

/** The text as it stands somewhere within a JSON string. */
function inner(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}
