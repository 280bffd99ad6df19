import type { PublishServiceEvent } from '#core/service-events.ts'
import type { Scope, Transaction } from '#core/store/index.ts'
import { uuid } from '#core/ids.ts'
import { destinations, exports, type FindingDocument, findings } from '../documents.ts'
import { administratorScope } from '../members/relations.ts'
import { quotas } from '../quotas.ts'

/** What publishing needs beside the finding. */
export interface Publishing {
  readonly publish: PublishServiceEvent
  readonly nowMs: number
  readonly randomBytes: (length: number) => Buffer
}

/**
 * Keeps a finding, and tells of it as an event on the default bus, of its account and of the one that administers it, and to the destinations
 * of both: all of that or nothing. Where the own bus has no room, it is due again at once.
 * Source: GuardDuty User Guide, "Processing GuardDuty findings with Amazon EventBridge", "Exporting findings".
 */
export function publishFinding(
  tx: Transaction,
  scope: Scope,
  document: FindingDocument,
  publishing: Publishing,
): void {
  const { nowMs } = publishing
  const told = tellOne(tx, scope, document, publishing)
  const administrator = administratorScope(tx, scope)
  if (told && administrator) tellOne(tx, administrator, document, publishing)
  tx.put(findings, scope, document.id, {
    ...document,
    ...(told ? { publishedAtMs: nowMs, dueAtMs: undefined } : { dueAtMs: nowMs }),
  })
}

function tellOne(
  tx: Transaction,
  scope: Scope,
  { finding }: FindingDocument,
  { publish, nowMs, randomBytes }: Publishing,
): boolean {
  const event = { source: 'aws.guardduty', detailType: 'GuardDuty Finding', resources: [] } as const
  if (!publish(tx, { ...event, scope, detail: finding, atMs: nowMs })) return false
  for (const { id: destinationId } of tx.list(destinations, scope))
    if (tx.requireRoom(exports, scope, quotas.exports))
      tx.put(exports, scope, uuid(randomBytes), { destinationId, finding, atMs: nowMs })
  return true
}
