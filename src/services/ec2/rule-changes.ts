import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { SecurityGroupRuleRequest } from '#models/ec2.d.ts'
import { ec2Arn, on } from './access.ts'
import { ec2 } from './declare.ts'
import type { Rule, SecurityGroup } from './documents.ts'
import { faults } from './faults.ts'
import { keptGroups, save } from './network.ts'
import { type PermissionRequest, trafficKey, trafficOf } from './permissions.ts'
import { requireRoom } from './security-group-rules.ts'
import { findGroup } from './security-groups.ts'
import { ruleText } from './shown-rules.ts'
import { descriptionForm } from './texts.ts'

/**
 * Puts other traffic in the place of rules, which keep their ids, directions and tags. All of them or none.
 * Faults: InvalidSecurityGroupRuleId.NotFound; InvalidPermission.Duplicate; those of `trafficOf`.
 */
export const ModifySecurityGroupRules = ec2('ModifySecurityGroupRules', {
  target({ GroupId, SecurityGroupRules }, call) {
    const group = findGroup(call, { GroupId })
    const rules = SecurityGroupRules.map(({ SecurityGroupRuleId }) =>
      findRule(call, group, SecurityGroupRuleId),
    )
    return { group, rules }
  },
  access: ({ group, rules }, _, call) => [
    on(call, 'ec2:ModifySecurityGroupRules', 'security-group', group),
    ...rules.map((rule) => on(call, 'ec2:ModifySecurityGroupRules', 'security-group-rule', rule)),
  ],
  run({ target: { group }, input: { SecurityGroupRules }, call }) {
    const changes = new Map<string, Rule>()
    for (const { SecurityGroupRuleId: id, SecurityGroupRule: wanted } of SecurityGroupRules) {
      if (wanted === undefined) throw faults.missingParameter('securityGroupRule')
      const rule = group.rules.find(({ ruleId }) => ruleId === id)
      if (!rule) throw faults.noSuchRuleId(id)
      if (changes.has(id)) throw faults.repeatedRule()
      const [traffic] = trafficOf(call, group, rule.egress, permissionOf(wanted))
      if (traffic) changes.set(id, { ...traffic, ruleId: id, tags: rule.tags })
    }
    const rules = group.rules.map((rule) => changes.get(rule.ruleId) ?? rule)
    const seen = new Set<string>()
    for (const rule of rules) {
      const key = trafficKey(rule)
      if (seen.has(key)) throw faults.ruleExists(ruleText(rule))
      seen.add(key)
    }
    for (const egress of [false, true]) requireRoom(rules.filter((rule) => rule.egress === egress))
    save(call, keptGroups, { ...group, rules })
    return { Return: true }
  },
})

/** Sets descriptions of rules that let something in; an empty one takes the description away. */
export const UpdateSecurityGroupRuleDescriptionsIngress = ec2('UpdateSecurityGroupRuleDescriptionsIngress', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, _, call) => [
    on(call, 'ec2:UpdateSecurityGroupRuleDescriptionsIngress', 'security-group', group),
  ],
  run: ({ target: { group }, input, call }) => described(call, group, false, input),
})

/** Sets descriptions of rules that let something out. */
export const UpdateSecurityGroupRuleDescriptionsEgress = ec2('UpdateSecurityGroupRuleDescriptionsEgress', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, _, call) => [
    on(call, 'ec2:UpdateSecurityGroupRuleDescriptionsEgress', 'security-group', group),
  ],
  run: ({ target: { group }, input, call }) => described(call, group, true, input),
})

interface DescriptionRequest extends Pick<PermissionRequest, 'IpPermissions'> {
  readonly SecurityGroupRuleDescriptions?:
    | readonly {
        readonly SecurityGroupRuleId?: string | undefined
        readonly Description?: string | undefined
      }[]
    | undefined
}

function described(
  call: Call,
  group: SecurityGroup,
  egress: boolean,
  { IpPermissions, SecurityGroupRuleDescriptions = [] }: DescriptionRequest,
) {
  const byId = new Map<string, string | undefined>()
  const ofDirection = group.rules.filter((rule) => rule.egress === egress)
  for (const { SecurityGroupRuleId: id = '', Description } of SecurityGroupRuleDescriptions) {
    if (!ofDirection.some(({ ruleId }) => ruleId === id)) throw faults.noSuchRuleId(id)
    if (Description !== undefined && !descriptionForm.test(Description)) throw faults.ruleDescriptionForm()
    byId.set(id, Description)
  }
  if (byId.size > 0 && IpPermissions !== undefined)
    throw faults.combination('Give either securityGroupRuleDescriptions or ipPermissions')
  if (byId.size === 0)
    for (const traffic of trafficOf(call, group, egress, { IpPermissions })) {
      const rule = ofDirection.find((each) => trafficKey(each) === trafficKey(traffic))
      if (!rule) throw faults.noSuchRule()
      byId.set(rule.ruleId, traffic.description)
    }
  const rules = group.rules.map((rule) => {
    if (!byId.has(rule.ruleId)) return rule
    const { description: _, ...bare } = rule
    const description = byId.get(rule.ruleId)
    return description === undefined || description === '' ? bare : { ...bare, description }
  })
  save(call, keptGroups, { ...group, rules })
  return { Return: true }
}

function findRule(call: Call, group: SecurityGroup | Missing, id: string): Rule | Missing {
  const found = group instanceof Missing ? undefined : group.rules.find(({ ruleId }) => ruleId === id)
  return found ?? new Missing(ec2Arn(call, 'security-group-rule', id), faults.noSuchRuleId(id))
}

function permissionOf(wanted: SecurityGroupRuleRequest): PermissionRequest {
  const { CidrIpv4, CidrIpv6, ReferencedGroupId, PrefixListId, Description } = wanted
  const peers = [CidrIpv4, CidrIpv6, ReferencedGroupId, PrefixListId].filter((peer) => peer !== undefined)
  if (peers.length > 1) throw faults.combination('A rule has one range or security group')
  return {
    IpPermissions: [
      {
        IpProtocol: wanted.IpProtocol,
        FromPort: wanted.FromPort,
        ToPort: wanted.ToPort,
        ...(CidrIpv4 !== undefined && { IpRanges: [{ CidrIp: CidrIpv4, Description }] }),
        ...(CidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6, Description }] }),
        ...(ReferencedGroupId !== undefined && {
          UserIdGroupPairs: [{ GroupId: ReferencedGroupId, Description }],
        }),
        ...(PrefixListId !== undefined && { PrefixListIds: [{ PrefixListId }] }),
      },
    ],
  }
}
