import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { flushCompileCache } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { Worker as Thread } from 'node:worker_threads'
import { findDeployment } from '#core/deployment.ts'
import { loadRootKey, RootKeyError, type RootKeySource } from '#core/seal/index.ts'
import { DirectoryInUse, Head, lockDataDirectory } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import type { Worker } from '../main.ts'
import { devBanner, firstStartBanner, readyBanner } from './banner.ts'
import { type FirstCredentialsOf, makeDevState, makeFirstAccount } from './first-start.ts'
import type { Principal } from './principal.ts'
import type { Settings } from './settings.ts'
import { type Running, startWorker, type ThreadData } from './start-worker.ts'

/** What `redoubt serve` was told. */
export interface ServeOptions {
  readonly port: number
  readonly host: string
  readonly data?: string
  readonly workers: number
  readonly partition: string
  readonly dev: boolean
  readonly principal: readonly Principal[]
  /** Files of PEM certificates. */
  readonly xksCa: readonly string[]
  readonly xksNetwork: readonly string[]
  readonly xksTimeout: number
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
      isListenError(error)
    ))
      throw error
    console.error(`redoubt: ${error.message}`)
    process.exit(1)
  }
}

async function start(options: ServeOptions): Promise<void> {
  const { settings, discard } = settingsOf(options)
  const unlock = lockDataDirectory(settings.directory)
  const rootKey = loadRootKey(rootKeySource(process.env), settings.directory, systemWorld().randomBytes)
  const headBuffer = new Head().buffer
  const shared = options.workers > 1
  const data: ThreadData = { settings, rootKey, headBuffer, worker: 0, shared }

  let credentials: FirstCredentialsOf | undefined
  const first = await startWorker(data, async (worker) => {
    credentials = await prepare(worker, settings)
  })
  const threads: Thread[] = []
  for (let worker = 1; worker < options.workers; worker += 1) {
    threads.push(await startThread({ ...data, settings: { ...settings, port: first.port }, worker }))
  }

  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${first.port}`
  if (settings.dev) console.log(devBanner(url, settings.dev))
  if (credentials) console.log(firstStartBanner(url, credentials))
  console.log(readyBanner(url, settings.directory, options.workers))
  flushCompileCache() // Not at the end, which may be a kill.
  onSignal(() =>
    stopAll(first, threads, () => {
      unlock()
      discard()
    }),
  )
}

function settingsOf(options: ServeOptions): { settings: Settings; discard: () => void } {
  const { host, port, partition } = options
  const trust = options.xksCa.flatMap(certificatesIn)
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
        trust,
        networks: options.xksNetwork,
        timeoutMs: options.xksTimeout,
      },
    },
    discard: () => {
      if (temporary) rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The certificates of a file; one that holds none, or a broken one, must not pass for a file that was heeded. */
function certificatesIn(path: string): readonly string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new StartRefused(`--xks-ca ${path} cannot be read: ${String(error)}`)
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (certificates.length === 0 || !certificates.every(isCertificate))
    throw new StartRefused(`--xks-ca ${path} does not hold PEM certificates`)
  return certificates
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false // It throws for one reason only: these bytes are no certificate.
  }
}

function rootKeySource(environment: NodeJS.ProcessEnv): RootKeySource {
  const { REDOUBT_ROOT_KEY: value, REDOUBT_PASSPHRASE: passphrase } = environment
  if (value !== undefined) return { kind: 'environment', value }
  if (passphrase !== undefined) return { kind: 'passphrase', passphrase }
  return { kind: 'file' }
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

function startThread(workerData: ThreadData): Promise<Thread> {
  return new Promise((resolve, reject) => {
    const thread = new Thread(new URL(`./worker-thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData,
    })
    thread.once('message', () => resolve(thread))
    thread.once('error', reject)
    // A worker that dies takes the process along: whoever supervises it starts it anew, with nothing lost.
    thread.once('exit', (code) => code !== 0 && process.exit(1))
  })
}

async function stopAll(first: Running, threads: readonly Thread[], done: () => void): Promise<void> {
  const exits = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)))
  for (const thread of threads) thread.postMessage('stop')
  await Promise.all([first.stop(), ...exits])
  done()
  process.exit(0)
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

function isListenError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen'
}
