import type { Call } from '#core/call.ts'
import type { Tags } from '#core/caller.ts'
import type { Fault } from '#core/fault.ts'
import { Missing } from '#core/resource.ts'
import type { Tag, TagDescription } from '#models/ec2.d.ts'
import { ec2Arn, listing, on } from './access.ts'
import { ec2 } from './declare.ts'
import type { FlowLog, Kind, Rule, SecurityGroup, Subnet, Vpc } from './documents.ts'
import { faults } from './faults.ts'
import { compileFilters, filterTable } from './filters.ts'
import { allOf, byId, keptFlowLogs, keptGroups, keptSubnets, keptVpcs, save } from './network.ts'
import { namedIds } from './named-ids.ts'
import { page } from './paging.ts'
import { rulesOf } from './security-group-rules.ts'
import { requestTags, withTags } from './tag-list.ts'

/** Sets tags of several things: of all or of none. */
export const CreateTags = ec2('CreateTags', {
  target: ({ Resources }, call) => namedIds(Resources, 'resourceIdSet').map((id) => findTagged(call, id)),
  access: (targets, { Tags }, call) =>
    targets.map((target) => accessTo(call, 'ec2:CreateTags', target, { requestTags: requestTags(Tags) })),
  run({ input: { Resources, Tags }, call }) {
    for (const id of Resources) retag(call, id, (tags) => withTags(tags, Tags))
    return {}
  },
})

/** Removes tags: those named, those named that have the value given beside, or all where none is named. */
export const DeleteTags = ec2('DeleteTags', {
  target: ({ Resources }, call) => namedIds(Resources, 'resourceIdSet').map((id) => findTagged(call, id)),
  access: (targets, { Tags = [] }, call) => {
    const tagKeys = Tags.map(({ Key = '' }) => Key)
    return targets.map((target) =>
      accessTo(call, 'ec2:DeleteTags', target, { tagKeys, requestTags: requestTags(Tags) }),
    )
  },
  run({ input: { Resources, Tags }, call }) {
    for (const id of Resources) retag(call, id, (tags) => withoutTags(tags, Tags))
    return {}
  },
})

interface TagOfResource {
  readonly key: string
  readonly value: string
  readonly kind: Kind
  readonly id: string
}

const filters = filterTable<TagOfResource>({
  key: ({ key }) => key,
  value: ({ value }) => value,
  'resource-id': ({ id }) => id,
  'resource-type': ({ kind }) => kind,
})

/** Lists the tags of everything, sorted by thing and key. */
export const DescribeTags = ec2('DescribeTags', {
  access: (_, __, call) => listing(call, 'ec2:DescribeTags'),
  run({ input, call }) {
    const all = tagged(call).flatMap(({ kind, id, tags }) =>
      Object.entries(tags).map(([key, value]) => ({ key, value, kind, id })),
    )
    const placeOf = ({ id, key }: TagOfResource) => `${id} ${key}`
    const sorted = all.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    const holds = compileFilters(filters, input.Filters, ({ key, value }) => ({ [key]: value }))
    const { items, ...next } = page(input, sorted.filter(holds), placeOf)
    return {
      Tags: items.map(({ key, value, kind, id }): TagDescription => ({
        Key: key,
        Value: value,
        ResourceId: id,
        ResourceType: kind,
      })),
      ...next,
    }
  },
})

type Tagged =
  | { readonly kind: 'vpc'; readonly id: string; readonly tags: Tags; readonly document: Vpc }
  | { readonly kind: 'subnet'; readonly id: string; readonly tags: Tags; readonly document: Subnet }
  | {
      readonly kind: 'security-group'
      readonly id: string
      readonly tags: Tags
      readonly document: SecurityGroup
    }
  | {
      readonly kind: 'security-group-rule'
      readonly id: string
      readonly tags: Tags
      readonly document: Rule
      readonly group: SecurityGroup
    }
  | { readonly kind: 'vpc-flow-log'; readonly id: string; readonly tags: Tags; readonly document: FlowLog }

/** Everything that has tags. */
function tagged(call: Call): readonly Tagged[] {
  const { tx } = call
  return [
    ...allOf(tx, call, keptVpcs).map(taggedVpc),
    ...allOf(tx, call, keptSubnets).map(taggedSubnet),
    ...allOf(tx, call, keptGroups).map(taggedGroup),
    ...rulesOf(call).map(({ group, rule }) => taggedRule(group, rule)),
    ...allOf(tx, call, keptFlowLogs).map(taggedFlowLog),
  ]
}

const taggedVpc = (document: Vpc) =>
  ({ kind: 'vpc', id: document.vpcId, tags: document.tags, document }) as const
