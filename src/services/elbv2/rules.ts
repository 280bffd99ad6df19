import { Missing } from '#core/resource.ts'
import type { Rule } from '#models/elbv2.d.ts'
import { actionsShown, readActions } from './actions.ts'
import { elbArn, newId } from './arns.ts'
import { conditionsShown, readConditions, readTransforms, transformsShown } from './conditions.ts'
import { creationAccess } from './creation.ts'
import { type Elbv2Call, elbv2, on, onAll } from './declare.ts'
import type { RuleDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findListener, findRule, rulesOf, rulesOfLoadBalancer } from './find.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { withTags } from './tag-list.ts'

/** Source: ELBv2 API Reference, RulePriority. */
const priorityMax = 50_000

/** Makes a rule. Faults: PriorityInUse; TooManyRules; ValidationError; those of actions. */
export const CreateRule = elbv2('CreateRule', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: (target, { Tags }, call) =>
    creationAccess(
      'CreateRule',
      target,
      elbArn(call, 'listener-rule', `${target.arn.slice(target.arn.indexOf('app/'))}/*`),
      Tags,
    ),
  run({ target: listener, input, call }) {
    const { Priority: priority } = input
    requireFree(rulesOf(call, listener.arn), [priority])
    const custom = rulesOfLoadBalancer(call, listener.loadBalancerArn).filter(
      (rule) => rule.priority !== 'default',
    )
    if (custom.length >= quotas.rulesPerLoadBalancer) throw faults.tooMany.rules()
    const id = `${listener.id}/${newId(call)}`
    const rule: RuleDocument = {
      id,
      arn: elbArn(call, 'listener-rule', id),
      loadBalancerArn: listener.loadBalancerArn,
      listenerArn: listener.arn,
      priority,
      conditions: readConditions(input.Conditions),
      actions: readActions(call, input.Actions, { ruleId: id, listener }),
      transforms: readTransforms(input.Transforms),
      tags: withTags({}, input.Tags),
      createdAtMs: call.nowMs,
    }
    call.rules.put(id, rule)
    return { Rules: [shown(rule)] }
  },
})

/** Shows the rules of a listener, by priority, or those that are named. */
export const DescribeRules = elbv2('DescribeRules', {
  access: () => onAll('DescribeRules'),
  run({ input, call }) {
    const rules = chosen(call, input)
    if (input.PageSize === undefined && input.Marker === undefined) return { Rules: rules.map(shown) }
    const { items, ...next } = page(rules, ({ arn }) => arn, input)
    return { Rules: items.map(shown), ...next }
  },
})

/** Replaces what is named of a rule. Faults: those of CreateRule. */
export const ModifyRule = elbv2('ModifyRule', {
  target: ({ RuleArn }, call) => findRule(call, RuleArn),
  access: (target) => [on('ModifyRule', target)],
  run({ target, input, call }) {
    const listener = findListener(call, target.listenerArn)
    if (listener instanceof Missing) throw listener.fault
    if (target.priority === 'default' && input.Conditions !== undefined)
      throw faults.validation('A default rule has no conditions')
    const { Transforms = [], ResetTransforms } = input
    if (target.priority === 'default' && Transforms.length > 0)
      throw faults.validation('A default rule has no transforms')
    if (Transforms.length > 0 && ResetTransforms === true)
      throw faults.validation('Transforms cannot be given and reset at the same time')
    const after = {
      ...target,
      ...(input.Conditions && { conditions: readConditions(input.Conditions) }),
      ...(input.Actions && {
        actions: readActions(call, input.Actions, { ruleId: target.id, listener, before: target.actions }),
      }),
      ...(input.Transforms && { transforms: readTransforms(input.Transforms) }),
      ...(ResetTransforms === true && { transforms: [] }),
    }
    call.rules.put(target.id, after)
    return { Rules: [shown(after)] }
  },
})

/** Deletes a rule. Faults: OperationNotPermitted for a default one. */
export const DeleteRule = elbv2('DeleteRule', {
  target: ({ RuleArn }, call) => findRule(call, RuleArn),
  access: (target) => [on('DeleteRule', target)],
  run({ target, call }) {
    if (target.priority === 'default') throw faults.defaultRule()
    call.rules.delete(target.id)
    return {}
  },
})

/** Gives rules other priorities, all at once. Faults: PriorityInUse; OperationNotPermitted for a default one. */
export const SetRulePriorities = elbv2('SetRulePriorities', {
  target({ RulePriorities }, call) {
    if (RulePriorities.length === 0) throw faults.validation('At least one rule priority must be specified')
    return Object.fromEntries(RulePriorities.map(({ RuleArn = '' }) => [RuleArn, findRule(call, RuleArn)]))
  },
  // The service reference lists no condition keys of this action, nor of what it acts on beside the ARN.
  access: (targets) =>
    Object.values(targets).map(({ arn }) => ({
      action: 'elasticloadbalancing:SetRulePriorities',
      resource: { arn },
    })),
  run({ target: targets, input, call }) {
    const wanted = new Map(input.RulePriorities.map(({ RuleArn = '', Priority = 0 }) => [RuleArn, Priority]))
    const moved = Object.values(targets)
    if (moved.some(({ priority }) => priority === 'default')) throw faults.defaultRule()
    const [first] = moved
    if (first === undefined || moved.some(({ listenerArn }) => listenerArn !== first.listenerArn))
      throw faults.validation('All rules must belong to one listener')
    const others = rulesOf(call, first.listenerArn).filter(({ arn }) => !wanted.has(arn))
    requireFree(others, [...wanted.values()])
    const after = moved.map((rule) => ({ ...rule, priority: wanted.get(rule.arn) ?? rule.priority }))
    for (const rule of after) call.rules.put(rule.id, rule)
    return { Rules: after.map(shown) }
  },
})

function requireFree(others: readonly RuleDocument[], wanted: readonly number[]): void {
  for (const [index, priority] of wanted.entries()) {
    if (priority < 1 || priority > priorityMax)
      throw faults.validation(`Priority '${priority}' must be from 1 to ${priorityMax}`)
    if (wanted.indexOf(priority) !== index || others.some((rule) => rule.priority === priority))
      throw faults.priorityInUse(priority)
  }
}

function chosen(
  call: Elbv2Call,
  { ListenerArn, RuleArns }: { ListenerArn?: string | undefined; RuleArns?: readonly string[] | undefined },
): readonly RuleDocument[] {
  if (RuleArns !== undefined)
    return RuleArns.map((arn) => {
      const rule = findRule(call, arn)
      if (rule instanceof Missing) throw rule.fault
      return rule
    })
  if (ListenerArn === undefined) throw faults.validation('A listener ARN or rule ARNs must be specified')
  const listener = findListener(call, ListenerArn)
  if (listener instanceof Missing) throw listener.fault
  return rulesOf(call, listener.arn)
}

function shown({ arn, priority, conditions, actions, transforms }: RuleDocument): Rule {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: conditionsShown(conditions),
    Actions: actionsShown(actions),
    IsDefault: priority === 'default',
    Transforms: transformsShown(transforms),
  }
}
