import type { Call } from '#core/call.ts'
import type { Fault } from '#core/fault.ts'
import { Missing } from '#core/resource.ts'
import { tagList } from '#core/tag-list.ts'
import type { SecurityGroup as ShownGroup } from '#models/ec2.d.ts'
import { creation, ec2Arn, listing, on } from './access.ts'
import { ec2 } from './declare.ts'
import { allEgress } from './defaults.ts'
import type { Rule, SecurityGroup } from './documents.ts'
import { faults } from './faults.ts'
import { compileFilters, type FilterValues, filterTable } from './filters.ts'
import { newId } from './ids.ts'
import { allOf, byId, defaultVpc, keptGroups, remove, save } from './network.ts'
import { named } from './named-ids.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { permissionsOf } from './shown-rules.ts'
import { creationTags } from './tag-list.ts'
import { groupDescriptionForm, groupNameForm } from './texts.ts'
import { findVpc } from './vpcs.ts'

/** Makes a security group that lets nothing in and everything out; in the default VPC unless told otherwise. */
export const CreateSecurityGroup = ec2('CreateSecurityGroup', {
  target({ VpcId }, call) {
    const id = VpcId ?? defaultVpc(call.tx, call)?.vpcId
    return {
      vpc:
        id === undefined ? new Missing(ec2Arn(call, 'vpc', '*'), faults.noDefaultVpc()) : findVpc(call, id),
    }
  },
  access: ({ vpc }, { TagSpecifications }, call) => [
    ...creation(call, 'security-group', TagSpecifications, {
      'ec2:Vpc': vpc instanceof Missing ? vpc.arn : ec2Arn(call, 'vpc', vpc.vpcId),
    }),
    on(call, 'ec2:CreateSecurityGroup', 'vpc', vpc),
  ],
  run({ target: { vpc }, input, call }) {
    const { GroupName: groupName, Description: description, TagSpecifications } = input
    const { vpcId } = vpc
    if (!groupNameForm.test(groupName)) throw faults.groupNameForm()
    if (groupName.toLowerCase().startsWith('sg-')) throw faults.groupNameLikeId(groupName)
    if (groupName === 'default') throw faults.reservedGroupName(groupName)
    if (!groupDescriptionForm.test(description)) throw faults.groupDescriptionForm()
    const all = allOf(call.tx, call, keptGroups)
    if (all.some((group) => group.vpcId === vpcId && group.groupName === groupName))
      throw faults.groupExists(groupName, vpcId)
    if (all.length >= quotas.securityGroups) throw faults.groupLimit()
    const group: SecurityGroup = {
      groupId: newId('sg', call.randomBytes),
      groupName,
      description,
      vpcId,
      rules: [{ ...allEgress, ruleId: newId('sgr', call.randomBytes), tags: {} }],
      tags: creationTags('security-group', TagSpecifications),
    }
    save(call, keptGroups, group)
    const { groupId: GroupId } = group
    return {
      GroupId,
      SecurityGroupArn: ec2Arn(call, 'security-group', GroupId),
      Tags: tagList(group.tags),
    }
  },
})

/** Deletes a security group that no load balancer has and no other group's rule names. */
export const DeleteSecurityGroup = ec2('DeleteSecurityGroup', {
  target: (input, call) => ({ group: findGroup(call, input) }),
  access: ({ group }, _, call) => [on(call, 'ec2:DeleteSecurityGroup', 'security-group', group)],
  run({ target: { group }, call }) {
    const { groupId, groupName } = group
    if (groupName === 'default') throw faults.defaultGroup(groupId)
    const isReferred = allOf(call.tx, call, keptGroups).some(
      (other) =>
        other.groupId !== groupId &&
        other.rules.some(({ peer }) => peer.kind === 'group' && peer.groupId === groupId),
    )
    if (isReferred || call.parts.usesSecurityGroup(call.tx, groupId)) throw faults.groupInUse(groupId)
    remove(call, keptGroups, group)
    return { Return: true, GroupId: groupId }
  },
})

const filters = filterTable<SecurityGroup>({
  description: ({ description }) => description,
  'group-id': ({ groupId }) => groupId,
  'group-name': ({ groupName }) => groupName,
  'vpc-id': ({ vpcId }) => vpcId,
})

