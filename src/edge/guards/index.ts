/** Web ACLs on the way of requests: compiled when they arrive, asked for each request. */
export { Guards } from './guards.ts'
export { type RateIncrement, SharedCounter } from './shared-counter.ts'
