/** Source: SQS Developer Guide, "Amazon SQS quotas"; API Reference, SetQueueAttributes. */
export const quotas = {
  messageBytesMin: 1_024,
  messageBytesMax: 1_048_576,
  batchEntries: 10,
  batchBytes: 1_048_576,
  messagesPerReceive: 10,
  messageAttributes: 10,
  delaySecondsMax: 900,
  visibilitySecondsMax: 43_200,
  waitSecondsMax: 20,
  retentionSecondsMin: 60,
  retentionSecondsMax: 1_209_600,
  dataKeySecondsMin: 60,
  dataKeySecondsMax: 86_400,
  receiveCountMax: 1_000,
  inFlight: 120_000,
  deduplicationMs: 300_000,
  purgeEveryMs: 60_000,
  redriveSources: 10,
  tags: 50,
  policyBytes: 8_192,
  policyStatements: 20,
  actionsPerStatement: 7,
  listedMax: 1_000,
  moveTasksListed: 10,
  moveTasksPerAccount: 100,
  movesPerSecondMax: 500,
} as const

/** What AWS does not limit, but memory does: all messages that wait are kept in it. */
export const ownLimits = {
  messagesPerQueue: 200_000,
  bytesPerQueue: 268_435_456,
  /** Receivers that wait for messages, in one worker. */
  waiters: 10_000,
} as const
