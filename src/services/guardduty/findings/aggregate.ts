import { createHash } from 'node:crypto'
import type { Scope, Transaction } from '#core/store/index.ts'
import { type FindingFacts, findingOf, type Origin, remedy, type Signal } from '#engines/detect/index.ts'
import type { Finding, FindingPublishingFrequency } from '#models/guardduty.d.ts'
import { type DetectorDocument, type FindingDocument, filters, findings } from '../documents.ts'
import { keptCriteria } from './criteria.ts'
import { withOrigins } from './enrich.ts'
import { administratorScope } from '../members/relations.ts'
import { type Publishing, publishFinding } from './publish.ts'
import { readFinding, writeFinding } from './wire.ts'

/** What becomes of signals beside themselves. */
export interface Surrounding extends Publishing {
  readonly partition: string
  readonly scope: Scope
  readonly detector: DetectorDocument
  readonly factsOf: (type: string) => FindingFacts | undefined
  readonly origin: (address: string) => Origin
}

/** Units: milliseconds. Source: GuardDuty API Reference, CreateDetector, findingPublishingFrequency. */
const frequencies = {
  FIFTEEN_MINUTES: 15 * 60_000,
  ONE_HOUR: 3_600_000,
  SIX_HOURS: 6 * 3_600_000,
} as const satisfies Record<FindingPublishingFrequency, number>

/** No finding waits longer before it is told again. Units: milliseconds. */
export const toldEveryMsMax = frequencies.SIX_HOURS

/**
 * Makes a signal into a finding: a new one, or one more occurrence of what is found already. What is new is told at once, what goes on is
 * told again as often as the detector says. What a filter archives is told to nobody.
 *
 * A finding that somebody archived is not gone on with: what happens after that is a new finding.
 * Source: GuardDuty User Guide, "GuardDuty finding aggregation", "Suppression rules", "Exporting findings".
 */
export function takeSignal(tx: Transaction, signal: Signal, surrounding: Surrounding): void {
  const { scope, detector, factsOf, nowMs } = surrounding
  const facts = factsOf(signal.type)
  if (signal.weak || !facts) return
  const key = digest([signal.type, signal.key])
  const known = tx
    .find(findings, scope, 'key', key)
    .map(({ document }) => document)
    .find(({ archived, suppressed }) => !archived || suppressed)
  const id = known?.id ?? freshId(tx, scope, [detector.id, key, String(signal.atMs)])
  const finding = findingNow(signal, facts, id, surrounding, known)
  const archived = isSuppressed(tx, scope, finding)
  const isTold = known !== undefined && !known.archived
  const document: FindingDocument = {
    ...{ id, key, detectorId: detector.id, archived, suppressed: archived, updatedAtMs: nowMs },
    finding: withArchived(finding, archived),
    publishedAtMs: known?.publishedAtMs,
    ...(isTold &&
      !archived && {
        dueAtMs: known.dueAtMs ?? (known.publishedAtMs ?? nowMs) + frequencies[detector.publishingFrequency],
      }),
  }
  if (archived || isTold) tx.put(findings, scope, id, document)
  else publishFinding(tx, scope, document, surrounding)
}

/** Tells of what a detector saw last that was deleted: there is no place any more to keep it in, and it may be an attacker who deleted it. */
export function tellOfDeleted(tx: Transaction, signal: Signal, surrounding: Surrounding): void {
  const { scope, detector, factsOf, nowMs, publish } = surrounding
  const facts = factsOf(signal.type)
  if (signal.weak || !facts) return
  const id = digest([detector.id, signal.type, signal.key, String(signal.atMs)])
  const detail = findingNow(signal, facts, id, surrounding, undefined)
  const event = { source: 'aws.guardduty', detailType: 'GuardDuty Finding', resources: [] } as const
  publish(tx, { ...event, scope, detail, atMs: nowMs })
}

/** A finding with what the service knows beside the signal: the time of now, where addresses belong, what to do. */
function findingNow(
  signal: Signal,
  facts: FindingFacts,
  findingId: string,
  { partition, scope: { account, region }, detector, origin, nowMs }: Surrounding,
  known: FindingDocument | undefined,
) {
  const before = known && readFinding(known.finding)
  const remediation = remedy(facts.remediation, signal.values)
  const made = findingOf(
    { ...signal, additionalInfo: { ...signal.additionalInfo, remediation } },
    facts,
    { partition, account, region, detectorId: detector.id, findingId },
    before,
  )
  const now = new Date(nowMs).toISOString()
  const dated: Finding = { ...made, CreatedAt: before?.CreatedAt ?? now, UpdatedAt: now }
  return withOrigins(writeFinding(dated), origin)
}

/** Whether a filter of the detector archives it, or one of the account that administers its own. */
function isSuppressed(tx: Transaction, scope: Scope, finding: FindingDocument['finding']): boolean {
  const administrator = administratorScope(tx, scope)
  return [scope, ...(administrator ? [administrator] : [])].some((one) =>
    tx
      .list(filters, one)
      .some(({ document: { action, criteria } }) => action === 'ARCHIVE' && keptCriteria(criteria)(finding)),
  )
}

export function withArchived(finding: FindingDocument['finding'], archived: boolean) {
  return { ...finding, service: { ...(finding['service'] as object), archived } } // Of the schema.
}

/** Follows from the records; one that is taken (its finding was archived within a millisecond) leads to the next. */
function freshId(tx: Transaction, scope: Scope, parts: readonly string[]): string {
  const id = digest(parts)
  return tx.get(findings, scope, id) ? freshId(tx, scope, [...parts, 'again']) : id
}

/** 32 hexadecimal digits. What stands in a part cannot look like two. */
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
