/** The door of log events: segments that are appended to, sorted once they are full, and read in order. */
export type { ArrivalCursor } from './arrivals.ts'
export { type LogKey, LogKeyMissing } from './chunk.ts'
export {
  beginOf,
  comparePositions,
  type LogPosition,
  readPosition,
  type StoredLogEvent,
  writePosition,
} from './log-event.ts'
export { createLogStore, type LogStore } from './log-store.ts'
export type { LogScan, LogScanStep } from './scan.ts'
export { eventOverheadBytes, type StreamSummary } from './summary.ts'
export { verifyLogs } from './verify-logs.ts'