/** Filters on a group's rules of one direction. */
function ruleFilters(
  call: Call,
  prefix: string,
  egress: boolean,
): readonly (readonly [string, FilterValues<SecurityGroup>])[] {
  const each =
    (valuesOf: (rule: Rule) => readonly string[]): FilterValues<SecurityGroup> =>
    ({ rules }) =>
      rules.flatMap((rule) => (rule.egress === egress ? valuesOf(rule) : []))
  const port = (value: number | undefined) => (value === undefined ? [] : [String(value)])
  const name = (id: string) => {
    const found = byId(call.tx, call, keptGroups, id)
    return found ? [found.groupName] : []
  }
  return [
    [`${prefix}.cidr`, each(({ peer }) => (peer.kind === 'ipv4' ? [peer.cidr] : []))],
    [`${prefix}.ipv6-cidr`, each(({ peer }) => (peer.kind === 'ipv6' ? [peer.cidr] : []))],
    [`${prefix}.group-id`, each(({ peer }) => (peer.kind === 'group' ? [peer.groupId] : []))],
    [`${prefix}.group-name`, each(({ peer }) => (peer.kind === 'group' ? name(peer.groupId) : []))],
    [`${prefix}.user-id`, each(({ peer }) => (peer.kind === 'group' ? [call.account] : []))],
    [`${prefix}.prefix-list-id`, () => undefined],
    [`${prefix}.protocol`, each(({ protocol }) => [protocol])],
    [`${prefix}.from-port`, each(({ fromPort }) => port(fromPort))],
    [`${prefix}.to-port`, each(({ toPort }) => port(toPort))],
  ]
}

/** Lists security groups with their rules, sorted by id. Names mean groups of the default VPC. */
export const DescribeSecurityGroups = ec2('DescribeSecurityGroups', {
  access: (_, __, call) => listing(call, 'ec2:DescribeSecurityGroups'),
  run({ input, call }) {
    const all = allOf(call.tx, call, keptGroups)
    const ids = [...(input.GroupIds ?? []), ...idsOf(call, all, input.GroupNames ?? [])]
    const table = new Map([
      ...filters,
      ['owner-id', () => call.account],
      ...ruleFilters(call, 'ip-permission', false),
      ...ruleFilters(call, 'egress.ip-permission', true),
    ])
    const holds = compileFilters(table, input.Filters, ({ tags }) => tags)
    const idOf = ({ groupId }: SecurityGroup) => groupId
    const { items, ...next } = page(input, named(all, ids, idOf, missingGroup).filter(holds), idOf, ids)
    return { SecurityGroups: items.map((group) => shownGroup(call, group)), ...next }
  },
})

/** The group that a request names by its id or, in the default VPC, by its name; or what to authorize in its place. */
export function findGroup(
  call: Call,
  { GroupId, GroupName }: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): SecurityGroup | Missing {
  if (GroupId !== undefined) {
    const found = byId(call.tx, call, keptGroups, GroupId)
    return found ?? new Missing(ec2Arn(call, 'security-group', GroupId), missingGroup(GroupId))
  }
  if (GroupName === undefined) throw faults.missingParameter('groupName or groupId')
  const vpcId = defaultVpc(call.tx, call)?.vpcId
  const found = allOf(call.tx, call, keptGroups).find(
    (group) => group.groupName === GroupName && group.vpcId === vpcId,
  )
  if (found) return found
  const fault = vpcId === undefined ? faults.noDefaultVpc() : faults.noSuchGroupName(GroupName, vpcId)
  return new Missing(ec2Arn(call, 'security-group', '*'), fault)
}

function missingGroup(id: string): Fault {
  return id.startsWith('sg-') ? faults.noSuchGroup(id) : faults.malformedGroupId(id)
}

/** The ids of groups of the default VPC. Lists are authorized on nothing in particular: who may list is told what is missing. */
function idsOf(call: Call, all: readonly SecurityGroup[], names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const vpcId = defaultVpc(call.tx, call)?.vpcId
  if (vpcId === undefined) throw faults.noDefaultVpc()
  const known = new Map(
    all.flatMap((group) => (group.vpcId === vpcId ? [[group.groupName, group.groupId] as const] : [])),
  )
  return names.map((name) => {
    const id = known.get(name)
    if (id === undefined) throw faults.noSuchGroupName(name, vpcId)
    return id
  })
}

function shownGroup(call: Call, group: SecurityGroup): ShownGroup {
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    OwnerId: call.account,
    VpcId: group.vpcId,
    SecurityGroupArn: ec2Arn(call, 'security-group', group.groupId),
    IpPermissions: permissionsOf(call, group.rules, false),
    IpPermissionsEgress: permissionsOf(call, group.rules, true),
    Tags: tagList(group.tags),
  }
}
