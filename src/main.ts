import { createAuthorizer } from '#core/access/authorizer.ts'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import type { AuditTrail } from '#core/audit.ts'
import { createAuthenticate } from '#core/authentication.ts'
import type { SessionStatement } from '#core/caller.ts'
import { noCertificateUses } from '#core/certificates.ts'
import { createDerived } from '#core/derived.ts'
import { createHttpServer, type OwnEndpoint } from '#core/http-server.ts'
import type { Organizations } from '#core/identities.ts'
import { createLastUses } from '#core/last-uses.ts'
import type { Log } from '#core/log.ts'
import { noNetworkUses } from '#core/network.ts'
import { createPipeline, type Pipeline } from '#core/pipeline.ts'
import { createRotatingSeal, type RootKeys, type Seal } from '#core/seal/index.ts'
import type { Service } from '#core/service.ts'
import { createSessions } from '#core/session-token.ts'
import { type Head, openStore, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { createAcmService } from '#services/acm/service.ts'
import { createCloudTrailService } from '#services/cloudtrail/service.ts'
import { createEc2Service } from '#services/ec2/service.ts'
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
import { createStsService } from '#services/sts/service.ts'
import { createWafv2Service } from '#services/wafv2/service.ts'
import { createAuditTrail, findEventId } from '#telemetry/index.ts'
import type { Http1Server } from '#wire/http1/index.ts'

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
  readonly audit: AuditTrail
  /** An HTTP server, not listening yet. `through` may stand before the pipeline. */
  serve(
    ownEndpoints: ReadonlyMap<string, OwnEndpoint>,
    through?: (pipeline: Pipeline) => Pipeline,
  ): Http1Server
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
}: Parts): Worker {
  const store = openStore({ directory, head, strict })
  const rotating = createRotatingSeal(rootKeys, world.randomBytes)
  const { seal } = rotating
  const sessions = createSessions<SessionStatement>(seal, world.randomBytes)
  const derived = createDerived(store)
  const audit = createAuditTrail({ directory, store, worker, world, log })
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

  const services = registry([
    createIamService(noCertificateUses),
    createAcmService(noCertificateUses),
    createEc2Service(noNetworkUses),
    createStsService({ sessions, roles: assumableRoles, identities }),
    createCloudTrailService({ trail: audit }),
    createWafv2Service({ principals: principalNames }),
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
  // What is due is done once, by the first worker.
  const keeper =
    worker === 0 ? createKeeper({ store, world, seal, recordEvent: audit.recordEvent, log }) : undefined
  const authenticate = createAuthenticate({ identities, sessions, seal, derived })
  const pipeline = createPipeline({
    world,
    store,
    seal,
    services,
    authenticate,
    authorize,
    audit,
    onUse: noteIdentityUses(lastUses),
    log,
    partition,
  })

  return {
    store,
    seal,
    async useRootKeys(keys) {
      rotating.use(keys)
      // Operations seal and submit within one turn, and the turn's transactions commit at its end.
      await new Promise(setImmediate)
    },
    services,
    pipeline,
    audit,
    serve: (ownEndpoints, through = (same) => same) =>
      createHttpServer({ world, pipeline: through(pipeline), audit, log, ownEndpoints }),
    async close() {
      lastUses.stop()
      ring.stop()
      await keeper?.stop()
      external.stop()
      await lastUses.flush()
      await store.close()
      await audit.close()
    },
  }
}

/** Until an organization is made, no account has a ceiling. */
const noOrganizations: Organizations = { scpsOf: () => [], rcpsOf: () => [] }

function registry(services: readonly Service[]): ReadonlyMap<string, Service> {
  return new Map(services.map((service) => [service.model, service]))
}
