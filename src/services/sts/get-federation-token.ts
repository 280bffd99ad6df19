import { arn } from '#core/arn.ts'
import type { SessionStatement } from '#core/caller.ts'
import type { Access, Operation } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import { mintCredentials } from './credentials.ts'
import { sts, type StsParts } from './declare.ts'
import { durations } from './quotas.ts'
import { longTermCaller } from './session-callers.ts'
import { packedPolicySize, sessionPolicies } from './session-policies.ts'
import { givenTags, sessionTags } from './session-tags.ts'

/**
 * Hands a user, or root, a session for somebody else: it may what both the user and the session policies allow, so without session
 * policies nothing but what resources grant it. What it may call at all is in `core/session-limits.ts` and `session-callers.ts`.
 *
 * Source: STS API Reference, GetFederationToken; IAM User Guide, "Pass session tags": sts:TagSession is needed for tags.
 * Faults: MalformedPolicyDocumentException; PackedPolicyTooLargeException; ValidationError; InvalidParameterValue.
 */
export function getFederationToken({ sessions, roles }: StsParts): Operation {
  return sts('GetFederationToken', {
    target({ Name }, { partition, account, caller }): Resource {
      longTermCaller(caller, 'GetFederationToken')
      return {
        arn: arn({ partition, service: 'sts', region: '', account, resource: `federated-user/${Name}` }),
      }
    },

    access(resource, { Tags }) {
      const requestTags = Tags && { requestTags: givenTags(Tags) }
      const access = (action: string): Access => ({ action, resource, ...requestTags })
      return [access('sts:GetFederationToken'), ...(requestTags ? [access('sts:TagSession')] : [])]
    },

    run({ target, input, call }) {
      const { account, nowMs, randomBytes, tx } = call
      const caller = longTermCaller(call.caller, 'GetFederationToken')
      const { Name, DurationSeconds = durations.getFederationToken.default } = input
      const seconds = caller.kind === 'root' ? Math.min(DurationSeconds, durations.root.max) : DurationSeconds
      const { tags } = sessionTags(input.Tags)
      const policies = sessionPolicies(input, { account, reader: tx, roles })
      const packed = packedPolicySize(policies, tags)
      const statement: SessionStatement = {
        kind: 'federated-user',
        account,
        name: caller.kind === 'user' ? caller.userName : '',
        uniqueId: caller.userId,
        sessionName: Name,
        issuedAtMs: nowMs,
        expiresAtMs: nowMs + seconds * 1000,
        ...policies,
        ...(Object.keys(tags).length > 0 && { tags }),
      }
      return {
        ...mintCredentials(account, statement, {
          sessions,
          randomBytes,
          lengthMin: input.MinimumSessionTokenSize,
        }),
        FederatedUser: { FederatedUserId: `${account}:${Name}`, Arn: target.arn },
        PackedPolicySize: packed ?? 0,
      }
    },
  })
}
