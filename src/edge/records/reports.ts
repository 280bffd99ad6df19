import type { Arn } from '#core/arn.ts'
import type { SampledRequest } from '#core/edge-view.ts'
import type { LogLines } from '#core/log-delivery.ts'
import type { MetricIncrement } from '#core/metrics.ts'

/** What a worker tells the main thread about once a second. */
export interface Reports {
  readonly samples: readonly SampleReport[]
  readonly metrics: readonly MetricIncrement[]
  readonly bots: readonly BotReport[]
  /** Lines for log groups, by where they come from. */
  readonly logs: readonly LogLines[]
}

/** What bots asked of a web ACL within one bucket, since the last report. */
export interface BotReport {
  readonly webACL: Arn
  /** Milliseconds since 1970, at a bucket's begin. */
  readonly bucketMs: number
  /** All of their requests, those that are not told apart too. */
  readonly total: number
  /** By bot; by bot and first segment; by bot and path: as `countedOf` reads them. */
  readonly bots: Counters
  readonly tops: Counters
  readonly paths: Counters
}

type Counters = readonly (readonly [key: string, count: number])[]

/** Requests that one rule of a web ACL saw within one minute, since the last report. */
export interface SampleReport {
  readonly webACL: Arn
  readonly metricName: string
  /** Milliseconds since 1970, at a minute's begin. */
  readonly minuteMs: number
  /** All of them, those that were not kept too. */
  readonly population: number
  readonly requests: readonly SampledRequest[]
}
