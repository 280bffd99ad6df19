import { join } from 'node:path'
import type { OutboundAccess } from '#core/address-guard.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { PublishServiceEvent } from '#core/service-events.ts'
import { createQueryRunner } from '#services/cloudtrail/lake/query-runner.ts'
import { createTrailRunner } from '#services/cloudtrail/trail-runner.ts'
import { createFlowLogRunner } from '#services/ec2/flow-logs/runner.ts'
import { createHealthChecker } from '#services/elbv2/health-checker.ts'
import { createArchiveRunner } from '#services/events/archive-runner.ts'
import { createDeliveryRunner as createEventRunner } from '#services/events/delivery-runner.ts'
import type { Router } from '#services/events/router.ts'
import { createWebhook } from '#services/events/webhook.ts'
import { createKeeper } from '#services/kms/keeper.ts'
import { createAsyncRunner } from '#services/lambda/async-runner.ts'
import { createCodeKeeper } from '#services/lambda/code-keeper.ts'
import { createQueuePoller } from '#services/lambda/queue-poller.ts'
import { createLogFilterRunner } from '#services/logs/filter-runner.ts'
import { createLogKeeper } from '#services/logs/keeper.ts'
import { createRecordGroupRunner } from '#services/logs/record-groups.ts'
import { createScheduleRunner } from '#services/scheduler/schedule-runner.ts'
import { createDeliveryRunner as createTopicRunner } from '#services/sns/delivery-runner.ts'
import type { MailServer } from '#services/sns/mail-delivery.ts'
import { createQueueRunner } from '#services/sqs/queue-runner.ts'
import type { SqsService } from '#services/sqs/service.ts'
import { createEventArchive, type LogStore, type QueryableAuditTrail } from '#telemetry/index.ts'
import type { Lake } from '#telemetry/sql/index.ts'
import { createDetection } from './detection.ts'
import type { KeptRecords } from './edge.ts'
import type { FunctionSide } from './functions.ts'
import type { Ground, Runner } from './ground.ts'
import type { RecordHearers } from './record-hearers.ts'

interface Parts extends Ground, KeptRecords, Pick<FunctionSide, 'host' | 'code' | 'writeLogs'> {
  readonly callAsService: CallAsService
  readonly audit: QueryableAuditTrail
  readonly lake: Lake
  readonly logs: LogStore
  readonly router: Router
  readonly publish: PublishServiceEvent
  readonly onRecord: RecordHearers['onRecord']
  readonly lanes: SqsService['lanes']
  readonly webhooks: OutboundAccess
  readonly smtp: MailServer | undefined
  readonly publicUrl?: string | undefined
}

/** What goes on outside of calls, and what is due: done once, by the first worker. */
export function createRunners(parts: Parts): readonly Runner[] {
  const { store, world, log, directory, partition, seal, callAsService } = parts
  const { audit, lake, logs, records, router, host, code, writeLogs, webhooks, smtp, publicUrl } = parts
  const webhook = createWebhook({ world, access: webhooks })
  const buckets = join(directory, 'buckets')
  return [
    createHealthChecker({ store, world, log }),
    createQueueRunner({ store, world, lanes: parts.lanes, log }),
    createTopicRunner({ store, world, seal, callAsService, log, http: webhooks, smtp, publicUrl }),
    createEventRunner({ store, world, callAsService, webhook, log }),
    createScheduleRunner({ store, world, callAsService, log }),
    createArchiveRunner({ store, world, files: createEventArchive(directory), router, log }),
    webhook,
    createQueuePoller({ store, world, callAsService, host, writeLogs, log }),
    createAsyncRunner({ store, world, callAsService, host, writeLogs, log }),
    createCodeKeeper({ store, world, code, log }),
    createLogFilterRunner({ store, world, callAsService, log, logs, metrics: parts.metrics.add }),
    createRecordGroupRunner({ store, world, callAsService, log, logs, records }),
    createLogKeeper({ store, world, log, logs }),
    createTrailRunner({ store, world, callAsService, audit, buckets, log }),
    createFlowLogRunner({ store, world, partition, callAsService, records, log, buckets }),
    createQueryRunner({ store, world, log, lake }),
    createKeeper({ store, world, seal, recordEvent: audit.recordEvent, log }),
    ...createDetection(parts),
  ]
}
