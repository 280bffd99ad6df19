import type { Call } from '#core/call.ts'
import type { IpPermission } from '#models/ec2.d.ts'
import { readBlock } from './cidr.ts'
import type { Peer, SecurityGroup, Traffic } from './documents.ts'
import { faults } from './faults.ts'
import { allOf, byId, keptGroups } from './network.ts'
import { descriptionForm } from './texts.ts'

/** The two ways in which a request tells permissions: the list, and the parameters of EC2's first years for one of them. */
export interface PermissionRequest {
  readonly IpPermissions?: readonly IpPermission[] | undefined
  readonly CidrIp?: string | undefined
  readonly FromPort?: number | undefined
  readonly ToPort?: number | undefined
  readonly IpProtocol?: string | undefined
  readonly SourceSecurityGroupName?: string | undefined
  readonly SourceSecurityGroupOwnerId?: string | undefined
}

/**
 * What a request wants a group to let through, one entry for each peer.
 * Faults: InvalidParameterValue, MissingParameter, InvalidParameterCombination, InvalidGroup.NotFound; UnsupportedOperation for
 * prefix lists, of which there are none.
 * Source: EC2 API Reference, AuthorizeSecurityGroupIngress, IpPermission.
 */
export function trafficOf(
  call: Call,
  group: SecurityGroup,
  egress: boolean,
  input: PermissionRequest,
): readonly Traffic[] {
  const permissions = input.IpPermissions ?? []
  const flat = flatPermissions(input, egress)
  if (permissions.length > 0 && flat.length > 0)
    throw faults.combination('The parameter ipPermissions cannot be used with those of a single rule')
  const all = [...permissions, ...flat].flatMap((each) => trafficOfOne(call, group, egress, each))
  if (all.length === 0) throw faults.missingParameter('ipPermissions')
  const keys = new Set(all.map(trafficKey))
  if (keys.size < all.length) throw faults.repeatedRule()
  return all
}

/** What makes two rules of a group the same: everything but description and tags. */
export function trafficKey({ egress, protocol, fromPort, toPort, peer }: Traffic): string {
  return [egress, protocol, fromPort, toPort, peer.kind === 'group' ? peer.groupId : peer.cidr].join(' ')
}

function flatPermissions(input: PermissionRequest, egress: boolean): readonly IpPermission[] {
  const { CidrIp, FromPort, ToPort, IpProtocol, SourceSecurityGroupName: GroupName } = input
  const given = [CidrIp, FromPort, ToPort, IpProtocol, GroupName, input.SourceSecurityGroupOwnerId]
  if (given.every((value) => value === undefined)) return []
  if (egress) throw faults.combination('Use ipPermissions: the parameters of a single rule are not supported')
  if (GroupName !== undefined) {
    if ([CidrIp, FromPort, ToPort, IpProtocol].some((value) => value !== undefined))
      throw faults.combination('A source security group cannot be used with the parameters of a range')
    const UserIdGroupPairs = [{ GroupName, UserId: input.SourceSecurityGroupOwnerId }]
    return [
      { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, UserIdGroupPairs },
      { IpProtocol: 'udp', FromPort: 0, ToPort: 65_535, UserIdGroupPairs },
      { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, UserIdGroupPairs },
    ]
  }
  if (CidrIp === undefined) throw faults.missingParameter('cidrIp')
  // In this form an IPv6 range has no place. Source: EC2 API Reference, AuthorizeSecurityGroupIngress, CidrIp.
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }]
}

