/** What becomes of a request that was answered: logs, samples, metrics. */
export { createRecords, type Observed, type Records } from './records.ts'
export { type Bot, botBucketMs, BotCounts, countedOf } from './bot-traffic.ts'
export type { BotReport, Reports, SampleReport } from './reports.ts'
