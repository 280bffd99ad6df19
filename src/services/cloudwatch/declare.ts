import { operationsOf } from '#core/operation.ts'
import type { FindMetrics } from '#core/metrics.ts'
import type { Operations } from '#models/cloudwatch.d.ts'

/** What the operations of CloudWatch need beside their call. */
export interface CloudWatchParts {
  readonly findMetrics: FindMetrics
}

/** Declares an operation of CloudWatch. */
export const cloudwatch = operationsOf<Operations, CloudWatchParts>()('cloudwatch', {}, 'regional')
