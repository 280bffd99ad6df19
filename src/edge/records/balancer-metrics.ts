import type { FrontDoor, TargetGroup } from '#core/front-door.ts'
import type { MetricIncrement } from '#core/metrics.ts'
import type { RequestRecord } from '../record.ts'
import type { Metrics } from './metrics.ts'

type Dimensions = MetricIncrement['dimensions']

const namespace = 'AWS/ApplicationELB'

/** Counts and measures a request. Source: ELB User Guide for Application Load Balancers, "CloudWatch metrics". */
export function countRequest(metrics: Metrics, record: RequestRecord): void {
  const { frontDoor, target, actions, statusCode } = record
  const { account, region } = frontDoor
  const place = { namespace, account, region }
  const nowMs = record.answeredAtMs
  const balancer = dimensionsOf(frontDoor)
  const count = (name: string, all: readonly Dimensions[], times = 1): void => {
    for (const dimensions of all) metrics.count(place, name, dimensions, nowMs, times)
  }
  const everywhere = target === undefined ? [balancer] : allDimensions(frontDoor, target)
  count('RequestCount', everywhere)
  for (const dimensions of [balancer])
    metrics.measure(
      place,
      'ProcessedBytes',
      dimensions,
      'Bytes',
      nowMs,
      record.receivedBytes + record.sentBytes,
    )
  if (target?.statusCode === undefined) {
    const family = Math.floor(statusCode / 100)
    if (family >= 3 && family <= 5) count(`HTTPCode_ELB_${family}XX_Count`, [balancer])
    if (statusCode === 500 || (statusCode >= 502 && statusCode <= 504))
      count(`HTTPCode_ELB_${statusCode}_Count`, [balancer])
  } else count(`HTTPCode_Target_${Math.floor(target.statusCode / 100)}XX_Count`, everywhere)
  if (target?.error === 'connect') count('TargetConnectionErrorCount', everywhere)
  if (record.targetProcessingSec >= 0)
    for (const dimensions of everywhere)
      metrics.measure(place, 'TargetResponseTime', dimensions, 'Seconds', nowMs, record.targetProcessingSec)
  if (actions.includes('redirect')) count('HTTP_Redirect_Count', [balancer])
  if (actions.includes('fixed-response')) count('HTTP_Fixed_Response_Count', [balancer])
  if (actions.includes('authenticate')) {
    if (record.errorReason !== undefined) count('ELBAuthError', [balancer])
    else if (statusCode < 300 || statusCode >= 400) count('ELBAuthSuccess', [balancer])
  }
  if (record.classification.is !== 'Acceptable')
    count('DesyncMitigationMode_NonCompliant_Request_Count', [balancer])
}

/** How many targets of a group are well and how many are not, at this moment. */
export function measureHosts(
  metrics: Metrics,
  frontDoor: FrontDoor,
  group: TargetGroup,
  nowMs: number,
): void {
  const { account, region } = frontDoor
  const place = { namespace, account, region }
  const dimensions = sorted([...dimensionsOf(frontDoor), ['TargetGroup', group.resourceId]])
  const counted = (...states: readonly string[]): number =>
    group.targets.filter(({ state }) => states.includes(state)).length
  metrics.measure(place, 'HealthyHostCount', dimensions, 'Count', nowMs, counted('healthy'))
  metrics.measure(place, 'UnHealthyHostCount', dimensions, 'Count', nowMs, counted('unhealthy'))
}

function dimensionsOf({ resourceId }: FrontDoor): Dimensions {
  return [['LoadBalancer', resourceId]]
}

function allDimensions(
  frontDoor: FrontDoor,
  { group, availabilityZone }: NonNullable<RequestRecord['target']>,
): readonly Dimensions[] {
  const balancer = dimensionsOf(frontDoor)
  const zone = ['AvailabilityZone', availabilityZone] as const
  const targetGroup = ['TargetGroup', group.resourceId] as const
  return [
    balancer,
    sorted([zone, ...balancer]),
    sorted([...balancer, targetGroup]),
    sorted([zone, ...balancer, targetGroup]),
  ]
}

function sorted(dimensions: Dimensions): Dimensions {
  return dimensions.toSorted(([one], [other]) => (one < other ? -1 : 1))
}
