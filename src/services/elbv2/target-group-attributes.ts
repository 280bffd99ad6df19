import type { TargetGroup } from '#core/front-door.ts'
import {
  attributeList,
  type AttributeTable,
  flag,
  oneOf,
  only,
  textOf,
  valueOf,
  wholeNumber,
  withAttributes,
} from './attributes.ts'
import { elbv2, on, onAll } from './declare.ts'
import type { TargetGroupDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findTargetGroup } from './find.ts'

/** Source: ELBv2 API Reference, TargetGroupAttribute, those of application load balancers. */
const targetGroupAttributes = {
  'deregistration_delay.timeout_seconds': wholeNumber(300, 0, 3600),
  'stickiness.enabled': flag(false),
  'stickiness.type': oneOf(['lb_cookie', 'app_cookie']),
  'stickiness.lb_cookie.duration_seconds': wholeNumber(86_400, 1, 604_800),
  'stickiness.app_cookie.cookie_name': textOf(
    /^(?!AWSALB)[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/,
    'the name of a cookie that does not begin with AWSALB',
  ),
  'stickiness.app_cookie.duration_seconds': wholeNumber(86_400, 1, 604_800),
  'load_balancing.algorithm.type': oneOf(['round_robin', 'least_outstanding_requests', 'weighted_random']),
  'load_balancing.algorithm.anomaly_mitigation': only('off'),
  'load_balancing.cross_zone.enabled': oneOf(['use_load_balancer_configuration', 'true']),
  'slow_start.duration_seconds': wholeNumber(0, 30, 900, 0),
  'target_group_health.dns_failover.minimum_healthy_targets.count': only('1'),
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': only('off'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': only('1'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': only('off'),
} as const satisfies AttributeTable

type Key = keyof typeof targetGroupAttributes

/** Sets attributes; they are in force for the next request. Faults: ValidationError; TargetGroupNotFound. */
export const ModifyTargetGroupAttributes = elbv2('ModifyTargetGroupAttributes', {
  target: ({ TargetGroupArn }, call) => findTargetGroup(call, TargetGroupArn),
  access: (target) => [on('ModifyTargetGroupAttributes', target)],
  run({ target, input, call }) {
    const attributes = withAttributes(targetGroupAttributes, target.attributes, input.Attributes)
    const value = reader({ attributes })
    if (
      value('stickiness.type') === 'app_cookie' &&
      value('stickiness.enabled') === 'true' &&
      value('stickiness.app_cookie.cookie_name') === ''
    )
      throw faults.invalidConfiguration('A cookie name must be specified for application-based stickiness')
    if (
      value('slow_start.duration_seconds') !== '0' &&
      value('load_balancing.algorithm.type') !== 'round_robin'
    )
      throw faults.invalidConfiguration('A slow start is for round_robin alone')
    call.targetGroups.put(target.id, { ...target, attributes })
    return { Attributes: attributeList(targetGroupAttributes, attributes) }
  },
})

/** Shows all attributes. */
export const DescribeTargetGroupAttributes = elbv2('DescribeTargetGroupAttributes', {
  target: ({ TargetGroupArn }, call) => findTargetGroup(call, TargetGroupArn),
  access: () => onAll('DescribeTargetGroupAttributes'),
  run: ({ target }) => ({ Attributes: attributeList(targetGroupAttributes, target.attributes) }),
})

function reader({ attributes }: Pick<TargetGroupDocument, 'attributes'>): (key: Key) => string {
  return (key) => valueOf(targetGroupAttributes, attributes, key)
}

/** How long a target that was deregistered may finish what it has. Units: milliseconds. */
export function drainMs(group: TargetGroupDocument): number {
  return Number(reader(group)('deregistration_delay.timeout_seconds')) * 1000
}

/** Attributes as the edge acts on them. */
export function edgeGroupAttributes(
  group: TargetGroupDocument,
): Pick<TargetGroup, 'algorithm' | 'slowStartSec' | 'stickiness'> {
  const value = reader(group)
  return {
    algorithm: value('load_balancing.algorithm.type') as TargetGroup['algorithm'], // The table takes these alone.
    slowStartSec: Number(value('slow_start.duration_seconds')),
    stickiness: value('stickiness.enabled') === 'true' ? stickinessOf(value) : undefined,
  }
}

function stickinessOf(value: (key: Key) => string): TargetGroup['stickiness'] {
  if (value('stickiness.type') === 'lb_cookie')
    return { type: 'lb_cookie', durationSec: Number(value('stickiness.lb_cookie.duration_seconds')) }
  return {
    type: 'app_cookie',
    cookieName: value('stickiness.app_cookie.cookie_name'),
    durationSec: Number(value('stickiness.app_cookie.duration_seconds')),
  }
}
