import type { IngressRule } from '#core/front-door.ts'
import type { Network } from '#core/network.ts'
import type { Reader, Scope } from '#core/store/index.ts'
import type { Rule } from './documents.ts'
import { allOf, byId, keptGroups, keptSubnets, keptVpcs } from './network.ts'

/** The network as load balancers ask for it. */
export const network: Network = {
  vpc: (reader, scope, id) => byId(reader, scope, keptVpcs, id),
  subnet: (reader, scope, id) => byId(reader, scope, keptSubnets, id),
  securityGroup: (reader, scope, id) => byId(reader, scope, keptGroups, id),
  defaultSecurityGroup: (reader, scope, vpc) =>
    allOf(reader, scope, keptGroups).find(({ vpcId, groupName }) => vpcId === vpc && groupName === 'default')
      ?.groupId,
  ingress: ingressOf,
}

/**
 * Whom security groups let in over TCP: what a load balancer that has these groups admits. A group that is not there admits nobody.
 * Differs: a rule that names a security group admits no address. Only load balancers are members of groups here, and they do not
 * connect to one another from addresses of their own.
 */
function ingressOf(reader: Reader, scope: Scope, groupIds: readonly string[]): readonly IngressRule[] {
  return groupIds.flatMap((id) => byId(reader, scope, keptGroups, id)?.rules ?? []).flatMap(ingressRule)
}

function ingressRule({ egress, protocol, fromPort, toPort, peer }: Rule): readonly IngressRule[] {
  if (egress || peer.kind === 'group') return []
  const sources = [peer.cidr]
  if (protocol === '-1') return [{ sources, fromPort: 0, toPort: 65_535 }]
  if (protocol !== 'tcp' || fromPort === undefined || toPort === undefined) return []
  return [{ sources, fromPort, toPort }]
}

/** The address ranges of an account's networks in a Region. */
export function networkRanges(reader: Reader, scope: Scope): readonly string[] {
  return allOf(reader, scope, keptVpcs).map(({ cidrBlock }) => cidrBlock)
}
