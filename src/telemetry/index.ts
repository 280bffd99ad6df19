/** Telemetry's door: append-only records in segments, and their query. One folder a kind; `audit` is the first. */
export type { AttributeFilter, AttributeKey } from './audit/attributes.ts'
export { type AuditTrailOptions, createAuditTrail, type QueryableAuditTrail } from './audit/audit-trail.ts'
export { beginTrailAnew } from './audit/beginning.ts'
export { globalServices } from './audit/operation-facts.ts'
export { type AuditPage, type AuditQuery, InvalidToken } from './audit/query.ts'
export { createRecorder } from './audit/record.ts'
export { type LookupResource, lookupResources, type StoredRecord, usernameOf } from './audit/stored-record.ts'
export type { Retention } from './retention.ts'
