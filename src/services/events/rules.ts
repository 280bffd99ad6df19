import { namedTexts, nextAfter, parsePattern, parseSchedule } from '#engines/events/index.ts'
import type { Arn } from '#core/arn.ts'
import type { Conditions } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { PutRuleRequest, Rule } from '#models/events.d.ts'
import { defaultBus } from './arns.ts'
import { events, type EventsCall, on, onAll } from './declare.ts'
import { type RuleDocument, ruleId } from './documents.ts'
import { faults } from './faults.ts'
import { findOwnBus, findRule, ruleConditions } from './find.ts'
import { page, pageOf } from './paging.ts'
import { passRoles } from './pass-role.ts'
import { quotas } from './quotas.ts'
import { tagsOf, withTags } from './tag-list.ts'

/**
 * Makes a rule, or puts another in its place: what is left out is not kept, but targets and tags are.
 *
 * Faults: InvalidEventPatternException; LimitExceededException; ResourceNotFoundException for a bus that is not there;
 * ValidationException for a schedule that is none, or on another bus than the default one.
 */
export const PutRule = events('PutRule', {
  target: ({ Name, EventBusName }, call) => ({
    rule: findOrNamed(call, Name, EventBusName),
    bus: findOwnBus(call, EventBusName),
  }),
  access: ({ rule }, input, call) => [
    {
      ...on('PutRule', rule, {
        ...patternConditions(input.EventPattern),
        'events:creatorAccount': 'createdBy' in rule ? rule.createdBy : undefined,
      }),
      ...(input.Tags && { requestTags: tagsOf(input.Tags) }),
    },
    ...passRoles(call, [input.RoleArn]),
  ],
  run({ target: { rule, bus }, input, call }) {
    const before = 'createdBy' in rule ? rule : undefined
    const busName = bus.bus.name
    if (!before) refuseOverLimit(call, busName)
    const read = readRule(input, busName)
    call.rules.put(ruleId(busName, input.Name), {
      arn: rule.arn,
      name: input.Name,
      bus: busName,
      ...read,
      createdBy: before?.createdBy ?? call.account,
      targets: before?.targets ?? [],
      tags: before?.tags ?? withTags({}, input.Tags),
      dueAtMs: dueAt(read, call.nowMs),
    })
    return { RuleArn: rule.arn }
  },
})

/** Deletes a rule; one that is not there is no error. Faults: ValidationException while it has targets. */
export const DeleteRule = events('DeleteRule', {
  target: ({ Name, EventBusName }, call) => findOrNamed(call, Name, EventBusName),
  access: (rule) => [on('DeleteRule', rule, 'createdBy' in rule ? ruleConditions(rule) : {})],
  run({ target: rule, call }) {
    if (!('createdBy' in rule)) return {}
    if (rule.targets.length > 0) throw faults.validation("Rule can't be deleted since it has targets.")
    call.rules.delete(ruleId(rule.bus, rule.name))
    return {}
  },
})

/** Shows a rule. Faults: ResourceNotFoundException. */
export const DescribeRule = events('DescribeRule', {
  target: ({ Name, EventBusName }, call) => findRule(call, Name, EventBusName),
  access: (rule) => [on('DescribeRule', rule, ruleConditions(rule))],
  run: ({ target: rule }) => ({ ...shown(rule), CreatedBy: rule.createdBy }),
})

/** A rule's schedule counts from here on. Faults: ResourceNotFoundException. */
export const EnableRule = events('EnableRule', {
  target: ({ Name, EventBusName }, call) => findRule(call, Name, EventBusName),
  access: (rule) => [on('EnableRule', rule, ruleConditions(rule))],
  run({ target: rule, call }) {
    putState(call, rule, 'ENABLED')
    return {}
  },
})

/** Faults: ResourceNotFoundException. */
export const DisableRule = events('DisableRule', {
  target: ({ Name, EventBusName }, call) => findRule(call, Name, EventBusName),
  access: (rule) => [on('DisableRule', rule, ruleConditions(rule))],
  run({ target: rule, call }) {
    putState(call, rule, 'DISABLED')
    return {}
  },
})

