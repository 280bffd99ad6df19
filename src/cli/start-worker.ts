import type { Socket } from 'node:net'
import { type Network, parseNetwork, systemResolve } from '#core/address-guard.ts'
import type { EdgeView } from '#core/edge-view.ts'
import type { OwnEndpoint } from '#core/http-server.ts'
import { allListeners } from '#core/edge-endpoint.ts'
import { createLog } from '#core/log.ts'
import type { RootKeys } from '#core/seal/index.ts'
import { Head } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import type { EdgeSockets } from '#edge/supervisor/index.ts'
import type { ResolverSockets } from '#resolver/index.ts'
import type { Give } from '#wire/http1/index.ts'
import { createWorker, type Worker } from '../main.ts'
import type { FunctionHost } from '#functions/index.ts'
import { devEndpoints, devPipeline } from './dev.ts'
import type { Settings } from './settings.ts'
import { version } from './version.ts'

/** What a thread needs to become a worker; it crosses from the main thread. */
export interface ThreadData {
  readonly settings: Settings
  readonly rootKeys: RootKeys
  readonly headBuffer: SharedArrayBuffer
  readonly worker: number
  readonly shared: boolean
  /** Sockets that listen already, of the server before this one. */
  readonly handed?: HandedToWorker | undefined
}

/** What one worker listens on in the place of another server's. */
export interface HandedToWorker {
  readonly api: number
  readonly dns?: ResolverSockets | undefined
  readonly edge?: EdgeSockets | undefined
}

/** A worker that listens. */
export interface Running {
  readonly port: number
  /** Where the DNS resolver listens, in the worker that runs one. */
  readonly dnsPort: number | undefined
  readonly worker: Worker
  /** What the API listens on. */
  descriptor(): number | undefined
  /** Serves a connection that another server accepted. */
  adopt(socket: Socket): void
  /**
   * Answers what has been asked, and lets go of everything, once `before` has come; gives connections that wait for a request away, where it
   * is told how.
   */
  stop(give?: Give, before?: Promise<unknown>): Promise<void>
}

/** How long a stop waits for calls under way. Units: milliseconds. */
export const stopMsMax = 10_000

/**
 * Puts a worker together, lets `before` prepare its documents, and listens. `elsewhere` is how it asks the worker that runs the edge and
 * the functions; the one that has none runs them.
 */
export async function startWorker(
  data: ThreadData,
  elsewhere?: { readonly edge: EdgeView; readonly functions: FunctionHost },
  before?: (worker: Worker) => Promise<void>,
): Promise<Running> {
  const { settings, rootKeys, headBuffer, worker: number, shared, handed } = data
  const world = systemWorld()
  const log = createLog((line) => process.stderr.write(line), world.nowMs)
  const head = new Head(headBuffer)
  const { directory, partition, dev, xks, webhooks, smtp, publicUrl, dns } = settings
  const worker = createWorker({
    world,
    log,
    rootKeys,
    directory,
    head,
    worker: number,
    partition,
    strict: dev !== undefined,
    edge: elsewhere?.edge ?? settings.edge,
    handedEdge: handed?.edge,
    functions: elsewhere?.functions,
    xks: { ...xks, networks: networksOf(xks) },
    webhooks: { trust: webhooks.trust, networks: networksOf(webhooks), resolve: systemResolve },
    smtp,
    dns,
    publicUrl,
  })
  await before?.(worker)

  let stopping = false
  const endpoints = new Map<string, OwnEndpoint>([['GET /_redoubt/health', () => health(stopping)]])
  const first = { settings, world, seal: worker.seal }
  if (dev) endpoints.set('GET /_redoubt/edge', () => allListeners(worker.edge))
  if (dev) for (const [route, endpoint] of devEndpoints(worker.store, first)) endpoints.set(route, endpoint)
  const server = worker.serve(endpoints, dev && ((pipeline) => devPipeline(pipeline, worker.store, first)))
  const port = await server.listen(
    handed ? { fd: handed.api } : { host: settings.host, port: settings.port, reusePort: shared },
  )
  worker.reachedAt(localUrl(settings.host, port))
  const dnsPort = await worker.resolver?.listen(handed?.dns)

  return {
    port,
    dnsPort,
    worker,
    descriptor: () => server.descriptor(),
    adopt: (socket) => server.adopt(socket),
    async stop(give, before) {
      stopping = true
      worker.endWaits()
      await server.stop(stopMsMax, give)
      await before
      await worker.close(give ? 'detached' : 'ends')
    },
  }
}

const networksOf = ({ networks }: { readonly networks: readonly string[] }): readonly Network[] =>
  networks.map(parseNetwork).filter((network) => network !== undefined)

/** Where what runs on this machine reaches the API. */
function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (host === '::') return `http://[::1]:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function health(stopping: boolean) {
  return {
    status: stopping ? 503 : 200,
    headers: { 'content-type': 'application/json', ...(stopping && { connection: 'close' }) },
    body: `${JSON.stringify({ status: stopping ? 'stopping' : 'ready', version })}\n`,
  }
}
