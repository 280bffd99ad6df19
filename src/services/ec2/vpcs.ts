import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import { tagList } from '#core/tag-list.ts'
import type { Vpc as ShownVpc, VpcAttributeName } from '#models/ec2.d.ts'
import { creation, ec2Arn, listing, on } from './access.ts'
import { readBlock } from './cidr.ts'
import { ec2 } from './declare.ts'
import { defaultGroup } from './defaults.ts'
import type { Vpc, VpcAttributes } from './documents.ts'
import { faults } from './faults.ts'
import { removeFlowLogsOf } from './flow-logs/removal.ts'
import { compileFilters, filterTable } from './filters.ts'
import { newId } from './ids.ts'
import { allOf, byId, keptGroups, keptSubnets, keptVpcs, remove, save } from './network.ts'
import { named } from './named-ids.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { creationTags } from './tag-list.ts'

/**
 * Makes a VPC with its default security group.
 * Differs: a VPC is a name for subnets and groups to belong to. It has no IPv6 block, no network ACL and no route tables.
 */
export const CreateVpc = ec2('CreateVpc', {
  access: (_, { TagSpecifications, InstanceTenancy = 'default' }, call) =>
    creation(call, 'vpc', TagSpecifications, { 'ec2:Tenancy': InstanceTenancy }),
  run({ input, call }) {
    const { CidrBlock, InstanceTenancy: tenancy = 'default', TagSpecifications } = input
    if (
      [input.Ipv6CidrBlock, input.Ipv6CidrBlockNetworkBorderGroup].some((one) => one !== undefined) ||
      input.AmazonProvidedIpv6CidrBlock === true
    )
      throw faults.unsupported('An IPv6 block of a VPC')
    // What says how much to take of a pool, too.
    const { Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength, Ipv6Pool } = input
    const pools = [Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength, Ipv6Pool]
    if (pools.some((pool) => pool !== undefined)) throw faults.unsupported('A pool of addresses')
    if (input.VpcEncryptionControl !== undefined) throw faults.unsupported('Encryption control')
    if (tenancy === 'host') throw faults.invalidValue(tenancy, 'instanceTenancy', 'Use default or dedicated.')
    if (CidrBlock === undefined) throw faults.missingParameter('cidrBlock')
    const block = readBlock(CidrBlock)
    if (block?.kind !== 'ipv4') throw faults.notACidr(CidrBlock)
    if (block.prefixLength < 16 || block.prefixLength > 28) throw faults.vpcRange(CidrBlock)
    if (allOf(call.tx, call, keptVpcs).length >= quotas.vpcs) throw faults.vpcLimit()
    const id = newId('vpc', call.randomBytes)
    const vpc: Vpc = {
      vpcId: id,
      cidrBlock: block.cidr,
      associationId: newId('vpc-cidr-assoc', call.randomBytes),
      isDefault: false,
      tenancy,
      attributes: {
        enableDnsSupport: true,
        enableDnsHostnames: false,
        enableNetworkAddressUsageMetrics: false,
      },
      tags: creationTags('vpc', TagSpecifications),
    }
    save(call, keptVpcs, vpc)
    const [groupId, ingress, egress] = [
      newId('sg', call.randomBytes),
      newId('sgr', call.randomBytes),
      newId('sgr', call.randomBytes),
    ]
    save(call, keptGroups, defaultGroup(id, { groupId, ingress, egress }))
    return { Vpc: shownVpc(call, vpc) }
  },
})

/** Deletes a VPC that has no subnets and no security groups but its default one, which goes with it. */
export const DeleteVpc = ec2('DeleteVpc', {
  target: ({ VpcId }, call) => ({ vpc: findVpc(call, VpcId) }),
  access: ({ vpc }, _, call) => [on(call, 'ec2:DeleteVpc', 'vpc', vpc)],
  run({ target: { vpc }, call }) {
    const { vpcId } = vpc
    const groups = allOf(call.tx, call, keptGroups).filter((group) => group.vpcId === vpcId)
    const isUsed =
      allOf(call.tx, call, keptSubnets).some((subnet) => subnet.vpcId === vpcId) ||
      groups.some(({ groupName }) => groupName !== 'default') ||
      groups.some(({ groupId }) => call.parts.usesSecurityGroup(call.tx, groupId))
    if (isUsed) throw faults.vpcHasDependencies(vpcId)
    for (const group of groups) remove(call, keptGroups, group)
    removeFlowLogsOf(call, vpcId)
    remove(call, keptVpcs, vpc)
    return {}
  },
})

const filters = filterTable<Vpc>({
  cidr: ({ cidrBlock }) => cidrBlock,
  'cidr-block': ({ cidrBlock }) => cidrBlock,
  'cidr-block-association.cidr-block': ({ cidrBlock }) => cidrBlock,
  'cidr-block-association.association-id': ({ associationId }) => associationId,
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': () => 'default',
  isDefault: ({ isDefault }) => String(isDefault),
  'is-default': ({ isDefault }) => String(isDefault),
  state: () => 'available',
  'vpc-id': ({ vpcId }) => vpcId,
  // No VPC has an IPv6 block.
  'ipv6-cidr-block-association.ipv6-cidr-block': () => undefined,
  'ipv6-cidr-block-association.ipv6-pool': () => undefined,
  'ipv6-cidr-block-association.association-id': () => undefined,
  'ipv6-cidr-block-association.state': () => undefined,
})

