import type { Arn } from '#core/arn.ts'
import type { LoadBalancer } from '#models/elbv2.d.ts'
import { elbArn, newId } from './arns.ts'
import { creationAccess } from './creation.ts'
import { type Elbv2Call, elbv2, on, onAll } from './declare.ts'
import type { LoadBalancerDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findLoadBalancer, listenersOf, rulesOfLoadBalancer } from './find.ts'
import { hostedZoneOf } from './hosted-zones.ts'
import { isProtected, loadBalancerId } from './load-balancer-attributes.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { withTags } from './tag-list.ts'
import { groupsIn, subnetConditions, zonesOf } from './zones.ts'

/** Source: ELBv2 API Reference, CreateLoadBalancer, Name. */
const nameForm = /^(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/

/**
 * Makes an application load balancer; the edge listens for it once it has a listener. One of the same name and settings is answered as
 * it is. Faults: DuplicateLoadBalancerName; SubnetNotFound; InvalidSubnet; InvalidSecurityGroup; TooManyLoadBalancers; ValidationError.
 * Differs: network and gateway load balancers are refused.
 */
export const CreateLoadBalancer = elbv2('CreateLoadBalancer', {
  access: (_, input, call) => {
    const { Name, Scheme = 'internet-facing', SecurityGroups, Tags } = input
    const arn = elbArn(call, 'loadbalancer', `app/${Name}/*`)
    return creationAccess('CreateLoadBalancer', { arn }, arn, Tags, {
      'elasticloadbalancing:Scheme': Scheme,
      ...(SecurityGroups && { 'elasticloadbalancing:SecurityGroup': SecurityGroups }),
      ...subnetConditions(input),
    })
  },
  run({ input, call }) {
    const {
      Name: name,
      Type = 'application',
      Scheme: scheme = 'internet-facing',
      IpAddressType = 'ipv4',
    } = input
    if (Type !== 'application')
      throw faults.validation(`Load balancers of type '${Type}' are not supported; 'application' is`)
    if (!nameForm.test(name)) throw faults.validation(`The load balancer name '${name}' is not valid`)
    if (input.CustomerOwnedIpv4Pool !== undefined || input.IpamPools !== undefined)
      throw faults.validation('Address pools are not supported')
    const { zones, vpcId } = zonesOf(call, input)
    const securityGroups = groupsIn(call, vpcId, input.SecurityGroups)
    const settings = { scheme, ipAddressType: IpAddressType, vpcId, zones, securityGroups }
    const [same] = call.loadBalancers.find('name', name, { limit: 1 })
    if (same) {
      if (!isLike(same.document, settings)) throw faults.duplicateLoadBalancer()
      return { LoadBalancers: [shown(call, same.document)] }
    }
    if (!call.loadBalancers.hasRoom(quotas.loadBalancers)) throw faults.tooMany.loadBalancers()
    const id = newId(call)
    const made: LoadBalancerDocument = {
      arn: elbArn(call, 'loadbalancer', `app/${name}/${id}`),
      account: call.account,
      region: call.region,
      name,
      id,
      hostName: `${name}-${id}.${call.region}.elb.localhost`.toLowerCase(),
      ...settings,
      attributes: {},
      tags: withTags({}, input.Tags),
      createdAtMs: call.nowMs,
    }
    call.loadBalancers.put(loadBalancerId(made), made)
    return { LoadBalancers: [shown(call, made)] }
  },
})

/** Shows load balancers: all, or those that are named. Faults: LoadBalancerNotFound. */
export const DescribeLoadBalancers = elbv2('DescribeLoadBalancers', {
  access: () => onAll('DescribeLoadBalancers'),
  run({ input, call }) {
    const { LoadBalancerArns: arns, Names: names } = input
    if (arns !== undefined && names !== undefined)
      throw faults.validation(
        'Load balancer names and load balancer ARNs cannot be specified at the same time',
      )
    const all = call.loadBalancers.list().map(({ document }) => document)
    const wanted = arns ?? names
    const chosen =
      wanted === undefined
        ? all
        : all.filter(({ arn, name }) => wanted.includes(arns === undefined ? name : arn))
    const missing = (wanted ?? []).filter(
      (one) => !chosen.some(({ arn, name }) => arn === one || name === one),
    )
    if (missing.length > 0) throw faults.loadBalancerNotFound(missing)
    const { items, ...next } = page(chosen, ({ arn }) => arn, input)
    return { LoadBalancers: items.map((document) => shown(call, document)), ...next }
  },
})

/** Deletes a load balancer with its listeners and rules; one that is not there is no error. Faults: OperationNotPermitted. */
export const DeleteLoadBalancer = elbv2('DeleteLoadBalancer', {
  target: ({ LoadBalancerArn }, call) => ({ found: findOrNothing(call, LoadBalancerArn) }),
  // It has the form of an ARN, or it would not have been looked for.
  access: ({ found }, { LoadBalancerArn }) => [
    on('DeleteLoadBalancer', found ?? { arn: LoadBalancerArn as Arn }),
  ],
  run({ target: { found }, call }) {
    if (found === undefined) return {}
    if (isProtected(found)) throw faults.protectedLoadBalancer(found.arn)
    for (const rule of rulesOfLoadBalancer(call, found.arn)) call.rules.delete(rule.id)
    for (const listener of listenersOf(call, found.arn)) call.listeners.delete(listener.id)
    call.loadBalancers.delete(loadBalancerId(found))
    call.parts.onDeleted(call.tx, found.arn)
    return {}
  },
})

/** Replaces the security groups; who they do not admit gets no further connection. */
export const SetSecurityGroups = elbv2('SetSecurityGroups', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: (target, { SecurityGroups }) => [
    on('SetSecurityGroups', target, { 'elasticloadbalancing:SecurityGroup': SecurityGroups }),
  ],
  run({ target, input, call }) {
    const securityGroups = groupsIn(call, target.vpcId, input.SecurityGroups)
    call.loadBalancers.put(loadBalancerId(target), { ...target, securityGroups })
    return { SecurityGroupIds: securityGroups }
  },
})

