/** Telemetry's door: append-only records in segments, and their query. One folder a kind. */
export type { SegmentArrivals, SegmentCursor } from './arrivals.ts'
export { createAuditTrail, type DataEventChoice, type QueryableAuditTrail } from './audit/audit-trail.ts'
export { beginTrailAnew } from './audit/beginning.ts'
export { dataResourceType, isDataResourceType } from './audit/data-events.ts'
export { findEventId } from './audit/find-event.ts'
export { globalServices } from './audit/operation-facts.ts'
export { type AuditPage, type AuditQuery, InvalidToken } from './audit/query.ts'
export { createRecorder } from './audit/record.ts'
export { lookupResources, readRecord, type StoredRecord, usernameOf } from './audit/stored-record.ts'
export {
  type ArrivalCursor,
  beginOf,
  comparePositions,
  createLogStore,
  eventOverheadBytes,
  type LogKey,
  LogKeyMissing,
  type LogPosition,
  type LogScan,
  type LogScanStep,
  type LogStore,
  readPosition,
  type StoredLogEvent,
  type StreamSummary,
  writePosition,
} from './logs/index.ts'
export { recordsOfAccount, takeInRecords } from './audit/transfer.ts'
export { type ArchiveDay, createEventArchive, type EventArchive } from './archive/event-archive.ts'
export { added, metricKey } from './metrics/adding.ts'
export { noteDamage, readNotedDamage } from './damage.ts'
export { addedBySum } from './line-sums.ts'
export { createMetricStore, type MetricStore } from './metrics/metric-store.ts'
export {
  createRecordStore,
  endOfRecords,
  type RecordKind,
  recordKinds,
  type RecordStore,
} from './records/record-store.ts'
export { readSummedFile, summedText } from './summed-file.ts'
export { verifyTelemetry } from './verify.ts'
