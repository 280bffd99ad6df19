import type { CreateRuleGroupRequest, UpdateRuleGroupRequest } from '#models/wafv2.d.ts'
import { checkGroup, checkUsers } from './compile.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import type { Entity, RuleGroupDocument } from './documents.ts'
import {
  creationAccess,
  find,
  findEither,
  newEntity,
  put,
  ruleGroup,
  summaryOf,
  updated,
} from './entities.ts'
import { deletion, listing } from './entity-operations.ts'
import { faults } from './faults.ts'
import { sharedGroup } from './group-policy.ts'
import { availableLabels, consumedLabels } from './labels.ts'
import { quotas } from './quotas.ts'
import { referenceAccess, storedReferences } from './references.ts'
import { restored, storable } from './stored-rules.ts'
import { requestTags } from './tag-list.ts'
import { labelNamespace } from './world.ts'

const create = 'wafv2:CreateRuleGroup'
const update = 'wafv2:UpdateRuleGroup'

/** Creates a rule group with the capacity that it keeps. Its rules must compile and fit. */
export const CreateRuleGroup = wafv2('CreateRuleGroup', {
  access: (_, input, call) => [
    ...creationAccess(call, create, ruleGroup, input),
    ...referenceAccess(call, { action: create, requestTags: requestTags(input.Tags) }, input.Rules),
  ],
  run({ input, call }) {
    if (input.Capacity > quotas.ruleGroupCapacity) throw faults.limit('RULE_GROUP_CAPACITY')
    const group = {
      ...newEntity(call, ruleGroup, input),
      capacity: input.Capacity,
      ...contents(call, input),
    }
    save(call, group)
    return { Summary: summaryOf(group) }
  },
})

/** Shows a rule group; another account's where its permission policy allows. */
export const GetRuleGroup = wafv2('GetRuleGroup', {
  target: (input, call) => findEither(call, ruleGroup, input),
  access: (group) => [
    { action: 'wafv2:GetRuleGroup', resource: 'capacity' in group ? sharedGroup(group) : group },
  ],
  run({ target: group }) {
    const rules = restored(group.rules)
    return {
      RuleGroup: {
        Name: group.name,
        Id: group.id,
        ARN: group.arn,
        Capacity: group.capacity,
        Description: group.description,
        Rules: rules,
        VisibilityConfig: group.visibility,
        LabelNamespace: labelNamespace(group),
        CustomResponseBodies: group.bodies,
        AvailableLabels: availableLabels(rules, labelNamespace(group)),
        ConsumedLabels: consumedLabels(rules, labelNamespace(group)),
      },
      LockToken: group.lockToken,
    }
  },
})

/**
 * Replaces a rule group's rules. They must fit the capacity that it was made with, and no web ACL that uses it may break.
 * Faults: WAFOptimisticLockException; those of CreateRuleGroup.
 */
export const UpdateRuleGroup = wafv2('UpdateRuleGroup', {
  target: (input, call) => find(call, ruleGroup, input),
  access: (group, input, call) => [
    { action: update, resource: group },
    ...referenceAccess(call, { action: update }, input.Rules),
  ],
  run({ target, input, call }) {
    const group = { ...updated(call, target, input), ...contents(call, input) }
    save(call, group)
    checkUsers(call, group)
    return { NextLockToken: group.lockToken }
  },
})

/** Deletes a rule group that no web ACL, of any account, refers to. */
export const DeleteRuleGroup = deletion('DeleteRuleGroup', ruleGroup)

/** Lists the rule groups of a scope. */
export const ListRuleGroups = listing('ListRuleGroups', ruleGroup)

function contents(
  call: Wafv2Call,
  {
    Rules = [],
    VisibilityConfig: visibility,
    CustomResponseBodies: bodies,
    MonetizationConfig,
  }: CreateRuleGroupRequest | UpdateRuleGroupRequest,
): Omit<RuleGroupDocument, keyof Entity | 'capacity' | 'permissionPolicy'> {
  if (MonetizationConfig !== undefined) throw faults.payments()
  return { rules: storable(Rules), references: storedReferences(call, Rules), visibility, bodies }
}

function save(call: Wafv2Call, group: RuleGroupDocument): void {
  checkGroup(call, group)
  put(call, ruleGroup, group)
}
