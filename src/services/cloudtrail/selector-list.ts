import type {
  AdvancedEventSelector,
  AdvancedFieldSelector,
  DataResource as DataResourceGiven,
  EventSelector,
  PutEventSelectorsRequest,
} from '#models/cloudtrail.d.ts'
import { isDataResourceType } from '#telemetry/index.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import {
  type AdvancedSelector,
  allManagementEvents,
  type BasicSelector,
  type DataResource,
  type FieldSelector,
  isSelectorField,
  type Selectors,
} from './selectors.ts'

/** Source: CloudTrail API Reference, EventSelector, ExcludeManagementEventSources. */
const excludable: ReadonlySet<string> = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com'])
const operators = ['Equals', 'StartsWith', 'EndsWith', 'NotEquals', 'NotStartsWith', 'NotEndsWith'] as const

/** All functions, or one. Source: CloudTrail API Reference, DataResource, Values. */
const functionForm = /^arn:[a-z-]{3,20}:lambda(?::[a-z0-9-]{1,30}:\d{12}:function:[\w-]{1,64})?$/

/** Fields that choose among data events alone. */
const dataFields: ReadonlySet<string> = new Set(['resources.type', 'resources.ARN'])

/** Reads the selectors of a request; what would have no effect is refused. Faults: InvalidEventSelectorsException. */
export function selectorsOf({ EventSelectors, AdvancedEventSelectors }: PutEventSelectorsRequest): Selectors {
  if ((EventSelectors === undefined) === (AdvancedEventSelectors === undefined))
    throw faults.selectors('Specify either EventSelectors or AdvancedEventSelectors.')
  if (AdvancedEventSelectors) return { kind: 'advanced', list: advancedOf(AdvancedEventSelectors) }
  const list = EventSelectors ?? []
  if (list.length === 0 || list.length > quotas.eventSelectors)
    throw faults.selectors(`A trail has between 1 and ${quotas.eventSelectors} event selectors.`)
  const values = list.flatMap(({ DataResources = [] }) => DataResources.flatMap(({ Values = [] }) => Values))
  if (values.length > quotas.dataResources)
    throw faults.selectors(`A trail has ${quotas.dataResources} data resources at most.`)
  return { kind: 'basic', list: list.map(basicOf) }
}

function basicOf({
  ReadWriteType = 'All',
  IncludeManagementEvents = true,
  DataResources = [],
  ExcludeManagementEventSources = [],
}: EventSelector): BasicSelector {
  if (!IncludeManagementEvents && DataResources.length === 0)
    throw faults.selectors('An event selector without management events and data resources selects nothing.')
  const unknown = ExcludeManagementEventSources.find((source) => !excludable.has(source))
  if (unknown !== undefined)
    throw faults.selectors(
      `'${unknown}' cannot be excluded: ExcludeManagementEventSources takes ${[...excludable].join(' and ')}.`,
    )
  return {
    readWriteType: ReadWriteType,
    excludedSources: ExcludeManagementEventSources,
    ...(!IncludeManagementEvents && { noManagementEvents: true }),
    ...(DataResources.length > 0 && { dataResources: DataResources.map(dataResourceOf) }),
  }
}

/** Source: CloudTrail API Reference, DataResource: of what there is here, functions; other types need advanced event selectors. */
function dataResourceOf({ Type: type = '', Values: values = [] }: DataResourceGiven): DataResource {
  if (type !== 'AWS::Lambda::Function')
    throw faults.selectors(`Data events of the type '${type}' cannot be selected by DataResources.`)
  const unknown = values.find((value) => !functionForm.test(value))
  if (values.length === 0 || unknown !== undefined)
    throw faults.selectors(`'${unknown ?? ''}' is neither the ARN of a function nor 'arn:aws:lambda'.`)
  return { type, values }
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
    const fields = FieldSelectors.map(fieldOf)
    requireOneKind(fields)
    return { name, fields }
  })
}

/** Fields of data events need their category, and it needs the type of resource. */
function requireOneKind(fields: readonly FieldSelector[]): void {
  const isOfData = fields.some(({ field, Equals }) => field === 'eventCategory' && Equals?.includes('Data'))
  const other = fields.find(({ field }) => dataFields.has(field))
  if (!isOfData && other)
    throw faults.selectors(`The field '${other.field}' does not choose among management events.`)
  if (isOfData && !fields.some(({ field }) => field === 'resources.type'))
    throw faults.selectors('A selector of data events needs the field resources.type.')
}

function fieldOf({ Field: field, ...given }: AdvancedFieldSelector): FieldSelector {
  if (!isSelectorField(field)) throw faults.selectors(`The field '${field}' does not choose among events.`)
  const used = operators.filter((operator) => (given[operator] ?? []).length > 0)
  if (used.length === 0) throw faults.selectors(`The field '${field}' has no condition.`)
  const onlyEquals = (isWanted: (value: string) => boolean, wanted: string): void => {
    const values = given.Equals ?? []
    const [value = ''] = values
    if (used.length !== 1 || values.length !== 1 || !isWanted(value))
      throw faults.selectors(`The field '${field}' takes Equals with one value: ${wanted}.`)
  }
  if (field === 'eventCategory')
    onlyEquals((value) => ['Management', 'Data'].includes(value), 'Management or Data')
  if (field === 'readOnly') onlyEquals((value) => ['true', 'false'].includes(value), 'true or false')
  if (field === 'resources.type') onlyEquals(isDataResourceType, 'a type whose data events there are')
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
      EventSelectors: selectors.list.map(
        ({ readWriteType, excludedSources, noManagementEvents, dataResources = [] }) => ({
          ReadWriteType: readWriteType,
          IncludeManagementEvents: noManagementEvents !== true,
          DataResources: dataResources.map(({ type, values }) => ({ Type: type, Values: values })),
          ExcludeManagementEventSources: excludedSources,
        }),
      ),
    }
  return {
    AdvancedEventSelectors: selectors.list.map(({ name, fields }) => ({
      Name: name,
      FieldSelectors: fields.map(({ field, ...conditions }) => ({ Field: field, ...conditions })),
    })),
  }
}
