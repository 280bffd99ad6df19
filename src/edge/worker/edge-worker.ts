import { hkdfSync } from 'node:crypto'
import { closeSync } from 'node:fs'
import { lookup } from 'node:dns'
import { parseNetwork } from '#core/address-guard.ts'
import { createLog } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { managedRuleGroups } from '#engines/waf/index.ts'
import type { Handle } from '#wire/sockets/index.ts'
import { Configuration } from '../doors/index.ts'
import { createLocations } from '../geo/index.ts'
import { createLists } from '../lists/index.ts'
import { Guards, SharedCounter } from '../guards/index.ts'
import { AuthFailed, createAuthentication } from '../oidc/index.ts'
import { createEdgeProxy, type EdgeProxy, type StopTimes } from '../proxy/index.ts'
import { createRecords, type Records } from '../records/index.ts'
import { createTokens } from '../tokens/index.ts'
import type { FromEdgeWorker, ToEdgeWorker, WorkerSettings } from './messages.ts'

/** Units: milliseconds. A rate limit is held across workers within one exchange. */
const exchangeRatesEveryMs = 200
const reportEveryMs = 1_000
/** What is detected is to be answered while it goes on. Units: milliseconds. */
const observedEveryMs = 100
/** How long an identity provider may take. Units: milliseconds. */
const providerMsMax = 5_000

/** An edge worker: what hears the supervisor, and answers it by `tell`. */
export interface EdgeWorker {
  readonly hear: (message: ToEdgeWorker) => void
}

/** Puts a worker together: the edge's data path with its configuration, its guards and its records. */
export function createEdgeWorker({
  world,
  tell,
  exit,
}: {
  readonly world: World
  readonly tell: Tell
  readonly exit: () => void
}): EdgeWorker {
  let running: Running | undefined
  return {
    hear(message) {
      if (message.kind === 'start') running = start(message.settings, world, tell)
      else if (running) obey(running, message, { tell, exit, world })
    },
  }
}

type Tell = (message: FromEdgeWorker, handle?: Handle) => void

interface Running {
  readonly settings: WorkerSettings
  readonly guards: Guards
  readonly counter: SharedCounter
  readonly configuration: Configuration
  readonly proxy: EdgeProxy
  readonly records: Records
  readonly bound: Map<number, Promise<number>>
  /** Those that it does not listen on yet. */
  readonly handed: Map<number, number>
  binding: Promise<void>
}

function start(settings: WorkerSettings, world: World, tell: (message: FromEdgeWorker) => void): Running {
  const log = createLog((line) => process.stderr.write(line), world.nowMs)
  const reportBug = (error: unknown): void =>
    log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
  const counter = new SharedCounter()
  let managed: ReturnType<typeof managedRuleGroups> | undefined
  const guards = new Guards({
    nowMs: world.nowMs,
    counter,
    managed: () => (managed ??= managedRuleGroups(createLists(settings.lists, world.nowMs, log))),
    ...createLocations(settings.geo, world.nowMs, log),
    tokens: createTokens({ key: settings.secret, world }),
    reportBug,
  })
  const configuration = new Configuration({
    world,
    sharedPorts: settings.sharedPorts,
    guardOf: guards.guardOf,
    authenticate: createAuthentication({
      key: keyFor(settings.secret, 'sessions'),
      world,
      access: {
        trust: [],
        networks: settings.oidcNetworks.map(parseNetwork).filter((network) => network !== undefined),
        resolve: (hostname, callback) => lookup(hostname, { all: true }, callback),
        timeoutMs: providerMsMax,
      },
      report: (failure) => {
        if (failure instanceof AuthFailed)
          log({ level: 'warn', event: 'authentication-failed', reason: failure.reason, why: failure.message })
        else reportBug(failure)
      },
    }),
    cookieKey: keyFor(settings.secret, 'sticky cookies'),
    reportBug,
  })
  const records = createRecords({ world, log, buckets: settings.buckets, worker: settings.worker })
  const proxy = createEdgeProxy({
    doors: () => configuration.doors,
    recorder: records.recorder,
    world,
    log,
  })
  world.every(exchangeRatesEveryMs, () => {
    const increments = counter.takeIncrements()
    if (increments.length > 0) tell({ kind: 'rates', increments })
  })
  world.every(observedEveryMs, () => tellObserved(records, tell))
  world.every(reportEveryMs, () => {
    const reports = records.take()
    if (Object.values(reports).some((told: readonly unknown[]) => told.length > 0))
      tell({ kind: 'reports', reports })
    tell({ kind: 'alive' })
  })
  tell({ kind: 'ready' })
  const handed = new Map(settings.handed)
  const binding = Promise.resolve()
  return { settings, guards, counter, configuration, proxy, records, bound: new Map(), handed, binding }
}

function tellObserved(records: Records, tell: (message: FromEdgeWorker) => void): void {
  const observed = records.takeObserved()
  if (observed.web.length + observed.flow.length > 0) tell({ kind: 'observed', observed })
}

/** Each use of the secret has a key of its own. Source: RFC 5869. */
function keyFor(secret: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `redoubt edge ${use}`, 32))
}

interface Around {
  readonly world: World
  readonly tell: Tell
  readonly exit: () => void
}

function obey(
  running: Running,
  message: Exclude<ToEdgeWorker, { kind: 'start' }>,
  { world, tell, exit }: Around,
): void {
  const { guards, counter, configuration, records, proxy } = running
  switch (message.kind) {
    case 'configure':
      guards.apply(message.put, message.removed)
      configuration.apply(message.put, message.removed)
      records.configure(message.put, message.removed)
      return tell({ kind: 'configured', number: message.number })
    case 'bind':
      // One after the other: what is not listened on yet cannot be let go of.
      running.binding = running.binding
        .then(() => bind(running, message.ports))
        .then((errors) => tell({ kind: 'bound', errors }))
      return
    case 'rates':
      return counter.addForeign(message.increments, world.nowMs())
    case 'rate-limited':
      return tell({
        kind: 'rate-limited',
        number: message.number,
        addresses: guards.rateLimited(message.query),
      })
    case 'send-sockets':
      for (const [port, handle] of proxy.listening()) tell({ kind: 'socket', port }, handle)
      return tell({ kind: 'sockets-sent' })
    case 'stop':
      return void stop(proxy, records, message.times, tell).then(exit)
  }
}

/** Listens where it is to listen and does not yet, and stops where it is not to. */
async function bind(
  { proxy, bound, settings, handed }: Running,
  ports: readonly number[],
): Promise<readonly (readonly [number, string])[]> {
  for (const port of bound.keys())
    if (!ports.includes(port)) {
      bound.delete(port)
      proxy.unlisten(port)
    }
  // Whoever connects where nobody accepts would wait for good.
  for (const [port, fd] of handed)
    if (!ports.includes(port)) {
      handed.delete(port)
      closeSync(fd)
    }
  const outcomes = await Promise.all(
    ports.map(async (port) => {
      const fd = handed.get(port)
      handed.delete(port)
      const listening = bound.get(port) ?? proxy.listen({ host: settings.host, port, shared: true, fd })
      bound.set(port, listening)
      try {
        await listening
        return []
      } catch (error) {
        bound.delete(port)
        return [[port, codeOf(error)] as const]
      }
    }),
  )
  return outcomes.flat()
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

async function stop(proxy: EdgeProxy, records: Records, times: StopTimes, tell: Tell): Promise<void> {
  await proxy.stop(times)
  tellObserved(records, tell)
  tell({ kind: 'reports', reports: records.take() })
  await records.close()
}
