import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { OutboundAccess } from '#core/address-guard.ts'
import { createAuthorizer } from '#core/access/authorizer.ts'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import { listAccounts } from '#core/accounts.ts'
import type { AuditTrail } from '#core/audit.ts'
import { createAuthenticate } from '#core/authentication.ts'
import type { SessionStatement } from '#core/caller.ts'
import { type Certificates, certificatesOf, type CertificateUses } from '#core/certificates.ts'
import { createDerived } from '#core/derived.ts'
import { createEdgeEndpoint } from '#core/edge-endpoint.ts'
import { edgeSecret } from '#core/edge-secret.ts'
import type { EdgeView } from '#core/edge-view.ts'
import type { EdgePart } from '#core/front-door.ts'
import { createHttpServer, type OwnEndpoint } from '#core/http-server.ts'
import type { NetworkPlace } from '#core/network.ts'
import type { Organizations } from '#core/identities.ts'
import { uuid } from '#core/ids.ts'
import { createLastUses } from '#core/last-uses.ts'
import type { LogDestinationOf } from '#core/log-delivery.ts'
import type { Log } from '#core/log.ts'
import { createPipeline, type Pipeline } from '#core/pipeline.ts'
import { createRotatingSeal, type RootKeys, type Seal } from '#core/seal/index.ts'
import type { Service } from '#core/service.ts'
import { type CallAsService, createCallAsService } from '#core/service-calls.ts'
import { createSessions } from '#core/session-token.ts'
import { type Head, openStore, type Reader, type Store } from '#core/store/index.ts'
import { servicePrincipal } from '#core/service-principal.ts'
import type { World } from '#core/world.ts'
import { createLocations } from '#edge/geo/index.ts'
import { createEdge, type EdgeSettings } from '#edge/supervisor/index.ts'
import { allDetectors, builtInLists, type Origin } from '#engines/detect/index.ts'
import { parseAddress } from '#engines/waf/index.ts'
import { createFunctionHost, type FunctionHost, openCodeStore } from '#functions/index.ts'
import { createResolver, type Resolver, type ResolverSettings } from '#resolver/index.ts'
import { acmCertificates } from '#services/acm/certificate-view.ts'
import { createAcmService } from '#services/acm/service.ts'
import { createDataEventChoice } from '#services/cloudtrail/data-event-choice.ts'
import { createQueryRunner } from '#services/cloudtrail/lake/query-runner.ts'
import { createCloudTrailService } from '#services/cloudtrail/service.ts'
import { createTrailRunner } from '#services/cloudtrail/trail-runner.ts'
import { createCloudWatchService } from '#services/cloudwatch/service.ts'
import { createFlowLogRunner } from '#services/ec2/flow-logs/runner.ts'
import { isFlowLogged } from '#services/ec2/flow-logs/view.ts'
import { network, networkRanges } from '#services/ec2/network-view.ts'
import { createEc2Service } from '#services/ec2/service.ts'
import {
  certificateUsers,
  edgeParts,
  loadBalancerExists,
  usesSecurityGroup,
  usesSubnet,
} from '#services/elbv2/front-doors.ts'
import { createHealthChecker } from '#services/elbv2/health-checker.ts'
import { createElbv2Service } from '#services/elbv2/service.ts'
import { createArchiveRunner } from '#services/events/archive-runner.ts'
import { createAuditCursor } from '#services/events/audit-cursor.ts'
import { createAuditEvents } from '#services/events/audit-events.ts'
import { heard } from '#services/events/audited.ts'
import { createDeliveryRunner as createEventRunner } from '#services/events/delivery-runner.ts'
import { createRouter } from '#services/events/router.ts'
import { createEventsService } from '#services/events/service.ts'
import { createServiceEvents } from '#services/events/service-events.ts'
import { createWebhook } from '#services/events/webhook.ts'
import { createExporter } from '#services/guardduty/destinations/exporter.ts'
import { createFindingKeeper } from '#services/guardduty/findings/finding-keeper.ts'
import { createListKeeper } from '#services/guardduty/lists/list-keeper.ts'
import { createOwnAddresses } from '#services/guardduty/own-addresses.ts'
import { auditSource } from '#services/guardduty/runner/audit-source.ts'
import { createDetectionRunner } from '#services/guardduty/runner/detection-runner.ts'
import { keptSource } from '#services/guardduty/runner/kept-source.ts'
import { isDetecting } from '#services/guardduty/detecting.ts'
import { createGuardDutyService } from '#services/guardduty/service.ts'
import { surroundingsOf } from '#services/guardduty/surroundings.ts'
import { iamCertificates } from '#services/iam/certificate-view.ts'
import { assumableRoles } from '#services/iam/assumable-roles.ts'
import { identities } from '#services/iam/identities.ts'
import { noteIdentityUses } from '#services/iam/identity-uses.ts'
import { principalNames } from '#services/iam/principal-names.ts'
import { createIamService } from '#services/iam/service.ts'
import { createDoubleEncryption, type ProxyAccess } from '#services/kms/double-encryption.ts'
import { createKeeper } from '#services/kms/keeper.ts'
import { createKeyRing } from '#services/kms/key-ring.ts'
import { noteKeyUses } from '#services/kms/key-uses.ts'
import { createKmsService } from '#services/kms/service.ts'
import { createAsyncRunner } from '#services/lambda/async-runner.ts'
import { createCodeKeeper } from '#services/lambda/code-keeper.ts'
import { createLogWriter } from '#services/lambda/log-writer.ts'
import { createProvide } from '#services/lambda/provide.ts'
import { createQueuePoller } from '#services/lambda/queue-poller.ts'
import { createLambdaService } from '#services/lambda/service.ts'
import { createFunctionUrlDoor } from '#services/lambda/url-door.ts'
import { createLogDelivery } from '#services/logs/delivery-runner.ts'
import { deliveryDestinationOf, deliveryTypes, logDeliveriesOf } from '#services/logs/delivery-view.ts'
import { createLogFilterRunner } from '#services/logs/filter-runner.ts'
import { logGroups } from '#services/logs/group-view.ts'
import { createLogKeeper } from '#services/logs/keeper.ts'
import { createRecordGroupRunner } from '#services/logs/record-groups.ts'
import { createLogsService } from '#services/logs/service.ts'
import { createScheduleRunner } from '#services/scheduler/schedule-runner.ts'
import { createSchedulerService } from '#services/scheduler/service.ts'
import { createDeliveryRunner as createTopicRunner } from '#services/sns/delivery-runner.ts'
import { createSubscriberDoor } from '#services/sns/door.ts'
import type { MailServer } from '#services/sns/mail-delivery.ts'
import { createSnsService } from '#services/sns/service.ts'
import { createQueueRunner } from '#services/sqs/queue-runner.ts'
import { createSqsService } from '#services/sqs/service.ts'
import { createStsService } from '#services/sts/service.ts'
import { releaseLoadBalancer, webACLOf } from '#services/wafv2/associations.ts'
import { guardParts, wafLogDestination } from '#services/wafv2/guarded.ts'
import { createWafv2Service } from '#services/wafv2/service.ts'
import {
  createAuditTrail,
  createEventArchive,
  createLogStore,
  createMetricStore,
  createRecordStore,
  endOfRecords,
  findEventId,
  globalServices,
  type MetricStore,
  recordKinds,
  type RecordStore,
} from '#telemetry/index.ts'
import { createLake } from '#telemetry/sql/index.ts'
import type { Http1Server } from '#wire/http1/index.ts'
import type { ServiceName } from '#wire/index.ts'

