/** What becomes of a request that was answered: logs, samples, metrics. */
export { createRecords, type Observed, type Records } from './records.ts'
export type { Reports, SampleReport } from './reports.ts'
