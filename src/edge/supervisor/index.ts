/** The edge as the main thread runs it: processes, their configuration, and what they report. */
export { createEdge, type Edge, type EdgeSettings } from './edge.ts'
