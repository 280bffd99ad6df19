import type { OutboundAccess } from '#core/address-guard.ts'
import { createAuthorizer } from '#core/access/authorizer.ts'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import type { AuditTrail } from '#core/audit.ts'
import { createAuthenticate } from '#core/authentication.ts'
import type { SessionStatement } from '#core/caller.ts'
import { certificatesOf } from '#core/certificates.ts'
import { createDerived } from '#core/derived.ts'
import { createEdgeEndpoint } from '#core/edge-endpoint.ts'
import type { EdgeView } from '#core/edge-view.ts'
import { createHttpServer, type OwnEndpoint } from '#core/http-server.ts'
import type { Organizations } from '#core/identities.ts'
import { createLastUses } from '#core/last-uses.ts'
import type { Log } from '#core/log.ts'
import { createPipeline, type Pipeline } from '#core/pipeline.ts'
import { createRotatingSeal, type RootKeys, type Seal } from '#core/seal/index.ts'
import type { Service } from '#core/service.ts'
import { type CallAsService, createCallAsService } from '#core/service-calls.ts'
import { createSessions } from '#core/session-token.ts'
import { type Head, openStore, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { Edge, EdgeSettings, EdgeSockets } from '#edge/supervisor/index.ts'
import type { FunctionHost } from '#functions/index.ts'
import type { Resolver, ResolverSettings } from '#resolver/index.ts'
import { acmCertificates } from '#services/acm/certificate-view.ts'
import { createDataEventChoice } from '#services/cloudtrail/data-event-choice.ts'
import { createAuditCursor } from '#services/events/audit-cursor.ts'
import { createAuditEvents } from '#services/events/audit-events.ts'
import { heard } from '#services/events/audited.ts'
import { createRouter } from '#services/events/router.ts'
import { createServiceEvents } from '#services/events/service-events.ts'
import { iamCertificates } from '#services/iam/certificate-view.ts'
import { assumableRoles } from '#services/iam/assumable-roles.ts'
import { identities } from '#services/iam/identities.ts'
import { noteIdentityUses } from '#services/iam/identity-uses.ts'
import { principalNames } from '#services/iam/principal-names.ts'
import { createDoubleEncryption, type ProxyAccess } from '#services/kms/double-encryption.ts'
import { createKeyRing } from '#services/kms/key-ring.ts'
import { createFunctionUrlDoor } from '#services/lambda/url-door.ts'
import { createSubscriberDoor } from '#services/sns/door.ts'
import type { MailServer } from '#services/sns/mail-delivery.ts'
import { createSqsService } from '#services/sqs/service.ts'
import { createAuditTrail, createLogStore, noteDamage } from '#telemetry/index.ts'
import { createLake } from '#telemetry/sql/index.ts'
import type { Http1Server } from '#wire/http1/index.ts'
import { createEdgeSide, edgeGraceMs } from './composition/edge.ts'
import { createFunctionSide } from './composition/functions.ts'
import type { Ground } from './composition/ground.ts'
import { createRecordHearers } from './composition/record-hearers.ts'
import { createRunners } from './composition/runners.ts'
import { createServices } from './composition/services.ts'

export { edgeGraceMs }

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
  /** What the edge of the server before this one listens on. */
  readonly handedEdge?: EdgeSockets | undefined
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
  /** The edge itself, in the worker that runs it. */
  readonly ownEdge: Edge | undefined
  /** Where it was asked for, in the first worker; not listening yet. */
  readonly resolver: Resolver | undefined
  /** Runs functions, in whichever worker. */
  readonly functions: FunctionHost
  /** How long invocations may take yet that are under way in this worker. Units: milliseconds. */
  invocationsLeftMs(): number
  /** An HTTP server, not listening yet. `through` may stand before the pipeline. */
  serve(
    ownEndpoints: ReadonlyMap<string, OwnEndpoint>,
    through?: (pipeline: Pipeline) => Pipeline,
  ): Http1Server
  /** Says where what runs on this machine reaches the API: functions are told. */
  reachedAt(url: string): void
  /** Answers the calls that wait for something to come: a stop need not wait with them. */
  endWaits(): void
  /** Lets go of everything, and ends the edge first, unless it was detached. */
  close(edge?: 'ends' | 'detached'): Promise<void>
}

