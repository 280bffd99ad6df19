import { dataResourceType, type StoredRecord } from '#telemetry/index.ts'

/** Which records a trail wants, as far as their kind goes. */
export type Selectors =
  | { readonly kind: 'basic'; readonly list: readonly BasicSelector[] }
  | { readonly kind: 'advanced'; readonly list: readonly AdvancedSelector[] }

export interface BasicSelector {
  readonly readWriteType: 'All' | 'ReadOnly' | 'WriteOnly'
  readonly excludedSources: readonly string[]
  /** Management events are not among them. */
  readonly noManagementEvents?: true
  /** Whose data events are among them, where any are. */
  readonly dataResources?: readonly DataResource[]
}

export interface DataResource {
  readonly type: string
  /** ARNs, or what ARNs begin with, up to a colon. */
  readonly values: readonly string[]
}

export interface AdvancedSelector {
  readonly name?: string | undefined
  /** All of them must hold. */
  readonly fields: readonly FieldSelector[]
}

export interface FieldSelector {
  readonly field: SelectorField
  readonly Equals?: readonly string[] | undefined
  readonly StartsWith?: readonly string[] | undefined
  readonly EndsWith?: readonly string[] | undefined
  readonly NotEquals?: readonly string[] | undefined
  readonly NotStartsWith?: readonly string[] | undefined
  readonly NotEndsWith?: readonly string[] | undefined
}

/** What a trail logs before anybody chooses. Source: CloudTrail User Guide, "Logging management events". */
export const allManagementEvents: Selectors = {
  kind: 'basic',
  list: [{ readWriteType: 'All', excludedSources: [] }],
}

/**
 * What of a record a field means. A data event is about one resource.
 * Source: CloudTrail API Reference, AdvancedFieldSelector. Differs: `eventName`, `eventType` and `userIdentity.arn` choose among
 * management events too, which AWS has for event data stores alone.
 */
const fieldValues = {
  eventCategory: ({ eventCategory }) => eventCategory,
  readOnly: ({ readOnly }) => String(readOnly),
  eventSource: ({ eventSource }) => eventSource,
  eventName: ({ eventName }) => eventName,
  eventType: ({ eventType }) => eventType,
  'userIdentity.arn': ({ userIdentity }) => userIdentity.arn ?? '',
  'resources.type': ({ eventSource }) => dataResourceType(eventSource) ?? '',
  'resources.ARN': ({ resources: [first] = [] }) => first?.ARN ?? '',
} satisfies Record<string, (record: StoredRecord) => string>

export type SelectorField = keyof typeof fieldValues

export function isSelectorField(field: string): field is SelectorField {
  return Object.hasOwn(fieldValues, field)
}

/** Whether any selector may want data events. */
export function selectsDataEvents(selectors: Selectors): boolean {
  return selectors.kind === 'basic'
    ? selectors.list.some(({ dataResources }) => dataResources !== undefined)
    : selectors.list.some(({ fields }) => fields.some(isOfDataEvents))
}

function isOfDataEvents({ field, Equals }: FieldSelector): boolean {
  return field === 'eventCategory' && Equals?.includes('Data') === true
}

/** Whether any selector wants the record. */
export function isSelected(selectors: Selectors, record: StoredRecord): boolean {
  return selectors.kind === 'basic'
    ? selectors.list.some((selector) => isWantedByBasic(selector, record))
    : selectors.list.some(({ fields }) => fields.every((field) => holds(field, record)))
}

function isWantedByBasic(
  { readWriteType, excludedSources, noManagementEvents, dataResources = [] }: BasicSelector,
  record: StoredRecord,
): boolean {
  const { readOnly, eventSource, eventCategory } = record
  if (readWriteType !== 'All' && readOnly !== (readWriteType === 'ReadOnly')) return false
  return eventCategory === 'Data'
    ? dataResources.some((wanted) => isAbout(wanted, record))
    : noManagementEvents !== true && !excludedSources.includes(eventSource)
}

function isAbout({ type, values }: DataResource, record: StoredRecord): boolean {
  if (fieldValues['resources.type'](record) !== type) return false
  const arn = fieldValues['resources.ARN'](record)
  return values.some((value) => arn === value || arn.startsWith(`${value}:`))
}

/**
 * Any of the selecting conditions must hold, where there are some, and none of the deselecting ones.
 * Source: CloudTrail User Guide, "How CloudTrail evaluates multiple conditions for a field".
 */
function holds(selector: FieldSelector, record: StoredRecord): boolean {
  const {
    field,
    Equals,
    StartsWith,
    EndsWith,
    NotEquals = [],
    NotStartsWith = [],
    NotEndsWith = [],
  } = selector
  const value = fieldValues[field](record)
  const selects = Equals !== undefined || StartsWith !== undefined || EndsWith !== undefined
  const isIn = (equal: readonly string[], starts: readonly string[], ends: readonly string[]): boolean =>
    equal.includes(value) ||
    starts.some((start) => value.startsWith(start)) ||
    ends.some((end) => value.endsWith(end))
  return (
    (!selects || isIn(Equals ?? [], StartsWith ?? [], EndsWith ?? [])) &&
    !isIn(NotEquals, NotStartsWith, NotEndsWith)
  )
}
