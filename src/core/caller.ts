import type { AccountId, Arn } from './arn.ts'

/** Tags by key; AWS compares keys case-sensitively when it stores them. */
export type Tags = Readonly<Record<string, string>>

interface Identity {
  readonly account: AccountId
  /** What GetCallerIdentity answers as `Arn`. */
  readonly arn: Arn
  /** What GetCallerIdentity answers as `UserId`, also `aws:userid`. */
  readonly userId: string
  readonly accessKeyId: string
}

/**
 * What a session token states. It is all there is: no table holds sessions (docs: design, section 4).
 * Units: times in milliseconds since 1970.
 */
export interface SessionStatement {
  readonly kind: 'assumed-role' | 'federated-user' | 'session'
  readonly account: string
  /** The role's name for an assumed role, the user's for the other two; empty for root. */
  readonly name: string
  /** The unique id (AROA…, AIDA…, or the account id of root) that must still be the one of that name. */
  readonly uniqueId: string
  readonly sessionName?: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** Inline session policy texts and managed session policy ARNs. */
  readonly policies?: readonly string[]
  readonly policyArns?: readonly string[]
  readonly tags?: Tags
  readonly transitiveTagKeys?: readonly string[]
  readonly sourceIdentity?: string
  readonly mfaAuthenticatedAtMs?: number
  /** The identity provider of a federated session, e.g. `accounts.google.com`. */
  readonly federatedProvider?: string
  /** True when temporary credentials asked for it: role chaining. */
  readonly chained?: boolean
}

/** The account's root user. */
export interface RootCaller extends Identity {
  readonly kind: 'root'
  readonly session?: SessionStatement
}

/** A user of IAM: by a long-term key, or with `session` by GetSessionToken. */
export interface UserCaller extends Identity {
  readonly kind: 'user'
  readonly userName: string
  readonly tags: Tags
  readonly session?: SessionStatement
}

/** A session of a role: `arn` is the session's, `roleArn` the role's. */
export interface RoleCaller extends Identity {
  readonly kind: 'assumed-role'
  readonly roleName: string
  readonly roleArn: Arn
  readonly roleId: string
  readonly serviceLinked: boolean
  /** The role's tags, overlaid by the session's. */
  readonly tags: Tags
  readonly session: SessionStatement
}

/** A session of GetFederationToken: `userArn` is whose permissions bound it. */
export interface FederatedCaller extends Identity {
  readonly kind: 'federated-user'
  /** The user who called GetFederationToken; absent for root. */
  readonly userName?: string
  readonly userArn: Arn
  readonly tags: Tags
  readonly session: SessionStatement
}

/** A service of Redoubt acting for itself, never reachable from the wire. */
export interface ServiceCaller {
  readonly kind: 'service'
  readonly service: string
  /** Whose resource it acts for, and which: `aws:SourceAccount`, `aws:SourceArn`. */
  readonly account: AccountId
  readonly sourceArn?: Arn
}

/** Somebody without a signature; only operations that say so let them in. */
export interface AnonymousCaller {
  readonly kind: 'anonymous'
}

/** Whoever signed the call. */
export type SignedCaller = RootCaller | UserCaller | RoleCaller | FederatedCaller
export type Caller = SignedCaller | ServiceCaller | AnonymousCaller
