import { type Arn, parseArn } from '#core/arn.ts'
import { kms } from './declare.ts'
import { grants, type GrantDocument, keys } from './documents.ts'
import { faults } from './faults.ts'
import { comparedPrincipal, grantEntry, storedPrincipal } from './grant-principals.ts'
import { forAwsResource } from './grant-conditions.ts'
import { grantAt } from './grants.ts'
import { isGone } from './key-states.ts'
import { onKey } from './on-key.ts'
import { page } from './paging.ts'

const pageDefault = 50

/**
 * Lists the grants on a key, sorted by id.
 * Faults: ValidationException for two kinds of grantee; InvalidGrantIdException; InvalidMarkerException.
 * Differs: AWS lets services alone ask for a grantee service principal; who may list the grants sees them all anyway.
 */
export const ListGrants = onKey('ListGrants', {
  access: (_, call) => ({ conditions: forAwsResource(call) }),
  run({ key, input, call }) {
    const { GrantId, GranteePrincipal, GranteeServicePrincipal: service } = input
    if (GranteePrincipal !== undefined && service !== undefined) {
      throw faults.invalid(
        'You can specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
      )
    }
    // Who is gone stands in the list by a unique id, and can be asked for by it.
    const principal =
      GranteePrincipal &&
      (call.parts.principals.stored(call.tx, call.partition, GranteePrincipal) ?? GranteePrincipal)
    const named = principal ?? service
    const isWanted = ({ grantee }: GrantDocument): boolean =>
      named === undefined ||
      (grantee.name === named && (grantee.type === 'Service') === (service !== undefined))

    if (GrantId !== undefined) {
      const grant = grantAt(call, key, GrantId)
      const found = grant && isWanted(grant) ? [grantEntry(call, grant)] : []
      return { Grants: found, Truncated: false }
    }
    const { items, info } = page(input, pageDefault, (after, limit) =>
      call.grants.in(key.account).find('key', key.keyId, { after, limit, where: isWanted }),
    )
    return { Grants: items.map(({ document }) => grantEntry(call, document)), ...info }
  },
})

/**
 * Lists the grants, on keys of any account in the Region, that a principal of the caller's account may retire; sorted by id.
 * Leave is needed on that principal: of another account nobody gets it.
 * Faults: ValidationException; InvalidArnException for who does not exist; InvalidMarkerException.
 */
export const ListRetirableGrants = kms('ListRetirableGrants', {
  target({ RetiringPrincipal, RetiringServicePrincipal }, call) {
    if (RetiringServicePrincipal !== undefined)
      throw faults.invalid('RetiringServicePrincipal can be used by AWS services only.')
    if (RetiringPrincipal === undefined) throw faults.invalid('RetiringPrincipal is required.')
    const arn = comparedPrincipal(call, RetiringPrincipal)
    if (!parseArn(arn)) throw faults.invalidGrantee(RetiringPrincipal)
    return { arn: arn as Arn, principal: RetiringPrincipal } // The line above has read it.
  },
  // Source: KMS API Reference, ListRetirableGrants: "The authorized resource […] is the retiring principal specified in the request."
  access: (resource) => [{ action: 'kms:ListRetirableGrants', resource }],
  run({ target: { principal }, input, call }) {
    const retiring = storedPrincipal(call, { principal, service: undefined })
    const all = call.tx
      .findAnywhere(grants, 'retiring', retiring?.name ?? '')
      .filter(({ account, region, document }) => {
        const key = call.tx.get(keys, { account, region }, document.keyId)
        return region === call.region && key !== undefined && !isGone(key, call.nowMs)
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const { items, info } = page(input, pageDefault, (after = '', limit) =>
      all.filter(({ id }) => id > after).slice(0, limit),
    )
    return { Grants: items.map(({ document }) => grantEntry(call, document)), ...info }
  },
})
