import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { flushCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import { findDeployment } from '#core/deployment.ts'
import { createLog, type Log } from '#core/log.ts'
import { probe } from '#core/ports.ts'
import { CustodyStopped, RootKeyCustody } from '#core/root-key-custody.ts'
import { loadRootKey, RootKeyError, rootKeysOf } from '#core/seal/index.ts'
import {
  checkDatabase,
  DamagedDatabase,
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
import { listenForCommands } from './control-server.ts'
import { mailServerOf, type MailOptions } from './mail-server.ts'
import type { Principal } from './principal.ts'
import { rootKeySource } from './root-key-sources.ts'
import { ServerThreads } from './server-threads.ts'
import type { ServerStatus } from './server-status.ts'
import type { Settings } from './settings.ts'
import { startWorker, type ThreadData } from './start-worker.ts'
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
  try {
    await start(options)
  } catch (error) {
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
    console.error(`redoubt: ${error.message}`)
    process.exit(1)
  }
}

async function start(options: ServeOptions): Promise<void> {
  const { settings, discard } = settingsOf(options)
  const unlock = lockDataDirectory(settings.directory)
  await takePort(settings).catch((error: unknown) => {
    discard()
    throw error
  })
  const world = systemWorld()
  const { directory } = settings
  const source = rootKeySource(process.env)
  const state = loadRootKey(source, directory, world.randomBytes)
  checkDatabase(directory)
  const headBuffer = new Head().buffer
  const shared = options.workers > 1
  const data: ThreadData = { settings, rootKeys: rootKeysOf(state), headBuffer, worker: 0, shared }

  let credentials: FirstCredentialsOf | undefined
  const first = await startWorker(data, undefined, async (worker) => {
    credentials = await prepare(worker, settings)
  })
  const threads = await ServerThreads.start(first, data, options.workers)
  const { store, seal } = first.worker
  const log = createLog((line) => process.stderr.write(line), world.nowMs)
  const spread = threads.useRootKeys.bind(threads)
  const custody = new RootKeyCustody({ directory, source, state, store, seal, spread, world, log })
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${first.port}`
  const startedAtMs = world.nowMs()
  const status = async (): Promise<ServerStatus> => ({
    ...{ version, pid: process.pid, startedAtMs, url, workers: options.workers },
    listeners: await first.worker.edge.listeners(),
    detectors: enabledDetectors(store.read),
  })
  const stopListening = await listenForCommands(directory, { custody, edge: first.worker.edge, status }, log)
  tendAtTimes(custody, world, log)

  // Before anybody is told that it is ready, and may end it.
  onSignal(async () => {
    await custody.stop()
    stopListening()
    await threads.stop()
    unlock()
    discard()
    process.exit(0)
  })
  if (settings.dev) console.log(devBanner(url, settings.dev))
  if (credentials) console.log(firstStartBanner(url, credentials))
  if (settings.dns && first.dnsPort !== undefined) console.log(dnsBanner(settings.dns, first.dnsPort))
  console.log(readyBanner(url, settings.directory, options.workers))
  flushCompileCache() // Not at the end, which may be a kill.
}

function settingsOf(options: ServeOptions): { settings: Settings; discard: () => void } {
  const { host, port, partition } = options
  const smtp = mailServerOf(options, process.env['REDOUBT_SMTP_PASSWORD'])
  if (typeof smtp === 'string') throw new StartRefused(smtp)
  const dns = dnsSettingsOf(options)
  if (typeof dns === 'string') throw new StartRefused(dns)
  const temporary = options.dev && options.data === undefined
  const directory = temporary
    ? mkdtempSync(join(tmpdir(), 'redoubt-dev-'))
    : resolve(options.data ?? '.redoubt')
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
        workers: options.edgeWorkers,
        oidcNetworks: options.oidcNetwork,
      },
      dns,
    },
    discard: () => {
      if (temporary) rmSync(directory, { recursive: true, force: true })
    },
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

function onSignal(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1) // Asked twice: at once, then. Nothing acknowledged is lost.
      stopping = true
      void stop()
    })
  }
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
