import type { Log } from '#core/log.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { FoundAnywhere, Store } from '#core/store/index.ts'
import { createRounds } from '#core/rounds.ts'
import type { World } from '#core/world.ts'
import {
  type ArrivalCursor,
  LogKeyMissing,
  type LogStore,
  type RecordStore,
  type StoredLogEvent,
} from '#telemetry/index.ts'
import { ingestKinds, type IngestKind, kinds, type ReadText, recordLine } from '#telemetry/ingest/index.ts'
import { type GroupDocument, groups, recordGroups } from './documents.ts'
import { openDataKeys } from './keys.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly callAsService: CallAsService
  readonly log: Log
  readonly logs: LogStore
  readonly records: Pick<RecordStore, 'append'>
}

/** Makes records of what arrives in log groups. */
export interface RecordGroupRunner {
  /** Reads all that has arrived. A pass under way is not begun twice. */
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The tag that says of what a group's events are records: `cloudtrail`, `flow`, `dns` or `waf`. */
const recordsTag = 'redoubt:records'
/** The fields of flow records, in their order, where they are not the default ones. */
const flowFormatTag = 'redoubt:flow-format'

const everyMs = 500
/** Messages of one step. Units: characters. */
const stepMax = 1024 * 1024

/**
 * Makes records of what agents write to log groups with the tag `redoubt:records`, for detection: from when the group is first seen with it. They count
 * as the group's account's, in its Region, whatever they say of themselves: who may write there may speak for nobody else.
 * State: how far a group was read is a document, written once a step is kept. A crash in between keeps some records twice, which detection
 * knows by their ids.
 */
export function createRecordGroupRunner({
  store,
  world,
  callAsService,
  log,
  logs,
  records,
}: Parts): RecordGroupRunner {
  const ending = new AbortController()

  async function passNow(): Promise<void> {
    const tagged = store.read.findAnywhere(groups, 'records', 'yes')
    await forget(new Set(tagged.map(({ document }) => document.id)))
    for (const found of tagged) {
      const kind = kindOf(found.document)
      if (kind !== undefined) await readOn(found, kind).catch((error: unknown) => passOver(found, error))
    }
  }

  /** The next pass tries a group again, and others go on meanwhile: its key cannot be used now, or something is wrong with it. */
  function passOver({ document }: FoundAnywhere<GroupDocument>, error: unknown): void {
    if (error instanceof LogKeyMissing) return
    const stack = error instanceof Error ? error.stack : String(error)
    log({ level: 'error', event: 'record-group-failed', group: document.name, stack })
  }

  async function readOn(found: FoundAnywhere<GroupDocument>, kind: IngestKind): Promise<void> {
    const { document: group } = found
    const { keptAs, of } = kinds[kind]
    const read = kinds[kind].reader(group.tags[flowFormatTag], world.nowMs())
    let more = true
    while (more && !ending.signal.aborted) {
      const known = store.read.get(recordGroups, found, group.id)
      if (known === undefined) return note(found, await logs.arrived())
      const keys = group.dataKeys.length > 0 ? await openDataKeys(callAsService, group) : undefined
      const arrived = await logs.arrivals({ group: group.id, cursor: known.cursor, bytesMax: stepMax, keys })
      ;({ more } = arrived)
      if (arrived.events.length === 0) return
      const { lines, rejected } = recordsOf(arrived.events, read, (record) => ({
        ...of(group.account, record as never), // Of its kind: its reader made it.
        ...(kind !== 'cloudtrail' && { region: group.region }),
      }))
      records.append(keptAs, lines)
      if (rejected > 0)
        log({ level: 'warn', event: 'log-events-no-records', group: group.name, kind, count: rejected })
      await note(found, arrived.cursor)
    }
  }

  function note(
    { account, region, document }: FoundAnywhere<GroupDocument>,
    cursor: ArrivalCursor,
  ): Promise<void> {
    const scope = { account, region }
    return store.transact((tx) => tx.put(recordGroups, scope, document.id, { cursor }))
  }

  /** A group that is gone, or has lost its tag, begins anew if it ever comes back. */
  async function forget(wanted: ReadonlySet<string>): Promise<void> {
    const gone = store.read
      .findAnywhere(recordGroups, 'everywhere', 'all')
      .filter(({ id }) => !wanted.has(id))
    if (gone.length === 0) return
    await store.transact((tx) => {
      for (const { account, region, id } of gone) tx.delete(recordGroups, { account, region }, id)
    })
  }

  const rounds = createRounds(world, everyMs, () =>
    passNow().catch((error: unknown) => {
      const stack = error instanceof Error ? error.stack : String(error)
      log({ level: 'error', event: 'record-groups-failed', stack })
    }),
  )

  return {
    pass: rounds.now,
    async close() {
      ending.abort()
      await rounds.close()
    },
  }
}

function kindOf({ tags }: GroupDocument): IngestKind | undefined {
  return ingestKinds.find((kind) => kind === tags[recordsTag])
}

function recordsOf(
  events: readonly StoredLogEvent[],
  read: ReadText,
  placed: (record: unknown) => object,
): { readonly lines: readonly string[]; readonly rejected: number } {
  const lines: string[] = []
  let rejected = 0
  for (const { message } of events)
    for (const one of read(message)) {
      const line = 'record' in one ? recordLine(placed(one.record)) : undefined
      if (line === undefined) rejected += 1
      else lines.push(line)
    }
  return { lines, rejected }
}
