/** SQL over audit records: statements of users run in processes of their own, over their own account's records alone. */
export { type ExportedKind, exportedKinds, exportRecords } from './export.ts'
export type { QueryResult, Question } from './job.ts'
export { createLake, type Lake } from './lake.ts'
export { cancelled, timedOut } from './limits.ts'
/** Looks through files of columns. */
export { verifyColumns } from './manifest.ts'
export { nameTables } from './table-names.ts'
export { type CollectedPeriod, type FieldCondition, isSelectedField, type TableView } from './view.ts'
