/** The edge as the main thread runs it: processes, their configuration, and what they report. */
export type { StopTimes } from '../proxy/index.ts'
export type { EdgeReport } from '../worker/messages.ts'
export { createEdge, type Edge, type EdgeSettings, type EdgeSockets } from './edge.ts'
