import type { Arn } from '#core/arn.ts'
import type { Certificates } from '#core/certificates.ts'
import type {
  EdgePart,
  FrontDoor,
  Listener,
  ListenerRule,
  LogDelivery,
  RuleAction,
  Target,
  TargetGroup,
} from '#core/front-door.ts'
import type { Network, NetworkPlace } from '#core/network.ts'
import type { Seal } from '#core/seal/index.ts'
import type { Reader } from '#core/store/index.ts'
import {
  type ListenerDocument,
  listeners,
  type LoadBalancerDocument,
  loadBalancers,
  type RuleDocument,
  rules,
  type StoredAction,
  type TargetDocument,
  type TargetGroupDocument,
  targetGroups,
  targets,
} from './documents.ts'
import { edgeAttributes } from './listener-attributes.ts'
import { frontDoorAttributes, loadBalancerId } from './load-balancer-attributes.ts'
import { sealedClientSecret } from './sealed.ts'
import { defaultPolicy, policyOf } from './ssl-policies.ts'
import { edgeGroupAttributes } from './target-group-attributes.ts'

interface Parts {
  readonly seal: Seal
  readonly network: Network
  readonly certificates: Certificates
  readonly webACLOf: (reader: Reader, loadBalancer: Arn) => Arn | undefined
  /** Whether somebody wants records of what stands there. */
  readonly isObserved: (reader: Reader, place: NetworkPlace) => boolean
  readonly logDeliveriesOf: (reader: Reader, loadBalancer: Arn) => readonly LogDelivery[]
}

/** All load balancers and the target groups that they forward to, as the edge is told of them. */
export function edgeParts(reader: Reader, parts: Parts): readonly EdgePart[] {
  const balancers = reader.findAnywhere(loadBalancers, 'everywhere', 'all')
  const doors = balancers.map(({ document }) => frontDoor(reader, document, parts))
  const groups = reader.findAnywhere(targetGroups, 'everywhere', 'all')
  return [
    ...doors.map((value) => ({ kind: 'front-door', id: value.arn, value }) as const),
    ...groups
      .filter(({ document }) => isInUse(reader, document.arn))
      .map(
        ({ document }) =>
          ({ kind: 'target-group', id: document.arn, value: targetGroup(reader, document) }) as const,
      ),
  ]
}

/** Whether a rule forwards to a target group. */
export function isInUse(reader: Reader, targetGroupArn: Arn): boolean {
  return reader.findAnywhere(rules, 'targetGroup', targetGroupArn).length > 0
}

function frontDoor(reader: Reader, balancer: LoadBalancerDocument, parts: Parts): FrontDoor {
  const { network, webACLOf, isObserved, logDeliveriesOf } = parts
  const own = reader.findAnywhere(listeners, 'loadBalancer', balancer.arn)
  const standing = { vpcId: balancer.vpcId, subnetIds: balancer.zones.map(({ subnetId }) => subnetId) }
  return {
    arn: balancer.arn,
    account: balancer.account,
    region: balancer.region,
    name: balancer.name,
    hostName: balancer.hostName,
    resourceId: loadBalancerId(balancer),
    attributes: frontDoorAttributes(balancer),
    ingress: network.ingress(reader, balancer, balancer.securityGroups),
    listeners: own
      .map(({ document }) => listener(reader, document, parts))
      .toSorted((one, other) => one.port - other.port),
    webACL: webACLOf(reader, balancer.arn),
    network: standing,
    observed: isObserved(reader, { account: balancer.account, region: balancer.region, ...standing }),
    logDeliveries: logDeliveriesOf(reader, balancer.arn),
  }
}

function listener(reader: Reader, document: ListenerDocument, { seal, certificates }: Parts): Listener {
  const own = reader.findAnywhere(rules, 'listener', document.arn).map((found) => found.document)
  const order = ({ priority }: RuleDocument): number => (priority === 'default' ? Infinity : priority)
  return {
    arn: document.arn,
    port: document.port,
    protocol: document.protocol,
    certificates: document.certificates
      .map((arn) => certificates.open(reader, seal, arn))
      .filter((certificate) => certificate !== undefined),
    tls: document.protocol === 'HTTPS' ? policyOf(document.sslPolicy ?? defaultPolicy) : undefined,
    rules: own.toSorted((one, other) => order(one) - order(other)).map((rule) => listenerRule(rule, seal)),
    ...edgeAttributes(document),
  }
}

function listenerRule(
  { id, arn, priority, conditions, actions, transforms }: RuleDocument,
  seal: Seal,
): ListenerRule {
  return { arn, priority, conditions, actions: actions.map((action) => opened(action, id, seal)), transforms }
}

function opened(action: StoredAction, ruleId: string, seal: Seal): RuleAction {
  if (action.type !== 'authenticate-oidc') return action
  const { sealedClientSecret: sealed, ...shown } = action
  return { ...shown, clientSecret: sealedClientSecret.open(seal, ruleId, sealed).toString('utf8') }
}

function targetGroup(reader: Reader, group: TargetGroupDocument): TargetGroup {
  return {
    arn: group.arn,
    name: group.name,
    resourceId: `targetgroup/${group.id}`,
    protocol: group.protocol,
    protocolVersion: 'HTTP1',
    ...edgeGroupAttributes(group),
    targets: reader
      .findAnywhere(targets, 'targetGroup', group.arn)
      .map(({ document }) => edgeTarget(document)),
  }
}

function edgeTarget({ address, port, availabilityZone, health, drainingSinceMs }: TargetDocument): Target {
  return {
    address,
    port,
    availabilityZone,
    state: drainingSinceMs === undefined ? health.state : 'draining',
    healthySinceMs: health.state === 'healthy' ? health.sinceMs : undefined,
  }
}

/** Whether an application load balancer of this ARN is there. */
export function loadBalancerExists(reader: Reader, arn: Arn): boolean {
  const resource = arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length)
  const [, , , region = '', account = ''] = arn.split(':')
  return reader.get(loadBalancers, { account, region }, resource)?.arn === arn
}

/** Whether a load balancer is in a security group. */
export function usesSecurityGroup(reader: Reader, groupId: string): boolean {
  return reader.findAnywhere(loadBalancers, 'securityGroup', groupId).length > 0
}

/** Whether a load balancer is in a subnet. */
export function usesSubnet(reader: Reader, subnetId: string): boolean {
  return reader.findAnywhere(loadBalancers, 'subnet', subnetId).length > 0
}

/** The load balancers whose listeners show a certificate. */
export function certificateUsers(reader: Reader, certificateArn: string): readonly Arn[] {
  const found = reader.findAnywhere(listeners, 'certificate', certificateArn)
  return [...new Set(found.map(({ document }) => document.loadBalancerArn))].toSorted()
}
