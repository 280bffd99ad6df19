import type { Conditions } from '#core/operation.ts'
import type { SubnetMapping } from '#models/elbv2.d.ts'
import type { Elbv2Call } from './declare.ts'
import type { LoadBalancerDocument } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

interface GivenSubnets {
  readonly Subnets?: readonly string[] | undefined
  readonly SubnetMappings?: readonly SubnetMapping[] | undefined
}

/** The subnets that a request names, in whichever of the two ways, as policies see them. */
export function subnetConditions({ Subnets = [], SubnetMappings = [] }: GivenSubnets): Conditions {
  const ids = [...Subnets, ...SubnetMappings.map(({ SubnetId = '' }) => SubnetId)]
  return ids.length === 0 ? {} : { 'elasticloadbalancing:Subnet': ids }
}

/**
 * The zones of a load balancer from its subnets: two or more, each in a zone of its own, of one VPC.
 * Faults: ValidationError; SubnetNotFound; InvalidSubnet; InvalidConfigurationRequest.
 */
export function zonesOf(
  call: Elbv2Call,
  { Subnets, SubnetMappings }: GivenSubnets,
): Pick<LoadBalancerDocument, 'zones' | 'vpcId'> {
  if (Subnets !== undefined && SubnetMappings !== undefined)
    throw faults.validation('Subnets and subnet mappings cannot be specified at the same time')
  const ids = Subnets ?? (SubnetMappings ?? []).map(({ SubnetId = '' }) => SubnetId)
  if (ids.length === 0) throw faults.validation('Either subnets or subnet mappings must be specified')
  const subnets = ids.map((id) => call.parts.network.subnet(call.tx, call, id) ?? missing(id))
  const zones = new Set(subnets.map(({ zoneName }) => zoneName))
  if (zones.size < subnets.length)
    throw faults.invalidConfiguration(
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    )
  if (zones.size < 2)
    throw faults.validation('At least two subnets in two different Availability Zones must be specified')
  const [first] = subnets
  if (first === undefined || subnets.some(({ vpcId }) => vpcId !== first.vpcId))
    throw faults.invalidSubnet('All subnets must belong to the same VPC')
  return {
    vpcId: first.vpcId,
    zones: subnets.map(({ zoneName: zone, subnetId }) => ({ zone, subnetId })),
  }
}

/** The security groups of a load balancer: those that are named, of its VPC, else the VPC's default one. Faults: InvalidSecurityGroup. */
export function groupsIn(
  call: Elbv2Call,
  vpcId: string,
  ids: readonly string[] | undefined,
): readonly string[] {
  const { network } = call.parts
  if (ids === undefined || ids.length === 0) {
    const fallback = network.defaultSecurityGroup(call.tx, call, vpcId)
    return fallback === undefined ? [] : [fallback]
  }
  if (ids.length > quotas.securityGroupsPerLoadBalancer)
    throw faults.invalidConfiguration(
      `A load balancer may have ${quotas.securityGroupsPerLoadBalancer} security groups`,
    )
  for (const id of ids) {
    const group = network.securityGroup(call.tx, call, id)
    if (group === undefined) throw faults.invalidSecurityGroup(`The security group ID '${id}' does not exist`)
    if (group.vpcId !== vpcId)
      throw faults.invalidSecurityGroup(`The security group '${id}' does not belong to VPC '${vpcId}'`)
  }
  return [...new Set(ids)]
}

function missing(id: string): never {
  throw faults.subnetNotFound(id)
}