/** Lists the rules of a bus by name. Faults: ResourceNotFoundException for a bus that is not there. */
export const ListRules = events('ListRules', {
  target: ({ EventBusName }, call) => ({ bus: findOwnBus(call, EventBusName) }),
  access: () => onAll('ListRules'),
  run({ target: { bus }, input: { NamePrefix = '', NextToken, Limit }, call }) {
    const prefix = ruleId(bus.bus.name, NamePrefix)
    const found = page(call.rules, { NextToken, Limit, prefix, where: (rule) => rule.bus === bus.bus.name })
    return { Rules: found.items.map(shown), NextToken: found.NextToken }
  },
})

/** Lists the rules of a bus that have a target. Faults: ResourceNotFoundException for a bus that is not there. */
export const ListRuleNamesByTarget = events('ListRuleNamesByTarget', {
  target: ({ EventBusName }, call) => ({ bus: findOwnBus(call, EventBusName) }),
  access: () => onAll('ListRuleNamesByTarget'),
  run({ target: { bus }, input: { TargetArn, NextToken, Limit }, call }) {
    const names = call.rules
      .find('target', TargetArn, { where: (rule) => rule.bus === bus.bus.name })
      .map(({ document }) => document.name)
    const found = pageOf(names, (name) => name, { NextToken, Limit })
    return { RuleNames: found.items, NextToken: found.NextToken }
  },
})

/** When a rule's schedule is due next. */
export function dueAt(
  { scheduleExpression, state }: Pick<RuleDocument, 'scheduleExpression' | 'state'>,
  afterMs: number,
): number | undefined {
  if (scheduleExpression === undefined || state === 'DISABLED') return undefined
  const read = parseSchedule(scheduleExpression)
  return read.ok ? nextAfter(read.schedule, afterMs) : undefined
}

/** A rule, or what its ARN would be. */
function findOrNamed(
  call: EventsCall,
  name: string,
  bus: string | undefined,
): RuleDocument | { readonly arn: Arn } {
  const found = findRule(call, name, bus)
  return found instanceof Missing ? { arn: found.arn } : found
}

function readRule(input: PutRuleRequest, bus: string) {
  const { EventPattern, ScheduleExpression, State = 'ENABLED', Description, RoleArn } = input
  if (EventPattern === undefined && ScheduleExpression === undefined)
    throw faults.validation('Parameter(s) EventPattern or ScheduleExpression must be specified.')
  if (ScheduleExpression !== undefined) {
    if (bus !== defaultBus)
      throw faults.validation('ScheduleExpression is supported only on the default event bus.')
    const read = parseSchedule(ScheduleExpression)
    if (!read.ok) throw faults.validation(read.reason)
    if (read.schedule.kind === 'at') throw faults.validation('Parameter ScheduleExpression is not valid.')
  }
  if (EventPattern !== undefined) {
    const read = parsePattern(EventPattern)
    if (!read.ok) throw faults.pattern(read.reason)
  }
  return {
    state: State,
    eventPattern: EventPattern,
    scheduleExpression: ScheduleExpression,
    description: Description,
    roleArn: RoleArn,
  }
}

function refuseOverLimit(call: EventsCall, bus: string): void {
  if (!call.rules.hasRoomUnder('bus', bus, quotas.rulesPerBus)) throw faults.limit()
}

function putState(call: EventsCall, rule: RuleDocument, state: RuleDocument['state']): void {
  const after = { ...rule, state }
  call.rules.put(ruleId(rule.bus, rule.name), { ...after, dueAtMs: dueAt(after, call.nowMs) })
}

/**
 * What a pattern asks of these fields, where it names values, whichever way its `$or`s lead: a pattern that asks for more than these values
 * (a prefix) is none that a policy on values lets through. Source: EventBridge User Guide, "Using IAM policy conditions".
 */
function patternConditions(text: string | undefined): Conditions {
  const read = text === undefined ? undefined : parsePattern(text)
  if (read?.ok !== true) return {} // `run` refuses what is none.
  const texts = (...path: readonly string[]) => namedTexts(read.pattern, path)
  return {
    'events:source': texts('source'),
    'events:detail-type': texts('detail-type'),
    'events:detail.service': texts('detail', 'service'),
    'events:detail.eventTypeCode': texts('detail', 'eventTypeCode'),
    'events:detail.userIdentity.principalId': texts('detail', 'userIdentity', 'principalId'),
  }
}

function shown(rule: RuleDocument): Rule {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.eventPattern,
    State: rule.state,
    Description: rule.description,
    ScheduleExpression: rule.scheduleExpression,
    RoleArn: rule.roleArn,
    EventBusName: rule.bus,
  }
}
