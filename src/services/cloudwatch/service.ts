import { service, type Service } from '#core/service.ts'
import type { CloudWatchParts } from './declare.ts'
import * as metrics from './metrics.ts'

/** Of CloudWatch the metrics that Redoubt's own parts count. */
export function createCloudWatchService(parts: CloudWatchParts): Service {
  return service({ model: 'cloudwatch', files: [metrics], parts })
}
