import type { AccountId } from './arn.ts'
import type { SessionStatement, SignedCaller } from './caller.ts'
import type { Reader } from './store/index.ts'

/** A stored long-term access key. */
export interface AccessKey {
  readonly account: AccountId
  /** An `accessKeySecret`. */
  readonly sealedSecret: string
  readonly active: boolean
  /** Undefined for a key of the root user. */
  readonly userName: string | undefined
}

/** A policy as stored, under the name that explanations show (an ARN, or an inline policy's name). */
export interface StoredPolicy {
  readonly name: string
  readonly text: string
}

/** The policies that a caller carries, apart from those of its organization. */
export interface CallerPolicies {
  readonly identity: readonly StoredPolicy[]
  readonly boundary?: StoredPolicy
  /** One for each session policy; absent when the session has none. */
  readonly session?: readonly StoredPolicy[]
}

/** The ceilings that an organization sets: one list a level, from the root down to the account; every level must allow. */
export interface Guardrails {
  readonly scps: readonly (readonly StoredPolicy[])[]
  readonly rcps: readonly (readonly StoredPolicy[])[]
}

/**
 * What authentication and authorization ask of the service that keeps identities (`services/iam`).
 * Everything is read through `reader`, which notes what was read: that is how the answers may be kept.
 */
export interface Identities {
  accessKey(reader: Reader, accessKeyId: string): AccessKey | undefined
  /** The caller behind a long-term key, or undefined when its user is gone. */
  keyOwner(reader: Reader, accessKeyId: string, key: AccessKey): SignedCaller | undefined
  /** The caller behind a session, or undefined when its role or user is gone or was made anew under the same name. */
  sessionOwner(reader: Reader, accessKeyId: string, session: SessionStatement): SignedCaller | undefined
  policiesOf(reader: Reader, caller: SignedCaller): CallerPolicies
}

/** What authorization asks of the service that keeps organizations; without one, an account has no ceilings. */
export interface Organizations {
  /** SCPs above a calling account (none for a management account). */
  scpsOf(reader: Reader, account: AccountId): Guardrails['scps']
  /** RCPs above the account that owns a resource. */
  rcpsOf(reader: Reader, account: AccountId): Guardrails['rcps']
}
