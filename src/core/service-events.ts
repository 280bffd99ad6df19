import type { Scope, Transaction } from './store/index.ts'

/** What a service of the cloud tells of by itself, as an event on the default bus. */
export interface ServiceEvent {
  /** Whose bus, and where. */
  readonly scope: Scope
  /** `aws.guardduty`: nobody who calls PutEvents can say that. */
  readonly source: `aws.${string}`
  readonly detailType: string
  /** Plain JSON. */
  readonly detail: object
  readonly resources: readonly string[]
  /** Milliseconds since 1970. */
  readonly atMs: number
}

/**
 * Puts an event on its bus, in the transaction of what it tells of: both are on disk, or neither. False where too many events wait there
 * already; then nothing is written.
 */
export type PublishServiceEvent = (tx: Transaction, event: ServiceEvent) => boolean
