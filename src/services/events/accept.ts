import type { Scope, Transaction } from '#core/store/index.ts'
import { uuid } from '#core/ids.ts'
import { arrivals, deliveries, type RuleDocument } from './documents.ts'
import { quotas } from './quotas.ts'

/** An event as targets get it. Source: EventBridge User Guide, "AWS event structure". */
export interface Event {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
  /** Of an event that a replay sends. */
  readonly 'replay-name'?: string
}

interface Accepted {
  readonly scope: Scope
  readonly bus: string
  readonly event: Event
  /** The event's JSON, where it has numbers that JavaScript changes: as they were written. */
  readonly text?: string | undefined
  readonly rules: readonly RuleDocument[]
  /** Keys of the archives that keep it. */
  readonly archives?: readonly string[]
  readonly nowMs: number
  readonly randomBytes: (length: number) => Buffer
  readonly hops?: number
  readonly traceHeader?: string | undefined
}

/** `2026-01-02T03:04:05Z`: events have no fractions of seconds. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/**
 * Writes one delivery for each target of the rules that an event matched, and keeps it for its archives; false where too many wait already, and then nothing is
 * written. INVARIANT: whoever is told that an event was accepted has its deliveries on disk, and the event where an archive keeps it.
 */
export function acceptEvent(tx: Transaction, accepted: Accepted): boolean {
  const { scope, bus, event, rules, nowMs, randomBytes, hops = 0, traceHeader } = accepted
  const keys = accepted.archives ?? []
  const text = accepted.text ?? JSON.stringify(event)
  const parts = rules.flatMap((rule) => rule.targets.map((target) => ({ rule, target })))
  if (parts.length > 0 && !tx.requireRoom(deliveries, scope, quotas.deliveries)) return false
  if (keys.length > 0) {
    if (!tx.requireRoom(arrivals, scope, quotas.arrivals)) return false
    tx.put(arrivals, scope, uuid(randomBytes), { archives: keys, event: text, acceptedAtMs: nowMs })
  }
  for (const { rule, target } of parts) {
    tx.put(deliveries, scope, uuid(randomBytes), {
      ...{ bus, ruleArn: rule.arn, ruleName: rule.name, event: text, hops },
      target:
        target.RoleArn === undefined && rule.roleArn !== undefined
          ? { ...target, RoleArn: rule.roleArn }
          : target,
      ...(traceHeader !== undefined && { traceHeader }),
      ...{ acceptedAtMs: nowMs, attempts: 0, dueAtMs: nowMs },
    })
  }
  return true
}
