import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import { findByArn, put, ruleGroup } from './entities.ts'
import { faults } from './faults.ts'
import { forGroup, withoutResource } from './group-policy.ts'

/**
 * Lets other accounts use a rule group in their web ACLs, from the next call on.
 * Faults: WAFInvalidPermissionPolicyException for anything but an Allow of the actions that AWS lists, or an unknown principal.
 */
export const PutPermissionPolicy = wafv2('PutPermissionPolicy', {
  target: (input, call) => findByArn(call, [ruleGroup], input.ResourceArn),
  access: (group) => [{ action: 'wafv2:PutPermissionPolicy', resource: group }],
  run({ target: group, input, call }) {
    const permissionPolicy = withPrincipals(forGroup(input.Policy, group.arn), {
      AWS: (name) => call.parts.principals.stored(call.tx, call.partition, name) ?? unknown(name),
    })
    put(call, ruleGroup, { ...group, permissionPolicy })
    return {}
  },
})

/** Shows the policy; WAFNonexistentItemException where there is none. */
export const GetPermissionPolicy = wafv2('GetPermissionPolicy', {
  target: (input, call) => findByArn(call, [ruleGroup], input.ResourceArn),
  access: (group) => [{ action: 'wafv2:GetPermissionPolicy', resource: group }],
  run: ({ target, call }) => ({ Policy: shown(call, target.permissionPolicy) }),
})

/**
 * Removes the policy; WAFNonexistentItemException where there is none.
 * A web ACL of another account that uses the group goes on using it until it is changed.
 */
export const DeletePermissionPolicy = wafv2('DeletePermissionPolicy', {
  target: (input, call) => findByArn(call, [ruleGroup], input.ResourceArn),
  access: (group) => [{ action: 'wafv2:DeletePermissionPolicy', resource: group }],
  run({ target: group, call }) {
    if (group.permissionPolicy === undefined) throw faults.nonexistent()
    put(call, ruleGroup, { ...group, permissionPolicy: undefined })
    return {}
  },
})

function shown(call: Wafv2Call, policy: string | undefined): string {
  if (policy === undefined) throw faults.nonexistent()
  return withPrincipals(withoutResource(policy), {
    AWS: (name) => shownPrincipal(call.parts.principals, call.tx, name),
  })
}

function unknown(name: string): never {
  throw faults.invalidPolicy(`There is no principal ${name}.`)
}
