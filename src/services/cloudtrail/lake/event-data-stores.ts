import { uuid } from '#core/ids.ts'
import { tagList } from '#core/tag-list.ts'
import type { BillingMode } from '#models/cloudtrail.d.ts'
import { tagsOf, withTags } from '../tag-list.ts'
import { findStore, isGone, lake, type LakeCall, on, storeArn } from './declare.ts'
import { collects, type EventDataStoreDocument } from './documents.ts'
import { faults } from './faults.ts'
import { collecting, ended } from './ingestion.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { readSelectors, selectorsDefault } from './selectors.ts'

/** Units: days. Source: CloudTrail API Reference, CreateEventDataStore, RetentionPeriod. */
const retentions: Readonly<Record<BillingMode, { readonly default: number; readonly max: number }>> = {
  EXTENDABLE_RETENTION_PRICING: { default: 366, max: 3653 },
  FIXED_RETENTION_PRICING: { default: 2557, max: 2557 },
}

/**
 * Makes an event data store, which shows the account's records as a table of SQL: those that it has from its creation on, and those that the
 * trail still had then.
 * Faults: EventDataStoreAlreadyExistsException; EventDataStoreMaxLimitExceededException; InvalidEventSelectorsException.
 * Differs: AWS starts empty and imports what was before. There are no organizations and no encryption under a KMS key.
 */
export const CreateEventDataStore = lake('CreateEventDataStore', {
  access: (_, { TagsList = [] }, call) => {
    const resource = { arn: storeArn(call, '*') }
    if (TagsList.length === 0) return [on('CreateEventDataStore', resource)]
    const requestTags = tagsOf(TagsList)
    return [
      { ...on('CreateEventDataStore', resource), requestTags },
      { ...on('AddTags', resource), requestTags },
    ]
  },
  run({ input, call }) {
    const { Name: name, BillingMode: billingMode = 'EXTENDABLE_RETENTION_PRICING', TagsList = [] } = input
    refuseUnsupported(input)
    forgetGone(call)
    if (call.eventDataStores.find('name', name, { limit: 1 }).length > 0) throw faults.storeExists(name)
    if (!call.eventDataStores.hasRoom(quotas.eventDataStores))
      throw faults.tooManyStores(quotas.eventDataStores)
    const selectors = readSelectors(input.AdvancedEventSelectors ?? selectorsDefault)
    const id = uuid(call.randomBytes)
    const store: EventDataStoreDocument = {
      ...{ id, name, billingMode, selectors },
      arn: storeArn(call, id),
      account: call.account,
      region: call.region,
      ingestion: (input.StartIngestion ?? true) ? [{ selectors }] : [],
      multiRegion: input.MultiRegionEnabled ?? true,
      retentionDays: retentionWithin(billingMode, input.RetentionPeriod ?? retentions[billingMode].default),
      terminationProtected: input.TerminationProtectionEnabled ?? true,
      tags: withTags({}, TagsList),
      createdAtMs: call.nowMs,
      updatedAtMs: call.nowMs,
    }
    call.eventDataStores.put(id, store)
    return { ...shown(store), ...(TagsList.length > 0 && { TagsList: tagList(store.tags) }) }
  },
})

export const GetEventDataStore = lake('GetEventDataStore', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('GetEventDataStore', store)],
  run: ({ target: store }) => shown(store),
})

/** Lists the data stores of the account and region, those that can be restored too. */
export const ListEventDataStores = lake('ListEventDataStores', {
  access: () => [{ action: 'cloudtrail:ListEventDataStores', resource: '*' }],
  run({ input: { NextToken, MaxResults }, call }) {
    const stores = call.eventDataStores
      .list()
      .map(({ document }) => document)
      .filter((store) => !isGone(store, call.nowMs))
    const { items, ...more } = pageOf(stores, ({ id }) => id, { NextToken, MaxResults })
    const EventDataStores = items.map((store) => {
      const { BillingMode: _, ...listed } = shown(store)
      return listed
    })
    return { EventDataStores, ...more }
  },
})

