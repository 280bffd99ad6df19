import type { Authorize } from '#core/access/authorizer.ts'
import type { Certificates, CertificateUses } from '#core/certificates.ts'
import type { SessionStatement } from '#core/caller.ts'
import type { EdgeView } from '#core/edge-view.ts'
import type { LastUses } from '#core/last-uses.ts'
import type { Service } from '#core/service.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { PublishServiceEvent } from '#core/service-events.ts'
import type { Sessions } from '#core/session-token.ts'
import { allDetectors } from '#engines/detect/index.ts'
import { createAcmService } from '#services/acm/service.ts'
import { createCloudTrailService } from '#services/cloudtrail/service.ts'
import { createCloudWatchService } from '#services/cloudwatch/service.ts'
import { network } from '#services/ec2/network-view.ts'
import { createEc2Service } from '#services/ec2/service.ts'
import {
  certificateUsers,
  loadBalancerExists,
  usesSecurityGroup,
  usesSubnet,
} from '#services/elbv2/front-doors.ts'
import { createElbv2Service } from '#services/elbv2/service.ts'
import type { Router } from '#services/events/router.ts'
import { createEventsService } from '#services/events/service.ts'
import { createGuardDutyService } from '#services/guardduty/service.ts'
import { assumableRoles as roles } from '#services/iam/assumable-roles.ts'
import { identities } from '#services/iam/identities.ts'
import { principalNames as principals } from '#services/iam/principal-names.ts'
import { createIamService } from '#services/iam/service.ts'
import type { DoubleEncryption } from '#services/kms/double-encryption.ts'
import type { KeyRing } from '#services/kms/key-ring.ts'
import { noteKeyUses } from '#services/kms/key-uses.ts'
import { createKmsService } from '#services/kms/service.ts'
import type { LambdaParts } from '#services/lambda/declare.ts'
import { createLambdaService } from '#services/lambda/service.ts'
import { logGroups } from '#services/logs/group-view.ts'
import { createLogsService } from '#services/logs/service.ts'
import { createSchedulerService } from '#services/scheduler/service.ts'
import { createSnsService } from '#services/sns/service.ts'
import type { SqsService } from '#services/sqs/service.ts'
import { createStsService } from '#services/sts/service.ts'
import { releaseLoadBalancer } from '#services/wafv2/associations.ts'
import { createWafv2Service } from '#services/wafv2/service.ts'
import { endOfRecords, findEventId, type LogStore, type QueryableAuditTrail } from '#telemetry/index.ts'
import type { Lake } from '#telemetry/sql/index.ts'
import type { Ground } from './ground.ts'

interface Parts extends Ground {
  readonly authorize: Authorize
  readonly sessions: Sessions<SessionStatement>
  readonly callAsService: CallAsService
  readonly certificates: Certificates
  readonly edge: EdgeView
  readonly audit: QueryableAuditTrail
  readonly lake: Lake
  readonly logs: LogStore
  readonly router: Router
  readonly publish: PublishServiceEvent
  readonly lambda: LambdaParts
  readonly sqs: SqsService
  readonly ring: KeyRing
  readonly external: DoubleEncryption
  readonly lastUses: LastUses
  readonly sendsMail: boolean
  readonly publicUrl?: string | undefined
  readonly isEnding: () => boolean
}

const certificateUses: CertificateUses = { usersOf: certificateUsers }

/** All services, by their model's name, each with what the others let it know. */
export function createServices(parts: Parts): ReadonlyMap<string, Service> {
  const { store, world, directory, callAsService, audit, lake, edge, publicUrl } = parts
  const services: ReadonlyMap<string, Service> = byModel([
    createIamService(certificateUses),
    createAcmService(certificateUses),
    createStsService({ sessions: parts.sessions, roles, identities }),
    createCloudTrailService({ audit, roles, callAsService, lake }),
    createWafv2Service({ principals, loadBalancerExists, logGroups, edge }),
    createCloudWatchService({ findMetrics: edge.metrics }),
    createLogsService({
      ...{ logs: parts.logs, principals, callAsService, world },
      ...{ read: store.read, isEnding: parts.isEnding, loadBalancerExists },
    }),
    parts.sqs,
    createSnsService({ principals, sendsMail: parts.sendsMail, publicUrl }),
    createLambdaService(parts.lambda),
    createEventsService({ principals, roles, router: parts.router }),
    createGuardDutyService({ publish: parts.publish, callAsService, running: allDetectors }),
    createSchedulerService({
      ...{ roles, callAsService },
      implemented: (name, operation) => services.get(name)?.operations.has(operation) === true,
    }),
    createEc2Service({
      ...{ usesSecurityGroup, usesSubnet, roles },
      flows: { end: () => endOfRecords(directory, 'flow') },
    }),
    createElbv2Service({
      ...{ network, certificates: parts.certificates },
      onDeleted: releaseLoadBalancer,
    }),
    createKmsService({
      ...{ ring: parts.ring, principals, authorize: parts.authorize, external: parts.external },
      noteUse: noteKeyUses(parts.lastUses),
      eventIdOf: (request) => findEventId(audit, request),
      recordEvent: audit.recordEvent,
    }),
  ])
  return services
}

function byModel(services: readonly Service[]): ReadonlyMap<string, Service> {
  return new Map(services.map((service) => [service.model, service]))
}
