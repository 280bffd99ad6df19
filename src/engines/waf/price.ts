import { readCustomBodies } from './action.ts'
import { invalid, type Outcome, outcome, overLimit } from './refusal.ts'
import type { RuleGroupSource, World } from './request.ts'
import { isGroupRule, type PlainRule, readRules, type Rule } from './rule.ts'

/** Capacity units that a web ACL, or a rule group, may have. Source: AWS WAF quotas. */
export const capacityMax = 5_000

/** The capacity that rules take together, refused above what is allowed. */
export function capacityOf(rules: readonly Rule[], world: World): number {
  const capacity = rules.reduce((sum, { statement }) => sum + statement.price(world), 0)
  if (capacity > capacityMax)
    throw overLimit('WEB_ACL_CAPACITY', `the rules take ${capacity} capacity units of ${capacityMax}`)
  return capacity
}

/** What CheckCapacity answers: the units that these rules take, or why they are no rules. */
export function priceRules(rules: unknown, customResponseBodies: unknown, world: World): Outcome<number> {
  return outcome(() => capacityOf(readRules(rules, readCustomBodies(customResponseBodies)), world))
}

/** A rule group's rules, checked: they refer to no other group, and fit the capacity that the group was made with. */
export function readGroup(group: RuleGroupSource, world: World): readonly PlainRule[] {
  const rules = readRules(group.Rules, readCustomBodies(group.CustomResponseBodies)).map((rule) => {
    if (isGroupRule(rule)) throw invalid('RULE_GROUP', rule.name, 'a rule group must not refer to another')
    return rule
  })
  const capacity = capacityOf(rules, world)
  if (capacity > group.Capacity)
    throw invalid(
      'RULE_GROUP',
      group.Name,
      `its rules take ${capacity} capacity units of its ${group.Capacity}`,
    )
  return rules
}

/** The capacity that a rule group's rules take, or why it cannot be kept. */
export function checkRuleGroup(group: RuleGroupSource, world: World): Outcome<number> {
  return outcome(() => capacityOf(readGroup(group, world), world))
}
