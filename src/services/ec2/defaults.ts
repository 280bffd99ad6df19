import type { Scope } from '#core/store/index.ts'
import type { Rule, SecurityGroup, Subnet, Traffic, Vpc } from './documents.ts'
import { defaultId } from './ids.ts'
import { zonesOf } from './zones.ts'

// What every account has in every region without anybody making it. Source: VPC User Guide, "Default VPCs".

/** The network of an account in a region. */
export interface WholeNetwork {
  readonly vpcs: readonly Vpc[]
  readonly subnets: readonly Subnet[]
  readonly securityGroups: readonly SecurityGroup[]
}

/** Works the default network out from its account and region. */
export function defaultNetwork(scope: Scope): WholeNetwork {
  const vpcId = defaultId('vpc', scope)
  const vpc: Vpc = {
    vpcId,
    cidrBlock: '172.31.0.0/16',
    associationId: defaultId('vpc-cidr-assoc', scope),
    isDefault: true,
    tenancy: 'default',
    attributes: {
      enableDnsSupport: true,
      enableDnsHostnames: true,
      enableNetworkAddressUsageMetrics: false,
    },
    tags: {},
  }
  const subnets = zonesOf(scope.region).map((zone, at): Subnet => ({
    subnetId: defaultId('subnet', scope, zone.name),
    vpcId,
    cidrBlock: `172.31.${at * 16}.0/20`,
    zoneName: zone.name,
    zoneId: zone.id,
    defaultForAz: true,
    mapPublicIpOnLaunch: true,
    tags: {},
  }))
  const groupId = defaultId('sg', scope)
  const ids = { groupId, ingress: defaultId('sgr', scope, 'in'), egress: defaultId('sgr', scope, 'out') }
  return { vpcs: [vpc], subnets, securityGroups: [defaultGroup(vpcId, ids)] }
}

/** The security group that each VPC has from its making: all from its own members, all to anywhere. */
export function defaultGroup(
  vpcId: string,
  ids: { readonly groupId: string; readonly ingress: string; readonly egress: string },
): SecurityGroup {
  const { groupId } = ids
  const fromMembers: Rule = {
    ruleId: ids.ingress,
    egress: false,
    protocol: '-1',
    peer: { kind: 'group', groupId },
    tags: {},
  }
  const rules = [fromMembers, { ...allEgress, ruleId: ids.egress, tags: {} }]
  return { groupId, groupName: 'default', description: 'default VPC security group', vpcId, rules, tags: {} }
}

/** What a new security group lets out. */
export const allEgress: Traffic = {
  egress: true,
  protocol: '-1',
  peer: { kind: 'ipv4', cidr: '0.0.0.0/0' },
}
