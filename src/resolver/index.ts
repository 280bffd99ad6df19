/** A DNS resolver that passes queries on and records who asked what. */
export { createResolver, type Resolver, type ResolverSettings, type ResolverSockets } from './resolver.ts'
export { parseUpstream, systemUpstreams } from './upstream-address.ts'
export type { Upstream } from './upstream.ts'