/** What one worker is made of. */
export interface Parts {
  readonly world: World
  readonly log: Log
  readonly rootKeys: RootKeys
  /** The data directory, locked by this process. */
  readonly directory: string
  readonly head: Head
  /** Counts from 0; each writes records of its own. */
  readonly worker: number
  readonly partition: string
  readonly strict: boolean
  /** How proxies of external key stores are reached. */
  readonly xks: ProxyAccess
  /** How web addresses that users name are reached: subscribers and API destinations. */
  readonly webhooks: OutboundAccess
  /** The operator's server for mails to subscribers. */
  readonly smtp: MailServer | undefined
  /** Where the world reaches the API, if the operator says. */
  readonly publicUrl?: string | undefined
  /** Where the edge listens, for the worker that runs it; how another worker asks that one. */
  readonly edge: EdgeSettings | EdgeView
  /** Where the DNS resolver listens, if one does, in the worker that runs the edge. */
  readonly dns?: ResolverSettings | undefined
  /** How another worker is asked that runs functions; the one that has none runs them. */
  readonly functions: FunctionHost | undefined
}

/** One worker: a replica of the documents, all services, and the way of a call through them. */
export interface Worker {
  readonly store: Store
  readonly seal: Seal
  /** Works with other root keys from now on; ends when what was sealed under the old ones is committed. */
  useRootKeys(keys: RootKeys): Promise<void>
  /** Implemented operations, by service. */
  readonly services: ReadonlyMap<string, Service>
  readonly pipeline: Pipeline
  /** How services that act by themselves call others. */
  readonly callAsService: CallAsService
  readonly audit: AuditTrail
  /** What the edge knows, whichever worker runs it. */
  readonly edge: EdgeView
  /** Where it was asked for, in the first worker; not listening yet. */
  readonly resolver: Resolver | undefined
  /** Runs functions, in whichever worker. */
  readonly functions: FunctionHost
  /** An HTTP server, not listening yet. `through` may stand before the pipeline. */
  serve(
    ownEndpoints: ReadonlyMap<string, OwnEndpoint>,
    through?: (pipeline: Pipeline) => Pipeline,
  ): Http1Server
  /** Says where what runs on this machine reaches the API: functions are told. */
  reachedAt(url: string): void
  /** Answers the calls that wait for something to come: a stop need not wait with them. */
  endWaits(): void
  close(): Promise<void>
}

