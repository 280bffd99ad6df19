import type { AdvancedEventSelector } from '#models/cloudtrail.d.ts'
import type { IngestionPeriod } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** It collects from now on, by these selectors. Faults: InvalidEventDataStoreStatusException after too many changes. */
export function collecting(
  ingestion: readonly IngestionPeriod[],
  selectors: readonly AdvancedEventSelector[],
  nowMs: number,
): readonly IngestionPeriod[] {
  if (ingestion.length >= quotas.ingestionPeriods)
    throw faults.storeStatus('What the event data store collects was changed too often. Make another one.')
  return [...ended(ingestion, nowMs), { fromMs: fromSecond(nowMs), selectors }]
}

/** It collects no more. */
export function ended(ingestion: readonly IngestionPeriod[], nowMs: number): readonly IngestionPeriod[] {
  return ingestion.map((period) =>
    period.toMs === undefined ? { ...period, toMs: fromSecond(nowMs) } : period,
  )
}

/** Records have whole seconds: what happens within this one still counts as before. */
function fromSecond(nowMs: number): number {
  return Math.floor(nowMs / 1000) * 1000 + 1000
}
