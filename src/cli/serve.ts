import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { flushCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import { isDiskError } from '#core/disk-error.ts'
import { findDeployment } from '#core/deployment.ts'
import { createLog, type Log } from '#core/log.ts'
import { probe } from '#core/ports.ts'
import { CustodyStopped, RootKeyCustody } from '#core/root-key-custody.ts'
import { loadRootKey, RootKeyError, rootKeysOf } from '#core/seal/index.ts'
import {
  checkDatabase,
  DamagedDatabase,
  DamagedWal,
  DirectoryInUse,
  Head,
  lockDataDirectory,
  UnfinishedRestore,
  UnknownSchema,
  UnusableDirectory,
} from '#core/store/index.ts'
import { systemWorld, type World } from '#core/world.ts'
import { enabledDetectors } from '#services/guardduty/detecting.ts'
import type { Worker } from '../main.ts'
import { dnsSettingsOf, type DnsOptions } from './dns-settings.ts'
import { devBanner, dnsBanner, firstStartBanner, readyBanner } from './banner.ts'
import { type FirstCredentialsOf, makeDevState, makeFirstAccount } from './first-start.ts'
import { type EndCommands, listenForCommands } from './control-server.ts'
import { mailServerOf, type MailOptions } from './mail-server.ts'
import type { Principal } from './principal.ts'
import { createReload } from './reload/create-reload.ts'
import { type Lifeline, takeLifeline } from './reload/lifeline.ts'
import { type Handed, lifelineFd } from './reload/messages.ts'
import { meetPredecessor, type Predecessor } from './reload/predecessor.ts'
import { rootKeySource } from './root-key-sources.ts'
import { loadThreads, ServerThreads } from './server-threads.ts'
import type { ServerStatus } from './server-status.ts'
import type { Settings } from './settings.ts'
import { onSignals } from './signals.ts'
import { type HandedToWorker, startWorker, type ThreadData } from './start-worker.ts'
import { version } from './version.ts'

/** What `redoubt serve` was told. */
export interface ServeOptions extends MailOptions, DnsOptions {
  readonly port: number
  readonly host: string
  readonly data?: string
  readonly workers: number
  readonly partition: string
  readonly dev: boolean
  readonly principal: readonly Principal[]
  /** PEM certificates. */
  readonly xksCa: readonly string[]
  readonly xksNetwork: readonly string[]
  readonly xksTimeout: number
  readonly edgePort: number
  readonly edgeTlsPort: number
  readonly edgeHost?: string
  readonly edgeWorkers: number
  readonly oidcNetwork: readonly string[]
  readonly webhookCa: readonly string[]
  readonly webhookNetwork: readonly string[]
  /** An origin. */
  readonly publicUrl?: string
}

/** Why the server did not start, for its operator: what is wrong, and what to do. */
class StartRefused extends Error {}

/** Serves until SIGINT or SIGTERM. Sets the exit code 1, with one line that says why, when it cannot start. */
export async function serve(options: ServeOptions): Promise<void> {
  const predecessor = await meetPredecessor()
  try {
    await start(options, predecessor)
  } catch (error) {
    if (isDiskError(error)) {
      console.error(`redoubt: ${error.message}: the data directory has to be writable, and to have room`)
      process.exit(1)
    }
    if (!(
      error instanceof StartRefused ||
      error instanceof RootKeyError ||
      error instanceof DirectoryInUse ||
      error instanceof UnfinishedRestore ||
      error instanceof UnusableDirectory ||
      error instanceof UnknownSchema ||
      error instanceof DamagedDatabase ||
      error instanceof DamagedWal
    ))
      throw error
    predecessor?.refuse(error.message)
    console.error(`redoubt: ${error.message}`)
    process.exit(1)
  }
}

async function start(options: ServeOptions, predecessor: Predecessor | undefined): Promise<void> {
  const handed = predecessor?.handed
  const { settings, isTemporary } = settingsOf(options, handed)
  const world = systemWorld()
  const log = createLog((line) => process.stderr.write(line), world.nowMs)
  const { directory } = settings
  const source = rootKeySource(process.env)
  const workers = handed?.api.length ?? options.workers
  const loading = loadThreads(workers - 1, log)
  if (predecessor) {
    await loading
    loadRootKey(source, directory, world.randomBytes) // That of now: a rotation may come in between.
    await predecessor.yours()
  }
  const unlock = await lock(directory, handed !== undefined, world)
  if (!handed)
    await takePort(settings).catch((error: unknown) => {
      if (isTemporary) rmSync(directory, { recursive: true, force: true })
      throw error
    })
  const state = loadRootKey(source, directory, world.randomBytes)
  checkDatabase(directory)
  const headBuffer = new Head().buffer
  const shared = workers > 1
  const data: ThreadData = { settings, rootKeys: rootKeysOf(state), headBuffer, worker: 0, shared }

  let credentials: FirstCredentialsOf | undefined
  const first = await startWorker({ ...data, handed: handedTo(handed, 0) }, undefined, async (worker) => {
    credentials = await prepare(worker, settings)
  })
  const threads = await ServerThreads.start(first, data, await loading, (worker) => handedTo(handed, worker))
  const { store, seal } = first.worker
  const spread = threads.useRootKeys.bind(threads)
  const custody = new RootKeyCustody({ directory, source, state, store, seal, spread, world, log })
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${first.port}`
  const startedAtMs = world.nowMs()
  const status = async (): Promise<ServerStatus> => ({
    ...{ version, pid: process.pid, startedAtMs, url, workers },
    listeners: await first.worker.edge.listeners(),
    detectors: enabledDetectors(store.read),
  })
  let lifeline: Lifeline | undefined
  let endCommands: EndCommands = () => undefined
  const signals = onSignals(handed !== undefined, async () => {
    let code = 0
    try {
      await custody.stop()
      endCommands('all')
      await threads.stop()
    } catch (error) {
      if (!isDiskError(error)) throw error
      log({ level: 'error', event: 'not-written', reason: String(error) }) // Nothing that was acknowledged.
      code = 1
    }
    unlock()
    if (isTemporary) rmSync(directory, { recursive: true, force: true })
    await lifeline?.tellExit(code)
    process.exit(code)
  })
  if (handed) lifeline = takeLifeline(lifelineFd, signals.signal)

  const reload = createReload({
    ...{ first, threads, custody, world, unlock, lifeline, signals },
    handed: { directory, isTemporary },
    endCommands: () => endCommands('but-reloads'),
  })
  endCommands = await listenForCommands(directory, { custody, edge: first.worker.edge, status, reload }, log)
  tendAtTimes(custody, world, log)
  predecessor?.serve(first)
  if (settings.dev && !handed) console.log(devBanner(url, settings.dev))
  if (credentials) console.log(firstStartBanner(url, credentials))
  if (settings.dns && first.dnsPort !== undefined) console.log(dnsBanner(settings.dns, first.dnsPort))
  console.log(readyBanner(url, settings.directory, workers))
  flushCompileCache() // Not at the end, which may be a kill.
}

function settingsOf(
  options: ServeOptions,
  handed: Handed | undefined,
): { settings: Settings; isTemporary: boolean } {
  const { host, port, partition } = options
  const smtp = mailServerOf(options, process.env['REDOUBT_SMTP_PASSWORD'])
  if (typeof smtp === 'string') throw new StartRefused(smtp)
  const dns = dnsSettingsOf(options)
  if (typeof dns === 'string') throw new StartRefused(dns)
  const isTemporary = options.dev && options.data === undefined
  const directory =
    handed?.directory ??
    (isTemporary ? mkdtempSync(join(tmpdir(), 'redoubt-dev-')) : resolve(options.data ?? '.redoubt'))
  return {
    settings: {
      host,
      port,
      directory,
      partition,
      dev: options.dev ? options.principal : undefined,
      xks: {
        trust: options.xksCa,
        networks: options.xksNetwork,
        timeoutMs: options.xksTimeout,
      },
      webhooks: { trust: options.webhookCa, networks: options.webhookNetwork },
      smtp,
      publicUrl: options.publicUrl,
      edge: {
        host: options.edgeHost ?? host,
        port: options.edgePort,
        tlsPort: options.edgeTlsPort,
        workers: handed?.edge?.processes.length ?? options.edgeWorkers,
        oidcNetworks: options.oidcNetwork,
      },
      dns,
    },
    isTemporary,
  }
}

/** Makes the first state of a new data directory, and refuses one that was made for something else. */
async function prepare({ store, seal }: Worker, settings: Settings): Promise<FirstCredentialsOf | undefined> {
  const first = { settings, world: systemWorld(), seal }
  const deployment = findDeployment(store.read)
  if (!deployment) {
    if (!settings.dev) return store.transact((tx) => makeFirstAccount(tx, first))
    await store.transact((tx) => makeDevState(tx, first))
    return undefined
  }
  if (deployment.dev !== (settings.dev !== undefined)) {
    throw new StartRefused(
      deployment.dev
        ? `${settings.directory} was made with --dev, whose credentials are known: start it with --dev, or use another directory`
        : `${settings.directory} was made without --dev, and is not opened to known credentials: use another directory with --data`,
    )
  }
  if (deployment.partition !== settings.partition) {
    throw new StartRefused(
      `${settings.directory} was made for the partition ${deployment.partition}: start it with --partition ${deployment.partition}`,
    )
  }
  return undefined
}

/** What one worker listens on in the place of the predecessor's. */
function handedTo(handed: Handed | undefined, worker: number): HandedToWorker | undefined {
  const api = handed?.api[worker]
  if (handed === undefined || api === undefined) return undefined
  return worker === 0 ? { api, dns: handed.dns, edge: handed.edge } : { api }
}

/** How long a successor tries: a command may have taken the directory in the moment between both servers. Units: milliseconds. */
const lockMsMax = 30_000
const lockAgainMs = 50

async function lock(directory: string, patiently: boolean, { elapsedMs, after }: World): Promise<() => void> {
  const giveUpAtMs = elapsedMs() + lockMsMax
  for (;;) {
    try {
      return lockDataDirectory(directory)
    } catch (error) {
      if (!(error instanceof DirectoryInUse && patiently && elapsedMs() < giveUpAtMs)) throw error
      await new Promise<void>((resolve) => void after(lockAgainMs, resolve))
    }
  }
}

const tendEveryMs = 3_600_000

/** Finishes a rotation that was cut off, now, and forgets old root keys, from time to time; nobody waits for either. */
function tendAtTimes(custody: RootKeyCustody, { every }: World, log: Log): void {
  const tend = (): void => {
    custody.tend().catch((error: unknown) => {
      if (error instanceof CustodyStopped) return
      const why = error instanceof Error ? error.message : 'unknown error'
      log({ level: 'error', event: 'root-key-unsettled', why }) // An operator's matter; the server serves on.
    })
  }
  tend()
  every(tendEveryMs, tend)
}

/**
 * Refuses a port that cannot be had. Workers bind it shared: without a look before, two servers would take each other's calls.
 */
async function takePort({ host, port }: Settings): Promise<void> {
  const probed = await probe(host, port)
  if (!('error' in probed)) return
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there: end it, or choose another with --port',
    EACCES: 'this user may not: choose one above 1023 with --port',
    EADDRNOTAVAIL: `no interface of this machine has that address: choose another with --host`,
  }
  const why = reasons[probed.error] ?? 'choose another with --host and --port'
  throw new StartRefused(`port ${port} of ${host} cannot be had (${probed.error}): ${why}`)
}