/** Puts a worker together: the only place that knows everyone. */
export function createWorker({
  world,
  log,
  rootKeys,
  directory,
  head,
  worker,
  partition,
  strict,
  xks,
  webhooks,
  smtp,
  publicUrl,
  edge,
  dns,
  functions,
}: Parts): Worker {
  const store = openStore({ directory, head, strict })
  const rotating = createRotatingSeal(rootKeys, world.randomBytes)
  const { seal } = rotating
  const sessions = createSessions<SessionStatement>(seal, world.randomBytes)
  const derived = createDerived(store)
  const wantsDataEvent = createDataEventChoice(derived)
  const audit = createAuditTrail({ directory, store, worker, world, log, wantsDataEvent })
  const lake = createLake({ directory, segments: () => audit.written(), world, log })
  const lastUses = createLastUses({ store, world })

  const authorize = createAuthorizer({
    identities,
    organizations: noOrganizations,
    library: new PolicyLibrary(),
    derived,
    strict,
  })
  const ring = createKeyRing({ store, seal })
  const external = createDoubleEncryption({ store, seal, world, log, access: xks })

  // The edge runs once, in the first worker; the others ask there.
  const certificates = certificatesOf({ acm: acmCertificates, iam: iamCertificates })
  // Services are made before the pipeline, which they call through once it runs.
  const callLater: CallAsService = (call) => callAsService(call)
  const metrics = 'workers' in edge ? createMetricStore({ directory, world, log }) : undefined
  const records = 'workers' in edge ? createRecordStore({ directory, world, log }) : undefined
  const destinationOf = logDestinations(partition)
  const logDelivery = metrics
    ? createLogDelivery({ read: store.read, world, callAsService: callLater, destinationOf, log })
    : undefined
  const running =
    'workers' in edge && metrics && records && logDelivery
      ? createEdge({
          settings: edge,
          directory,
          store,
          world,
          log,
          secret: () => edgeSecret(store, seal, world),
          partsOf: (reader) => edgeConfiguration(reader, { seal, partition, certificates }),
          concerns: (service, type) =>
            configuresEdge.has(service) ||
            (service === 'logs' && deliveryTypes.has(type)) ||
            // Whether somebody detects: findings, which come many at a time, change nothing.
            (service === 'guardduty' && type === 'detector'),
          metrics,
          keep: (kind, lines) => records.append(kind, lines),
          logLines: logDelivery.take,
        })
      : undefined
  const edgeView = 'workers' in edge ? running?.view : edge
  assert.ok(edgeView, 'a worker runs the edge, or knows whom to ask')

  const resolver =
    records && dns
      ? createResolver({
          ...{ settings: dns, world, log },
          account: () =>
            dns.account ?? listAccounts(store.read).find(({ management }) => management)?.accountId,
          keep: (lines) => records.append('dns', lines),
        })
      : undefined

  const logStore = createLogStore({ directory, worker, world, log })
  let isEnding = false
  const sqs = createSqsService({ store, world, principals: principalNames, publicUrl })
  const router = createRouter(store)

  // Functions run once, in the first worker; the others ask there.
  const code = openCodeStore(directory, () => uuid(world.randomBytes), world.nowMs)
  let endpointUrl: string | undefined
  const functionLogs = createLogWriter({ callAsService: callLater, world })
  const ownHost =
    functions === undefined
      ? createFunctionHost({
          world,
          log,
          code,
          sink: functionLogs.sink,
          endpointUrl: () => endpointUrl,
          provide: createProvide({ seal, callAsService: callLater }),
          connections: {
            wants: (scope) => records !== undefined && isDetecting(store.read, scope),
            keep: (flows) =>
              records?.append(
                'flow',
                flows.map((flow) => JSON.stringify(flow)),
              ),
          },
        })
      : undefined
  const host = functions ?? ownHost
  assert.ok(host, 'a worker runs functions, or knows whom to ask')

  const auditEvents = createAuditEvents({ store, world, router, log })
  const publish = createServiceEvents({ router, world })
  const recordTells = new Set<() => void>()
  const auditCursor = createAuditCursor({ trail: audit, auditEvents, world, log, recovers: worker === 0 })

  const scheduler = {
    roles: assumableRoles,
    callAsService: callLater,
    implemented: (name: ServiceName, operation: string) =>
      services.get(name)?.operations.has(operation) === true,
  }
  const lambda = { host, code, roles: assumableRoles, callAsService: callLater, publicUrl }
  const services: ReadonlyMap<string, Service> = registry([
    createIamService(certificateUses),
    createAcmService(certificateUses),
    createStsService({ sessions, roles: assumableRoles, identities }),
    createCloudTrailService({ audit, roles: assumableRoles, callAsService: callLater, lake }),
    createWafv2Service({ principals: principalNames, loadBalancerExists, logGroups, edge: edgeView }),
    createCloudWatchService({ findMetrics: edgeView.metrics }),
    createLogsService({
      ...{ logs: logStore, principals: principalNames, callAsService: callLater, world },
      ...{ read: store.read, isEnding: () => isEnding, loadBalancerExists },
    }),
    sqs,
    createSnsService({ principals: principalNames, sendsMail: smtp !== undefined, publicUrl }),
    createLambdaService(lambda),
    createEventsService({ principals: principalNames, roles: assumableRoles, router }),
    createGuardDutyService({ publish, callAsService: callLater, running: allDetectors }),
    createSchedulerService(scheduler),
    createEc2Service({
      ...{ usesSecurityGroup, usesSubnet, roles: assumableRoles },
      flows: { end: () => endOfRecords(directory, 'flow') },
    }),
    createElbv2Service({ network, certificates, onDeleted: releaseLoadBalancer }),
    createKmsService({
      ring,
      principals: principalNames,
      authorize,
      external,
      noteUse: noteKeyUses(lastUses),
      eventIdOf: (request) => findEventId(audit, request),
      recordEvent: audit.recordEvent,
    }),
  ])
  const authenticate = createAuthenticate({ identities, sessions, seal, derived })
  const { pipeline, callAs, enter } = createPipeline({
    world,
    store,
    seal,
    services,
    authenticate,
    authorize,
    audit: heard(audit, store, (line) => {
      auditEvents.onRecord(line)
      for (const tell of recordTells) tell()
    }),
    onUse: noteIdentityUses(lastUses),
    log,
    partition,
  })

  const callAsService = createCallAsService({ callAs, sessions, identities, store, nowMs: world.nowMs })
  // What acts by itself hears at once of what other workers commit.
  const stopKeepingUp = store.keepUp((reason) =>
    log({ level: 'error', event: 'log-not-read', reason: String(reason) }),
  )
  const runners = metrics && records ? createRunners(metrics, records, host) : []

  /** Tells of each record that this worker hears of: of its own at once, of others' changes as they come. */
  function onRecord(tell: () => void): () => void {
    recordTells.add(tell)
    const unfollow = store.tail(({ own, records }) => {
      if (!own && records.length > 0) tell()
    })
    return () => {
      recordTells.delete(tell)
      unfollow()
    }
  }

  /** What goes on outside of calls, and what is due: done once, by the first worker. */
  function createRunners({ add }: MetricStore, records: RecordStore, host: FunctionHost): readonly Runner[] {
    const webhook = createWebhook({ world, access: webhooks })
    const lists = createListKeeper({ store, world, directory, log })
    return [
      createHealthChecker({ store, world, log }),
      createQueueRunner({ store, world, lanes: sqs.lanes, log }),
      createTopicRunner({ store, world, seal, callAsService, log, http: webhooks, smtp, publicUrl }),
      createEventRunner({ store, world, callAsService, webhook, log }),
      createScheduleRunner({ store, world, callAsService, log }),
      createArchiveRunner({ store, world, files: createEventArchive(directory), router, log }),
      webhook,
      createQueuePoller({ store, world, callAsService, host, log }),
      createAsyncRunner({ store, world, callAsService, host, log }),
      createCodeKeeper({ store, world, code, log }),
      createLogFilterRunner({ store, world, callAsService, log, logs: logStore, metrics: add }),
      createRecordGroupRunner({ store, world, callAsService, log, logs: logStore, records }),
      createLogKeeper({ store, world, log, logs: logStore }),
      createTrailRunner({ store, world, callAsService, audit, buckets: join(directory, 'buckets'), log }),
      createFlowLogRunner({
        ...{ store, world, partition, callAsService, records, log },
        buckets: join(directory, 'buckets'),
      }),
      createQueryRunner({ store, world, log, lake }),
      createKeeper({ store, world, seal, recordEvent: audit.recordEvent, log }),
      createDetectionRunner({
        ...{ store, world, log, directory, partition, publish, detectors: allDetectors },
        sources: [
          auditSource({ audit, world, onRecord }),
          ...recordKinds.map((kind) => keptSource(kind, records, world)),
        ],
        surroundingsOf: surroundingsOf({
          ...{ read: store.read, world, lists, known: builtInLists(threatList) },
          origin: originOf(directory, world, log),
          isOwn: createOwnAddresses({ ranges: networkRanges, machine: machineAddresses, world }),
        }),
        globalSources: new Set([...globalServices].map(servicePrincipal)),
      }),
      createFindingKeeper({ store, world, publish, log }),
      createExporter({ store, world, directory, log }),
      lists,
    ]
  }

  const edgeEndpoint = createEdgeEndpoint({
    ...{ authenticate, callAs, store, nowMs: world.nowMs },
    edge: edgeView,
  })

  return {
    store,
    seal,
    callAsService,
    async useRootKeys(keys) {
      rotating.use(keys)
      // Operations seal and submit within one turn, and the turn's transactions commit at its end.
      await new Promise(setImmediate)
    },
    services,
    pipeline,
    audit,
    edge: edgeView,
    resolver,
    functions: host,
    reachedAt(url) {
      endpointUrl = url
    },
    serve: (ownEndpoints, through = (same) => same) =>
      createHttpServer({
        world,
        pipeline: createFunctionUrlDoor({ store, enter, lambda })(
          createSubscriberDoor({ read: store.read, seal, callAsService })(through(pipeline)),
        ),
        audit,
        log,
        ownEndpoints: new Map([['GET /_redoubt/edge', edgeEndpoint], ...ownEndpoints]),
      }),
    endWaits() {
      isEnding = true
      sqs.stop()
    },
    async close() {
      await running?.stop(edgeGraceMs)
      await resolver?.close()
      await logDelivery?.close()
      for (const runner of runners) await runner.close()
      stopKeepingUp()
      await ownHost?.close()
      await functionLogs.close()
      await auditEvents.idle()
      await auditCursor.close()
      metrics?.close()
      await records?.close()
      lastUses.stop()
      ring.stop()
      external.stop()
      await lastUses.flush()
      await store.close()
      await audit.close()
      await logStore.close()
    },
  }
}

