import type { ServiceName } from '#wire/index.ts'
import type { AccountId } from './arn.ts'
import type { Caller } from './caller.ts'
import type { Seal } from './seal/index.ts'
import type { Transaction } from './store/index.ts'

/** Where a call came from and what its envelope says. */
export interface Envelope {
  readonly requestId: string
  readonly service: ServiceName
  readonly operation: string
  /** The caller's clock does not count: this is ours, read once a call. Milliseconds since 1970. */
  readonly nowMs: number
  /** The region that the signature's scope names. */
  readonly region: string
  readonly partition: string
  readonly sourceIp: string
  readonly userAgent: string
  readonly referer: string | undefined
  readonly secureTransport: boolean
  /** The host and port at which the caller reached us, as it says; absent where no request came. */
  readonly host?: string | undefined
  /** Services that made this call on a principal's behalf, first to last; empty for a call from the wire. */
  readonly calledVia: readonly string[]
}

/** All that an operation learns of its call, and its only way to the world. */
export interface Call extends Envelope {
  readonly caller: Caller
  /** The account whose resources the call works on: the caller's. */
  readonly account: AccountId
  readonly tx: Transaction
  /** Unpredictable bytes; see `World`. */
  readonly randomBytes: (length: number) => Buffer
  /** Seals secrets before they are put into a document. */
  readonly seal: Seal
  readonly invoke: Invoke
}

/**
 * Calls an operation of another service on the caller's behalf, within this call's transaction: found, authorized (with
 * `aws:CalledVia` naming the service that calls) and recorded like any other call. `input` and the answer are of the model's types.
 * Faults: those of the operation, AccessDenied among them. An operation that must wait for something cannot be called so.
 */
export type Invoke = (service: ServiceName, operation: string, input: unknown) => unknown
