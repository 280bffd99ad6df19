import ipaddr from 'ipaddr.js'
import { isMachineService } from '#core/address-guard.ts'
import type { TargetDescription, TargetHealthDescription } from '#models/elbv2.d.ts'
import { type Elbv2Call, elbv2, on, onAll } from './declare.ts'
import { type TargetDocument, type TargetGroupDocument, targets as targetCollection } from './documents.ts'
import { faults } from './faults.ts'
import { findTargetGroup, loadBalancersUsing } from './find.ts'
import { quotas } from './quotas.ts'
import { drainMs } from './target-group-attributes.ts'

/**
 * Registers addresses; each gets requests once its checks have passed. Faults: InvalidTarget; TooManyTargets.
 * Differs: loopback addresses are allowed, since what is protected here often runs on this machine; AWS takes addresses of private ranges
 * alone, and so does this beside them.
 */
export const RegisterTargets = elbv2('RegisterTargets', {
  target: ({ TargetGroupArn }, call) => findTargetGroup(call, TargetGroupArn),
  access: (target) => [on('RegisterTargets', target)],
  run({ target: group, input, call }) {
    const given = input.Targets.map((target) => readTarget(group, target))
    const known = new Set(targetsOf(call, group).map(({ id }) => id))
    for (const { id } of given) known.add(id)
    if (known.size > quotas.targetsPerGroup) throw faults.tooMany.targets()
    for (const { id, address, port, zone } of given) {
      const before = call.targets.get(id)
      // One that is registered stays as it is, unless it was on its way out.
      if (before !== undefined && before.drainingSinceMs === undefined) continue
      call.targets.put(id, {
        targetGroupArn: group.arn,
        address,
        port,
        availabilityZone: zone ?? `${call.region}a`,
        registeredAtMs: call.nowMs,
        health: { state: 'initial', reason: 'Elb.RegistrationInProgress', sinceMs: call.nowMs },
      })
    }
    return {}
  },
})

/** Takes targets out: they get no further requests, and have the group's delay to finish what they have. One that is not there is no error. */
export const DeregisterTargets = elbv2('DeregisterTargets', {
  target: ({ TargetGroupArn }, call) => findTargetGroup(call, TargetGroupArn),
  access: (target) => [on('DeregisterTargets', target)],
  run({ target: group, input, call }) {
    const isAtOnce = loadBalancersUsing(call, group.arn).length === 0 || drainMs(group) === 0
    const leaving = new Set(
      input.Targets.map(({ Id, Port }) =>
        [addressAsKept(Id), ...(Port === undefined ? [] : [Port])].join(' '),
      ),
    )
    for (const { id, document } of targetsOf(call, group)) {
      const { address, port, drainingSinceMs } = document
      if (!leaving.has(address) && !leaving.has(`${address} ${port}`)) continue
      if (isAtOnce) call.targets.delete(id)
      else if (drainingSinceMs === undefined)
        call.targets.put(id, { ...document, drainingSinceMs: call.nowMs })
    }
    return {}
  },
})

/** Says how targets are: all of a group, or those that are named. Faults: TargetGroupNotFound. */
export const DescribeTargetHealth = elbv2('DescribeTargetHealth', {
  target: ({ TargetGroupArn }, call) => findTargetGroup(call, TargetGroupArn),
  access: () => onAll('DescribeTargetHealth'),
  run({ target: group, input, call }) {
    const inUse = loadBalancersUsing(call, group.arn).length > 0
    const all = targetsOf(call, group).map(({ document }) => document)
    const describe = (target: TargetDocument) => shown(group, target, inUse)
    if (input.Targets === undefined || input.Targets.length === 0)
      return { TargetHealthDescriptions: all.map(describe) }
    const known = new Map(all.map((target) => [`${target.address} ${target.port}`, target]))
    return {
      TargetHealthDescriptions: input.Targets.map((wanted) => {
        const target = known.get(`${addressAsKept(wanted.Id)} ${wanted.Port ?? group.port}`)
        return target ? describe(target) : notRegistered(group, wanted)
      }),
    }
  },
})

/** The targets of a group, those that drain too. */
export function targetsOf({ tx }: Pick<Elbv2Call, 'tx'>, { arn }: Pick<TargetGroupDocument, 'arn'>) {
  return tx.findAnywhere(targetCollection, 'targetGroup', arn)
}

/** An address in the one spelling in which targets are kept; what is none is nobody's. */
function addressAsKept(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : text
}

/** The name of a zone, `us-east-1a`: it stands in records and metrics. */
const zoneForm = /^[a-z0-9-]{1,64}$/

function readTarget(
  group: TargetGroupDocument,
  { Id, Port = group.port, AvailabilityZone }: TargetDescription,
) {
  if (!ipaddr.isValid(Id) || Id.includes('%'))
    throw faults.validation(`The IP address '${Id}' is not a valid IPv4 or IPv6 address`)
  const address = ipaddr.process(Id)
  if (!allowed.has(address.range()) || isMachineService(Id))
    throw faults.invalidTarget(`The IP address '${Id}' must be a private or loopback address`)
  if (Port < 1 || Port > 65_535) throw faults.validation(`The port '${Port}' must be from 1 to 65535`)
  if (AvailabilityZone !== undefined && !zoneForm.test(AvailabilityZone))
    throw faults.validation(`The Availability Zone '${AvailabilityZone}' is not valid`)
  const text = address.toString()
  const zone = AvailabilityZone === 'all' ? undefined : AvailabilityZone
  return { id: `${group.id} ${text} ${Port}`, address: text, port: Port, zone }
}

/** Ranges that targets may be of; link-local ones, where clouds keep their metadata, are not. Source: ELBv2, "Target type". */
const allowed: ReadonlySet<string> = new Set(['private', 'loopback', 'carrierGradeNat', 'uniqueLocal'])

function shown(group: TargetGroupDocument, target: TargetDocument, inUse: boolean): TargetHealthDescription {
  const { port: checkPort } = group.healthCheck
  return {
    Target: { Id: target.address, Port: target.port, AvailabilityZone: target.availabilityZone },
    HealthCheckPort: String(checkPort === 'traffic-port' ? target.port : checkPort),
    TargetHealth: healthShown(target, inUse),
  }
}

function healthShown({ health, drainingSinceMs }: TargetDocument, inUse: boolean) {
  if (drainingSinceMs !== undefined)
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    } as const
  if (!inUse)
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target group is not configured to receive traffic from the load balancer',
    } as const
  return {
    State: health.state,
    ...(health.reason !== undefined && { Reason: health.reason }),
    ...(health.description !== undefined && { Description: health.description }),
  }
}

function notRegistered(
  group: TargetGroupDocument,
  { Id, Port = group.port }: TargetDescription,
): TargetHealthDescription {
  return {
    Target: { Id, Port },
    TargetHealth: {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  }
}
