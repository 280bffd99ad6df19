import { type EventPattern, matchesPattern, parsePattern } from '#engines/events/index.ts'
import type { SubscriptionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { parsed, type Said } from './message.ts'
import { quotas } from './quotas.ts'

/** Refuses what is no filter policy. Faults: InvalidParameter. */
export function checkFilter(text: string): void {
  if (isNone(text)) return
  if (Buffer.byteLength(text) > quotas.filterPolicyBytes) throw faults.filterPolicy('it is too long')
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw faults.filterPolicy('failed to parse JSON')
  if (Object.keys(value).length > quotas.filterKeys)
    throw faults.filterPolicy(`Filter policy can not have more than ${quotas.filterKeys} keys`)
  const read = parsePattern(text)
  if (!read.ok) throw faults.filterPolicy(read.reason)
}

/**
 * Refuses a policy that looks into members where it is asked about attributes, which have none: it would match nothing.
 * Faults: InvalidParameter. Source: SNS Developer Guide, "Filter policy scope".
 */
export function checkScope(policy = '', scope = 'MessageAttributes'): void {
  if (scope === 'MessageAttributes' && isNested(parsed(policy)))
    throw faults.filterPolicy('Filter policy scope MessageAttributes does not support nested filter policy')
}

function isNested(policy: unknown): boolean {
  if (typeof policy !== 'object' || policy === null) return false
  return Object.entries(policy).some(([name, value]: [string, unknown]) =>
    name === '$or' && Array.isArray(value) ? value.some(isNested) : !Array.isArray(value),
  )
}

/** Patterns by their texts: they are compiled once. Bounded; the oldest goes first. */
const compiled = new Map<string, EventPattern>()
const compiledMax = 2_000

function compile(text: string): EventPattern | undefined {
  const known = compiled.get(text)
  if (known) return known
  const read = parsePattern(text)
  if (!read.ok) return undefined
  const [oldest] = compiled.keys()
  if (compiled.size >= compiledMax && oldest !== undefined) compiled.delete(oldest)
  compiled.set(text, read.pattern)
  return read.pattern
}

/**
 * Whether a subscription wants a message, which is read once for all of them. One whose policy cannot be read gets nothing.
 * Source: SNS Developer Guide, "Amazon SNS message filtering", filter policy scope.
 */
export function wants(said: Said): (subscription: Pick<SubscriptionDocument, 'attributes'>) => boolean {
  const read: { body?: { readonly value: unknown }; attributes?: { readonly value: unknown } } = {}
  return ({ attributes }) => {
    const text = attributes['FilterPolicy']
    if (text === undefined || isNone(text)) return true
    const pattern = compile(text)
    if (!pattern) return false
    const { value: event } =
      attributes['FilterPolicyScope'] === 'MessageBody'
        ? (read.body ??= { value: parsed(said.message) })
        : (read.attributes ??= { value: eventOf(said) })
    return typeof event === 'object' && event !== null && matchesPattern(pattern, event)
  }
}

/** Attributes as filter policies see them; binary ones they do not. */
function eventOf({ attributes }: Said): object {
  const values: [string, unknown][] = []
  for (const [name, { type, value }] of Object.entries(attributes)) {
    if (type.startsWith('Binary')) continue
    if (type.startsWith('Number')) values.push([name, Number(value)])
    else values.push([name, type.startsWith('String.Array') ? parsed(value) : value])
  }
  return Object.fromEntries(values)
}

function isNone(text: string): boolean {
  return text === '' || /^\s*\{\s*\}\s*$/.test(text)
}