function trafficOfOne(
  call: Call,
  group: SecurityGroup,
  egress: boolean,
  permission: IpPermission,
): readonly Traffic[] {
  const { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] } = permission
  if (PrefixListIds.length > 0) throw faults.unsupported('A prefix list')
  const service = { egress, ...serviceOf(permission) }
  const peers: readonly (readonly [Peer, string | undefined])[] = [
    ...IpRanges.map(({ CidrIp, Description }) => [rangePeer('ipv4', CidrIp, 'cidrIp'), Description] as const),
    ...Ipv6Ranges.map(
      ({ CidrIpv6, Description }) => [rangePeer('ipv6', CidrIpv6, 'cidrIpv6'), Description] as const,
    ),
    ...UserIdGroupPairs.map((pair) => [groupPeer(call, group, pair), pair.Description] as const),
  ]
  if (peers.length === 0) throw faults.peerMissing()
  return peers.map(([peer, description]) => {
    if (description !== undefined && !descriptionForm.test(description)) throw faults.ruleDescriptionForm()
    return { ...service, peer, ...(description !== undefined && description !== '' && { description }) }
  })
}

function rangePeer(kind: 'ipv4' | 'ipv6', cidr: string | undefined, parameter: string): Peer {
  if (cidr === undefined) throw faults.missingParameter(parameter)
  const block = readBlock(cidr)
  if (block?.kind !== kind) throw faults.malformedCidr(cidr)
  return { kind, cidr: block.cidr }
}

/** A group of the same VPC: VPCs have no peers here. */
function groupPeer(
  call: Call,
  group: SecurityGroup,
  {
    GroupId,
    GroupName,
    UserId,
    VpcPeeringConnectionId,
  }: NonNullable<IpPermission['UserIdGroupPairs']>[number],
): Peer {
  if (VpcPeeringConnectionId !== undefined) throw faults.unsupported('A VPC peering connection')
  const named = GroupId ?? GroupName
  if (named === undefined) throw faults.missingParameter('groupId')
  if (UserId !== undefined && UserId !== call.account) throw faults.noSuchGroup(named)
  const found =
    GroupId === undefined
      ? allOf(call.tx, call, keptGroups).find(
          ({ groupName, vpcId }) => groupName === GroupName && vpcId === group.vpcId,
        )
      : byId(call.tx, call, keptGroups, GroupId)
  if (!found) throw faults.noSuchGroup(named)
  if (found.vpcId !== group.vpcId) throw faults.otherNetwork()
  return { kind: 'group', groupId: found.groupId }
}

/** Protocols that have names, by name and by number. Source: EC2 API Reference, IpPermission, IpProtocol. */
const protocols: ReadonlyMap<string, string> = new Map([
  ['-1', '-1'],
  ['all', '-1'],
  ['tcp', 'tcp'],
  ['6', 'tcp'],
  ['udp', 'udp'],
  ['17', 'udp'],
  ['icmp', 'icmp'],
  ['1', 'icmp'],
  ['icmpv6', 'icmpv6'],
  ['58', 'icmpv6'],
])

function serviceOf({
  IpProtocol,
  FromPort,
  ToPort,
}: IpPermission): Pick<Traffic, 'protocol' | 'fromPort' | 'toPort'> {
  if (IpProtocol === undefined) throw faults.missingParameter('ipProtocol')
  const named = protocols.get(IpProtocol.toLowerCase())
  const isNumber = /^(?:0|[1-9]\d{0,2})$/.test(IpProtocol) && Number(IpProtocol) <= 255
  const protocol = named ?? (isNumber ? IpProtocol : undefined)
  if (protocol === undefined) throw faults.unknownProtocol(IpProtocol)
  switch (protocol) {
    case 'tcp':
    case 'udp':
      if (FromPort === undefined || ToPort === undefined) throw faults.portsMissing()
      if (FromPort < 0 || ToPort > 65_535 || FromPort > ToPort)
        throw faults.portRange(protocol.toUpperCase(), FromPort, ToPort)
      return { protocol, fromPort: FromPort, toPort: ToPort }
    case 'icmp':
    case 'icmpv6': {
      const [fromPort, toPort] = [FromPort ?? -1, ToPort ?? -1]
      const isType = fromPort >= -1 && fromPort <= 255 && toPort >= -1 && toPort <= 255
      if (!isType || (fromPort === -1 && toPort !== -1)) throw faults.icmpRange(fromPort, toPort)
      return { protocol, fromPort, toPort }
    }
  }
  // All protocols, and those that have no ports: whatever ports are given say nothing.
  return { protocol }
}
