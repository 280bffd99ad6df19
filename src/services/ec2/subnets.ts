import assert from 'node:assert/strict'
import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import { tagList } from '#core/tag-list.ts'
import type { Subnet as ShownSubnet } from '#models/ec2.d.ts'
import { creation, ec2Arn, listing, on } from './access.ts'
import { type Block, contains, overlap, readBlock } from './cidr.ts'
import { ec2 } from './declare.ts'
import type { Subnet } from './documents.ts'
import { faults } from './faults.ts'
import { removeFlowLogsOf } from './flow-logs/removal.ts'
import { compileFilters, filterTable } from './filters.ts'
import { newId } from './ids.ts'
import { allOf, byId, keptSubnets, remove, save } from './network.ts'
import { named } from './named-ids.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { creationTags } from './tag-list.ts'
import { findVpc } from './vpcs.ts'
import { type Zone, zonesOf } from './zones.ts'

/** Makes a subnet within a VPC's block, apart from the VPC's other subnets; in the first zone unless told otherwise. */
export const CreateSubnet = ec2('CreateSubnet', {
  target: ({ VpcId }, call) => ({ vpc: findVpc(call, VpcId) }),
  access: ({ vpc }, { VpcId, TagSpecifications }, call) => [
    ...creation(call, 'subnet', TagSpecifications, { 'ec2:Vpc': ec2Arn(call, 'vpc', VpcId) }),
    on(call, 'ec2:CreateSubnet', 'vpc', vpc),
  ],
  run({ target: { vpc }, input, call }) {
    const { CidrBlock, TagSpecifications } = input
    if (input.Ipv6CidrBlock !== undefined || input.Ipv6Native === true)
      throw faults.unsupported('An IPv6 block of a subnet')
    if (input.OutpostArn !== undefined) throw faults.unsupported('An Outpost')
    const { Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength } = input
    const pools = [Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength]
    if (pools.some((pool) => pool !== undefined)) throw faults.unsupported('A pool of addresses')
    if (CidrBlock === undefined) throw faults.missingParameter('cidrBlock')
    const block = readBlock(CidrBlock)
    if (block?.kind !== 'ipv4') throw faults.notACidr(CidrBlock)
    const fits = block.prefixLength >= 16 && block.prefixLength <= 28
    if (!fits || !contains(blockOf(vpc.cidrBlock), block)) throw faults.subnetRange(CidrBlock)
    const siblings = allOf(call.tx, call, keptSubnets).filter(({ vpcId }) => vpcId === vpc.vpcId)
    if (siblings.some(({ cidrBlock }) => overlap(blockOf(cidrBlock), block)))
      throw faults.subnetConflict(CidrBlock)
    if (siblings.length >= quotas.subnetsPerVpc) throw faults.subnetLimit()
    const zone = zoneOf(call, input)
    const subnet: Subnet = {
      subnetId: newId('subnet', call.randomBytes),
      vpcId: vpc.vpcId,
      cidrBlock: block.cidr,
      zoneName: zone.name,
      zoneId: zone.id,
      defaultForAz: false,
      mapPublicIpOnLaunch: false,
      tags: creationTags('subnet', TagSpecifications),
    }
    save(call, keptSubnets, subnet)
    return { Subnet: shownSubnet(call, subnet) }
  },
})

/** Deletes a subnet in which nothing stands. */
export const DeleteSubnet = ec2('DeleteSubnet', {
  target: ({ SubnetId }, call) => ({ subnet: findSubnet(call, SubnetId) }),
  access: ({ subnet }, _, call) => [on(call, 'ec2:DeleteSubnet', 'subnet', subnet)],
  run({ target: { subnet }, call }) {
    if (call.parts.usesSubnet(call.tx, subnet.subnetId)) throw faults.subnetHasDependencies(subnet.subnetId)
    removeFlowLogsOf(call, subnet.subnetId)
    remove(call, keptSubnets, subnet)
    return {}
  },
})

/** Sets whether instances would get public addresses: of a subnet's attributes the one that can be set here. It has no effect. */
export const ModifySubnetAttribute = ec2('ModifySubnetAttribute', {
  target: ({ SubnetId }, call) => ({ subnet: findSubnet(call, SubnetId) }),
  access: ({ subnet }, { MapPublicIpOnLaunch }, call) => {
    const value = MapPublicIpOnLaunch?.Value
    const conditions = value === undefined ? {} : { 'ec2:Attribute/MapPublicIpOnLaunch': String(value) }
    return [on(call, 'ec2:ModifySubnetAttribute', 'subnet', subnet, { conditions })]
  },
  run({ target: { subnet }, input, call }) {
    const { SubnetId: _, MapPublicIpOnLaunch, ...others } = input
    const [other] = Object.keys(others)
    if (other !== undefined) throw faults.unsupported(`The attribute ${other}`)
    if (MapPublicIpOnLaunch?.Value === undefined) throw faults.missingParameter('mapPublicIpOnLaunch')
    save(call, keptSubnets, { ...subnet, mapPublicIpOnLaunch: MapPublicIpOnLaunch.Value })
    return {}
  },
})

