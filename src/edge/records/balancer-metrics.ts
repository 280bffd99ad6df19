import type { FrontDoor, TargetGroup } from '#core/front-door.ts'
import type { MetricIncrement } from '#core/metrics.ts'
import type { RequestRecord } from '../record.ts'
import { Kept } from './kept.ts'
import { countIn, measureIn, type Metrics, type Series } from './metrics.ts'

type Dimension = MetricIncrement['dimensions'][number]

/** Metrics of load balancers. Source: ELB User Guide for Application Load Balancers, "CloudWatch metrics". */
export class BalancerMetrics {
  readonly #metrics: Metrics
  /** The balancer's series alone, or first and those of a target's zone and group after it. */
  readonly #series = new Kept<readonly Series[]>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** Counts and measures a request. */
  request(record: RequestRecord): void {
    const { frontDoor, target, actions, statusCode, answeredAtMs: nowMs } = record
    const balancer = this.#ofBalancer(frontDoor)
    const everywhere = target === undefined ? balancer : this.#ofTarget(frontDoor, target)
    countIn(everywhere, 'RequestCount', nowMs)
    measureIn(balancer, 'ProcessedBytes', 'Bytes', nowMs, record.receivedBytes + record.sentBytes)
    if (target?.statusCode === undefined) countOwnAnswer(balancer, statusCode, nowMs)
    else countIn(everywhere, `HTTPCode_Target_${Math.floor(target.statusCode / 100)}XX_Count`, nowMs)
    if (target?.error === 'connect') countIn(everywhere, 'TargetConnectionErrorCount', nowMs)
    if (record.targetProcessingSec >= 0)
      measureIn(everywhere, 'TargetResponseTime', 'Seconds', nowMs, record.targetProcessingSec)
    if (actions.includes('redirect')) countIn(balancer, 'HTTP_Redirect_Count', nowMs)
    if (actions.includes('fixed-response')) countIn(balancer, 'HTTP_Fixed_Response_Count', nowMs)
    if (actions.includes('authenticate')) {
      if (record.errorReason !== undefined) countIn(balancer, 'ELBAuthError', nowMs)
      else if (statusCode < 300 || statusCode >= 400) countIn(balancer, 'ELBAuthSuccess', nowMs)
    }
    if (record.classification.is !== 'Acceptable')
      countIn(balancer, 'DesyncMitigationMode_NonCompliant_Request_Count', nowMs)
  }

  /** How many targets of a group are well and how many are not, at this moment. */
  hosts(frontDoor: FrontDoor, group: TargetGroup, nowMs: number): void {
    const [series] = this.#series.of(frontDoor, `hosts ${group.resourceId}`, () => [
      this.#make(frontDoor, [['TargetGroup', group.resourceId]]),
    ])
    const counted = (...states: readonly string[]): number =>
      group.targets.filter(({ state }) => states.includes(state)).length
    series?.measure('HealthyHostCount', 'Count', nowMs, counted('healthy'))
    series?.measure('UnHealthyHostCount', 'Count', nowMs, counted('unhealthy'))
  }

  #ofBalancer(frontDoor: FrontDoor): readonly Series[] {
    return this.#series.of(frontDoor, '', () => [this.#make(frontDoor, [])])
  }

  #ofTarget(
    frontDoor: FrontDoor,
    { group, availabilityZone }: NonNullable<RequestRecord['target']>,
  ): readonly Series[] {
    return this.#series.of(frontDoor, `${availabilityZone} ${group.resourceId}`, () => {
      const zone = ['AvailabilityZone', availabilityZone] as const
      const targetGroup = ['TargetGroup', group.resourceId] as const
      return [
        ...this.#ofBalancer(frontDoor),
        this.#make(frontDoor, [zone]),
        this.#make(frontDoor, [targetGroup]),
        this.#make(frontDoor, [zone, targetGroup]),
      ]
    })
  }

  #make({ account, region, resourceId }: FrontDoor, others: readonly Dimension[]): Series {
    const all: readonly Dimension[] = [['LoadBalancer', resourceId], ...others]
    const dimensions = all.toSorted(([one], [other]) => (one < other ? -1 : 1))
    return this.#metrics.series({ namespace: 'AWS/ApplicationELB', account, region, dimensions })
  }
}

/** The balancer answered, and no target. */
function countOwnAnswer(balancer: readonly Series[], statusCode: number, nowMs: number): void {
  const family = Math.floor(statusCode / 100)
  if (family >= 3 && family <= 5) countIn(balancer, `HTTPCode_ELB_${family}XX_Count`, nowMs)
  if (statusCode === 500 || (statusCode >= 502 && statusCode <= 504))
    countIn(balancer, `HTTPCode_ELB_${statusCode}_Count`, nowMs)
}
