import { type EventPattern, matchesPattern, parsePattern } from '#engines/events/index.ts'
import type { SubscriptionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { parsed, type Said } from './message.ts'
import { quotas } from './quotas.ts'

/** Refuses what is no filter policy. Faults: InvalidParameter, FilterPolicyLimitExceeded. */
export function checkFilter(text: string): void {
  if (isNone(text)) return
  if (Buffer.byteLength(text) > quotas.filterPolicyBytes) throw faults.filterPolicy('it is too long')
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw faults.filterPolicy('failed to parse JSON')
  if (Object.keys(value).length > quotas.filterKeys) throw faults.filterLimit()
  const read = parsePattern(text)
  if (!read.ok) throw faults.filterPolicy(read.reason)
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
 * Whether a subscription wants a message. One whose policy cannot be read gets nothing.
 * Source: SNS Developer Guide, "Amazon SNS message filtering", filter policy scope.
 */
export function isWanted({ attributes }: Pick<SubscriptionDocument, 'attributes'>, said: Said): boolean {
  const text = attributes['FilterPolicy']
  if (text === undefined || isNone(text)) return true
  const pattern = compile(text)
  if (!pattern) return false
  const event = attributes['FilterPolicyScope'] === 'MessageBody' ? parsed(said.message) : eventOf(said)
  return typeof event === 'object' && event !== null && matchesPattern(pattern, event)
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
