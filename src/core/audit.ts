import type { ServiceName } from '#wire/index.ts'
import type { AccountId, Arn } from './arn.ts'
import type { Envelope } from './call.ts'
import type { Caller } from './caller.ts'
import type { Access } from './operation.ts'

/** What happened in one call, as the pipeline saw it. */
export interface AuditedCall {
  readonly envelope: Envelope
  readonly caller: Caller
  /** The account whose trail the record belongs to. */
  readonly account: AccountId
  /** The decoded input; undefined when it could not be decoded. Secrets are still in it: the trail takes them out. */
  readonly input: unknown
  readonly output: unknown
  readonly fault: { readonly code: string; readonly message: string } | undefined
  /** What was authorized: gives the resources and the ARNs of the record. */
  readonly access: readonly Access[]
  /** What belongs to the record beyond the call itself, e.g. the encoded reason of a denial. */
  readonly additionalEventData?: Readonly<Record<string, unknown>> | undefined
}

/** What a service did by itself, without a call: a key was deleted when its time came. */
export interface ServiceEvent {
  readonly service: ServiceName
  /** As CloudTrail names it, e.g. `DeleteKey`. */
  readonly name: string
  readonly account: AccountId
  readonly region: string
  readonly nowMs: number
  /** What it was done to. */
  readonly resource: Arn
  readonly details: Readonly<Record<string, string>>
}

/** Where audit records go. Every call, allowed or denied, leaves one, but for data events that were allowed and nobody wants. */
export interface AuditTrail {
  /** Whether a call leaves a record: one that was refused always does. Source: docs/decisions/0011-data-events.md. */
  keeps(call: AuditedCall): boolean
  /** The record of a call, as one line of JSON in CloudTrail's format, with secrets removed. */
  record(call: AuditedCall): string
  /** The record of what a service did by itself; it goes into the transaction that did it. */
  readonly recordEvent: (event: ServiceEvent) => string
  /** Keeps the record of a call that changed nothing. It is on disk after the next `flush`. */
  append(record: string): void
  /** Writes what was appended. The server calls it once a turn, before the turn's answers leave. */
  flush(): void
}
