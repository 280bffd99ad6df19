/** Source: CloudTrail User Guide, "Quotas in AWS CloudTrail"; what has no source is our own. */
export const quotas = {
  eventDataStores: 10,
  concurrentQueries: 10,
  /** Queries that are kept; old ones go by themselves after seven days. */
  queries: 10_000,
  selectors: 5,
  fieldSelectors: 20,
  selectorValues: 500,
  /** Times that a data store began to collect, or changed what it collects. */
  ingestionPeriods: 200,
} as const

export const dayMs = 86_400_000

/** Source: CloudTrail API Reference, RestoreEventDataStore: "seven-day wait period"; GetQueryResults: results are kept for seven days. */
export const keptMs = { deletedStores: 7 * dayMs, queries: 7 * dayMs } as const

/** What a query may take. Source of the time: CloudTrail User Guide has one hour; a machine of one's own has less patience. */
export const queryLimits = { timeMs: 5 * 60_000, rowsMax: 50_000, bytesMax: 24 * 1024 * 1024 } as const
