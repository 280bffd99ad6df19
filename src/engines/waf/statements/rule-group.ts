import { anything, listOf, members, optional, text } from '../read.ts'
import { invalid, nonexistent } from '../refusal.ts'
import { arn, entityName } from '../names.ts'
import type { ReadStatement } from './kind.ts'

/** Source: AWS WAFV2 API, RuleActionOverrides and ExcludedRules. */
const overridesMax = 100

const changes = {
  ExcludedRules: optional(listOf(members({ Name: entityName }, 'EXCLUDED_RULE'), 0, overridesMax)),
  RuleActionOverrides: optional(
    listOf(members({ Name: entityName, ActionToUse: anything }, 'RULE_ACTION'), 0, overridesMax),
  ),
}

const readReference = members({ ARN: arn, ...changes }, 'RULE_GROUP_REFERENCE_STATEMENT')

/** The rules of a rule group of the account's own. */
export const ruleGroupReference: ReadStatement = (body) => {
  const { ARN, ExcludedRules, RuleActionOverrides } = readReference(
    body,
    'STATEMENT',
    'RuleGroupReferenceStatement',
  )
  const resolve: Resolve = (world) => {
    const group = world.ruleGroup(ARN)
    if (group === undefined)
      throw nonexistent('RULE_GROUP_REFERENCE_STATEMENT', ARN, 'there is no such rule group')
    return group
  }
  return {
    form: 'group',
    name: ARN,
    resolve,
    // What it costs was fixed when it was made, so that changing its rules never makes a web ACL too large.
    price: (world) => resolve(world).Capacity,
    scopeDown: undefined,
    excluded: namesOf(ExcludedRules),
    overrides: RuleActionOverrides ?? [],
  }
}

type Resolve = Extract<ReturnType<ReadStatement>, { readonly form: 'group' }>['resolve']

/** The rules of a managed rule group. */
export const managedRuleGroup: ReadStatement = (body, inner) => {
  const given = members(
    {
      VendorName: text(1, 128, /\S/),
      Name: entityName,
      Version: optional(text(1, 64, /^[\w#:.\-/]+$/)),
      ScopeDownStatement: optional(inner),
      ManagedRuleGroupConfigs: optional(listOf(anything, 0, overridesMax)),
      ...changes,
    },
    'MANAGED_RULE_SET_STATEMENT',
  )(body, 'STATEMENT', 'ManagedRuleGroupStatement')
  const { VendorName, Name, Version, ScopeDownStatement, ExcludedRules, RuleActionOverrides } = given
  const configs = given.ManagedRuleGroupConfigs ?? []
  const resolve: Resolve = (world) => {
    const group = world.managedRuleGroup(VendorName, Name, Version)
    if (group === undefined)
      throw nonexistent(
        'MANAGED_RULE_SET_STATEMENT',
        [VendorName, Name, Version].filter((part) => part !== undefined).join('#'),
        'there is no such managed rule group',
      )
    if (group.configure) return group.configure(configs)
    if (configs.length > 0) throw invalid('MANAGED_RULE_GROUP_CONFIG', Name, 'has no settings')
    return group
  }
  return {
    form: 'group',
    name: `${VendorName}#${Name}`,
    resolve,
    price: (world) => resolve(world).Capacity + (ScopeDownStatement?.price(world) ?? 0),
    scopeDown: ScopeDownStatement,
    excluded: namesOf(ExcludedRules),
    overrides: RuleActionOverrides ?? [],
  }
}

function namesOf(rules: readonly { readonly Name: string }[] | undefined): readonly string[] {
  return (rules ?? []).map(({ Name }) => Name)
}
