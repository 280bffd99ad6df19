import type { Scope, Transaction } from '#core/store/index.ts'
import { uuid } from '#core/ids.ts'
import { deliveries, type RuleDocument } from './documents.ts'
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
}

interface Accepted {
  readonly scope: Scope
  readonly bus: string
  readonly event: Event
  readonly rules: readonly RuleDocument[]
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
 * Writes one delivery for each target of the rules that an event matched; false where too many wait already, and then nothing is
 * written. INVARIANT: whoever is told that an event was accepted has its deliveries on disk.
 */
export function acceptEvent(tx: Transaction, accepted: Accepted): boolean {
  const { scope, bus, event, rules, nowMs, randomBytes, hops = 0, traceHeader } = accepted
  const text = JSON.stringify(event)
  const parts = rules.flatMap((rule) => rule.targets.map((target) => ({ rule, target })))
  if (parts.length === 0) return true
  if (!tx.requireRoom(deliveries, scope, quotas.deliveries)) return false
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
