import { addressSet } from '#engines/waf/index.ts'
import type { IPAddressVersion } from '#models/wafv2.d.ts'
import { wafv2 } from './declare.ts'
import { creationAccess, find, ipSet, newEntity, put, summaryOf, updated } from './entities.ts'
import { deletion, listing } from './entity-operations.ts'
import { faults, refused } from './faults.ts'
import { quotas } from './quotas.ts'

/** Creates a set of addresses for rules to refer to. */
export const CreateIPSet = wafv2('CreateIPSet', {
  access: (_, input, call) => creationAccess(call, 'wafv2:CreateIPSet', ipSet, input),
  run({ input, call }) {
    const { IPAddressVersion: addressVersion, Addresses } = input
    const addresses = checked(Addresses, addressVersion)
    const set = { ...newEntity(call, ipSet, input), addressVersion, addresses }
    put(call, ipSet, set)
    return { Summary: summaryOf(set) }
  },
})

/** Shows a set with its addresses and its lock token. */
export const GetIPSet = wafv2('GetIPSet', {
  target: (input, call) => find(call, ipSet, input),
  access: (set) => [{ action: 'wafv2:GetIPSet', resource: set }],
  run({ target: { name, id, arn, description, addressVersion, addresses, lockToken } }) {
    const set = {
      Name: name,
      Id: id,
      ARN: arn,
      Description: description,
      IPAddressVersion: addressVersion,
      Addresses: addresses,
    }
    return { IPSet: set, LockToken: lockToken }
  },
})

/** Replaces a set's addresses. Faults: WAFOptimisticLockException; those of CreateIPSet. */
export const UpdateIPSet = wafv2('UpdateIPSet', {
  target: (input, call) => find(call, ipSet, input),
  access: (set) => [{ action: 'wafv2:UpdateIPSet', resource: set }],
  run({ target, input, call }) {
    const set = {
      ...updated(call, target, input),
      addresses: checked(input.Addresses, target.addressVersion),
    }
    put(call, ipSet, set)
    return { NextLockToken: set.lockToken }
  },
})

/** Deletes a set that no rule refers to. */
export const DeleteIPSet = deletion('DeleteIPSet', ipSet)

/** Lists the sets of a scope. */
export const ListIPSets = listing('ListIPSets', ipSet)

/**
 * Addresses that a set may have.
 * Source: AWS WAFV2 API, IPSet, Addresses: CIDR blocks of the set's own version, each but /0.
 */
function checked(addresses: readonly string[], version: IPAddressVersion): readonly string[] {
  if (addresses.length > quotas.addressesPerSet) throw faults.limit('IP_ADDRESS')
  for (const block of addresses) {
    if (block.includes(':') !== (version === 'IPV6'))
      throw faults.invalid('IP_ADDRESS', block, `The parameter isn’t an address of version ${version}.`)
    if (/\/0+$/.test(block)) throw faults.invalid('IP_ADDRESS', block, 'The range /0 isn’t allowed.')
  }
  const read = addressSet(addresses)
  if (!read.ok) throw refused(read.refusal)
  return addresses
}
