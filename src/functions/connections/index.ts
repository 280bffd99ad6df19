/** Connections that functions make by themselves, as flow records. */
export type { Owner } from './connection-flows.ts'
export { type ConnectionSink, watchConnections } from './connection-watch.ts'
