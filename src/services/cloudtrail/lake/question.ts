import { nameTables, type Question, type TableView } from '#telemetry/sql/index.ts'
import type { EventDataStoreDocument, QueryDocument } from './documents.ts'
import { dayMs } from './quotas.ts'
import { collectedIn } from './selectors.ts'

/** What a process is asked to answer: the statement, over what its data stores show of the account's records until `nowMs`. */
export function questionOf(
  { statement, parameters, createdAtMs }: Pick<QueryDocument, 'statement' | 'parameters' | 'createdAtMs'>,
  stores: readonly EventDataStoreDocument[],
): Question {
  return {
    statement: nameTables(statement).text,
    parameters,
    nowMs: createdAtMs,
    views: stores.map((store) => viewOf(store, createdAtMs)),
  }
}

function viewOf(store: EventDataStoreDocument, nowMs: number): TableView {
  return {
    name: store.id,
    ...(!store.multiRegion && { region: store.region }),
    notBeforeMs: nowMs - store.retentionDays * dayMs,
    notAfterMs: nowMs,
    collected: collectedIn(store.ingestion),
  }
}
