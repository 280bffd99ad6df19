import type { Network } from '#core/network.ts'
import { ingressOf } from './ingress.ts'
import { allOf, byId, keptGroups, keptSubnets, keptVpcs } from './network.ts'

/** EC2's network as load balancers need it. */
export const balancerNetwork: Network = {
  vpcExists: (reader, place, vpcId) => byId(reader, place, keptVpcs, vpcId) !== undefined,
  subnet(reader, place, subnetId) {
    const subnet = byId(reader, place, keptSubnets, subnetId)
    return (
      subnet && {
        id: subnet.subnetId,
        vpcId: subnet.vpcId,
        availabilityZone: subnet.zoneName,
        availabilityZoneId: subnet.zoneId,
      }
    )
  },
  securityGroup(reader, place, groupId) {
    const group = byId(reader, place, keptGroups, groupId)
    return group && { id: group.groupId, vpcId: group.vpcId }
  },
  defaultSecurityGroup: (reader, place, vpcId) =>
    allOf(reader, place, keptGroups).find((group) => group.vpcId === vpcId && group.groupName === 'default')
      ?.groupId,
  ingress: ingressOf,
}