/** Puts a worker together: with `src/composition`, the only place that knows everyone. */
export function createWorker(parts: Parts): Worker {
  const { world, log, directory, worker, partition, strict, smtp, publicUrl } = parts
  const stopNotingDamage = noteDamage({ directory, world, log })
  const store = openStore({ directory, head: parts.head, strict })
  const rotating = createRotatingSeal(parts.rootKeys, world.randomBytes)
  const { seal } = rotating
  const ground: Ground = { world, log, directory, store, seal, partition }
  const sessions = createSessions<SessionStatement>(seal, world.randomBytes)
  const derived = createDerived(store)
  const authorize = createAuthorizer({
    ...{ identities, organizations: noOrganizations, library: new PolicyLibrary() },
    ...{ derived, strict },
  })
  // What acts by itself is made before the pipeline, which it calls through once that runs.
  const callLater: CallAsService = (call) => callAsService(call)

  // What is kept beside the documents.
  const wantsDataEvent = createDataEventChoice(derived)
  const audit = createAuditTrail({ directory, store, worker, world, log, wantsDataEvent })
  const lake = createLake({ directory, segments: () => audit.written(), world, log })
  const lastUses = createLastUses({ store, world })
  const logs = createLogStore({ directory, worker, world, log })
  const ring = createKeyRing({ store, seal })
  const external = createDoubleEncryption({ store, seal, world, log, access: parts.xks })

  // What runs once, in the first worker: the others ask there.
  const certificates = certificatesOf({ acm: acmCertificates, iam: iamCertificates })
  const edge = createEdgeSide(parts.edge, {
    ...ground,
    ...{ certificates, callAsService: callLater, dns: parts.dns, handed: parts.handedEdge },
  })
  const functions = createFunctionSide(parts.functions, {
    ...ground,
    ...{ callAsService: callLater, records: edge.kept?.records },
  })
  const { host, code } = functions

  // Events, and who hears of records.
  const router = createRouter(store)
  const publish = createServiceEvents({ router, world })
  const auditEvents = createAuditEvents({ store, world, router, log })
  const auditCursor = createAuditCursor({ trail: audit, auditEvents, world, log, recovers: worker === 0 })
  const { onRecord, tellAll } = createRecordHearers(store)

  let isEnding = false
  const sqs = createSqsService({ store, world, principals: principalNames, publicUrl })
  const lambda = { host, code, roles: assumableRoles, callAsService: callLater, publicUrl }
  const services = createServices({
    ...ground,
    ...{ authorize, sessions, callAsService: callLater, certificates, edge: edge.view },
    ...{ audit, lake, logs, router, publish, lambda, sqs, ring, external, lastUses },
    ...{ sendsMail: smtp !== undefined, publicUrl, isEnding: () => isEnding },
  })

  const authenticate = createAuthenticate({ identities, sessions, seal, derived })
  const { pipeline, callAs, enter } = createPipeline({
    ...{ world, store, seal, services, authenticate, authorize, log, partition },
    audit: heard(audit, store, (line) => {
      auditEvents.onRecord(line)
      tellAll()
    }),
    onUse: noteIdentityUses(lastUses),
  })
  const callAsService = createCallAsService({ callAs, sessions, identities, store, nowMs: world.nowMs })

  // What acts by itself hears at once of what other workers commit.
  const stopKeepingUp = store.keepUp((reason) =>
    log({ level: 'error', event: 'log-not-read', reason: String(reason) }),
  )
  const runners = edge.kept
    ? createRunners({
        ...ground,
        ...edge.kept,
        ...{ callAsService, audit, lake, logs, router, publish, onRecord, lanes: sqs.lanes },
        ...{ host, code, writeLogs: functions.writeLogs },
        ...{ webhooks: parts.webhooks, smtp, publicUrl },
      })
    : []

  const edgeEndpoint = createEdgeEndpoint({
    ...{ authenticate, callAs, store, nowMs: world.nowMs, edge: edge.view },
  })

  return {
    ...{ store, seal, services, pipeline, callAsService, audit },
    edge: edge.view,
    ownEdge: edge.own,
    resolver: edge.resolver,
    functions: host,
    invocationsLeftMs: functions.leftMs,
    reachedAt: functions.reachedAt,
    async useRootKeys(keys) {
      rotating.use(keys)
      // Operations seal and submit within one turn, and the turn's transactions commit at its end.
      await new Promise(setImmediate)
    },
    serve: (ownEndpoints, through = (same) => same) =>
      createHttpServer({
        ...{ world, audit, log },
        pipeline: createFunctionUrlDoor({ store, enter, lambda })(
          createSubscriberDoor({ read: store.read, seal, callAsService })(through(pipeline)),
        ),
        ownEndpoints: new Map([['GET /_redoubt/edge', edgeEndpoint], ...ownEndpoints]),
      }),
    endWaits() {
      isEnding = true
      sqs.stop()
    },
    // First what brings work, then what does it, then what it is written to.
    async close(ends = 'ends') {
      await edge.stop(ends)
      for (const runner of runners) await runner.close()
      stopKeepingUp()
      await functions.close()
      await auditEvents.idle()
      await auditCursor.close()
      await edge.close()
      lastUses.stop()
      ring.stop()
      external.stop()
      await lastUses.flush()
      await store.close()
      await audit.close()
      await logs.close()
      stopNotingDamage()
    },
  }
}

/** Until an organization is made, no account has a ceiling. */
const noOrganizations: Organizations = { scpsOf: () => [], rcpsOf: () => [] }
