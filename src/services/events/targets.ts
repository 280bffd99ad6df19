import { targetPlace } from '#core/deliveries/index.ts'
import { isPath, transformerProblem } from '#engines/events/index.ts'
import type { Target } from '#models/events.d.ts'
import { refuseHeaders } from './authorization.ts'
import { events, type EventsCall, on } from './declare.ts'
import { type RuleDocument, ruleId, type StoredTarget } from './documents.ts'
import { faults } from './faults.ts'
import { findRule, ruleConditions } from './find.ts'
import { pageOf } from './paging.ts'
import { passRoles } from './pass-role.ts'
import { quotas } from './quotas.ts'

/**
 * Gives a rule targets, in the place of those with the same ids.
 *
 * Faults: ResourceNotFoundException; LimitExceededException; ValidationException for a target to which nothing would be delivered.
 */
export const PutTargets = events('PutTargets', {
  target: ({ Rule, EventBusName }, call) => findRule(call, Rule, EventBusName),
  access: (rule, { Targets }, call) => [
    on('PutTargets', rule, { ...ruleConditions(rule), 'events:TargetArn': Targets.map(({ Arn }) => Arn) }),
    ...passRoles(
      call,
      Targets.map(({ RoleArn }) => RoleArn),
    ),
  ],
  run({ target: rule, input: { Targets }, call }) {
    const targets = new Map(rule.targets.map((target) => [target.Id, target]))
    for (const target of Targets) targets.set(target.Id, readTarget(call, target))
    if (targets.size > quotas.targetsPerRule) throw faults.limit()
    putTargets(call, rule, [...targets.values()])
    return { FailedEntryCount: 0, FailedEntries: [] }
  },
})

/** Takes targets from a rule; an id that it has not fails by itself. Faults: ResourceNotFoundException for the rule. */
export const RemoveTargets = events('RemoveTargets', {
  target: ({ Rule, EventBusName }, call) => findRule(call, Rule, EventBusName),
  access: (rule) => [on('RemoveTargets', rule, ruleConditions(rule))],
  run({ target: rule, input: { Ids }, call }) {
    const gone = new Set(Ids)
    const had = new Set(rule.targets.map(({ Id }) => Id))
    const FailedEntries = [...gone]
      .filter((id) => !had.has(id))
      .map((TargetId) => ({
        TargetId,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Target ${TargetId} does not exist on rule ${rule.name}.`,
      }))
    if (FailedEntries.length < gone.size)
      putTargets(
        call,
        rule,
        rule.targets.filter(({ Id }) => !gone.has(Id)),
      )
    return { FailedEntryCount: FailedEntries.length, FailedEntries }
  },
})

/** Lists a rule's targets by id. Faults: ResourceNotFoundException. */
export const ListTargetsByRule = events('ListTargetsByRule', {
  target: ({ Rule, EventBusName }, call) => findRule(call, Rule, EventBusName),
  access: (rule) => [on('ListTargetsByRule', rule, ruleConditions(rule))],
  run({ target: rule, input: { NextToken, Limit } }) {
    const found = pageOf(rule.targets, ({ Id }) => Id, { NextToken, Limit })
    return { Targets: found.items, NextToken: found.NextToken }
  },
})

function putTargets(call: EventsCall, rule: RuleDocument, targets: readonly StoredTarget[]): void {
  call.rules.put(ruleId(rule.bus, rule.name), { ...rule, targets })
}

const enforced: ReadonlySet<string> = new Set<keyof StoredTarget>([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'SqsParameters',
  'HttpParameters',
  'DeadLetterConfig',
  'RetryPolicy',
])

/** A target as it is kept. What would have no effect is refused. */
function readTarget({ region, partition, account }: EventsCall, target: Target): StoredTarget {
  const { Id, Arn, RoleArn, SqsParameters, DeadLetterConfig } = target
  for (const [name, value] of Object.entries(target))
    if (value !== undefined && !enforced.has(name)) throw faults.unsupported(name)
  const place = targetPlace(Arn)
  if (!place || place.partition !== partition)
    throw faults.invalid('Arn', 'Provided Arn is not in correct format, or names nothing that events go to.')
  if (place.region !== region) throw faults.invalid('Arn', 'A target is in the Region of its rule.')
  const byRole = place.kind === 'api-destination' || (place.kind === 'bus' && place.account === account)
  if (byRole && RoleArn === undefined) throw faults.validation(`RoleArn is required for target ${Arn}.`)
  // It is written to by its name, which would be that of a group of the rule's account.
  if (place.kind === 'log-group' && place.account !== account)
    throw faults.invalid('Arn', 'A log group is one of the account of its rule.')
  // A log group lets EventBridge in by a resource policy; as a role's, the calls would be events that are delivered again.
  if (place.kind === 'log-group' && RoleArn !== undefined) throw faults.unsupported('RoleArn')
  // Another bus gets the event as it is.
  if (place.kind === 'bus') refuseMembers(target, ['Input', 'InputPath', 'InputTransformer'])
  // Nothing could say the message group.
  if (place.kind === 'topic' && place.name.endsWith('.fifo'))
    throw faults.invalid('Arn', 'A FIFO topic is no target.')
  refuseHeaders(Object.keys(target.HttpParameters?.HeaderParameters ?? {}))
  refuseInputs(target)
  if (place.kind !== 'api-destination' && target.HttpParameters !== undefined)
    throw faults.unsupported('HttpParameters')
  if (place.kind !== 'queue' && SqsParameters !== undefined) throw faults.unsupported('SqsParameters')
  if (place.kind === 'queue' && place.name.endsWith('.fifo') && SqsParameters?.MessageGroupId === undefined)
    throw faults.validation(`Parameter(s) SqsParameters must be specified for target: ${Id}.`)
  const deadLetters = DeadLetterConfig?.Arn === undefined ? undefined : targetPlace(DeadLetterConfig.Arn)
  if (DeadLetterConfig?.Arn !== undefined && (deadLetters?.kind !== 'queue' || deadLetters.region !== region))
    throw faults.invalid('DeadLetterConfig.Arn', 'It must be a standard queue of the Region.')
  if (deadLetters?.name.endsWith('.fifo') === true)
    throw faults.invalid('DeadLetterConfig.Arn', 'A FIFO queue takes no dead letters of a rule.')
  return target
}

function refuseMembers(target: Target, names: readonly (keyof Target)[]): void {
  for (const name of names) if (target[name] !== undefined) throw faults.unsupported(name)
}

/** Source: PutTargets's answers. */
function refuseInputs({ Id, Input, InputPath, InputTransformer }: Target): void {
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1)
    throw faults.validation(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    )
  if (Input !== undefined && !isJson(Input))
    throw faults.validation(`JSON syntax error in input for target ${Id}.`)
  if (InputPath !== undefined && !isPath(InputPath))
    throw faults.validation(`Invalid InputPath for target ${Id} : ${InputPath}.`)
  const problem = InputTransformer && transformerProblem(InputTransformer, Id)
  if (problem !== undefined) throw faults.validation(problem)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // SyntaxError: the only thing JSON.parse throws.
  }
}
