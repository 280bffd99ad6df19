import assert from 'node:assert/strict'
import { type Arn, arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { SessionStatement } from '#core/caller.ts'
import type { Access, Operation } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import type { AssumableRole } from '#core/roles.ts'
import type { Operations } from '#models/sts.d.ts'
import { mintCredentials } from './credentials.ts'
import type { StsParts } from './declare.ts'
import { sts } from './declare.ts'
import { faults } from './faults.ts'
import { durations } from './quotas.ts'
import { readRoleArn } from './role-arn.ts'
import { refuseSession } from './session-callers.ts'
import { packedPolicySize, sessionPolicies } from './session-policies.ts'
import { givenTags, inheritedTags, sessionTags } from './session-tags.ts'

type AssumeRoleInput = Operations['AssumeRole']['input']

/** A role together with what its trust policy decides; without a role, nobody is trusted. */
interface TrustingResource extends Resource {
  readonly role: AssumableRole | undefined
}

/** Trusts nobody: a role that does not exist refuses in the very words of one that does not trust the caller. */
const trustsNobody = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'nobody.invalid' }, Action: 'sts:AssumeRole' }],
})

/**
 * Hands out a session of a role to whom the role's trust policy names, and whose own policies let it where the trust policy leaves
 * that to the account.
 *
 * Source: STS API Reference, AssumeRole; IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with
 * assumed roles", "Roles terms and concepts: role chaining".
 * Faults: AccessDenied; ValidationError; MalformedPolicyDocumentException; PackedPolicyTooLargeException; InvalidParameterValue.
 */
export function assumeRole({ roles, sessions }: StsParts): Operation {
  return sts('AssumeRole', {
    target({ RoleArn, SerialNumber, TokenCode, ProvidedContexts }, call): TrustingResource {
      refuseSession(call.caller, 'AssumeRole')
      if (call.caller.kind === 'root') throw faults.rootAssumes()
      if (SerialNumber !== undefined || TokenCode !== undefined) throw faults.noSuchDevice()
      if (ProvidedContexts !== undefined) throw faults.unsupportedContexts()
      const asked = readRoleArn(RoleArn, call)
      const role = roles.role(call.tx, asked)
      return {
        arn: asked,
        tags: role?.tags,
        resourcePolicy: { kind: 'trust', text: role?.trustPolicy ?? trustsNobody, required: true },
        role,
      }
    },

    access: (resource, input, { caller }) => accesses(resource, input, sessionOf(caller)),

    run({ target: { role }, input, call }) {
      assert.ok(role, 'nobody can be let in to a role that does not exist')
      const calling = sessionOf(call.caller)
      const seconds = durationOf(input, role, calling)
      const { tags, transitiveTagKeys } = sessionTags(input.Tags, input.TransitiveTagKeys, calling)
      const policies = sessionPolicies(input, { account: role.account, reader: call.tx, roles })
      const packed = packedPolicySize(policies, tags)
      const sourceIdentity = sourceIdentityOf(input, calling)
      const statement: SessionStatement = {
        kind: 'assumed-role',
        account: role.account,
        name: role.roleName,
        uniqueId: role.roleId,
        sessionName: input.RoleSessionName,
        issuedAtMs: call.nowMs,
        expiresAtMs: call.nowMs + seconds * 1000,
        ...policies,
        ...(Object.keys(tags).length > 0 && { tags }),
        ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
        ...(calling?.kind === 'assumed-role' && { chained: true }),
      }
      const { randomBytes } = call
      const lengthMin = input.MinimumSessionTokenSize
      return {
        ...mintCredentials(role.account, statement, { sessions, randomBytes, lengthMin }),
        AssumedRoleUser: {
          AssumedRoleId: `${role.roleId}:${input.RoleSessionName}`,
          Arn: assumedRoleArn(call, role, input.RoleSessionName),
        },
        ...(packed !== undefined && { PackedPolicySize: packed }),
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      }
    },
  })
}

/**
 * AssumeRole itself, and a permission more for tags and for a source identity, be they new or inherited: each must be allowed by the
 * caller's account and by the trust policy. They are parts of one request, and see the same condition keys.
 */
function accesses(
  resource: TrustingResource,
  { RoleSessionName, ExternalId, SourceIdentity, Tags, TransitiveTagKeys = [] }: AssumeRoleInput,
  calling: SessionStatement | undefined,
): readonly Access[] {
  const inherited = Object.keys(inheritedTags(calling))
  const transitive = [...TransitiveTagKeys, ...inherited]
  const sourceIdentity = SourceIdentity ?? calling?.sourceIdentity
  const request = {
    resource,
    conditions: {
      'sts:RoleSessionName': RoleSessionName,
      'sts:ExternalId': ExternalId,
      'sts:SourceIdentity': sourceIdentity,
      'sts:TransitiveTagKeys': transitive.length > 0 ? transitive : undefined,
    },
    ...(Tags && { requestTags: givenTags(Tags) }),
  }
  return [
    { action: 'sts:AssumeRole', ...request },
    ...(Tags || inherited.length > 0 ? [{ action: 'sts:TagSession', ...request }] : []),
    ...(sourceIdentity === undefined ? [] : [{ action: 'sts:SetSourceIdentity', ...request }]),
  ]
}

function durationOf(
  { DurationSeconds = durations.assumeRole.default }: AssumeRoleInput,
  { maxSessionSeconds }: AssumableRole,
  calling: SessionStatement | undefined,
): number {
  // Chaining is from role to role; a session of a user's own is none.
  if (calling?.kind === 'assumed-role' && DurationSeconds > durations.chained.max)
    throw faults.chainedTooLong()
  if (DurationSeconds > maxSessionSeconds) throw faults.tooLong()
  return DurationSeconds
}

/** Once set, it stays the same through every session that follows. */
function sourceIdentityOf(
  { SourceIdentity }: AssumeRoleInput,
  calling: SessionStatement | undefined,
): string | undefined {
  const set = calling?.sourceIdentity
  if (set !== undefined && SourceIdentity !== undefined && SourceIdentity !== set) {
    throw faults.sourceIdentityIsSet()
  }
  return set ?? SourceIdentity
}

function assumedRoleArn(
  { partition }: Pick<Call, 'partition'>,
  { account, roleName }: AssumableRole,
  sessionName: string,
): Arn {
  return arn({
    partition,
    service: 'sts',
    region: '',
    account,
    resource: `assumed-role/${roleName}/${sessionName}`,
  })
}

function sessionOf(caller: Call['caller']): SessionStatement | undefined {
  return 'session' in caller ? caller.session : undefined
}
