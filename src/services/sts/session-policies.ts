import { deflateRawSync } from 'node:zlib'
import type { AccountId } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { Reader } from '#core/store/index.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import { faults } from './faults.ts'

/**
 * Source: STS API Reference, AssumeRole: ten managed session policies; the plaintext of session policies has 2,048 characters at
 * most (the model no longer says so for AssumeRole).
 */
const limits = { policyArns: 10, policyLength: 2048 }

/**
 * What the policies and tags of one session may pack to, deflated.
 * Units: bytes. Differs: AWS does not publish its format nor its limit; this one holds 2,048 characters of any policy, and keeps
 * the session token, which carries them, within what HTTP clients send in a header.
 */
const packedBytesMax = 2048

/**
 * And what they may take before that, which tags that are inherited on top of fifty given ones would not keep to.
 * Units: bytes. Limit: our own; the statement of a session repeats the keys of transitive tags, and `core/session-token.ts` opens 131,072.
 */
const plainBytesMax = 61_440

/** What limits a session further than its owner's permissions. */
export interface SessionPolicies {
  readonly policies?: readonly string[]
  readonly policyArns?: readonly string[]
}

interface Given {
  readonly Policy?: string | undefined
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined
}

/**
 * Checks the session policies of a call.
 * Faults: MalformedPolicyDocumentException; ValidationError for too many or for a managed policy that does not exist in `account`.
 */
export function sessionPolicies(
  { Policy, PolicyArns = [] }: Given,
  { account, reader, roles }: { account: AccountId; reader: Reader; roles: AssumableRoles },
): SessionPolicies {
  if (PolicyArns.length > limits.policyArns) throw faults.tooManyPolicies(limits.policyArns)
  const arns = PolicyArns.map(({ arn = '' }) => arn)
  for (const arn of arns) if (!roles.hasManagedPolicy(reader, account, arn)) throw faults.noSuchPolicy(arn)
  if (Policy !== undefined) {
    if (Policy.length > limits.policyLength) throw faults.policyTooLong(limits.policyLength)
    const parsed = parsePolicy(Policy, 'session')
    if ('problems' in parsed) throw faults.malformedPolicy(parsed.problems[0].message)
  }
  return {
    ...(Policy !== undefined && { policies: [Policy] }),
    ...(arns.length > 0 && { policyArns: arns }),
  }
}

/**
 * How much of the allotted space a session's policies and tags take, in percent; undefined when it has neither.
 * Faults: PackedPolicyTooLargeException.
 */
export function packedPolicySize({ policies, policyArns }: SessionPolicies, tags: Tags): number | undefined {
  const hasPolicies = policies !== undefined || policyArns !== undefined
  const hasTags = Object.keys(tags).length > 0
  if (!hasPolicies && !hasTags) return undefined
  const plain = Buffer.from(JSON.stringify([policies, policyArns, Object.entries(tags)]))
  const packed = deflateRawSync(plain)
  const share = Math.max(packed.length / packedBytesMax, plain.length / plainBytesMax)
  const percent = Math.ceil(share * 100)
  if (percent > 100) throw faults.packedTooLarge(hasPolicies ? 'policy' : 'session tags', percent)
  return percent
}
