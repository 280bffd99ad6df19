import { Missing, type ResourcePolicy } from '#core/resource.ts'
import type { RetireGrantRequest } from '#models/kms.d.ts'
import { kms, type KmsCall } from './declare.ts'
import { type GrantDocument, type KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import type { FoundKey } from './find-key.ts'
import { accountRoot, granted } from './grant-scope.ts'
import { readGrantToken } from './grant-token.ts'
import { constraintConditions } from './grant-conditions.ts'
import { assertGrantId, grantAt } from './grants.ts'
import { findKey, keyAccess } from './key-access.ts'
import { assertUsable } from './on-key.ts'

/** A grant as a call found it, on its key. */
interface FoundGrant extends FoundKey {
  readonly grant: GrantDocument
}

/**
 * Ends a grant whose work is done. The grant itself says who may, see `retirers`.
 * Faults: ValidationException unless the grant is named by its token or by key and id; InvalidGrantTokenException;
 * InvalidGrantIdException; NotFoundException.
 */
export const RetireGrant = kms<'RetireGrant', FoundGrant | Missing>('RetireGrant', {
  target: (input, call) => findGrant(call, input),
  access: (found, _, call) => [
    keyAccess(
      call,
      found,
      'RetireGrant',
      found instanceof Missing ? undefined : constraintConditions(found.grant.constraints),
    ),
  ],
  run({ target, input, call }) {
    assertUsable(call, target, 'RetireGrant')
    call.grants.in(target.key.account).delete(target.grant.grantId)
    if (input.DryRun === true) throw faults.dryRun() // What was deleted is not committed.
    return {}
  },
})

function findGrant(call: KmsCall, { GrantToken, KeyId, GrantId }: RetireGrantRequest): FoundGrant | Missing {
  const named = GrantToken === undefined ? undefined : readGrantToken(call, GrantToken)
  const keyId = named?.keyArn ?? KeyId
  const grantId = named?.grantId ?? GrantId
  if (keyId === undefined || grantId === undefined)
    throw faults.invalid('Specify either GrantToken, or both KeyId and GrantId.')
  assertGrantId(grantId) // Before the key: whoever may nothing learns not that there is one.
  const found = findKey(call, { operation: 'RetireGrant', keyId })
  if (found instanceof Missing) return found
  const grant = grantAt(call, found.key, grantId)
  if (!grant) return new Missing(found.arn, faults.noSuchGrant(grantId))
  return { ...found, grant, resourcePolicy: retirers(call, found.key, grant) }
}

/**
 * Who may retire a grant, in the form of a key policy. Its principals may by the grant alone: the retiring one, and the grantee when
 * RetireGrant is among the operations. The accounts of the issuer and of the key may, and pass it on by identity policies. The key's
 * own policy can deny it, but not allow it.
 * Source: KMS Developer Guide, "Retiring and revoking grants".
 */
function retirers(call: KmsCall, key: KeyDocument, grant: GrantDocument): ResourcePolicy {
  const { partition, account } = call
  const { grantee, retiring, operations, issuingAccount } = grant
  const policy = JSON.parse(key.policy) as { Statement: Statement | Statement[] } // Validated when it was stored.
  const accounts = [issuingAccount, key.account].map((one) => accountRoot(partition, one))
  const allowance = {
    Effect: 'Allow',
    Principal: { AWS: accounts },
    Action: 'kms:RetireGrant',
    Resource: '*',
  }
  const denials = [policy.Statement].flat().filter(({ Effect }) => Effect === 'Deny')
  const principals = [retiring, operations.includes('RetireGrant') ? grantee : undefined]
  return {
    kind: 'resource',
    text: JSON.stringify({ ...policy, Statement: [...denials, allowance] }),
    required: true,
    // "Principals specified in the grant can retire a grant without the kms:RetireGrant permission": whichever account issued it.
    grants: () =>
      principals
        .filter((principal) => principal !== undefined)
        .map((principal) => granted(principal, 'RetireGrant', account)),
  }
}

interface Statement {
  readonly Effect: string
}
