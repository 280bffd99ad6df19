import { shownPrincipal } from '#core/principal-names.ts'
import type { GrantListEntry } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import type { GrantDocument, GrantPrincipal } from './documents.ts'
import { faults } from './faults.ts'
import { accountRoot } from './grant-scope.ts'

/** A principal or a service principal, of which a request names at most one. */
interface Named {
  readonly principal: string | undefined
  readonly service: string | undefined
}

/**
 * The one that a request names, as grants keep it: users and roles by their unique ids, so that one who is made anew under the same
 * name is not meant.
 * Faults: InvalidArnException for who does not exist.
 */
export function storedPrincipal(call: KmsCall, { principal, service }: Named): GrantPrincipal | undefined {
  if (service !== undefined) return { type: 'Service', name: service }
  if (principal === undefined) return undefined
  const name = call.parts.principals.stored(call.tx, call.partition, principal)
  if (name === undefined) throw faults.invalidGrantee(principal)
  return { type: 'AWS', name }
}

/** A principal that a request names, as policies compare it: by its ARN, also where the request has an account's number. */
export function comparedPrincipal({ parts, tx, partition }: KmsCall, name: string): string {
  const stored = parts.principals.stored(tx, partition, name)
  return stored === undefined ? name : shownPrincipal(parts.principals, tx, stored)
}

/** A grant as answers show it. Principals who were deleted stand in it by their unique ids. */
export function grantEntry({ parts, tx, partition }: KmsCall, grant: GrantDocument): GrantListEntry {
  const shown = ({ name }: GrantPrincipal): string => shownPrincipal(parts.principals, tx, name)
  const { grantee, retiring } = grant
  return {
    KeyId: grant.keyArn,
    GrantId: grant.grantId,
    Name: grant.name,
    CreationDate: new Date(grant.createdAtMs),
    [grantee.type === 'AWS' ? 'GranteePrincipal' : 'GranteeServicePrincipal']: shown(grantee),
    ...(retiring && {
      [retiring.type === 'AWS' ? 'RetiringPrincipal' : 'RetiringServicePrincipal']: shown(retiring),
    }),
    IssuingAccount: accountRoot(partition, grant.issuingAccount),
    Operations: grant.operations,
    Constraints: grant.constraints,
  }
}
