import type { EdgeListener } from '#core/edge-view.ts'

/** What a server says of itself. */
export interface ServerStatus {
  readonly version: string
  readonly pid: number
  readonly startedAtMs: number
  readonly url: string
  readonly workers: number
  readonly listeners: readonly EdgeListener[]
  /** Detectors of GuardDuty that are enabled, in all accounts and Regions. */
  readonly detectors: number
}
