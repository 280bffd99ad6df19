import type { Log } from '#core/log.ts'
import { CommitFailed, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { acceptEvent, type Event } from './accept.ts'
import { defaultBus } from './arns.ts'
import { arrivals, deliveries } from './documents.ts'
import type { Router } from './router.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
  readonly router: Router
  readonly log: Log
}

/** Turns records of the audit trail into events. */
export interface AuditEvents {
  /** Hears of a record, a line of JSON, as it is written. */
  readonly onRecord: (line: string) => void
  /** Ends once all that was heard of is accepted. */
  readonly idle: () => Promise<void>
  /** Ends once all that was heard of before is accepted, whatever comes meanwhile. */
  readonly settled: () => Promise<void>
  /** Hears of what the last run may not have: what still waits for delivery is not accepted again. */
  readonly recover: (lines: AsyncIterable<string>) => Promise<void>
}

/** What of a record decides. */
interface AuditRecord {
  readonly eventID: string
  readonly eventSource: string
  readonly eventName: string
  readonly eventTime: string
  readonly awsRegion: string
  readonly recipientAccountId: string
  readonly readOnly: boolean
  readonly eventType: string
  readonly managementEvent: boolean
  readonly userIdentity?: { readonly invokedBy?: string }
  readonly additionalEventData?: Readonly<Record<string, unknown>>
}

const own = 'events.amazonaws.com'

/**
 * Gives the default bus an event for each management event of the audit trail, in accounts that have rules there. Reads are for rules in
 * the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS alone.
 * Source: EventBridge User Guide, "Events from AWS services delivered via CloudTrail", "Receiving read-only management events".
 */
export function createAuditEvents({ store, world, router, log }: Parts): AuditEvents {
  const underWay = new Set<Promise<void>>()

  async function accept(record: AuditRecord): Promise<void> {
    const scope = { account: record.recipientAccountId, region: record.awsRegion }
    const event = eventOf(record)
    const rules = router
      .match(scope, defaultBus, event)
      .filter(({ state }) => !record.readOnly || state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS')
    const archives = record.readOnly ? [] : router.archives(scope, defaultBus, event)
    if (rules.length === 0 && archives.length === 0) return
    const { randomBytes } = world
    const accepted = { scope, bus: defaultBus, event, rules, archives, nowMs: world.nowMs(), randomBytes }
    try {
      if (await store.transact((tx) => acceptEvent(tx, accepted))) return
      log({ level: 'error', event: 'audit-event-lost', reason: 'too many events wait for delivery' })
    } catch (error) {
      // Nobody waits for it: what were thrown on would end the server.
      if (error instanceof CommitFailed)
        log({ level: 'error', event: 'audit-event-lost', reason: String(error) })
      else log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  function onRecord(line: string): void {
    const account = recipientOf(line)
    if (account === undefined || !router.listens({ account, region: regionOf(line) }, defaultBus)) return
    const record = JSON.parse(line) as AuditRecord // The trail wrote it.
    if (!isManagementEvent(record)) return
    const accepting = accept(record).finally(() => underWay.delete(accepting))
    underWay.add(accepting)
  }

  /** Account and event id of all that waits. */
  function waiting(): ReadonlySet<string> {
    const found = [...store.read.everywhere(deliveries), ...store.read.everywhere(arrivals)]
    return new Set(found.map(({ account, document }) => `${account} ${idOf(document.event)}`))
  }

  async function settled(): Promise<void> {
    await Promise.all(underWay)
  }

  return {
    onRecord,
    settled,
    async idle() {
      while (underWay.size > 0) await settled()
    },
    async recover(lines) {
      const known = waiting()
      for await (const line of lines) {
        if (known.has(`${recipientOf(line)} ${(JSON.parse(line) as AuditRecord).eventID}`)) continue // As above.
        onRecord(line)
        await settled()
      }
    },
  }
}

function idOf(event: string): string {
  return (JSON.parse(event) as Event).id // `acceptEvent` wrote it.
}

/**
 * The account of a record, without reading all of it: most accounts have no rules. The last one: what a caller sent stands before it, and
 * must not make a record look like another account's.
 */
function recipientOf(line: string): string | undefined {
  const name = '"recipientAccountId":"'
  const at = line.lastIndexOf(name)
  return at < 0 ? undefined : line.slice(at + name.length, at + name.length + 12)
}

function regionOf(line: string): string {
  return /"awsRegion":"([\w-]+)"/.exec(line)?.[1] ?? ''
}

/**
 * Data events are seen by no rule: it keeps a delivery from being an event that is delivered. Nor is what EventBridge itself does, such as
 * taking a target's role: a rule on it would never come to rest.
 */
function isManagementEvent({ managementEvent, userIdentity }: AuditRecord): boolean {
  return managementEvent && userIdentity?.invokedBy !== own
}

function serviceOf(eventSource: string): string {
  return eventSource.slice(0, Math.max(eventSource.indexOf('.'), 0))
}

/** It has the record's id: whoever is told twice, after a crash, can tell. */
function eventOf(record: AuditRecord): Event {
  return {
    version: '0',
    id: record.eventID,
    'detail-type':
      record.eventType === 'AwsServiceEvent'
        ? 'AWS Service Event via CloudTrail'
        : 'AWS API Call via CloudTrail',
    source: `aws.${serviceOf(record.eventSource)}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: withoutSealed(record),
  }
}

/** The sealed explanation of a denial stays in the trail: a document that holds it would have to move with the root key. */
function withoutSealed({ additionalEventData, ...record }: AuditRecord): object {
  if (!additionalEventData) return record
  const { encodedAuthorizationMessage: _, ...rest } = additionalEventData
  return Object.keys(rest).length === 0 ? record : { ...record, additionalEventData: rest }
}
