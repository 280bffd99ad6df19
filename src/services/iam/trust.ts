import type { Call } from '#core/call.ts'
import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import { faults } from './faults.ts'
import { checkPolicy, sizeOf, urlEncoded } from './policy-text.ts'
import { principalNames } from './principal-names.ts'
import { quotas } from './quotas.ts'

/**
 * A trust policy as it is kept: users and roles by their unique ids, so that one who is made anew under the same name is not
 * trusted, and accounts by their ARNs.
 *
 * Faults: MalformedPolicyDocumentException, also for a user or role that does not exist; LimitExceededException.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", IAM user principals and IAM role principals.
 */
export function storedTrust({ tx, partition }: Pick<Call, 'tx' | 'partition'>, text: string): string {
  checkPolicy(text, 'trust')
  if (sizeOf(text) > quotas.trustPolicySize) throw faults.quota('ACLSizePerRole', quotas.trustPolicySize)
  return withPrincipals(text, {
    AWS: (name) => principalNames.stored(tx, partition, name) ?? refuse('AWS', name),
    Service: (name) => (serviceName.test(name) ? name : refuse('SERVICE', name)),
  })
}

/** A kept trust policy as answers show it: users and roles by their ARNs as long as they exist. */
export function shownTrust({ tx }: Pick<Call, 'tx'>, stored: string): string {
  if (!/"A(?:IDA|ROA)/.test(stored)) return urlEncoded(stored)
  return urlEncoded(withPrincipals(stored, { AWS: (name) => shownPrincipal(principalNames, tx, name) }))
}

/** Differs: AWS knows the names of its services; here everything counts that has their form. */
const serviceName = /^(?:[a-z0-9_-]+\.)+(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)$/

function refuse(type: string, name: string): never {
  throw faults.malformedPolicy(`Invalid principal in policy: "${type}":"${name}"`)
}
