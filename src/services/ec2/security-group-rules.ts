import type { Call } from '#core/call.ts'
import type { Access } from '#core/operation.ts'
import type { Missing } from '#core/resource.ts'
import type { TagSpecification } from '#models/ec2.d.ts'
import { creation, listing, on } from './access.ts'
import { ec2 } from './declare.ts'
import type { Rule, SecurityGroup } from './documents.ts'
import { faults } from './faults.ts'
import { compileFilters, filterTable } from './filters.ts'
import { newId } from './ids.ts'
import { allOf, keptGroups, save } from './network.ts'
import { named } from './named-ids.ts'
import { page } from './paging.ts'
import { type PermissionRequest, trafficKey, trafficOf } from './permissions.ts'
import { quotas } from './quotas.ts'
import { findGroup } from './security-groups.ts'
import { revokedRule, ruleText, shownRule } from './shown-rules.ts'
import { creationTags, specified } from './tag-list.ts'

/** Lets more into what has the group. Faults: InvalidPermission.Duplicate; those of `trafficOf`. All rules or none. */
export const AuthorizeSecurityGroupIngress = ec2('AuthorizeSecurityGroupIngress', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, { TagSpecifications }, call) => authorizing(call, group, TagSpecifications),
  run: ({ target: { group }, input, call }) => authorized(call, group, false, input),
})

/** Lets more out. Differs: nothing here sends from a group; the rules are kept and shown, and what leaves is not filtered. */
export const AuthorizeSecurityGroupEgress = ec2('AuthorizeSecurityGroupEgress', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, { TagSpecifications }, call) => authorizing(call, group, TagSpecifications),
  run: ({ target: { group }, input, call }) => authorized(call, group, true, input),
})

/** Takes rules away that let something in. Faults: InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound. */
export const RevokeSecurityGroupIngress = ec2('RevokeSecurityGroupIngress', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, _, call) => [on(call, 'ec2:RevokeSecurityGroupIngress', 'security-group', group)],
  run: ({ target: { group }, input, call }) => revoked(call, group, false, input),
})

/** Takes rules away that let something out. */
export const RevokeSecurityGroupEgress = ec2('RevokeSecurityGroupEgress', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, _, call) => [on(call, 'ec2:RevokeSecurityGroupEgress', 'security-group', group)],
  run: ({ target: { group }, input, call }) => revoked(call, group, true, input),
})

interface RuleOfGroup {
  readonly group: SecurityGroup
  readonly rule: Rule
}

const filters = filterTable<RuleOfGroup>({
  'group-id': ({ group }) => group.groupId,
  'security-group-rule-id': ({ rule }) => rule.ruleId,
})

/** Lists rules, sorted by id. */
export const DescribeSecurityGroupRules = ec2('DescribeSecurityGroupRules', {
  access: (_, __, call) => listing(call, 'ec2:DescribeSecurityGroupRules'),
  run({ input, call }) {
    const { SecurityGroupRuleIds: ids } = input
    const idOf = ({ rule }: RuleOfGroup) => rule.ruleId
    const all = named(rulesOf(call), ids, idOf, faults.noSuchRuleId)
    const holds = compileFilters(filters, input.Filters, ({ rule }) => rule.tags)
    const { items, ...next } = page(input, all.filter(holds), idOf, ids)
    return { SecurityGroupRules: items.map(({ group, rule }) => shownRule(call, group, rule)), ...next }
  },
})

/** Every rule of the account in the region. */
export function rulesOf(call: Call): readonly RuleOfGroup[] {
  return allOf(call.tx, call, keptGroups).flatMap((group) => group.rules.map((rule) => ({ group, rule })))
}

function authorizing(
  call: Call,
  group: SecurityGroup | Missing,
  specifications: readonly TagSpecification[] | undefined,
): readonly Access[] {
  const change = on(call, `ec2:${call.operation}`, 'security-group', group)
  if (specified(specifications).length === 0) return [change]
  return [change, ...creation(call, 'security-group-rule', specifications)]
}

function authorized(
  call: Call,
  group: SecurityGroup,
  egress: boolean,
  input: PermissionRequest & { readonly TagSpecifications?: readonly TagSpecification[] | undefined },
) {
  const wanted = trafficOf(call, group, egress, input)
  const present = new Set(group.rules.map(trafficKey))
  const tags = creationTags('security-group-rule', input.TagSpecifications)
  const added = wanted.map((traffic): Rule => {
    if (present.has(trafficKey(traffic))) throw faults.ruleExists(ruleText(traffic))
    return { ...traffic, ruleId: newId('sgr', call.randomBytes), tags }
  })
  const rules = [...group.rules, ...added]
  requireRoom(rules.filter((rule) => rule.egress === egress))
  save(call, keptGroups, { ...group, rules })
  return { Return: true, SecurityGroupRules: added.map((rule) => shownRule(call, group, rule)) }
}

/** Refuses more rules of one direction than a group may have: one that names a group counts for IPv4 and for IPv6. Source: VPC User Guide, "Amazon VPC quotas", security groups. */
export function requireRoom(rules: readonly Rule[]): void {
  for (const kind of ['ipv4', 'ipv6'] as const) {
    const count = rules.filter(({ peer }) => peer.kind === kind || peer.kind === 'group').length
    if (count > quotas.rulesPerGroup) throw faults.ruleLimit()
  }
}

function revoked(
  call: Call,
  group: SecurityGroup,
  egress: boolean,
  input: PermissionRequest & { readonly SecurityGroupRuleIds?: readonly string[] | undefined },
) {
  const leaving = leavingRules(call, group, egress, input)
  save(call, keptGroups, { ...group, rules: group.rules.filter((rule) => !leaving.includes(rule)) })
  return { Return: true, RevokedSecurityGroupRules: leaving.map((rule) => revokedRule(group, rule)) }
}

function leavingRules(
  call: Call,
  group: SecurityGroup,
  egress: boolean,
  {
    SecurityGroupRuleIds: ids = [],
    ...permissions
  }: PermissionRequest & { readonly SecurityGroupRuleIds?: readonly string[] | undefined },
): readonly Rule[] {
  const ofDirection = group.rules.filter((rule) => rule.egress === egress)
  if (ids.length > 0) {
    if (permissions.IpPermissions !== undefined || permissions.CidrIp !== undefined)
      throw faults.combination('Give either securityGroupRuleIds or ipPermissions')
    return [...new Set(ids)].map((id) => {
      const rule = ofDirection.find(({ ruleId }) => ruleId === id)
      if (!rule) throw faults.noSuchRuleId(id)
      return rule
    })
  }
  return trafficOf(call, group, egress, permissions).map((traffic) => {
    const key = trafficKey(traffic)
    const rule = ofDirection.find((each) => trafficKey(each) === key)
    if (!rule) throw faults.noSuchRule()
    return rule
  })
}
