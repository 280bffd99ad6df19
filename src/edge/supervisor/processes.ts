import { type ChildProcess, fork, type ForkOptions } from 'node:child_process'
import { closeSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import type { Handle } from '#wire/sockets/index.ts'
import type { StopTimes } from '../proxy/index.ts'
import type { FromEdgeWorker, ToEdgeWorker, WorkerSettings } from '../worker/messages.ts'

/** One place for a worker; the process in it may be replaced. */
interface Place {
  readonly worker: number
  child: ChildProcess | undefined
  /** Looks since it was heard of: counted, as the clock may be set while it is well. */
  silentLooks: number
  /** By a clock that nobody sets. */
  startedAtMs: number
  failures: number
  /** Sockets that listen already, for its first process. */
  handed: PlaceSockets
}

/** What a process listens on, by port. */
export type PlaceSockets = readonly (readonly [port: number, fd: number])[]

interface Parts {
  readonly world: World
  readonly log: Log
  readonly count: number
  readonly settings: Omit<WorkerSettings, 'worker' | 'handed'>
  /** Sockets that listen already, for each process. */
  readonly handed: readonly PlaceSockets[]
  /** What a process is told first: all of the configuration, and where to listen. */
  readonly first: () => readonly ToEdgeWorker[]
  readonly onMessage: (worker: number, message: FromEdgeWorker, handle: Handle | undefined) => void
  /** How a process is started; a test may fail in its place. */
  readonly fork?: typeof fork
}

/** Units: milliseconds. */
const lookEveryMs = 1_000
const silentMsMax = 15_000
const backOffMsMin = 100
const backOffMsMax = 5_000
/** What a process is started with, behind its standard streams and the channel to us. */
const firstHandedFd = 4
/**
 * What V8 may give to each half of the space for young objects: it takes more step by step over hours, which looks as a leak and buys nothing. With
 * twice as much (its own choice) as many requests were answered for as much processor time, by a process of 270 instead of 203 MiB. Units: MiB.
 */
const semiSpaceMiBMax = 16
/** A process that has lived so long was well. */
const wellAfterMs = 30_000

/** The edge's processes: each that dies, or does not answer any more, is replaced. */
export class EdgeProcesses {
  readonly #parts: Parts
  readonly #places: readonly Place[]
  readonly #stopLooking: () => void
  #stopping = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#places = Array.from({ length: parts.count }, (_, worker) => ({
      worker,
      child: undefined,
      silentLooks: 0,
      startedAtMs: 0,
      failures: 0,
      handed: parts.handed[worker] ?? [],
    }))
    for (const place of this.#places) this.#start(place)
    this.#stopLooking = parts.world.every(lookEveryMs, () => this.#look())
  }

  /** Tells all workers, but the one that is named. */
  tell(message: ToEdgeWorker, except?: number): void {
    for (const { child, worker } of this.#places) if (worker !== except) send(child, message)
  }

  /** Tells one worker that runs; false where none does. */
  tellOne(message: ToEdgeWorker): boolean {
    const place = this.#places.find(({ child }) => child?.connected === true)
    if (place) send(place.child, message)
    return place !== undefined
  }

  async stop(times: StopTimes): Promise<void> {
    this.#stopping = true
    this.#stopLooking()
    const exits = this.#places.flatMap(({ child }) =>
      child === undefined || child.exitCode !== null
        ? []
        : [new Promise<void>((resolve) => child.once('exit', () => resolve()))],
    )
    this.tell({ kind: 'stop', times })
    const cut = this.#parts.world.after(times.underWayMs + 2_000, () => {
      for (const { child } of this.#places) child?.kill('SIGKILL')
    })
    await Promise.all(exits)
    cut()
  }

  #start(place: Place): void {
    const { world, settings, first, onMessage, log } = this.#parts
    const entry = join(import.meta.dirname, `../worker/main${extname(import.meta.filename)}`)
    // Nothing of the environment: it may hold the root key.
    const { handed } = place
    place.handed = []
    const child = this.#fork(entry, {
      env: {},
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...handed.map(([, fd]) => fd)],
      serialization: 'advanced',
      execArgv: [
        `--max-semi-space-size=${semiSpaceMiBMax}`,
        ...process.execArgv.filter((flag) => flag.startsWith('--no-warnings')),
        ...permissions(settings),
      ],
    })
    for (const [, fd] of handed) closeSync(fd) // The process has its own.
    place.startedAtMs = world.elapsedMs()
    place.silentLooks = 0
    place.child = child
    if (child === undefined) return this.#ended(place, null, null)
    child.on('message', (message, handle) => {
      place.silentLooks = 0
      // Our own file sends it. Node's types do not know handles of sockets.
      onMessage(place.worker, message as FromEdgeWorker, handle as unknown as Handle | undefined)
    })
    child.on('error', (error) => {
      log({ level: 'error', event: 'edge-worker-failed', why: error.message })
      // One that never was does not end: the machine had no room for it.
      if (child.pid === undefined && place.child === child) this.#ended(place, null, null)
    })
    child.once('exit', (code, signal) => this.#ended(place, code, signal))
    const known = handed.map(([port], index) => [port, firstHandedFd + index] as const)
    send(child, { kind: 'start', settings: { ...settings, worker: place.worker, handed: known } })
    for (const message of first()) send(child, message)
  }

  /** A process, or nothing where the machine has no room for it. */
  #fork(entry: string, options: ForkOptions): ChildProcess | undefined {
    try {
      return (this.#parts.fork ?? fork)(entry, [], options)
    } catch (error) {
      // Node throws what the system says, where it does not tell it by an event.
      if (!(error instanceof Error && 'syscall' in error)) throw error
      this.#parts.log({ level: 'error', event: 'edge-worker-failed', why: error.message })
      return undefined
    }
  }

  #ended(place: Place, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopping) return
    const { world, log } = this.#parts
    place.child = undefined
    place.failures = world.elapsedMs() - place.startedAtMs > wellAfterMs ? 0 : place.failures + 1
    const backOffMs = Math.min(
      backOffMsMax,
      place.failures === 0 ? 0 : backOffMsMin * 2 ** (place.failures - 1),
    )
    log({
      level: 'error',
      event: 'edge-worker-ended',
      worker: place.worker,
      code,
      signal,
      againAfterMs: backOffMs,
    })
    world.after(backOffMs, () => {
      if (!this.#stopping) this.#start(place)
    })
  }

  #look(): void {
    for (const place of this.#places) {
      const { child, worker } = place
      if (child === undefined || ++place.silentLooks * lookEveryMs <= silentMsMax) continue
      this.#parts.log({ level: 'error', event: 'edge-worker-silent', worker })
      child.kill('SIGKILL')
    }
  }
}

/**
 * What a process may reach of this machine's files: the program, to read, and the folders of buckets, geographic data and lists. It starts no
 * process and no thread, and loads no native code. (Node's permission model does not cover the network.)
 */
function permissions({ buckets, geo, lists }: Parts['settings']): readonly string[] {
  const root = join(import.meta.dirname, '../../..')
  // Installed as a package, its dependencies are beside it.
  const modules = root.lastIndexOf('node_modules')
  const program = modules < 0 ? root : root.slice(0, modules + 'node_modules'.length)
  return [
    '--permission',
    `--allow-fs-read=${program}`,
    `--allow-fs-read=${buckets}`,
    `--allow-fs-read=${geo}`,
    `--allow-fs-read=${lists}`,
    `--allow-fs-write=${buckets}`,
  ]
}

function send(child: ChildProcess | undefined, message: ToEdgeWorker): void {
  if (child?.connected === true) child.send(message, () => undefined) // One that ends meanwhile is told all anew.
}
