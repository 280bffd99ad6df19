// What is counted and measured, as CloudWatch has it; whoever counts hands increments to a sink.

/** What was seen of one metric within one minute; increments of the same metric and minute add up. */
export interface MetricIncrement {
  /** `AWS/WAFV2`, `AWS/ApplicationELB`. */
  readonly namespace: string
  readonly account: string
  readonly region: string
  readonly name: string
  /** Sorted by name. */
  readonly dimensions: readonly (readonly [name: string, value: string])[]
  /** Milliseconds since 1970, at a minute's begin. */
  readonly minuteMs: number
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly unit: 'Count' | 'Seconds' | 'Bytes' | 'None'
  /** Values and how often each occurred, rounded so that there are few: what percentiles are computed from. */
  readonly distribution?: readonly (readonly [value: number, times: number])[] | undefined
}

/** Takes what was counted; `FindMetrics` finds it. */
export type MetricSink = (increments: readonly MetricIncrement[]) => void

/** What is asked of stored metrics; a member that is left out fits all. */
export interface MetricQuery {
  readonly account: string
  readonly region: string
  readonly namespace?: string | undefined
  /** Metrics that are called one of these. */
  readonly names?: readonly string[] | undefined
  /** Milliseconds since 1970: minutes that begin at or after `fromMs` and before `toMs`. */
  readonly fromMs: number
  readonly toMs: number
}

/** Finds what was counted and measured, in no particular order; increments of one minute may come in several pieces. */
export type FindMetrics = (query: MetricQuery) => Promise<readonly MetricIncrement[]>
