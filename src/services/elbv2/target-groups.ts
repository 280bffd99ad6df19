import { Missing } from '#core/resource.ts'
import type { Arn } from '#core/arn.ts'
import type { TargetGroup } from '#models/elbv2.d.ts'
import { elbArn, newId } from './arns.ts'
import { creationAccess } from './creation.ts'
import { type Elbv2Call, elbv2, on, onAll } from './declare.ts'
import { type TargetGroupDocument, targets as targetCollection } from './documents.ts'
import { faults } from './faults.ts'
import { findLoadBalancer, findTargetGroup, loadBalancersUsing, rulesOfLoadBalancer } from './find.ts'
import { readHealthCheck } from './health-check.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { withTags } from './tag-list.ts'
import { targetGroupsOf } from './documents.ts'

const nameForm = /^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/

/**
 * Makes a group of targets by their addresses. One of the same name and settings is answered as it is.
 * Faults: DuplicateTargetGroupName; TooManyTargetGroups; ValidationError.
 * Differs: there are no instances here, so `TargetType` must be `ip`; `lambda` and `alb`, HTTP/2 and gRPC to targets are refused.
 */
export const CreateTargetGroup = elbv2('CreateTargetGroup', {
  access: (_, { Name, Tags }, call) => {
    const arn = elbArn(call, 'targetgroup', `${Name}/*`)
    return creationAccess('CreateTargetGroup', { arn }, arn, Tags)
  },
  run({ input, call }) {
    const { Name: name, Protocol: protocol, Port: port, VpcId: vpcId, TargetType = 'instance' } = input
    if (!nameForm.test(name)) throw faults.validation(`Target group name '${name}' is not valid`)
    if (TargetType !== 'ip')
      throw faults.validation(
        `Target type '${TargetType}' is not supported here; register addresses with target type 'ip'`,
      )
    if (protocol === undefined) throw faults.validation('A protocol must be specified')
    if (protocol !== 'HTTP' && protocol !== 'HTTPS')
      throw faults.unsupportedProtocol(protocol, 'target groups of application load balancers')
    // Terraform's provider sends an empty text where none is named, and AWS takes it.
    if (input.ProtocolVersion && input.ProtocolVersion !== 'HTTP1')
      throw faults.validation(`Protocol version '${input.ProtocolVersion}' is not supported; 'HTTP1' is`)
    if (port === undefined) throw faults.validation('A port must be specified')
    if (vpcId === undefined) throw faults.validation('A VPC ID must be specified')
    if (call.parts.network.vpc(call.tx, call, vpcId) === undefined)
      throw faults.validation(`The VPC ID '${vpcId}' is not found`)
    if ((input.IpAddressType ?? 'ipv4') !== 'ipv4')
      throw faults.validation(
        'A group takes addresses of IPv4 and IPv6 here, and its IP address type is ipv4',
      )
    if (input.TargetControlPort !== undefined)
      throw faults.validation('Target control ports are not supported')
    const healthCheck = readHealthCheck(input)
    const [same] = call.targetGroups.find('name', name, { limit: 1 })
    if (same) {
      const like = { protocol, port, vpcId, healthCheck }
      if (!isLike(same.document, like)) throw faults.duplicateTargetGroup(name)
      return { TargetGroups: [shown(call, same.document)] }
    }
    if (!call.targetGroups.hasRoom(quotas.targetGroups)) throw faults.tooMany.targetGroups()
    const id = `${name}/${newId(call)}`
    const group: TargetGroupDocument = {
      id,
      arn: elbArn(call, 'targetgroup', id),
      name,
      protocol,
      port,
      vpcId,
      healthCheck,
      attributes: {},
      tags: withTags({}, input.Tags),
      createdAtMs: call.nowMs,
    }
    call.targetGroups.put(id, group)
    return { TargetGroups: [shown(call, group)] }
  },
})