/** Replaces the subnets. */
export const SetSubnets = elbv2('SetSubnets', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: (target, input) => [on('SetSubnets', target, subnetConditions(input))],
  run({ target, input, call }) {
    const { zones, vpcId } = zonesOf(call, input)
    if (vpcId !== target.vpcId)
      throw faults.invalidSubnet('The subnets are of another VPC than the load balancer')
    const after = { ...target, zones, ipAddressType: input.IpAddressType ?? target.ipAddressType }
    call.loadBalancers.put(loadBalancerId(target), after)
    return { AvailabilityZones: zonesShown(after), IpAddressType: after.ipAddressType }
  },
})

/** Changes the kind of addresses that the load balancer says it has. Differs: the edge listens where its host is. */
export const SetIpAddressType = elbv2('SetIpAddressType', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: (target) => [on('SetIpAddressType', target)],
  run({ target, input: { IpAddressType }, call }) {
    call.loadBalancers.put(loadBalancerId(target), { ...target, ipAddressType: IpAddressType })
    return { IpAddressType }
  },
})

function findOrNothing(call: Elbv2Call, text: string): LoadBalancerDocument | undefined {
  const found = findLoadBalancer(call, text)
  return 'fault' in found ? undefined : found
}

type Settings = Pick<LoadBalancerDocument, 'scheme' | 'ipAddressType' | 'vpcId' | 'zones' | 'securityGroups'>

function isLike(one: Settings, other: Settings): boolean {
  const text = ({ scheme, ipAddressType, vpcId, zones, securityGroups }: Settings): string =>
    JSON.stringify([
      scheme,
      ipAddressType,
      vpcId,
      zones.map(({ subnetId }) => subnetId).toSorted(),
      securityGroups.toSorted(),
    ])
  return text(one) === text(other)
}

function shown({ region }: Elbv2Call, document: LoadBalancerDocument): LoadBalancer {
  return {
    LoadBalancerArn: document.arn,
    DNSName: document.hostName,
    CanonicalHostedZoneId: hostedZoneOf(region),
    CreatedTime: new Date(document.createdAtMs),
    LoadBalancerName: document.name,
    Scheme: document.scheme,
    VpcId: document.vpcId,
    State: { Code: 'active' },
    Type: 'application',
    AvailabilityZones: zonesShown(document),
    SecurityGroups: document.securityGroups,
    IpAddressType: document.ipAddressType,
  }
}

function zonesShown({ zones }: LoadBalancerDocument) {
  return zones.map(({ zone, subnetId }) => ({
    ZoneName: zone,
    SubnetId: subnetId,
    LoadBalancerAddresses: [],
  }))
}
