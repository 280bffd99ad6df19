import { listAccounts } from '#core/accounts.ts'
import type { Certificates } from '#core/certificates.ts'
import { edgeSecret } from '#core/edge-secret.ts'
import type { EdgeView } from '#core/edge-view.ts'
import type { CallAsService } from '#core/service-calls.ts'
import {
  createEdge,
  type Edge,
  type EdgeSettings,
  type EdgeSockets,
  type StopTimes,
} from '#edge/supervisor/index.ts'
import { createResolver, type Resolver, type ResolverSettings } from '#resolver/index.ts'
import { createLogDelivery } from '#services/logs/delivery-runner.ts'
import { createMetricStore, createRecordStore, type MetricStore, type RecordStore } from '#telemetry/index.ts'
import { concernsEdge, edgeConfiguration, logDestinations } from './edge-configuration.ts'
import type { Ground } from './ground.ts'

/** What a worker knows of the edge: the first runs it and keeps its records, the others ask there. */
export interface EdgeSide {
  readonly view: EdgeView
  /** The edge itself, in the worker that runs it. */
  readonly own?: Edge | undefined
  readonly resolver?: Resolver | undefined
  readonly kept?: KeptRecords | undefined
  /** Lets requests and queries that are under way end; nothing comes in any more. An edge that was detached goes on. */
  stop(edge: 'ends' | 'detached'): Promise<void>
  close(): Promise<void>
}

/** What the edge, the resolver and functions are recorded in. */
export interface KeptRecords {
  readonly metrics: MetricStore
  readonly records: RecordStore
}

interface Parts extends Ground {
  readonly certificates: Certificates
  readonly callAsService: CallAsService
  readonly dns?: ResolverSettings | undefined
  /** What the edge of the server before this one listens on. */
  readonly handed?: EdgeSockets | undefined
}

/** How long requests at the edge that are under way may take when the server stops. Units: milliseconds. */
export const edgeGraceMs = 8_000
const atStop: StopTimes = { idleMs: 0, underWayMs: edgeGraceMs }

export function createEdgeSide(edge: EdgeSettings | EdgeView, parts: Parts): EdgeSide {
  if ('workers' in edge) return ownEdge(edge, parts)
  return { view: edge, stop: () => Promise.resolve(), close: () => Promise.resolve() }
}

function ownEdge(settings: EdgeSettings, parts: Parts): EdgeSide {
  const { directory, store, seal, world, log, partition, certificates, callAsService, dns, handed } = parts
  const metrics = createMetricStore({ directory, world, log })
  const records = createRecordStore({ directory, world, log })
  const logDelivery = createLogDelivery({
    ...{ read: store.read, world, callAsService, log },
    destinationOf: logDestinations(partition),
  })
  const edge = createEdge({
    ...{ settings, handed, directory, store, world, log, metrics },
    secret: () => edgeSecret(store, seal, world),
    partsOf: (reader) => edgeConfiguration(reader, { seal, partition, certificates }),
    concerns: concernsEdge,
    keep: (kind, lines) => records.append(kind, lines),
    logLines: logDelivery.take,
  })
  const resolver = dns && createOwnResolver(dns, parts, records)
  return {
    view: edge.view,
    own: edge,
    resolver,
    kept: { metrics, records },
    async stop(ends) {
      if (ends === 'ends') await edge.stop(atStop)
      await resolver?.close()
      await logDelivery.close()
    },
    async close() {
      metrics.close()
      await records.close()
    },
  }
}

function createOwnResolver(
  settings: ResolverSettings,
  { store, world, log }: Ground,
  records: RecordStore,
): Resolver {
  return createResolver({
    ...{ settings, world, log },
    account: () =>
      settings.account ?? listAccounts(store.read).find(({ management }) => management)?.accountId,
    keep: (lines) => records.append('dns', lines),
  })
}
