import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { foundKey, keyAccess } from './key-access.ts'
import { quotas } from './quotas.ts'

/** The policy of a key that was made without one. Source: KMS Developer Guide, "Default key policy". */
export function defaultPolicy({ partition, account }: Pick<KmsCall, 'partition' | 'account'>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
}

/** The members by which a call brings a policy for a key. */
interface PolicyRequest {
  readonly Policy?: string | undefined
  readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined
}

/**
 * A key with the policy that a call brings for it, if any: with users and roles by their unique ids. Unless bypassed, the policy must
 * let its author change it again, else nobody might.
 *
 * Faults: MalformedPolicyDocumentException; LimitExceededException.
 * Source: KMS API Reference, CreateKey and PutKeyPolicy, Policy.
 */
export function withPolicy(
  call: KmsCall,
  key: KeyDocument,
  { Policy: text, BypassPolicyLockoutSafetyCheck: bypass = false }: PolicyRequest,
): KeyDocument {
  if (text === undefined) return key
  if (Buffer.byteLength(text) > quotas.keyPolicyBytes) {
    throw faults.limit(`The key policy exceeds the maximum size of ${quotas.keyPolicyBytes} bytes.`)
  }
  const read = parsePolicy(text, 'resource')
  if ('problems' in read) throw faults.malformedPolicy(read.problems[0].message)
  const { principals } = call.parts
  const policy = withPrincipals(text, {
    AWS: (name) => principals.stored(call.tx, call.partition, name) ?? refuse(name),
  })
  const after = { ...key, policy }
  if (!bypass && !mayPutPolicy(call, after)) throw faults.lockout()
  return after
}

/** A kept key policy as answers show it: users and roles by their ARNs as long as they exist. */
export function shownPolicy(call: KmsCall, stored: string): string {
  const shown = withPrincipals(stored, {
    AWS: (name) => shownPrincipal(call.parts.principals, call.tx, name),
  })
  return JSON.stringify(JSON.parse(shown), undefined, 2)
}

/** Whether the caller could put another policy, asked as that call would be. */
function mayPutPolicy(call: KmsCall, key: KeyDocument): boolean {
  const conditions = { 'kms:BypassPolicyLockoutSafetyCheck': 'false' }
  const access = keyAccess(call, foundKey(call, key, 'PutKeyPolicy'), 'PutKeyPolicy', conditions)
  return call.parts.authorize(call, [access]) === undefined
}

function refuse(name: string): never {
  throw faults.malformedPolicy(`Policy contains a statement with one or more invalid principals: ${name}`)
}
