import assert from 'node:assert/strict'
import {
  compile,
  decide,
  type Layers,
  type PolicyKind,
  type PolicySet,
  type Request,
  type Verdict,
} from '#engines/policy/index.ts'
import type { AccountId } from '../arn.ts'
import type { Call } from '../call.ts'
import type { SignedCaller } from '../caller.ts'
import { callerKey } from '../caller-key.ts'
import type { Derived } from '../derived.ts'
import type { Identities, Organizations, StoredPolicy } from '../identities.ts'
import type { Access } from '../operation.ts'
import type { Grant, ResourcePolicy } from '../resource.ts'
import { contradictions } from './conformance.ts'
import { conditionContext, resourceAccount } from './condition-context.ts'
import { type Denial, denialMessage } from './denial.ts'
import { principalOf } from './principal.ts'
import type { PolicyLibrary } from './policy-library.ts'

/** Decides whether a call may go on: every access of it must be allowed. */
export type Authorize = (call: Call, access: readonly Access[]) => Denial | undefined

/** The layers that a caller brings along, whatever it asks for. */
interface CallerLayers {
  readonly layers: Pick<Layers, 'identity' | 'boundary' | 'session' | 'scps'>
  /** How long the policies are: those that others may carry too, and those of this session alone. */
  readonly sharedCharacters: number
  readonly ownCharacters: number
}

interface Parts {
  readonly identities: Identities
  readonly organizations: Organizations
  readonly library: PolicyLibrary
  readonly derived: Derived
  /** Fail on an access that contradicts AWS's service reference: for tests and development. */
  readonly strict: boolean
}

/**
 * Makes the one authorizer of all services. What it compiles is kept for as long as the documents it was read from stay
 * as they are.
 */
export function createAuthorizer({ identities, organizations, library, derived, strict }: Parts): Authorize {
  const set = (policies: readonly StoredPolicy[], kind: PolicyKind): PolicySet =>
    library.named(policies, kind)
  /** Not for the library: nobody else has a policy that a session brought along. */
  const setOfOne = (policies: readonly StoredPolicy[]): PolicySet =>
    compile(policies.map(({ name, text }) => ({ name, policy: library.parse(text, 'session') })))
  const levels = (guardrails: readonly (readonly StoredPolicy[])[], kind: PolicyKind) =>
    guardrails.map((level) => set(level, kind))

  const callerLayers = derived<SignedCaller, CallerLayers>(
    (reader, caller) => {
      const { identity, boundary, session } = identities.policiesOf(reader, caller)
      const isOfOne = caller.session?.policies !== undefined
      const sessionCharacters = lengthOf(session ?? [])
      return {
        layers: {
          identity: set(identity, 'identity'),
          ...(boundary && { boundary: set([boundary], 'boundary') }),
          ...(session && { session: isOfOne ? setOfOne(session) : set(session, 'session') }),
          scps: levels(organizations.scpsOf(reader, caller.account), 'scp'),
        },
        sharedCharacters:
          lengthOf(identity) + (boundary?.text.length ?? 0) + (isOfOne ? 0 : sessionCharacters),
        ownCharacters: isOfOne ? sessionCharacters : 0,
      }
    },
    // The library keeps four times as much.
    ({ sharedCharacters, ownCharacters }) => sharedCharacters / 4 + ownCharacters,
  )
  const rcps = derived<AccountId, readonly PolicySet[]>((reader, account) =>
    levels(organizations.rcpsOf(reader, account), 'rcp'),
  )

  function refusal(call: Call, access: Access): Denial | undefined {
    const { caller } = call
    const owner = resourceAccount(access) ?? call.account
    const layers: Layers = {
      ...('accessKeyId' in caller &&
        callerLayers(callerKey(caller.accessKeyId, caller.session), caller).layers),
      rcps: rcps(owner, owner),
      ...(access.resource !== '*' &&
        access.resource.resourcePolicy &&
        resourceLayer(access.resource.resourcePolicy)),
    }
    const request: Request = {
      principal: principalOf(caller),
      action: access.action,
      resource: access.resource === '*' ? '*' : access.resource.arn,
      resourceAccount: owner,
      context: conditionContext(call, access),
    }
    const decided = decide(request, layers)
    const verdict = isSilent(decided) ? (byGrants(call, access, request, layers) ?? decided) : decided
    if (verdict.decision === 'Allow') return undefined
    return { access, verdict, message: denialMessage(caller, access, verdict.because) }
  }

  function resourceLayer({
    kind,
    text,
    required,
  }: ResourcePolicy): Pick<Layers, 'resource' | 'resourcePolicyRequired'> {
    return { resource: library.set([text], kind), resourcePolicyRequired: required }
  }

  /** The verdict once the grants on a resource count beside its policy; undefined where there are none. */
  function byGrants(call: Call, { resource }: Access, request: Request, layers: Layers): Verdict | undefined {
    const policy = resource === '*' ? undefined : resource.resourcePolicy
    const grants = policy?.grants?.() ?? []
    if (!policy || grants.length === 0) return undefined
    const texts = [policy.text, ...grants.map(({ text }) => text)]
    const granted = { ...layers, resource: library.set(texts, policy.kind) }
    const verdict = decide(request, granted)
    const identity = lacksIdentityPolicy(verdict) && ownGrants(grants, request, call.account)
    return identity ? decide(request, { ...granted, identity }) : verdict
  }

  /**
   * What a caller's own account granted it on a resource of another account: it stands in for the identity policy that such a caller
   * needs, and that had nothing to say. Boundary and session policy limit as ever. What is granted to the account as a whole stands
   * in for nothing: its own policies say who of it may.
   * Source: KMS Developer Guide, "Troubleshooting key access": a key of another account may be used "if a grant or IAM policy in
   * your account allows".
   */
  function ownGrants(grants: readonly Grant[], request: Request, account: AccountId): PolicySet | undefined {
    const texts = grants.filter(({ issuer }) => issuer === account).map(({ text }) => text)
    const set = texts.length === 0 ? undefined : library.set(texts, 'resource')
    const grade = set?.findGrant(request)?.grade
    return grade === undefined || grade === 'account' ? undefined : set
  }

  return (call, access) => {
    if (strict) assert.deepEqual(contradictions(access), [])
    for (const one of access) {
      const denial = refusal(call, one)
      if (denial) return denial
    }
    return undefined
  }
}

function lengthOf(policies: readonly StoredPolicy[]): number {
  return policies.reduce((sum, { text }) => sum + text.length, 0)
}

/** Nothing denied it, and nothing that had to allow it did. */
function isSilent({ decision, because }: Verdict): boolean {
  return decision === 'Deny' && because.kind === 'implicit'
}

/** Nothing denied it, but no identity policy allowed it either. */
function lacksIdentityPolicy({ decision, because }: Verdict): boolean {
  return decision === 'Deny' && because.kind === 'implicit' && because.layer === 'identity'
}
