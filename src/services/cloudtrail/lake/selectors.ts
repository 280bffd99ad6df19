import type { AdvancedEventSelector, AdvancedFieldSelector } from '#models/cloudtrail.d.ts'
import { isDataResourceType } from '#telemetry/index.ts'
import { type CollectedPeriod, type FieldCondition, isSelectedField } from '#telemetry/sql/index.ts'
import { isSelectorField, type Selectors } from '../selectors.ts'
import type { IngestionPeriod } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Source: CloudTrail API Reference, CreateEventDataStore: all management events by default. */
export const selectorsDefault: readonly AdvancedEventSelector[] = [
  {
    Name: 'Default management events',
    FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }],
  },
]

/**
 * Checks what a data store is to collect. Faults: InvalidEventSelectorsException.
 * Differs: there are management events and data events alone, so other categories are refused.
 */
export function readSelectors(selectors: readonly AdvancedEventSelector[]): readonly AdvancedEventSelector[] {
  if (selectors.length === 0 || selectors.length > quotas.selectors)
    throw faults.selectors(`One to ${quotas.selectors} advanced event selectors are wanted.`)
  for (const { FieldSelectors } of selectors) {
    if (FieldSelectors.length > quotas.fieldSelectors)
      throw faults.selectors('There are too many field selectors.')
    const fields = FieldSelectors.map(({ Field }) => Field)
    if (new Set(fields).size !== fields.length) throw faults.selectors('A field may be selected by once.')
    for (const field of FieldSelectors) conditionOf(field)
    requireCategory(FieldSelectors)
  }
  return selectors
}

function requireCategory(fields: readonly AdvancedFieldSelector[]): void {
  const only = (name: string): string | undefined => {
    const { Field: _, ...conditions } = fields.find(({ Field }) => Field === name) ?? { Field: name }
    const [values, ...others] = Object.values(conditions).filter((given) => given !== undefined)
    return others.length === 0 && values?.length === 1 ? conditions.Equals?.[0] : undefined
  }
  const category = only('eventCategory')
  if (category !== 'Management' && category !== 'Data')
    throw faults.selectors(
      "eventCategory must equal 'Management' or 'Data', of which alone there are events.",
    )
  const about = fields.find(({ Field }) => Field.startsWith('resources.'))
  if (category === 'Management' && about)
    throw faults.selectors(`Management events cannot be selected by ${about.Field}.`)
  if (category === 'Data' && !isDataResourceType(only('resources.type') ?? ''))
    throw faults.selectors('resources.type must equal a type whose data events there are.')
}

/** What a data store selects, as trails have it. */
export function asOfTrails(selectors: readonly AdvancedEventSelector[]): Selectors {
  const list = selectors.map(({ FieldSelectors }) => ({
    fields: FieldSelectors.map(({ Field: field, ...conditions }) => {
      if (!isSelectorField(field)) throw new Error(`an event data store selects by ${field}`)
      return { field, ...conditions }
    }),
  }))
  return { kind: 'advanced', list }
}

function conditionOf(selector: AdvancedFieldSelector): FieldCondition {
  const { Field: field, Equals, StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith } = selector
  if (!isSelectedField(field)) throw faults.selectors(`Events cannot be selected by ${field}.`)
  const given = [Equals, StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith].filter(
    (values) => values !== undefined,
  )
  if (given.length === 0 || given.some((values) => values.length === 0))
    throw faults.selectors(`There is no value for the field ${field}.`)
  const values = given.flat()
  if (values.length > quotas.selectorValues) throw faults.selectors('There are too many values.')
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  if (values.some((value) => /[\0-\x1f\x7f]/.test(value)))
    throw faults.selectors('A value has control characters.')
  return {
    ...{ field, equals: Equals, startsWith: StartsWith, endsWith: EndsWith },
    ...{ notEquals: NotEquals, notStartsWith: NotStartsWith, notEndsWith: NotEndsWith },
  }
}

/** What a data store collected, as its view has it. */
export function collectedIn(periods: readonly IngestionPeriod[]): readonly CollectedPeriod[] {
  return periods.map(({ fromMs, toMs, selectors }) => ({
    fromMs,
    toMs,
    selectors: selectors.map(({ FieldSelectors }) => FieldSelectors.map(conditionOf)),
  }))
}
