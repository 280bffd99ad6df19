import { closeSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeListener, EdgeView, RateQuery } from '#core/edge-view.ts'
import type { EdgePart, FrontDoor } from '#core/front-door.ts'
import type { LogLineSink } from '#core/log-delivery.ts'
import type { Log } from '#core/log.ts'
import type { FindMetrics, MetricSink } from '#core/metrics.ts'
import { probe } from '#core/ports.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { Handle } from '#wire/sockets/index.ts'
import { type RemovedPart, sharedListener } from '../doors/index.ts'
import type { StopTimes } from '../proxy/index.ts'
import type { Observed } from '../records/index.ts'
import type { EdgeReport, FromEdgeWorker, ToEdgeWorker } from '../worker/messages.ts'
import { BotPathBuckets } from './bot-paths.ts'
import { ConfigurationFeed, type PartsOf } from './feed.ts'
import { EdgeProcesses, type PlaceSockets } from './processes.ts'
import { SampleMinutes } from './samples.ts'
import { gatherSockets } from './gather-sockets.ts'

/** Where the edge listens, and with how many processes. */
export interface EdgeSettings {
  readonly host: string
  /** The port of HTTP that all front doors share; 0 takes a free one. */
  readonly port: number
  /** The same of TLS. */
  readonly tlsPort: number
  readonly workers: number
  readonly oidcNetworks: readonly string[]
}

/** What an edge's processes listen on. */
export interface EdgeSockets {
  readonly shared: { readonly http: number; readonly https: number }
  readonly processes: readonly PlaceSockets[]
}

interface Parts {
  readonly settings: EdgeSettings
  /** What the processes of a server before this one listen on, and share until that one's end. */
  readonly handed?: EdgeSockets | undefined
  /** The data directory. */
  readonly directory: string
  readonly store: Pick<Store, 'read' | 'tail' | 'catchUp'>
  readonly world: World
  readonly log: Log
  readonly partsOf: PartsOf
  readonly concerns: (service: string, type: string) => boolean
  /** 32 bytes that stay the same: seals cookies and tokens. */
  readonly secret: () => Promise<Uint8Array>
  readonly metrics: { readonly add: MetricSink; readonly find: FindMetrics }
  /** Keeps what front doors saw, lines of JSON. Faults: throws what the file system says; the lines are kept for the next time. */
  readonly keep: (kind: keyof Observed, lines: readonly string[]) => void
  /** Takes lines for log groups. */
  readonly logLines: LogLineSink
}

/** The edge as the main thread runs it. */
export interface Edge {
  readonly view: EdgeView
  /** What its processes listen on, for another server; `release` lets go of the descriptors. Nothing where no process runs. */
  readonly sockets: () => Promise<{ readonly sockets: EdgeSockets | undefined; readonly release: () => void }>
  /** Follows the store no more: its processes go on by what they know, and `relay` gets what they report. */
  readonly detach: (relay: (report: EdgeReport) => void) => void
  /** Takes what the processes of the server before this one report. */
  readonly takeReport: (report: EdgeReport) => void
  /** Ends when its processes listen. */
  readonly serving: () => Promise<void>
  /** The server before this one has ended: ports that it held may be free. */
  readonly bindAgain: () => void
  readonly stop: (times: StopTimes) => Promise<void>
}

/** How long a port that is in use is waited for, and a worker asked. Units: milliseconds. */
const probeAgainMs = 3_000
const answerMsMax = 2_000
/** How long processes may take until they listen, before nobody waits for them any more. */
const servingMsMax = 20_000

/** Runs the edge: no process and no port before there is a front door. */
export function createEdge(parts: Parts): Edge {
  const supervisor = new Supervisor(parts)
  return {
    view: {
      samples: (query) => Promise.resolve(supervisor.samples.find(query)),
      botPaths: (query) => Promise.resolve(supervisor.bots.find(query)),
      rateLimited: (query) => supervisor.rateLimited(query),
      listeners: () => Promise.resolve(supervisor.listeners()),
      metrics: parts.metrics.find,
    },
    sockets: () => supervisor.sockets(),
    detach: (relay) => supervisor.detach(relay),
    takeReport: (report) => supervisor.takeReport(report),
    serving: () => supervisor.serving(),
    bindAgain: () => supervisor.bindAgain(),
    stop: (times) => supervisor.stop(times),
  }
}

