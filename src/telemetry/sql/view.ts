import { dataEventSources } from '../audit/data-events.ts'
import { columnList, identifier, list, literal } from './columns.ts'

/**
 * How a field of an event must be; what is not said does not matter. Of the conditions that select, any must hold, and none of those that
 * deselect. Source: CloudTrail User Guide, "How CloudTrail evaluates multiple conditions for a field".
 */
export interface FieldCondition {
  /** One of `fields`. */
  readonly field: SelectedField
  readonly equals?: readonly string[] | undefined
  readonly startsWith?: readonly string[] | undefined
  readonly endsWith?: readonly string[] | undefined
  readonly notEquals?: readonly string[] | undefined
  readonly notStartsWith?: readonly string[] | undefined
  readonly notEndsWith?: readonly string[] | undefined
}

const types = dataEventSources
  .map(([source, type]) => `WHEN ${literal(source)} THEN ${literal(type)}`)
  .join(' ')

/** Fields by which events are chosen, as SQL that gives a text. */
const fields = {
  eventCategory: 'eventCategory',
  eventSource: 'eventSource',
  eventName: 'eventName',
  eventType: 'eventType',
  readOnly: 'readOnly::VARCHAR',
  'userIdentity.arn': 'userIdentity.arn',
  'resources.type': `CASE eventSource ${types} END`,
  'resources.ARN': 'resources[1].ARN',
} as const

export type SelectedField = keyof typeof fields

/** Whether events can be chosen by a field of this name. */
export function isSelectedField(name: string): name is SelectedField {
  return Object.hasOwn(fields, name)
}

/** Events are in when they came in this time and all conditions of one of the selectors hold. */
export interface CollectedPeriod {
  /** Units: milliseconds since 1970; the end is not in it. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly selectors: readonly (readonly FieldCondition[])[]
}

/** What a table of a statement shows of the account's records. */
export interface TableView {
  /** The name by which statements know it. */
  readonly name: string
  /** Left out: all regions. */
  readonly region?: string | undefined
  /** Nothing older, and nothing later. Units: milliseconds since 1970. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly collected: readonly CollectedPeriod[]
}

/** The statement that makes the view, over a table `source` of the account's records. */
export function viewStatement(source: string, view: TableView): string {
  const { name, region, notBeforeMs, notAfterMs, collected } = view
  const conditions = [
    `eventTime >= ${time(notBeforeMs)}`,
    `eventTime <= ${time(notAfterMs)}`,
    ...(region === undefined ? [] : [`awsRegion = ${literal(region)}`]),
    anyOf(collected.map(periodCondition)),
  ]
  return `CREATE VIEW ${identifier(name)} AS SELECT ${columnList} FROM ${source} WHERE ${conditions.join(' AND ')}`
}

function periodCondition({ fromMs, toMs, selectors }: CollectedPeriod): string {
  return allOf([
    ...(fromMs === undefined ? [] : [`eventTime >= ${time(fromMs)}`]),
    ...(toMs === undefined ? [] : [`eventTime < ${time(toMs)}`]),
    anyOf(selectors.map((selector) => allOf(selector.map(fieldCondition)))),
  ])
}

function fieldCondition(condition: FieldCondition): string {
  const value = `coalesce(${fields[condition.field]}, '')`
  const { equals, startsWith, endsWith, notEquals, notStartsWith, notEndsWith } = condition
  const one = (test: string, texts: readonly string[]) =>
    anyOf(texts.map((text) => `${test}(${value}, ${literal(text)})`))
  const selecting = [
    ...(equals ? [`list_contains(${list(equals)}, ${value})`] : []),
    ...(startsWith ? [one('starts_with', startsWith)] : []),
    ...(endsWith ? [one('ends_with', endsWith)] : []),
  ]
  return allOf([
    ...(selecting.length > 0 ? [anyOf(selecting)] : []),
    ...(notEquals ? [`NOT list_contains(${list(notEquals)}, ${value})`] : []),
    ...(notStartsWith ? [`NOT ${one('starts_with', notStartsWith)}`] : []),
    ...(notEndsWith ? [`NOT ${one('ends_with', notEndsWith)}`] : []),
  ])
}

function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(' AND ')})`
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`
}

/** Records have whole seconds. */
function time(timeMs: number): string {
  const clamped = Math.min(Math.max(timeMs, 0), Date.UTC(9999, 11, 31))
  return `TIMESTAMP ${literal(new Date(clamped).toISOString().slice(0, 23).replace('T', ' '))}`
}