/** Works on by itself until it is closed. */
interface Runner {
  readonly close: () => void | Promise<void>
}

/** How long requests under way may take when the server stops. Units: milliseconds. */
const edgeGraceMs = 8_000

const threatLists = new URL('../data/threat-lists/', import.meta.url)

/** A list of threats that comes with the program. */
function threatList(file: string): string {
  return readFileSync(new URL(file, threatLists), 'utf8')
}

function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((some = []) =>
    some.map(({ address }) => address.replace(/%.*$/, '')),
  )
}

/** Where an address belongs, as web ACLs know it. */
function originOf(directory: string, world: World, log: Log): (address: string) => Origin {
  const { locate, autonomousSystem } = createLocations(join(directory, 'geo'), world.nowMs, log)
  return (text) => {
    const address = parseAddress(text)
    return address ? { country: locate(address)?.country, asn: autonomousSystem(address) } : {}
  }
}

/** Where what the edge logs goes: to log groups of web ACLs, and of deliveries. */
function logDestinations(partition: string): LogDestinationOf {
  const ofWebACL = wafLogDestination(partition)
  return (reader, source) => ofWebACL(reader, source) ?? deliveryDestinationOf(reader, source)
}

/** Services whose documents the edge's configuration follows from. */
const configuresEdge: ReadonlySet<string> = new Set(['elbv2', 'wafv2', 'ec2', 'acm', 'iam'])

/** All that the edge is told: load balancers, their target groups, and the web ACLs before them. */
function edgeConfiguration(
  reader: Reader,
  {
    seal,
    partition,
    certificates,
  }: { readonly seal: Seal; readonly partition: string; readonly certificates: Certificates },
): readonly EdgePart[] {
  const doors = edgeParts(reader, {
    seal,
    network,
    certificates,
    webACLOf,
    isObserved,
    logDeliveriesOf,
  })
  const webACLs = new Set(
    doors.flatMap((part) => (part.kind === 'front-door' && part.value.webACL ? [part.value.webACL] : [])),
  )
  return [...doors, ...guardParts(reader, partition, webACLs)]
}

/** Whether records are kept of what stands there. */
function isObserved(reader: Reader, place: NetworkPlace): boolean {
  return isDetecting(reader, place) || isFlowLogged(reader, place)
}

const certificateUses: CertificateUses = { usersOf: certificateUsers }

/** Until an organization is made, no account has a ceiling. */
const noOrganizations: Organizations = { scpsOf: () => [], rcpsOf: () => [] }

function registry(services: readonly Service[]): ReadonlyMap<string, Service> {
  return new Map(services.map((service) => [service.model, service]))
}
