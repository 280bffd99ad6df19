/** The facts about a request that conditions and variables ask for. A `Map` is one; a caller may also compute lazily. */
export interface Context {
  /** Keys come in lower case, tag keys included: `aws:principaltag/team`. An empty list counts as absent. */
  get(lowerCaseKey: string): string | readonly string[] | undefined
}

/** One call to decide on. */
export interface Request {
  readonly principal: Principal
  /** `iam:GetUser`; compared without case. */
  readonly action: string
  /** An ARN, or `*` for an action that acts on no resource in particular. */
  readonly resource: string
  /** The account that owns the resource; another one than the principal's makes the call cross-account. */
  readonly resourceAccount: string
  readonly context: Context
}

/**
 * Who calls.
 *
 * `uniqueId` (AIDA…) and `roleUniqueId` (AROA…) match policies whose ARN was replaced by the id when they were saved,
 * so that a recreated namesake inherits nothing. `canonicalUserId` is the account's, for policies of S3.
 */
export type Principal =
  | RootUser
  | User
  | RoleSession
  | FederatedUser
  | { readonly kind: 'service'; readonly service: string }
  /** Someone a web identity or SAML provider vouches for, before a role is assumed. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'anonymous' }

interface OfAccount {
  readonly arn: string
  readonly account: string
  readonly canonicalUserId?: string | undefined
}

/** An account's owner, whom no policy of an identity limits. */
export interface RootUser extends OfAccount {
  readonly kind: 'root'
}

/** An IAM user: an identity of an account, with policies of its own. */
export interface User extends OfAccount {
  readonly kind: 'user'
  readonly uniqueId?: string | undefined
}

/** `arn` is the session's (`arn:aws:sts::…:assumed-role/role/session`), `roleArn` the role's. */
export interface RoleSession extends OfAccount {
  readonly kind: 'role'
  readonly roleArn: string
  readonly roleUniqueId?: string | undefined
  readonly serviceLinked?: boolean | undefined
}

/** A session of GetFederationToken; `userArn` and `uniqueId` are of the user (or root user) who federated. */
export interface FederatedUser extends OfAccount {
  readonly kind: 'federated-user'
  readonly userArn: string
  readonly uniqueId?: string | undefined
}
