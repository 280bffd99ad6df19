import type { Arn } from '#core/arn.ts'
import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import type { Resource } from '#core/resource.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import type { KmsCall } from './declare.ts'
import { faults } from './faults.ts'
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

/** A policy that a call brings for a key. */
interface NewPolicy {
  readonly keyArn: Arn
  readonly text: string | undefined
  /** `BypassPolicyLockoutSafetyCheck`. */
  readonly bypass: boolean | undefined
}

/**
 * A key policy as it is kept: with users and roles by their unique ids. Unless bypassed, it must let its author change it again, else
 * nobody might.
 *
 * Faults: MalformedPolicyDocumentException; LimitExceededException.
 * Source: KMS API Reference, CreateKey and PutKeyPolicy, Policy.
 */
export function storedPolicy(call: KmsCall, { keyArn, text, bypass = false }: NewPolicy): string {
  if (text === undefined) return defaultPolicy(call)
  if (Buffer.byteLength(text) > quotas.keyPolicyBytes) {
    throw faults.limit(`The key policy exceeds the maximum size of ${quotas.keyPolicyBytes} bytes.`)
  }
  const read = parsePolicy(text, 'resource')
  if ('problems' in read) throw faults.malformedPolicy(read.problems[0].message)
  const { principals } = call.parts
  const stored = withPrincipals(text, {
    AWS: (name) => principals.stored(call.tx, call.partition, name) ?? refuse(name),
  })
  if (
    !bypass &&
    !mayPutPolicy(call, { arn: keyArn, resourcePolicy: { kind: 'resource', text: stored, required: true } })
  ) {
    throw faults.lockout()
  }
  return stored
}

/** A kept key policy as answers show it: users and roles by their ARNs as long as they exist. */
export function shownPolicy(call: KmsCall, stored: string): string {
  const shown = withPrincipals(stored, {
    AWS: (name) => shownPrincipal(call.parts.principals, call.tx, name),
  })
  return JSON.stringify(JSON.parse(shown), undefined, 2)
}

function mayPutPolicy(call: KmsCall, resource: Resource): boolean {
  return call.parts.authorize(call, [{ action: 'kms:PutKeyPolicy', resource }]) === undefined
}

function refuse(name: string): never {
  throw faults.malformedPolicy(`Policy contains a statement with one or more invalid principals: ${name}`)
}
