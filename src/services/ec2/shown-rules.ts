import type { Call } from '#core/call.ts'
import { tagList } from '#core/tag-list.ts'
import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule } from '#models/ec2.d.ts'
import { ec2Arn } from './access.ts'
import type { Rule, SecurityGroup } from './documents.ts'

/** A group's rules of one direction as DescribeSecurityGroups shows them: gathered by protocol and ports. */
export function permissionsOf(
  { account }: Pick<Call, 'account'>,
  rules: readonly Rule[],
  egress: boolean,
): readonly IpPermission[] {
  const gathered = new Map<string, Rule[]>()
  for (const rule of rules) {
    if (rule.egress !== egress) continue
    const service = [rule.protocol, rule.fromPort, rule.toPort].join(' ')
    const same = gathered.get(service)
    if (same) same.push(rule)
    else gathered.set(service, [rule])
  }
  return [...gathered.values()].map((same) => {
    const [first] = same
    return {
      IpProtocol: first?.protocol,
      FromPort: first?.fromPort,
      ToPort: first?.toPort,
      IpRanges: same.flatMap(({ peer, description }) =>
        peer.kind === 'ipv4' ? [{ CidrIp: peer.cidr, Description: description }] : [],
      ),
      Ipv6Ranges: same.flatMap(({ peer, description }) =>
        peer.kind === 'ipv6' ? [{ CidrIpv6: peer.cidr, Description: description }] : [],
      ),
      UserIdGroupPairs: same.flatMap(({ peer, description }) =>
        peer.kind === 'group' ? [{ GroupId: peer.groupId, UserId: account, Description: description }] : [],
      ),
      PrefixListIds: [],
    }
  })
}

/** One rule as a thing of its own. */
export function shownRule(call: Call, { groupId, vpcId }: SecurityGroup, rule: Rule): SecurityGroupRule {
  const { account } = call
  const { peer } = rule
  return {
    ...common(groupId, rule),
    GroupOwnerId: account,
    SecurityGroupRuleArn: ec2Arn(call, 'security-group-rule', rule.ruleId),
    ...(peer.kind === 'group' && {
      ReferencedGroupInfo: { GroupId: peer.groupId, UserId: account, VpcId: vpcId },
    }),
    Tags: tagList(rule.tags),
  }
}

/** A rule that is no more. */
export function revokedRule({ groupId }: SecurityGroup, rule: Rule): RevokedSecurityGroupRule {
  return {
    ...common(groupId, rule),
    ...(rule.peer.kind === 'group' && { ReferencedGroupId: rule.peer.groupId }),
  }
}

function common(
  GroupId: string,
  { ruleId, egress, protocol, fromPort = -1, toPort = -1, peer, description }: Rule,
) {
  return {
    SecurityGroupRuleId: ruleId,
    GroupId,
    IsEgress: egress,
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...(peer.kind === 'ipv4' && { CidrIpv4: peer.cidr }),
    ...(peer.kind === 'ipv6' && { CidrIpv6: peer.cidr }),
    ...(description !== undefined && { Description: description }),
  }
}

/** A rule in the words of InvalidPermission.Duplicate. */
export function ruleText({
  protocol,
  fromPort,
  toPort,
  peer,
}: Pick<Rule, 'protocol' | 'fromPort' | 'toPort' | 'peer'>): string {
  const who = peer.kind === 'group' ? peer.groupId : peer.cidr
  if (protocol === '-1') return `peer: ${who}, ALL, ALLOW`
  if (fromPort === undefined || toPort === undefined) return `peer: ${who}, protocol: ${protocol}, ALLOW`
  const [from, to] = protocol.startsWith('icmp') ? ['type', 'code'] : ['from port', 'to port']
  return `peer: ${who}, ${protocol.toUpperCase()}, ${from}: ${fromPort}, ${to}: ${toPort}, ALLOW`
}
