/** Source: SNS endpoints and quotas; API Reference, Publish, Subscribe, CreateTopic. */
export const quotas = {
  messageBytes: 262_144,
  subjectCharacters: 100,
  batchEntries: 10,
  tags: 50,
  policyBytes: 30_720,
  filterPolicyBytes: 262_144,
  filterKeys: 5,
  fifoSubscriptions: 100,
  listed: 100,
  deduplicationMs: 300_000,
  confirmationMs: 172_800_000,
  topics: 100_000,
} as const

/** What AWS limits far higher, or not at all. */
export const ownLimits = {
  subscriptionsPerTopic: 1_000,
  deliveriesWaiting: 200_000,
} as const