/** Shows target groups: all, those that are named, or those of a load balancer. */
export const DescribeTargetGroups = elbv2('DescribeTargetGroups', {
  access: () => onAll('DescribeTargetGroups'),
  run({ input, call }) {
    const { items, ...next } = page(chosen(call, input), ({ arn }) => arn, input)
    return { TargetGroups: items.map((group) => shown(call, group)), ...next }
  },
})

/** Changes how targets are checked. */
export const ModifyTargetGroup = elbv2('ModifyTargetGroup', {
  target: ({ TargetGroupArn }, call) => findTargetGroup(call, TargetGroupArn),
  access: (target) => [on('ModifyTargetGroup', target)],
  run({ target, input, call }) {
    const after = { ...target, healthCheck: readHealthCheck(input, target.healthCheck) }
    call.targetGroups.put(target.id, after)
    return { TargetGroups: [shown(call, after)] }
  },
})

/** Deletes a target group with its targets; one that is not there is no error. Faults: ResourceInUse while a rule forwards to it. */
export const DeleteTargetGroup = elbv2('DeleteTargetGroup', {
  target: ({ TargetGroupArn }, call) => {
    const found = findTargetGroup(call, TargetGroupArn)
    return { found: found instanceof Missing ? undefined : found }
  },
  // It has the form of an ARN, or it would not have been looked for.
  access: ({ found }, { TargetGroupArn }) => [
    on('DeleteTargetGroup', found ?? { arn: TargetGroupArn as Arn }),
  ],
  run({ target: { found }, call }) {
    if (found === undefined) return {}
    if (loadBalancersUsing(call, found.arn).length > 0) throw faults.targetGroupInUse(found.arn)
    for (const { id } of call.tx.findAnywhere(targetCollection, 'targetGroup', found.arn))
      call.targets.delete(id)
    call.targetGroups.delete(found.id)
    return {}
  },
})

function chosen(
  call: Elbv2Call,
  {
    TargetGroupArns,
    Names,
    LoadBalancerArn,
  }: {
    TargetGroupArns?: readonly string[] | undefined
    Names?: readonly string[] | undefined
    LoadBalancerArn?: string | undefined
  },
): readonly TargetGroupDocument[] {
  if ([TargetGroupArns, Names, LoadBalancerArn].filter((one) => one !== undefined).length > 1)
    throw faults.validation('Only one of target group ARNs, names and a load balancer ARN can be specified')
  const all = call.targetGroups.list().map(({ document }) => document)
  if (LoadBalancerArn !== undefined) {
    const loadBalancer = findLoadBalancer(call, LoadBalancerArn)
    if (loadBalancer instanceof Missing) throw loadBalancer.fault
    const used = new Set<string>(rulesOfLoadBalancer(call, loadBalancer.arn).flatMap(targetGroupsOf))
    return all.filter(({ arn }) => used.has(arn))
  }
  const wanted = TargetGroupArns ?? Names
  if (wanted === undefined) return all
  const known = new Map<string, TargetGroupDocument>(
    all.map((group) => [TargetGroupArns === undefined ? group.name : group.arn, group]),
  )
  return wanted.map((one) => {
    const group = known.get(one)
    if (group === undefined) throw faults.targetGroupNotFound()
    return group
  })
}

type Like = Pick<TargetGroupDocument, 'protocol' | 'port' | 'vpcId' | 'healthCheck'>

function isLike(one: Like, other: Like): boolean {
  const text = ({ protocol, port, vpcId, healthCheck }: Like): string =>
    JSON.stringify([
      protocol,
      port,
      vpcId,
      Object.entries(healthCheck).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ])
  return text(one) === text(other)
}

function shown(call: Elbv2Call, group: TargetGroupDocument): TargetGroup {
  const { healthCheck } = group
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: String(healthCheck.port),
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalSec,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSec,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: loadBalancersUsing(call, group.arn),
    TargetType: 'ip',
    ProtocolVersion: 'HTTP1',
    IpAddressType: 'ipv4',
  }
}
