import type {
  AdvancedEventSelector,
  AdvancedFieldSelector,
  EventSelector,
  PutEventSelectorsRequest,
} from '#models/cloudtrail.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import {
  type AdvancedSelector,
  allManagementEvents,
  type BasicSelector,
  type FieldSelector,
  isSelectorField,
  type Selectors,
} from './selectors.ts'

/** Source: CloudTrail API Reference, EventSelector, ExcludeManagementEventSources. */
const excludable: ReadonlySet<string> = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com'])
const operators = ['Equals', 'StartsWith', 'EndsWith', 'NotEquals', 'NotStartsWith', 'NotEndsWith'] as const

/** Reads the selectors of a request; what would have no effect is refused. Faults: InvalidEventSelectorsException. */
export function selectorsOf({ EventSelectors, AdvancedEventSelectors }: PutEventSelectorsRequest): Selectors {
  if ((EventSelectors === undefined) === (AdvancedEventSelectors === undefined))
    throw faults.selectors('Specify either EventSelectors or AdvancedEventSelectors.')
  if (AdvancedEventSelectors) return { kind: 'advanced', list: advancedOf(AdvancedEventSelectors) }
  const list = EventSelectors ?? []
  if (list.length === 0 || list.length > quotas.eventSelectors)
    throw faults.selectors(`A trail has between 1 and ${quotas.eventSelectors} event selectors.`)
  return { kind: 'basic', list: list.map(basicOf) }
}

function basicOf({
  ReadWriteType = 'All',
  IncludeManagementEvents = true,
  DataResources = [],
  ExcludeManagementEventSources = [],
}: EventSelector): BasicSelector {
  if (DataResources.length > 0)
    throw faults.selectors('Data events are not logged by trails here: leave DataResources out.')
  if (!IncludeManagementEvents)
    throw faults.selectors('An event selector without management events and data resources selects nothing.')
  const unknown = ExcludeManagementEventSources.find((source) => !excludable.has(source))
  if (unknown !== undefined)
    throw faults.selectors(
      `'${unknown}' cannot be excluded: ExcludeManagementEventSources takes ${[...excludable].join(' and ')}.`,
    )
  return { readWriteType: ReadWriteType, excludedSources: ExcludeManagementEventSources }
}

function advancedOf(list: readonly AdvancedEventSelector[]): readonly AdvancedSelector[] {
  const values = list.flatMap(({ FieldSelectors }) =>
    FieldSelectors.flatMap((field) => operators.flatMap((operator) => field[operator] ?? [])),
  )
  if (list.length === 0 || list.length > quotas.selectorValues || values.length > quotas.selectorValues)
    throw faults.selectors(`A trail has between 1 and ${quotas.selectorValues} values of selectors.`)
  return list.map(({ Name: name, FieldSelectors }) => {
    const names = FieldSelectors.map(({ Field }) => Field)
    if (new Set(names).size < names.length) throw faults.selectors('A field stands twice in a selector.')
    if (!names.includes('eventCategory')) throw faults.selectors('A selector needs the field eventCategory.')
    return { name, fields: FieldSelectors.map(fieldOf) }
  })
}

function fieldOf({ Field: field, ...given }: AdvancedFieldSelector): FieldSelector {
  if (!isSelectorField(field))
    throw faults.selectors(`The field '${field}' does not choose among management events.`)
  const used = operators.filter((operator) => (given[operator] ?? []).length > 0)
  if (used.length === 0) throw faults.selectors(`The field '${field}' has no condition.`)
  const onlyEquals = (wanted: readonly string[]): void => {
    const values = given.Equals ?? []
    const [value = ''] = values
    if (used.length !== 1 || values.length !== 1 || !wanted.includes(value))
      throw faults.selectors(`The field '${field}' takes Equals with one value: ${wanted.join(' or ')}.`)
  }
  if (field === 'eventCategory') onlyEquals(['Management'])
  if (field === 'readOnly') onlyEquals(['true', 'false'])
  return { field, ...Object.fromEntries(used.map((operator) => [operator, given[operator]])) }
}

/** Whether somebody chose otherwise than a new trail does. */
export function hasCustomSelectors(selectors: Selectors): boolean {
  return JSON.stringify(selectors) !== JSON.stringify(allManagementEvents)
}

/** Selectors as answers show them. */
export function shownSelectors(
  selectors: Selectors,
):
  | { readonly EventSelectors: readonly EventSelector[] }
  | { readonly AdvancedEventSelectors: readonly AdvancedEventSelector[] } {
  if (selectors.kind === 'basic')
    return {
      EventSelectors: selectors.list.map(({ readWriteType, excludedSources }) => ({
        ReadWriteType: readWriteType,
        IncludeManagementEvents: true,
        DataResources: [],
        ExcludeManagementEventSources: excludedSources,
      })),
    }
  return {
    AdvancedEventSelectors: selectors.list.map(({ name, fields }) => ({
      Name: name,
      FieldSelectors: fields.map(({ field, ...conditions }) => ({ Field: field, ...conditions })),
    })),
  }
}
