import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type { AdvancedEventSelector, BillingMode } from '#models/cloudtrail.d.ts'

// What CloudTrail Lake stores, in the account's region. Events are no documents: a data store says which of the trail's records it shows.

/** From when to when a data store collected events, and which. */
export interface IngestionPeriod {
  /** Left out in a data store's first: it begins with all that the trail has. Units: milliseconds since 1970. */
  readonly fromMs?: number
  /** Left out while it collects. */
  readonly toMs?: number
  readonly selectors: readonly AdvancedEventSelector[]
}

export interface EventDataStoreDocument {
  readonly id: string
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly name: string
  readonly selectors: readonly AdvancedEventSelector[]
  readonly ingestion: readonly IngestionPeriod[]
  readonly multiRegion: boolean
  readonly retentionDays: number
  readonly terminationProtected: boolean
  readonly billingMode: BillingMode
  readonly tags: Tags
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** When its deletion was asked for; it can be restored for seven days. */
  readonly deletedAtMs?: number
}

export type QueryStatus = 'QUEUED' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'

export interface QueryDocument {
  readonly queryId: string
  /** Ids of the data stores that it names; the first is the one by which it is listed. */
  readonly stores: readonly string[]
  readonly statement: string
  readonly parameters: readonly string[]
  readonly alias?: string
  readonly createdAtMs: number
  readonly status: QueryStatus
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  readonly error?: string
  readonly rowCount?: number
  readonly eventsScanned?: number
}

export const eventDataStores = collection<EventDataStoreDocument>({
  service: 'cloudtrail',
  type: 'event-data-store',
  indexes: {
    everywhere: { anywhere: () => 'all' },
    name: ({ name }) => name,
    dataEvents: { anywhere: (store) => (collectsDataEvents(store) ? 'all' : undefined) },
  },
})

/** Whether it collects events. */
export function collects({ ingestion }: Pick<EventDataStoreDocument, 'ingestion'>): boolean {
  const last = ingestion.at(-1)
  return last !== undefined && last.toMs === undefined
}

function collectsDataEvents(store: EventDataStoreDocument): boolean {
  return (
    collects(store) &&
    store.selectors.some(({ FieldSelectors }) =>
      FieldSelectors.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Data')),
    )
  )
}

export const queries = collection<QueryDocument>({
  service: 'cloudtrail',
  type: 'query',
  indexes: {
    everywhere: { anywhere: () => 'all' },
    waiting: { anywhere: ({ status }) => (isOpen(status) ? 'all' : undefined) },
    open: ({ status }) => (isOpen(status) ? 'all' : undefined),
    store: ({ stores }) => stores,
    alias: ({ alias }) => alias,
  },
})

/** Whether a query has yet to end. */
export function isOpen(status: QueryStatus): boolean {
  return status === 'QUEUED' || status === 'RUNNING'
}