class Supervisor {
  readonly samples: SampleMinutes
  readonly bots: BotPathBuckets
  readonly #parts: Parts
  readonly #feed: ConfigurationFeed
  #processes: EdgeProcesses | undefined
  #starting = false
  #stopped = false
  #number = 0
  /** The shared ports as they were found free; they stay the same for good. */
  #shared: { readonly http: number; readonly https: number } | undefined
  /** Own ports of listeners that can be bound, and why others cannot. */
  readonly #free = new Set<number>()
  readonly #errors = new Map<number, string>()
  #binding: Promise<void> = Promise.resolve()
  #looks = 0
  /** Takes what processes report in this one's place. */
  #relay: ((report: EdgeReport) => void) | undefined
  readonly #boundWorkers = new Set<number>()
  #onBound: (() => void) | undefined
  #gathering: ((worker: number, message: FromEdgeWorker, handle: Handle | undefined) => void) | undefined
  readonly #questions = new Map<number, (addresses: readonly string[]) => void>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.samples = new SampleMinutes(parts.world.nowMs)
    this.bots = new BotPathBuckets(parts.world.nowMs)
    this.#feed = new ConfigurationFeed({
      ...parts,
      onChange: (put, removed) => this.#changed(put, removed),
      onBug: (error) => this.#bug(error),
    })
    if (this.#doors().length === 0) for (const [, fd] of parts.handed?.processes.flat() ?? []) closeSync(fd)
    this.#changed([], [])
  }

  async stop(times: StopTimes): Promise<void> {
    this.#stopped = true
    this.#feed.stop()
    await this.#processes?.stop(times)
  }

  async sockets(): Promise<{ readonly sockets: EdgeSockets | undefined; readonly release: () => void }> {
    const [processes, shared] = [this.#processes, this.#shared]
    if (processes === undefined || shared === undefined)
      return { sockets: undefined, release: () => undefined }
    const { settings, world } = this.#parts
    const gathered = gatherSockets(settings.workers, world)
    this.#gathering = gathered.hear
    processes.tell({ kind: 'send-sockets' })
    const { places, release } = await gathered.done
    this.#gathering = undefined
    return { sockets: { shared, processes: places }, release }
  }

  detach(relay: (report: EdgeReport) => void): void {
    this.#feed.stop()
    this.#relay = relay
  }

  takeReport(report: EdgeReport): void {
    if (this.#relay) return this.#relay(report)
    if (report.kind === 'observed') return this.#keep(report.observed)
    this.samples.add(report.reports.samples)
    this.bots.add(report.reports.bots)
    if (report.reports.metrics.length > 0) this.#parts.metrics.add(report.reports.metrics)
    if (report.reports.logs.length > 0) this.#parts.logLines(report.reports.logs)
  }

  serving(): Promise<void> {
    if (this.#doors().length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const giveUp = this.#parts.world.after(servingMsMax, resolve)
      this.#onBound = () => {
        if (this.#boundWorkers.size < this.#parts.settings.workers) return
        giveUp()
        resolve()
      }
      this.#onBound()
    })
  }

  bindAgain(): void {
    this.#changed([], [])
  }

  listeners(): readonly EdgeListener[] {
    return this.#doors().flatMap((door) => door.listeners.map((listener) => this.#listener(door, listener)))
  }

  rateLimited(query: RateQuery): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const number = ++this.#number
      const answered = (addresses: readonly string[]): void => {
        this.#questions.delete(number)
        giveUp()
        resolve(addresses)
      }
      const giveUp = this.#parts.world.after(answerMsMax, () => answered([]))
      this.#questions.set(number, answered)
      if (!this.#processes?.tellOne({ kind: 'rate-limited', number, query })) answered([])
    })
  }

  #doors(): readonly FrontDoor[] {
    return this.#feed.current.flatMap((part) => (part.kind === 'front-door' ? [part.value] : []))
  }

  #listener(door: FrontDoor, { arn, port, protocol }: FrontDoor['listeners'][number]): EdgeListener {
    const scheme = protocol === 'HTTP' ? 'http' : 'https'
    const shared = this.#shared?.[scheme]
    const { hostName } = door
    const own = this.#free.has(port) ? [`${scheme}://${hostName}:${port}`] : []
    const isShared = shared !== undefined && sharedListener(door, protocol, shared)?.port === port
    return {
      frontDoor: door.arn,
      listener: arn,
      hostName,
      protocol,
      urls: [...(isShared ? [`${scheme}://${hostName}:${shared}`] : []), ...own],
      ownPortError: this.#errors.get(port),
      webACL: door.webACL,
    }
  }

  #changed(put: readonly EdgePart[], removed: readonly RemovedPart[]): void {
    if (this.#processes === undefined) return void this.#start()
    if (put.length + removed.length > 0)
      this.#processes.tell({ kind: 'configure', number: ++this.#number, put, removed })
    this.#bindOwn()
  }

  async #start(): Promise<void> {
    // The feed's first look comes before it is there to be asked.
    await Promise.resolve()
    if (this.#starting || this.#stopped || this.#processes !== undefined || this.#doors().length === 0) return
    this.#starting = true
    try {
      await this.#begin()
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error)
      this.#parts.log({ level: 'error', event: 'edge-not-started', stack })
      this.#parts.world.after(probeAgainMs, () => this.#changed([], []))
    } finally {
      this.#starting = false
    }
  }

  /** Faults: throws what the file system and whoever keeps the secret say. */
  async #begin(): Promise<void> {
    const { settings, world, log, directory, secret, handed } = this.#parts
    const [http, https, key] = await Promise.all([
      handed ? { port: handed.shared.http } : probe(settings.host, settings.port),
      handed ? { port: handed.shared.https } : probe(settings.host, settings.tlsPort),
      secret(),
    ])
    if (this.#stopped) return
    if ('error' in http || 'error' in https) {
      const taken = 'error' in http ? settings.port : settings.tlsPort
      const why = 'error' in http ? http.error : 'error' in https ? https.error : ''
      const help = 'name other ports with --edge-port and --edge-tls-port'
      log({ level: 'error', event: 'edge-port-not-free', port: taken, why, help })
      return void world.after(probeAgainMs, () => this.#changed([], []))
    }
    this.#shared = { http: http.port, https: https.port }
    for (const [port] of handed?.processes.flat() ?? [])
      if (port !== http.port && port !== https.port) this.#free.add(port)
    const folderOf = (name: string): string => join(directory, name)
    const [buckets, geo, lists] = [folderOf('buckets'), folderOf('geo'), folderOf('waf-lists')]
    for (const folder of [buckets, geo, lists]) mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#processes = new EdgeProcesses({
      world,
      log,
      count: settings.workers,
      handed: handed?.processes ?? [],
      settings: {
        host: settings.host,
        sharedPorts: this.#shared,
        secret: key,
        buckets,
        geo,
        lists,
        oidcNetworks: settings.oidcNetworks,
      },
      first: () => this.#first(),
      onMessage: (worker, message, handle) => this.#hear(worker, message, handle),
    })
    this.#bindOwn()
  }

  #first(): readonly ToEdgeWorker[] {
    return [
      { kind: 'configure', number: ++this.#number, put: this.#feed.current, removed: [] },
      { kind: 'bind', ports: this.#ports() },
    ]
  }

  #ports(): readonly number[] {
    return this.#shared === undefined ? [] : [this.#shared.http, this.#shared.https, ...this.#free]
  }

  /** Has the workers bind what own ports of listeners can be bound. One look at them follows the other, and a newer one ends it. */
  #bindOwn(): void {
    const look = ++this.#looks
    const isNewest = (): boolean => look === this.#looks
    this.#binding = this.#binding
      .then(() => this.#bindWanted(isNewest))
      .catch((error: unknown) => this.#bug(error))
  }

  async #bindWanted(isNewest: () => boolean): Promise<void> {
    const { host } = this.#parts.settings
    const shared = new Set(Object.values(this.#shared ?? {}))
    const wanted = new Set(
      this.#doors().flatMap(({ listeners }) =>
        listeners.map(({ port }) => port).filter((port) => !shared.has(port)),
      ),
    )
    for (const port of this.#free) if (!wanted.has(port)) this.#free.delete(port)
    for (const port of this.#errors.keys()) if (!wanted.has(port)) this.#errors.delete(port)
    for (const port of wanted) {
      if (!isNewest()) return
      if (this.#free.has(port)) continue
      const probed = await probe(host, port)
      if ('error' in probed) this.#errors.set(port, probed.error)
      else {
        this.#errors.delete(port)
        this.#free.add(port)
      }
    }
    this.#processes?.tell({ kind: 'bind', ports: this.#ports() })
  }

  #hear(worker: number, message: FromEdgeWorker, handle: Handle | undefined): void {
    switch (message.kind) {
      case 'rates':
        return this.#processes?.tell({ kind: 'rates', increments: message.increments }, worker)
      case 'rate-limited':
        return this.#questions.get(message.number)?.(message.addresses)
      case 'reports':
      case 'observed':
        return this.takeReport(message)
      case 'socket':
      case 'sockets-sent':
        if (this.#gathering) this.#gathering(worker, message, handle)
        else handle?.close()
        return
      case 'bound':
        this.#boundWorkers.add(worker)
        this.#onBound?.()
        for (const [port, code] of message.errors)
          this.#parts.log({ level: 'error', event: 'edge-port-not-bound', worker, port, code })
        return
      case 'ready':
      case 'configured':
      case 'alive':
    }
  }

  /** A full disk is no reason for the edge to end. */
  #keep({ web, flow }: Observed): void {
    try {
      this.#parts.keep('web', web)
      this.#parts.keep('flow', flow)
    } catch (error) {
      this.#parts.log({ level: 'error', event: 'records-not-written', reason: String(error) })
    }
  }

  #bug(error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error)
    this.#parts.log({ level: 'error', event: 'bug', during: 'edge', stack })
  }
}
