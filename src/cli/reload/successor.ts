import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isAbsolute } from 'node:path'
import type { World } from '#core/world.ts'
import type { EdgeReport } from '#edge/supervisor/index.ts'
import { sendableHandle } from '#wire/sockets/index.ts'
import {
  firstHandedFd,
  type FromSuccessor,
  type Handed,
  successorMark,
  type ToSuccessor,
} from './messages.ts'

/** Why the server serves on as it was. */
export class ReloadRefused extends Error {}

/** How long a successor may take to load. Units: milliseconds. */
const loadMsMax = 60_000

/** The process that is to take over from this one. */
export class Successor {
  readonly #child: ChildProcess
  readonly #world: Pick<World, 'after'>
  /** What it said, and whoever waits for it. */
  readonly #said = new Map<FromSuccessor['kind'], (message: FromSuccessor) => void>()
  readonly #onEnd: ((why: string) => void)[] = []
  #why: string | undefined

  /**
   * Starts it as this process was started: by the same command, in the same environment. `lifeline`: the descriptor of the one that this
   * process has; a new one is made where it has none.
   */
  constructor(handed: Handed, lifeline: number | undefined, world: Pick<World, 'after'>) {
    this.#world = world
    const { sockets, renumbered } = renumber(handed)
    // As it was called: a link to a version may lead to another one by now.
    const program = isAbsolute(process.argv0) ? process.argv0 : process.execPath
    this.#child = spawn(program, [...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, [successorMark]: '1' },
      stdio: ['inherit', 'inherit', 'inherit', lifeline ?? 'pipe', 'ipc', ...sockets],
      serialization: 'advanced',
    })
    this.#child.on('message', (message) => {
      const said = message as FromSuccessor // Our own file sends it.
      this.#said.get(said.kind)?.(said)
    })
    this.#child.once('error', (error) => this.#ended(`it could not be started: ${error.message}`))
    this.#child.once('exit', (code, signal) => this.#ended(`it ended with ${signal ?? `exit code ${code}`}`))
    this.#tell({ kind: 'handed', handed: renumbered })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** The keeper's end of the lifeline that was made for it. */
  get lifeline(): Duplex {
    return this.#child.stdio[3] as Duplex // A 'pipe' is one.
  }

  /** Waits until its code, its options and its root key are known to be well. Faults: ReloadRefused. */
  loaded(): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (why: string): void => {
        giveUp()
        this.#child.kill('SIGKILL')
        reject(new ReloadRefused(`the successor does not start: ${why}. The server serves on as before`))
      }
      const giveUp = this.#world.after(loadMsMax, () =>
        refuse(`it was not ready within ${loadMsMax / 1000} s`),
      )
      this.#onEnd.push((why) => refuse(`${why}; the server's output says more`))
      this.#said.set('refused', (said) => refuse(said.kind === 'refused' ? said.message : ''))
      this.#said.set('loaded', () => {
        giveUp()
        resolve()
      })
    })
  }

  /** Faults: ReloadRefused where it has ended since. */
  assertThere(): void {
    if (this.#why === undefined) return
    throw new ReloadRefused(`the successor ended too soon: ${this.#why}. The server serves on as before`)
  }

  /** Sends a connection of this process; ends when it is on its way to the other for good. */
  give(descriptor: number): Promise<void> {
    return new Promise((resolve) => {
      const handle = sendableHandle(descriptor)
      if (handle === undefined) return resolve()
      // Node sends handles of sockets too, which its types do not say.
      this.#child.send({ kind: 'connection' } satisfies ToSuccessor, handle as unknown as Socket, () =>
        resolve(),
      )
    })
  }

  relay(report: EdgeReport): void {
    this.#tell({ kind: 'edge-report', report })
  }

  /** Leaves the data directory to it; ends when it serves. Faults: ReloadRefused. */
  serving(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#onEnd.push((why) =>
      reject(new ReloadRefused(`the successor failed, and no server runs any more: ${why}`)),
    )
    this.#said.set('serving', () => resolve())
    return promise
  }

  yours(): void {
    this.#tell({ kind: 'yours' })
  }

  /** Ends when its edge listens, or it has ended. */
  edgeServing(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd.push(() => resolve())
      this.#said.set('edge-serving', () => resolve())
    })
  }

  ended(): Promise<void> {
    if (this.#why !== undefined) return Promise.resolve()
    return new Promise((resolve) => this.#onEnd.push(() => resolve()))
  }

  /** Has no more to say to it. */
  leave(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  #ended(why: string): void {
    this.#why ??= why
    for (const hear of this.#onEnd) hear(why)
  }

  #tell(message: ToSuccessor): void {
    if (this.#child.connected) this.#child.send(message, () => undefined) // Its end is heard of above.
  }
}

/** Which sockets a successor is started with, and by which numbers it knows them. */
function renumber(handed: Handed): { readonly sockets: readonly number[]; readonly renumbered: Handed } {
  const sockets: number[] = []
  const number = (fd: number): number => firstHandedFd + sockets.push(fd) - 1
  const { api, dns, edge } = handed
  const renumbered: Handed = {
    ...handed,
    api: api.map(number),
    dns: dns && { udp: number(dns.udp), tcp: number(dns.tcp) },
    edge: edge && {
      ...edge,
      processes: edge.processes.map((place) => place.map(([port, fd]) => [port, number(fd)] as const)),
    },
  }
  return { sockets, renumbered }
}
