import type { BatchResultErrorEntry } from '#models/sqs.d.ts'
import { model, WireFault } from '#wire/index.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

interface Entry {
  readonly Id: string
}

interface Results<Done> {
  readonly Successful: readonly Done[]
  readonly Failed: readonly BatchResultErrorEntry[]
}

/** Refuses a batch as a whole. Faults: EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct. */
export function checkBatch(entries: readonly Entry[], entryName: string): void {
  if (entries.length === 0) throw faults.emptyBatch(entryName)
  if (entries.length > quotas.batchEntries) throw faults.batchTooMany(entries.length)
  const seen = new Set<string>()
  for (const { Id } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) throw faults.batchId()
    if (seen.has(Id)) throw faults.batchIdsNotDistinct(Id)
    seen.add(Id)
  }
}

/** Does something for each entry; what is wrong with one is told of that one. */
export function eachEntry<E extends Entry, Done>(
  entries: readonly E[],
  run: (entry: E) => Done,
): Results<Done> {
  const Successful: Done[] = []
  const Failed: BatchResultErrorEntry[] = []
  for (const entry of entries) {
    try {
      Successful.push(run(entry))
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      Failed.push({
        Id: entry.Id,
        SenderFault: true,
        Code: model('sqs').errors.get(error.code)?.error?.code ?? error.code,
        Message: error.message,
      })
    }
  }
  return { Successful, Failed }
}
