/** The edge's data path in one process: connections of clients in, connections to targets out. */
export { defaultEdgeLimits, type EdgeLimits } from './limits.ts'
export { createEdgeProxy, type EdgeProxy, type StopTimes } from './proxy.ts'
