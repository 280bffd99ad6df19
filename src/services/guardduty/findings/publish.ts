import type { PublishServiceEvent } from '#core/service-events.ts'
import type { Scope, Transaction } from '#core/store/index.ts'
import { type FindingDocument, findings } from '../documents.ts'

/**
 * Keeps a finding, and tells of it as an event on the default bus, both or neither. Where the bus has no room, it is due again at once.
 * Source: GuardDuty User Guide, "Processing GuardDuty findings with Amazon EventBridge".
 */
export function publishFinding(
  tx: Transaction,
  scope: Scope,
  document: FindingDocument,
  { publish, nowMs }: { readonly publish: PublishServiceEvent; readonly nowMs: number },
): void {
  const told = publish(tx, {
    ...{ scope, source: 'aws.guardduty', detailType: 'GuardDuty Finding' },
    ...{ detail: document.finding, resources: [], atMs: nowMs },
  })
  tx.put(findings, scope, document.id, {
    ...document,
    ...(told ? { publishedAtMs: nowMs, dueAtMs: undefined } : { dueAtMs: nowMs }),
  })
}