/** Changes a data store; what it is to collect counts for events from then on. Faults: as CreateEventDataStore; InactiveEventDataStoreException. */
export const UpdateEventDataStore = lake('UpdateEventDataStore', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('UpdateEventDataStore', store)],
  run({ target: store, input, call }) {
    assertActive(store)
    refuseUnsupported(input)
    const { Name: name = store.name, BillingMode: billingMode = store.billingMode } = input
    if (name !== store.name && call.eventDataStores.find('name', name, { limit: 1 }).length > 0)
      throw faults.storeExists(name)
    if (store.billingMode === 'EXTENDABLE_RETENTION_PRICING' && billingMode === 'FIXED_RETENTION_PRICING')
      throw faults.parameter('The billing mode cannot be changed to FIXED_RETENTION_PRICING.')
    const selectors =
      input.AdvancedEventSelectors === undefined
        ? store.selectors
        : readSelectors(input.AdvancedEventSelectors)
    const isChanged = input.AdvancedEventSelectors !== undefined && collects(store)
    const changed: EventDataStoreDocument = {
      ...store,
      ...{ name, billingMode, selectors },
      ...(isChanged && { ingestion: collecting(store.ingestion, selectors, call.nowMs) }),
      multiRegion: input.MultiRegionEnabled ?? store.multiRegion,
      retentionDays: retentionWithin(billingMode, input.RetentionPeriod ?? store.retentionDays),
      terminationProtected: input.TerminationProtectionEnabled ?? store.terminationProtected,
      updatedAtMs: call.nowMs,
    }
    call.eventDataStores.put(store.id, changed)
    return shown(changed)
  },
})

/** Begins the seven days after which it is gone. Faults: EventDataStoreTerminationProtectedException; InactiveEventDataStoreException. */
export const DeleteEventDataStore = lake('DeleteEventDataStore', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('DeleteEventDataStore', store)],
  run({ target: store, call }) {
    assertActive(store)
    if (store.terminationProtected) throw faults.terminationProtected()
    call.eventDataStores.put(store.id, { ...store, deletedAtMs: call.nowMs, updatedAtMs: call.nowMs })
    return {}
  },
})

/** Takes a deletion back within its seven days. Faults: InvalidEventDataStoreStatusException. */
export const RestoreEventDataStore = lake('RestoreEventDataStore', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('RestoreEventDataStore', store)],
  run({ target: store, call }) {
    const { deletedAtMs, ...kept } = store
    if (deletedAtMs === undefined) throw faults.storeStatus('The event data store is not pending deletion.')
    const restored = { ...kept, updatedAtMs: call.nowMs }
    call.eventDataStores.put(store.id, restored)
    return shown(restored)
  },
})

/** Collects events from now on. Faults: InvalidEventDataStoreStatusException for one that does. */
export const StartEventDataStoreIngestion = lake('StartEventDataStoreIngestion', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('StartEventDataStoreIngestion', store)],
  run({ target: store, call }) {
    assertActive(store)
    if (collects(store)) throw faults.storeStatus('The event data store ingests events already.')
    const ingestion = collecting(store.ingestion, store.selectors, call.nowMs)
    call.eventDataStores.put(store.id, { ...store, ingestion, updatedAtMs: call.nowMs })
    return {}
  },
})

/** Collects no events from now on; those that it has stay. Faults: InvalidEventDataStoreStatusException for one that does not. */
export const StopEventDataStoreIngestion = lake('StopEventDataStoreIngestion', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('StopEventDataStoreIngestion', store)],
  run({ target: store, call }) {
    assertActive(store)
    if (!collects(store)) throw faults.storeStatus('The event data store does not ingest events.')
    const ingestion = ended(store.ingestion, call.nowMs)
    call.eventDataStores.put(store.id, { ...store, ingestion, updatedAtMs: call.nowMs })
    return {}
  },
})

function assertActive({ deletedAtMs }: EventDataStoreDocument): void {
  if (deletedAtMs !== undefined) throw faults.inactiveStore()
}

function refuseUnsupported({
  OrganizationEnabled,
  KmsKeyId,
}: {
  readonly OrganizationEnabled?: boolean | undefined
  readonly KmsKeyId?: string | undefined
}): void {
  if (OrganizationEnabled === true) throw faults.organizations()
  if (KmsKeyId !== undefined) throw faults.kms()
}

function retentionWithin(billingMode: BillingMode, days: number): number {
  const { max } = retentions[billingMode]
  if (days > max)
    throw faults.parameter(`The retention period may be ${max} days at most with ${billingMode}.`)
  return days
}

/** Those whose seven days are over take up no room. */
function forgetGone(call: LakeCall): void {
  for (const { id, document } of call.eventDataStores.list())
    if (isGone(document, call.nowMs)) call.eventDataStores.delete(id)
}

function shown(store: EventDataStoreDocument) {
  return {
    EventDataStoreArn: store.arn,
    Name: store.name,
    Status: statusOf(store),
    AdvancedEventSelectors: store.selectors,
    MultiRegionEnabled: store.multiRegion,
    OrganizationEnabled: false,
    RetentionPeriod: store.retentionDays,
    TerminationProtectionEnabled: store.terminationProtected,
    CreatedTimestamp: new Date(store.createdAtMs),
    UpdatedTimestamp: new Date(store.updatedAtMs),
    BillingMode: store.billingMode,
  }
}

function statusOf(store: EventDataStoreDocument) {
  if (store.deletedAtMs !== undefined) return 'PENDING_DELETION' as const
  return collects(store) ? ('ENABLED' as const) : ('STOPPED_INGESTION' as const)
}
