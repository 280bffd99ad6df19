import { wafv2 } from './declare.ts'
import { faults } from './faults.ts'
import { entityArnLike } from './managed-set-arn.ts'
import { placeOf } from './places.ts'

// Managed rule sets are what vendors publish on AWS's marketplace. Nobody is such a vendor here, so nobody has one.

/** Lists the caller's own managed rule sets: none, as there are no vendors here. */
export const ListManagedRuleSets = wafv2('ListManagedRuleSets', {
  access: () => [{ action: 'wafv2:ListManagedRuleSets', resource: '*' }],
  run({ input, call }) {
    placeOf(call, input.Scope)
    return { ManagedRuleSets: [] }
  },
})

/** Shows one of the caller's managed rule sets. Faults: WAFNonexistentItemException, always. */
export const GetManagedRuleSet = wafv2('GetManagedRuleSet', {
  access: (_, input, call) => [{ action: 'wafv2:GetManagedRuleSet', resource: entityArnLike(call, input) }],
  run() {
    throw faults.nonexistent()
  },
})

/** Publishes versions of one of the caller's managed rule sets. Faults: WAFNonexistentItemException, always. */
export const PutManagedRuleSetVersions = wafv2('PutManagedRuleSetVersions', {
  access: (_, input, call) => [
    { action: 'wafv2:PutManagedRuleSetVersions', resource: entityArnLike(call, input) },
  ],
  run() {
    throw faults.nonexistent()
  },
})

/** Says when a version of one of the caller's managed rule sets expires. Faults: WAFNonexistentItemException, always. */
export const UpdateManagedRuleSetVersionExpiryDate = wafv2('UpdateManagedRuleSetVersionExpiryDate', {
  access: (_, input, call) => [
    { action: 'wafv2:UpdateManagedRuleSetVersionExpiryDate', resource: entityArnLike(call, input) },
  ],
  run() {
    throw faults.nonexistent()
  },
})
