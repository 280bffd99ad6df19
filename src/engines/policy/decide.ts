import type { PolicySet } from './policy-set.ts'
import type { Principal, Request } from './request.ts'
import type { CompiledStatement } from './statement.ts'
import { implicitDenials, rootAllowed, type Layer, type Verdict } from './verdict.ts'

/**
 * Every policy that has a say. An absent layer has none; an empty set says nothing, which in a layer that must allow
 * is a denial.
 */
export interface Layers {
  /** What is attached to the user and its groups, or to the role. */
  readonly identity?: PolicySet | undefined
  readonly boundary?: PolicySet | undefined
  readonly session?: PolicySet | undefined
  /** One set a level (root, each OU, account) of the principal's account; absent where the account has none. */
  readonly scps?: readonly PolicySet[] | undefined
  /** The same of the resource's account. */
  readonly rcps?: readonly PolicySet[] | undefined
  /** The policy attached to the resource: a bucket policy, a key policy, a role's trust policy. */
  readonly resource?: PolicySet | undefined
  /** For KMS keys and roles: identity policies count only as far as the resource policy leaves it to the account. */
  readonly resourcePolicyRequired?: boolean | undefined
}

/**
 * Decides one request as AWS documents it.
 *
 * Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access" (same account),
 * "Cross-account policy evaluation logic"; each rule below names its own.
 * INVARIANT: an explicit deny in any layer that applies denies; without an explicit allow nobody but root is allowed.
 */
export function decide(request: Request, layers: Layers): Verdict {
  return (
    explicitDenial(request, layers) ??
    guardrailDenial(request, layers) ??
    (isCrossAccount(request) ? crossAccount(request, layers) : sameAccount(request, layers))
  )
}

/** Whether the caller's account is another one than the resource's. Callers of no account are no other account's. */
export function isCrossAccount({ principal, resourceAccount }: Request): boolean {
  return 'account' in principal && principal.account !== resourceAccount
}

/** "SCPs don't affect any service-linked role", nor callers of no account. Source: Organizations User Guide, "SCPs". */
export function scpsApplyTo(principal: Principal): boolean {
  return 'account' in principal && !isServiceLinked(principal)
}

/** RCPs bind every caller of the resource but service-linked roles. Source: Organizations User Guide, "RCPs". */
export function rcpsApplyTo(principal: Principal): boolean {
  return !isServiceLinked(principal)
}

function isServiceLinked(principal: Principal): boolean {
  return principal.kind === 'role' && principal.serviceLinked === true
}

/** Section "Deny evaluation": a matching Deny in any of the policies ends it. */
function explicitDenial(request: Request, layers: Layers): Verdict | undefined {
  const { identity, boundary, session, scps, rcps, resource } = layers
  const bounded = boundary !== undefined
  if (rcps !== undefined && rcpsApplyTo(request.principal)) {
    for (const level of rcps) {
      const statement = level.findDeny(request, bounded)
      if (statement !== undefined) return statement.verdict('rcp')
    }
  }
  if (scps !== undefined && scpsApplyTo(request.principal)) {
    for (const level of scps) {
      const statement = level.findDeny(request, bounded)
      if (statement !== undefined) return statement.verdict('scp')
    }
  }
  const statement = resource?.findDeny(request, bounded)
  if (statement !== undefined) return statement.verdict(resourceLayer(resource))
  return (
    identity?.findDeny(request, bounded)?.verdict('identity') ??
    boundary?.findDeny(request, bounded)?.verdict('boundary') ??
    session?.findDeny(request, bounded)?.verdict('session')
  )
}

/** Sections "Organizations RCPs" and "SCPs": every level from the root down to the account must allow. */
function guardrailDenial(request: Request, { scps, rcps }: Layers): Verdict | undefined {
  if (rcps !== undefined && rcpsApplyTo(request.principal)) {
    for (const level of rcps) if (level.findAllow(request) === undefined) return implicitDenials.rcp
  }
  if (scps !== undefined && scpsApplyTo(request.principal)) {
    for (const level of scps) if (level.findAllow(request) === undefined) return implicitDenials.scp
  }
  return undefined
}

/** Sections "Resource-based policies" to "Session policies", for a resource in the caller's account or a caller of none. */
function sameAccount(request: Request, layers: Layers): Verdict {
  const { resource, resourcePolicyRequired = false } = layers
  const grant = resource?.findGrant(request)
  if (grant === undefined) {
    // "IAM role trust policies and KMS key policies are exceptions to this logic, because they must explicitly
    // allow access"; a caller of no account has nothing else that could.
    if (resourcePolicyRequired || !('account' in request.principal))
      return implicitDenials[resourceLayer(resource)]
    return ownPolicies(request, layers)
  }
  switch (grant.grade) {
    case 'direct':
      // "an implicit deny in an identity-based policy, a permissions boundary, or a session policy does not impact
      // the final decision"; of everyone: "For IAM users and role principals within your account, no other
      // permissions are required" ("Principal", all principals).
      return grant.statement.verdict(resourceLayer(resource))
    case 'entity':
      // A role's ARN for its session, a user's for its federated session: limited by "an implicit deny in a
      // permissions boundary or session policy", though not by a silent identity policy.
      return limitDenial(request, layers) ?? grant.statement.verdict(resourceLayer(resource))
    case 'account':
    default:
      // The account delegates to its own policies, whether or not the resource policy had to say so.
      return ownPolicies(request, layers)
  }
}

/** "The request is allowed only if both evaluations return a decision of Allow." */
function crossAccount(request: Request, layers: Layers): Verdict {
  const own = ownPolicies(request, layers)
  if (own.decision === 'Deny') return own
  const layer = resourceLayer(layers.resource)
  const grant = layers.resource?.findGrant(request)
  if (grant === undefined) return implicitDenials[layer]
  const { because } = own
  if (because.kind === 'root') return grant.statement.verdict(layer)
  return {
    decision: 'Allow',
    because: { kind: 'explicit', layer, statements: [grant.statement.ref, ...because.statements] },
  }
}

/** What the caller may by the policies of its own account: identity-based, within boundary and session policy. */
function ownPolicies(request: Request, layers: Layers): Verdict {
  let allow: CompiledStatement | undefined
  if (!actsAsRoot(request.principal)) {
    allow = layers.identity?.findAllow(request)
    if (allow === undefined) return implicitDenials.identity
  }
  return limitDenial(request, layers) ?? allow?.verdict('identity') ?? rootAllowed
}

/**
 * Sections "IAM permissions boundaries" and "Session policies". A federated user without a session policy has no
 * permissions: "If there is no session policy, the code checks whether the principal is a role session. [...]
 * Otherwise, the request is implicitly denied".
 */
function limitDenial(request: Request, { boundary, session }: Layers): Verdict | undefined {
  if (boundary !== undefined && boundary.findAllow(request) === undefined) return implicitDenials.boundary
  if (session === undefined)
    return request.principal.kind === 'federated-user' ? implicitDenials.session : undefined
  return session.findAllow(request) === undefined ? implicitDenials.session : undefined
}

/** The root user has full access in its account, and so has, within its session policy, whom it federates. */
function actsAsRoot(principal: Principal): boolean {
  return (
    principal.kind === 'root' ||
    (principal.kind === 'federated-user' && principal.userArn.split(':')[5] === 'root')
  )
}

function resourceLayer(resource: PolicySet | undefined): Extract<Layer, 'resource' | 'trust'> {
  return resource?.trust === true ? 'trust' : 'resource'
}