/** Lists VPCs, sorted by id. */
export const DescribeVpcs = ec2('DescribeVpcs', {
  access: (_, __, call) => listing(call, 'ec2:DescribeVpcs'),
  run({ input, call }) {
    const all = named(allOf(call.tx, call, keptVpcs), input.VpcIds, ({ vpcId }) => vpcId, faults.noSuchVpc)
    const owned = new Map([...filters, ['owner-id', () => call.account]])
    const holds = compileFilters(owned, input.Filters, ({ tags }) => tags)
    const { items, ...next } = page(input, all.filter(holds), ({ vpcId }) => vpcId, input.VpcIds)
    return { Vpcs: items.map((vpc) => shownVpc(call, vpc)), ...next }
  },
})

const attributes: { readonly [A in VpcAttributeName]: (attributes: VpcAttributes) => object } = {
  enableDnsSupport: ({ enableDnsSupport: Value }) => ({ EnableDnsSupport: { Value } }),
  enableDnsHostnames: ({ enableDnsHostnames: Value }) => ({ EnableDnsHostnames: { Value } }),
  enableNetworkAddressUsageMetrics: ({ enableNetworkAddressUsageMetrics: Value }) => ({
    EnableNetworkAddressUsageMetrics: { Value },
  }),
}

/** Shows one attribute of a VPC. */
export const DescribeVpcAttribute = ec2('DescribeVpcAttribute', {
  target: ({ VpcId }, call) => ({ vpc: findVpc(call, VpcId) }),
  access: ({ vpc }, _, call) => [on(call, 'ec2:DescribeVpcAttribute', 'vpc', vpc)],
  run: ({ target: { vpc }, input: { Attribute } }) => ({
    VpcId: vpc.vpcId,
    ...attributes[Attribute](vpc.attributes), // The model lists the names.
  }),
})

/** Sets one attribute of a VPC. Differs: there is no name server that would follow it. */
export const ModifyVpcAttribute = ec2('ModifyVpcAttribute', {
  target: ({ VpcId }, call) => ({ vpc: findVpc(call, VpcId) }),
  access: ({ vpc }, input, call) => {
    const conditions = Object.fromEntries(
      changesOf(input).map(([name, value]) => [`ec2:Attribute/${name}`, String(value)]),
    )
    return [on(call, 'ec2:ModifyVpcAttribute', 'vpc', vpc, { conditions })]
  },
  run({ target: { vpc }, input, call }) {
    const [change, second] = changesOf(input)
    if (!change) throw faults.missingParameter('enableDnsSupport or enableDnsHostnames')
    if (second) throw faults.combination('Fields for multiple attribute types specified')
    const [name, value] = change
    const key = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    save(call, keptVpcs, { ...vpc, attributes: { ...vpc.attributes, [key]: value } })
    return {}
  },
})

interface Changes {
  readonly EnableDnsHostnames?: { readonly Value?: boolean | undefined } | undefined
  readonly EnableDnsSupport?: { readonly Value?: boolean | undefined } | undefined
  readonly EnableNetworkAddressUsageMetrics?: { readonly Value?: boolean | undefined } | undefined
}

function changesOf(input: Changes): readonly (readonly [name: keyof Changes, value: boolean])[] {
  const names = ['EnableDnsHostnames', 'EnableDnsSupport', 'EnableNetworkAddressUsageMetrics'] as const
  return names.flatMap((name) => {
    const value = input[name]?.Value
    return value === undefined ? [] : [[name, value] as const]
  })
}

/** The VPC of that id in the call's account and region, or what to authorize in its place. */
export function findVpc(call: Call, id: string): Vpc | Missing {
  return byId(call.tx, call, keptVpcs, id) ?? new Missing(ec2Arn(call, 'vpc', id), faults.noSuchVpc(id))
}

/** Whether a list that names ids, or names none and means all, means this one. */
export function isAsked(ids: readonly string[] | undefined, id: string): boolean {
  return ids === undefined || ids.length === 0 || ids.includes(id)
}

function shownVpc({ account }: Call, vpc: Vpc): ShownVpc {
  return {
    VpcId: vpc.vpcId,
    OwnerId: account,
    State: 'available',
    CidrBlock: vpc.cidrBlock,
    CidrBlockAssociationSet: [
      { AssociationId: vpc.associationId, CidrBlock: vpc.cidrBlock, CidrBlockState: { State: 'associated' } },
    ],
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: 'default',
    InstanceTenancy: vpc.tenancy,
    IsDefault: vpc.isDefault,
    Tags: tagList(vpc.tags),
  }
}
