import { type Field, fieldToMatch } from '../fields/kinds.ts'
import { preParseTransformations, type PreParseType } from '../fields/query.ts'
import type { Input } from '../inputs.ts'
import { type Given, integer, listOf, members, oneOf, optional, type Read } from '../read.ts'
import { invalid, type RefusedField } from '../refusal.ts'
import { type TransformationType, transformations } from '../transformations/index.ts'
import type { Build } from './kind.ts'

const transformationsMax = 10
const priorityMax = 2 ** 31 - 1

/** Object.keys of a table is the list of its rows' names. */
const typesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(table) as Name[] // The tables are literals: they have no other keys.

/** Transformations in the order in which they are applied. */
function chain<Type extends string>(
  own: RefusedField,
  types: readonly Type[],
  min: number,
): Read<readonly Type[]> {
  const row = members({ Priority: integer(0, priorityMax), Type: oneOf(types) }, own)
  const list = listOf(row, min, transformationsMax)
  return (value, _field, name) => {
    const rows = list(value, own, name)
    const priorities = new Set(rows.map(({ Priority }) => Priority))
    if (priorities.size < rows.length)
      throw invalid(own, name, 'each transformation must have a priority of its own')
    return [...rows].sort((one, other) => one.Priority - other.Priority).map(({ Type }) => Type)
  }
}

export const textTransformations: Read<readonly TransformationType[]> = chain(
  'TEXT_TRANSFORMATION',
  typesOf(transformations),
  1,
)

const preParse: Read<readonly PreParseType[]> = chain(
  'PRE_PARSE_TEXT_TRANSFORMATION',
  typesOf(preParseTransformations),
  0,
)

/** The members of every statement that looks at a part of the request. */
export const inspected = {
  FieldToMatch: fieldToMatch,
  TextTransformations: textTransformations,
  PreParseTextTransformations: optional(preParse),
}

export type Inspected = { readonly [Name in keyof typeof inspected]: Given<(typeof inspected)[Name]> }

/** Refuses what the members allow one by one but not together. `exact`: whether the whole part is compared. */
export function checkInspected(
  { FieldToMatch, PreParseTextTransformations }: Inspected,
  exact: boolean,
): void {
  if (
    PreParseTextTransformations !== undefined &&
    PreParseTextTransformations.length > 0 &&
    !FieldToMatch.fromArguments
  )
    throw invalid('PRE_PARSE_TEXT_TRANSFORMATION', FieldToMatch.key, 'only query arguments are parsed')
  if (FieldToMatch.exactOnly === true && !exact)
    throw invalid(
      'FIELD_TO_MATCH',
      FieldToMatch.key,
      'can only be matched by ByteMatchStatement with EXACTLY',
    )
}

/** Source: AWS WAF Developer Guide, "Web ACL capacity units": what a transformation costs. */
const transformationPrice = 10

/** The capacity that a chain of transformations costs; NONE is free. */
export function transformationsPrice(chain: readonly string[]): number {
  return chain.filter((type) => type !== 'NONE').length * transformationPrice
}

/** The capacity of a statement that costs `base` on a plain field. */
export function inspectedPrice(base: number, body: Inspected): number {
  return (
    body.FieldToMatch.price(base) +
    transformationsPrice(body.TextTransformations) +
    transformationsPrice(body.PreParseTextTransformations ?? [])
  )
}

export function inputOf(body: Inspected, build: Build): Input {
  return build.inputs.of(body.FieldToMatch, body.PreParseTextTransformations ?? [], body.TextTransformations)
}

/** An input of a part of the request that no FieldToMatch names, such as a rate's key. */
export function plainField(key: string, read: Field['read']): Field {
  return { key, price: (base) => base, fromArguments: false, read }
}
