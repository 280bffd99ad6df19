import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { type Handle, handleOf } from '#wire/sockets/index.ts'
import type { Doors } from '../door.ts'
import type { ConnectionRecord, Recorder } from '../record.ts'
import { Admission } from './admission.ts'
import { Http1Connection } from './http1-connection.ts'
import type { Kept } from './connection.ts'
import { defaultEdgeLimits, type EdgeLimits } from './limits.ts'
import type { Shared } from './shared.ts'
import { TlsEntrance } from './tls-entrance.ts'
import { Upstreams } from './upstreams.ts'

interface Options {
  /** The configuration of the moment: asked for each request. */
  readonly doors: () => Doors
  readonly recorder: Recorder
  readonly world: World
  readonly log: Log
  readonly limits?: EdgeLimits
}

/** What a port of the edge is bound as. */
export interface Binding {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Whether other processes bind it too, and share what comes. */
  readonly shared: boolean
  /** A socket that listens on it already. */
  readonly fd?: number | undefined
  /** The port by which doors are looked up, where it is not the one that is bound. */
  readonly known?: number
}

/** The edge's data path in one process: sockets in, sockets out. */
export interface EdgeProxy {
  /** Listens; whoever speaks TLS is told by its first byte. Faults: the system's (EADDRINUSE, EACCES). */
  readonly listen: (binding: Binding) => Promise<number>
  /** Takes no more connections on a port; those that are there go on. */
  readonly unlisten: (port: number) => void
  /** Connections at the moment. */
  readonly connections: () => number
  /** What it listens on, by port; whoever is sent one can listen too. */
  readonly listening: () => readonly (readonly [port: number, handle: Handle])[]
  /** Takes nothing new, finishes what is under way, and cuts what takes longer. */
  readonly stop: (times: StopTimes) => Promise<void>
}

/** How long a stop waits, from its beginning on. Units: milliseconds. */
export interface StopTimes {
  /** Connections that wait for a request may have one more until then; then they end, and WebSockets are closed. */
  readonly idleMs: number
  /** Requests that are under way may take until then. */
  readonly underWayMs: number
}

const tickMs = 1_000
/** Units: milliseconds. */
const lookEveryMs = 20

export function createEdgeProxy(options: Options): EdgeProxy {
  const { world, recorder, log, doors, limits = defaultEdgeLimits } = options
  let stopping = false
  const admission = new Admission(limits, world.nowMs)
  const upstreams = new Upstreams(limits, world.nowMs)
  const shared: Shared = {
    doors,
    recorder,
    world,
    log,
    limits,
    upstreams,
    mayRequest: (address) => admission.mayRequest(address),
    stopping: () => stopping,
  }
  const kept = new Set<Kept>()
  const servers = new Map<number, Server>()
  const entrance = new TlsEntrance(shared, (connection, socket) => keep(connection, socket))

  function keep(connection: Kept, socket: { once: (event: 'close', listener: () => void) => unknown }): void {
    kept.add(connection)
    if (stopping) connection.drain()
    socket.once('close', () => kept.delete(connection))
  }

  function accept(socket: Socket, port: number): void {
    const address = plainAddress(socket.remoteAddress)
    if (stopping || !admission.admit(address)) return void socket.destroy()
    socket.once('close', () => admission.leave(address))
    const admitted = doors().admits(port, address)
    const record = connectionRecord(socket, { port, address, admitted })
    if (!admitted) {
      record()
      socket.on('error', () => undefined)
      return void socket.resetAndDestroy()
    }
    socket.once('close', record)
    const place = { port, address, clientPort: socket.remotePort ?? 0, tls: undefined }
    entrance.sniff(socket, place, () => keep(new Http1Connection(socket, place, shared), socket))
  }

  /** What records a connection once it has ended. */
  function connectionRecord(
    socket: Socket,
    known: Pick<ConnectionRecord, 'port' | 'address' | 'admitted'>,
  ): () => void {
    const openedAtMs = world.nowMs()
    // A socket that is closed has forgotten both.
    const [localAddress, clientPort] = [plainAddress(socket.localAddress), socket.remotePort ?? 0]
    return () =>
      recorder.connection({
        ...known,
        ...{ localAddress, clientPort, openedAtMs, closedAtMs: world.nowMs() },
        ...{ receivedBytes: socket.bytesRead, sentBytes: socket.bytesWritten },
      })
  }

  const stopTicking = world.every(tickMs, () => {
    const nowMs = world.nowMs()
    for (const connection of kept) connection.sweep(nowMs)
    entrance.sweep(nowMs)
    upstreams.sweep()
    admission.sweep()
  })

  return {
    async listen({ host, port, shared: reusePort, fd, known }) {
      const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: false })
      server.listen({ ...(fd === undefined ? { host, port, reusePort } : { fd }), backlog: 1024 })
      await once(server, 'listening')
      const address = server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      server.on('connection', (socket) => accept(socket, known ?? bound))
      servers.set(bound, server)
      return bound
    },
    unlisten(port) {
      servers.get(port)?.close()
      servers.delete(port)
    },
    connections: () => kept.size,
    listening: () =>
      [...servers].flatMap(([port, server]) => {
        const handle = handleOf(server)
        return handle === undefined ? [] : [[port, handle] as const]
      }),
    async stop({ idleMs, underWayMs }) {
      stopping = true
      for (const server of servers.values()) server.close()
      const begunAtMs = world.nowMs()
      const someLeft = async (untilMs: number): Promise<void> => {
        while (kept.size + entrance.size > 0 && world.nowMs() - begunAtMs < untilMs)
          await new Promise<void>((resolve) => void world.after(lookEveryMs, resolve))
      }
      if (idleMs > 0) for (const connection of kept) connection.drain()
      await someLeft(idleMs)
      entrance.stop()
      for (const connection of kept) connection.stop()
      await someLeft(underWayMs)
      for (const connection of kept) connection.cut()
      entrance.cut()
      upstreams.stop()
      stopTicking()
    },
  }
}

/** An IPv4 client on an IPv6 socket is shown, and compared, as IPv4. */
function plainAddress(remoteAddress: string | undefined): string {
  return remoteAddress?.startsWith('::ffff:') ? remoteAddress.slice(7) : (remoteAddress ?? '')
}