const taggedSubnet = (document: Subnet) =>
  ({ kind: 'subnet', id: document.subnetId, tags: document.tags, document }) as const
const taggedGroup = (document: SecurityGroup) =>
  ({ kind: 'security-group', id: document.groupId, tags: document.tags, document }) as const
const taggedRule = (group: SecurityGroup, document: Rule) =>
  ({ kind: 'security-group-rule', id: document.ruleId, tags: document.tags, document, group }) as const

const taggedFlowLog = (document: FlowLog) =>
  ({ kind: 'vpc-flow-log', id: document.flowLogId, tags: document.tags, document }) as const

/** What ids begin with, the kind that it means, and what is said where there is none of that id. */
const prefixes: readonly (readonly [prefix: string, kind: Kind, missing: (id: string) => Fault])[] = [
  ['vpc-', 'vpc', faults.noSuchVpc],
  ['subnet-', 'subnet', faults.noSuchSubnet],
  ['sg-', 'security-group', faults.noSuchGroup],
  ['sgr-', 'security-group-rule', faults.noSuchRuleId],
  ['fl-', 'vpc-flow-log', faults.noSuchFlowLog],
]

function findTagged(call: Call, id: string): Tagged | Missing {
  const known = prefixes.find(([prefix]) => id.startsWith(prefix))
  if (!known) throw faults.invalidId(id) // No id that can exist: saying so tells nothing.
  const [, kind, missing] = known
  return lookUp(call, kind, id) ?? new Missing(ec2Arn(call, kind, id), missing(id))
}

function lookUp(call: Call, kind: Kind, id: string): Tagged | undefined {
  const { tx } = call
  switch (kind) {
    case 'vpc': {
      const found = byId(tx, call, keptVpcs, id)
      return found && taggedVpc(found)
    }
    case 'subnet': {
      const found = byId(tx, call, keptSubnets, id)
      return found && taggedSubnet(found)
    }
    case 'security-group': {
      const found = byId(tx, call, keptGroups, id)
      return found && taggedGroup(found)
    }
    case 'security-group-rule': {
      const group = byId(tx, call, keptGroups, groupsOfRules(call).get(id) ?? '')
      const rule = group?.rules.find(({ ruleId }) => ruleId === id)
      return group && rule && taggedRule(group, rule)
    }
    case 'vpc-flow-log': {
      const found = byId(tx, call, keptFlowLogs, id)
      return found && taggedFlowLog(found)
    }
  }
}

const knownGroups = new WeakMap<Call['tx'], ReadonlyMap<string, string>>()

/** The group of each rule, gathered once a call: tagging moves no rule. */
function groupsOfRules(call: Call): ReadonlyMap<string, string> {
  const known = knownGroups.get(call.tx)
  if (known) return known
  const groups = new Map(rulesOf(call).map(({ group, rule }) => [rule.ruleId, group.groupId]))
  knownGroups.set(call.tx, groups)
  return groups
}

/** Puts other tags on a thing, as it is now: two ids of one call may be a group and its rule. */
function retag(call: Call, id: string, change: (tags: Tags) => Tags): void {
  const target = findTagged(call, id)
  if (target instanceof Missing) throw target.fault
  const tags = change(target.tags)
  switch (target.kind) {
    case 'vpc':
      save(call, keptVpcs, { ...target.document, tags })
      return
    case 'subnet':
      save(call, keptSubnets, { ...target.document, tags })
      return
    case 'security-group':
      save(call, keptGroups, { ...target.document, tags })
      return
    case 'vpc-flow-log':
      save(call, keptFlowLogs, { ...target.document, tags })
      return
    case 'security-group-rule': {
      const { group, document } = target
      const rules = group.rules.map((rule) => (rule === document ? { ...rule, tags } : rule))
      save(call, keptGroups, { ...group, rules })
    }
  }
}

function accessTo(call: Call, action: string, target: Tagged | Missing, more: Parameters<typeof on>[4]) {
  if (target instanceof Missing) return on(call, action, 'vpc', target, more)
  switch (target.kind) {
    case 'vpc':
      return on(call, action, 'vpc', target.document, more)
    case 'subnet':
      return on(call, action, 'subnet', target.document, more)
    case 'security-group':
      return on(call, action, 'security-group', target.document, more)
    case 'security-group-rule':
      return on(call, action, 'security-group-rule', target.document, more)
    case 'vpc-flow-log':
      return on(call, action, 'vpc-flow-log', target.document, more)
  }
}

function withoutTags(tags: Tags, named: readonly Tag[] | undefined): Tags {
  if (named === undefined || named.length === 0) return {}
  const leaving = (key: string, value: string) =>
    named.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value))
  return Object.fromEntries(Object.entries(tags).filter(([key, value]) => !leaving(key, value)))
}
