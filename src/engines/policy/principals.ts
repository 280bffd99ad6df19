import type { PrincipalElement } from './ast.ts'
import type { Principal } from './request.ts'

/**
 * How closely a resource policy's statement names the caller, because that decides what else may limit the grant:
 * `direct`, the caller itself (or everyone); `entity`, the role or user that a session stands for; `account`, the
 * caller's account, which leaves the grant to that account's own policies.
 * Source: IAM User Guide, "How AWS enforcement code logic evaluates requests", resource-based policies.
 */
export type Grade = 'direct' | 'entity' | 'account'

export interface PrincipalMatcher {
  grade(principal: Principal): Grade | undefined
  /** Whether a Deny reaches the caller. `bounded`: a permissions boundary is attached to the caller. */
  denies(principal: Principal, bounded: boolean): boolean
}

const accountId = /^\d{12}$/
const accountArn = /^arn:[^:]+:iam::(\d{12}):root$/

/** Compiles `Principal` or `NotPrincipal`. */
export function compilePrincipal(element: PrincipalElement, effect: 'Allow' | 'Deny'): PrincipalMatcher {
  const named = new Named(element)
  if (!element.negated) {
    return {
      grade: (principal) => named.grade(principal),
      denies: (principal) => named.grade(principal) !== undefined || named.wildcard,
    }
  }
  return {
    // Allow with NotPrincipal is not supported. Source: IAM User Guide, "NotPrincipal". It grants nothing here.
    grade: (principal) => (effect === 'Deny' && !named.exempts(principal) ? 'direct' : undefined),
    // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions
    // boundary policy attached, regardless of the values specified." Source: the same page, key points.
    denies: (principal, bounded) => bounded || !named.exempts(principal),
  }
}

class Named {
  /** `"*"`, or `{"AWS": "*"}`. */
  readonly wildcard: boolean
  readonly #everyone: boolean
  readonly #accounts: ReadonlySet<string>
  /** ARNs and unique ids of users, roles and sessions. */
  readonly #identities: ReadonlySet<string>
  readonly #services: ReadonlySet<string>
  readonly #federated: ReadonlySet<string>
  readonly #canonicalUsers: ReadonlySet<string>

  constructor({ everyone, aws, services, federated, canonicalUsers }: PrincipalElement) {
    this.#everyone = everyone
    this.wildcard = everyone || aws.includes('*')
    this.#accounts = new Set(aws.flatMap((name) => accountOf(name) ?? []))
    this.#identities = new Set(aws.filter((name) => name !== '*' && accountOf(name) === undefined))
    this.#services = new Set(services)
    this.#federated = new Set(federated)
    this.#canonicalUsers = new Set(canonicalUsers)
  }

  grade(principal: Principal): Grade | undefined {
    if (this.#everyone) return 'direct'
    switch (principal.kind) {
      case 'service':
        return this.#services.has(principal.service) ? 'direct' : undefined
      case 'federated':
        return this.#federated.has(principal.provider) ? 'direct' : undefined
      case 'anonymous':
        // "For anonymous users, "Principal": "*" and {"AWS": "*"} are equivalent." Source: "Principal", all principals.
        return this.wildcard ? 'direct' : undefined
      case 'root':
        return this.wildcard || this.#ofAccount(principal) || this.#is(principal.arn) ? 'direct' : undefined
      case 'user':
        if (this.wildcard || this.#is(principal.arn) || this.#is(principal.uniqueId)) return 'direct'
        return this.#ofAccount(principal) ? 'account' : undefined
      case 'role':
        if (this.wildcard || this.#is(principal.arn)) return 'direct'
        if (this.#is(principal.roleArn) || this.#is(principal.roleUniqueId)) return 'entity'
        return this.#ofAccount(principal) ? 'account' : undefined
      case 'federated-user':
        if (this.wildcard || this.#is(principal.arn)) return 'direct'
        if (this.#is(principal.userArn) || this.#is(principal.uniqueId)) return 'entity'
        return this.#ofAccount(principal) ? 'account' : undefined
      default:
        return undefined
    }
  }

  /**
   * Whether NotPrincipal spares the caller. AWS may validate the account first, then the role, then the session, so
   * each of them must be listed. Source: IAM User Guide, "NotPrincipal", specifying NotPrincipal with Deny.
   */
  exempts(principal: Principal): boolean {
    if (principal.kind === 'service' || principal.kind === 'federated')
      return this.grade(principal) !== undefined
    if (this.wildcard) return true
    switch (principal.kind) {
      case 'anonymous':
        return false
      case 'root':
        return this.#ofAccount(principal)
      case 'user':
        return this.#ofAccount(principal) && (this.#is(principal.arn) || this.#is(principal.uniqueId))
      case 'role':
        return (
          this.#ofAccount(principal) &&
          (this.#is(principal.roleArn) || this.#is(principal.roleUniqueId)) &&
          this.#is(principal.arn)
        )
      case 'federated-user':
        return this.#ofAccount(principal) && this.#is(principal.arn)
      default:
        return false
    }
  }

  #is(name: string | undefined): boolean {
    return name !== undefined && this.#identities.has(name)
  }

  #ofAccount(principal: {
    readonly account: string
    readonly canonicalUserId?: string | undefined
  }): boolean {
    const { account, canonicalUserId } = principal
    return (
      this.#accounts.has(account) ||
      (canonicalUserId !== undefined && this.#canonicalUsers.has(canonicalUserId))
    )
  }
}

/** The account that `123456789012` or `arn:aws:iam::123456789012:root` names: the two forms mean the same. */
function accountOf(name: string): string | undefined {
  return accountId.test(name) ? name : accountArn.exec(name)?.[1]
}
