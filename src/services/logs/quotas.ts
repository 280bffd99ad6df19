const dayMs = 86_400_000

/** Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas"; API Reference, PutLogEvents. */
export const quotas = {
  groups: 1_000_000,
  tags: 50,
  batchBytes: 1_048_576,
  eventBytes: 1_048_576,
  batchSpanMs: dayMs,
  batchEvents: 10_000,
  tooOldMs: 14 * dayMs,
  tooNewMs: 2 * 3_600_000,
  metricFilters: 100,
  subscriptionFilters: 2,
  resourcePolicies: 10,
  resourcePolicyBytes: 5_120,
  dimensions: 3,
  regularExpressionsPerPattern: 2,
  regularExpressionPatternsPerGroup: 5,
  /** In each worker, and of one account: bounds of our own, since each may take 256 MiB. */
  queriesAtATime: 4,
  queriesOfAccountAtATime: 3,
  queryGroups: 50,
  queryDefinitions: 1_000,
  /** Sources, destinations and deliveries each: a bound of our own. */
  deliveries: 1_000,
  fieldsPerEvent: 200,
  /** Of an account, in each worker. */
  liveTails: 15,
  liveTailMs: 3 * 3_600_000,
  liveTailEvents: 500,
  queryRows: 10_000,
  queryRowsDefault: 10_000,
} as const
