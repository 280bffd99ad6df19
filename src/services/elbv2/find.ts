import type { Arn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { Fault } from '#core/fault.ts'
import { idOf, isArnOf } from './arns.ts'
import type { Elbv2Call } from './declare.ts'
import {
  type ListenerDocument,
  listeners as listenerCollection,
  type LoadBalancerDocument,
  type RuleDocument,
  rules as ruleCollection,
  type TargetGroupDocument,
} from './documents.ts'
import { faults } from './faults.ts'

/** What an ARN names, or that it is missing. Faults: ValidationError for what is no ARN of the kind. */
function found<D>(
  text: string,
  kind: Parameters<typeof isArnOf>[0],
  document: D | undefined,
  missing: Fault,
): D | Missing {
  if (document !== undefined) return document
  if (!isArnOf(kind, text)) throw faults.validation(`'${text}' is not a valid ${kind} ARN`)
  return new Missing(text as Arn, missing) // It has the form of one.
}

export function findLoadBalancer(call: Elbv2Call, text: string): LoadBalancerDocument | Missing {
  const id = idOf(call, 'loadbalancer', text)
  const document = id === undefined ? undefined : call.loadBalancers.get(id)
  return found(text, 'loadbalancer', document, faults.loadBalancerNotFound([text]))
}

export function findListener(call: Elbv2Call, text: string): ListenerDocument | Missing {
  const id = idOf(call, 'listener', text)
  return found(
    text,
    'listener',
    id === undefined ? undefined : call.listeners.get(id),
    faults.listenerNotFound(),
  )
}

export function findRule(call: Elbv2Call, text: string): RuleDocument | Missing {
  const id = idOf(call, 'listener-rule', text)
  const document = id === undefined ? undefined : call.rules.get(id)
  // A listener's default rule has an ARN too, but is its listener's.
  return found(text, 'listener-rule', document, faults.ruleNotFound())
}

export function findTargetGroup(call: Elbv2Call, text: string): TargetGroupDocument | Missing {
  const id = idOf(call, 'targetgroup', text)
  const document = id === undefined ? undefined : call.targetGroups.get(id)
  return found(text, 'targetgroup', document, faults.targetGroupNotFound())
}

/** The rules of a listener: the default one last. */
export function rulesOf(call: Elbv2Call, listenerArn: Arn): readonly RuleDocument[] {
  const rules = call.tx.findAnywhere(ruleCollection, 'listener', listenerArn).map(({ document }) => document)
  return rules.toSorted((one, other) => order(one) - order(other))
}

function order({ priority }: RuleDocument): number {
  return priority === 'default' ? Infinity : priority
}

/** The rules of a load balancer, of all its listeners. */
export function rulesOfLoadBalancer(call: Elbv2Call, loadBalancerArn: Arn): readonly RuleDocument[] {
  return call.rules.find('loadBalancer', loadBalancerArn).map(({ document }) => document)
}

/** The listeners of a load balancer, by port. */
export function listenersOf(call: Elbv2Call, loadBalancerArn: Arn): readonly ListenerDocument[] {
  return call.tx
    .findAnywhere(listenerCollection, 'loadBalancer', loadBalancerArn)
    .map(({ document }) => document)
    .toSorted((one, other) => one.port - other.port)
}

/** The load balancers that forward to a target group. */
export function loadBalancersUsing(call: Elbv2Call, targetGroupArn: Arn): readonly Arn[] {
  const rules = call.tx.findAnywhere(ruleCollection, 'targetGroup', targetGroupArn)
  return [...new Set(rules.map(({ document }) => document.loadBalancerArn))]
}