const filters = filterTable<Subnet>({
  'availability-zone': ({ zoneName }) => zoneName,
  availabilityZone: ({ zoneName }) => zoneName,
  'availability-zone-id': ({ zoneId }) => zoneId,
  availabilityZoneId: ({ zoneId }) => zoneId,
  'available-ip-address-count': (subnet) => String(freeAddresses(subnet)),
  cidr: ({ cidrBlock }) => cidrBlock,
  'cidr-block': ({ cidrBlock }) => cidrBlock,
  cidrBlock: ({ cidrBlock }) => cidrBlock,
  'default-for-az': ({ defaultForAz }) => String(defaultForAz),
  defaultForAz: ({ defaultForAz }) => String(defaultForAz),
  'ipv6-cidr-block-association.ipv6-cidr-block': () => undefined,
  'ipv6-cidr-block-association.association-id': () => undefined,
  'ipv6-cidr-block-association.state': () => undefined,
  'ipv6-native': () => 'false',
  'map-public-ip-on-launch': ({ mapPublicIpOnLaunch }) => String(mapPublicIpOnLaunch),
  'outpost-arn': () => undefined,
  state: () => 'available',
  'subnet-id': ({ subnetId }) => subnetId,
  'vpc-id': ({ vpcId }) => vpcId,
})

/** Lists subnets, sorted by id. */
export const DescribeSubnets = ec2('DescribeSubnets', {
  access: (_, __, call) => listing(call, 'ec2:DescribeSubnets'),
  run({ input, call }) {
    const idOf = ({ subnetId }: Subnet) => subnetId
    const all = named(allOf(call.tx, call, keptSubnets), input.SubnetIds, idOf, faults.noSuchSubnet)
    const arnOf = ({ subnetId }: Subnet) => ec2Arn(call, 'subnet', subnetId)
    const table = new Map([...filters, ['owner-id', () => call.account], ['subnet-arn', arnOf]])
    const holds = compileFilters(table, input.Filters, ({ tags }) => tags)
    const { items, ...next } = page(input, all.filter(holds), idOf, input.SubnetIds)
    return { Subnets: items.map((subnet) => shownSubnet(call, subnet)), ...next }
  },
})

/** The subnet of that id in the call's account and region, or what to authorize in its place. */
export function findSubnet(call: Call, id: string): Subnet | Missing {
  return (
    byId(call.tx, call, keptSubnets, id) ?? new Missing(ec2Arn(call, 'subnet', id), faults.noSuchSubnet(id))
  )
}

function zoneOf(
  { region }: Call,
  {
    AvailabilityZone,
    AvailabilityZoneId,
  }: { readonly AvailabilityZone?: string | undefined; readonly AvailabilityZoneId?: string | undefined },
): Zone {
  const zones = zonesOf(region)
  if (AvailabilityZone !== undefined && AvailabilityZoneId !== undefined)
    throw faults.combination('Only one of availabilityZone and availabilityZoneId may be given')
  const found = zones.find(({ name, id }) =>
    AvailabilityZoneId === undefined
      ? AvailabilityZone === undefined || name === AvailabilityZone
      : id === AvailabilityZoneId,
  )
  if (found) return found
  const names = zones.map(({ name, id }) => (AvailabilityZoneId === undefined ? name : id))
  throw faults.noSuchZone(AvailabilityZone ?? AvailabilityZoneId ?? '', names)
}

/** A block that was read when it was stored. */
function blockOf(cidr: string): Block {
  const block = readBlock(cidr)
  assert.ok(block)
  return block
}

/** Five addresses of each subnet are kept back. Source: VPC User Guide, "Subnet sizing". Differs: nothing here takes any. */
function freeAddresses({ cidrBlock }: Subnet): number {
  return 2 ** (32 - blockOf(cidrBlock).prefixLength) - 5
}

function shownSubnet(call: Call, subnet: Subnet): ShownSubnet {
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: ec2Arn(call, 'subnet', subnet.subnetId),
    OwnerId: call.account,
    VpcId: subnet.vpcId,
    State: 'available',
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: freeAddresses(subnet),
    AvailabilityZone: subnet.zoneName,
    AvailabilityZoneId: subnet.zoneId,
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: tagList(subnet.tags),
  }
}
