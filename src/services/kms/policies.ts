import { faults } from './faults.ts'
import { shownPolicy, withPolicy } from './key-policy.ts'
import { onKey } from './on-key.ts'

/** The one policy that a key has. Source: KMS API Reference, PutKeyPolicy, PolicyName: "The only valid value is default." */
const onlyName = 'default'

/** Shows a key's policy. Users and roles that were deleted stand in it by their unique ids. */
export const GetKeyPolicy = onKey('GetKeyPolicy', {
  run({ key, input: { PolicyName = onlyName }, call }) {
    if (PolicyName !== onlyName) throw faults.noPolicy(PolicyName)
    return { Policy: shownPolicy(call, key.policy), PolicyName }
  },
})

/**
 * Replaces a key's policy, from the next call on.
 *
 * Faults: MalformedPolicyDocumentException, also for principals that do not exist, and for a policy that would not let its author
 * change it again, unless the check is bypassed; LimitExceededException; NotFoundException for another policy than `default`.
 */
export const PutKeyPolicy = onKey('PutKeyPolicy', {
  access: ({ BypassPolicyLockoutSafetyCheck = false }) => ({
    conditions: { 'kms:BypassPolicyLockoutSafetyCheck': String(BypassPolicyLockoutSafetyCheck) },
  }),
  run({ key, input, call }) {
    const { PolicyName = onlyName } = input
    if (PolicyName !== onlyName) throw faults.noPolicy(PolicyName)
    call.keys.put(key.keyId, withPolicy(call, key, input))
    return {}
  },
})

/** Lists the names of a key's policies: there is one. */
export const ListKeyPolicies = onKey('ListKeyPolicies', {
  run: () => ({ PolicyNames: [onlyName], Truncated: false }),
})
