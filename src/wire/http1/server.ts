import { type AddressInfo, createServer, type Socket } from 'node:net'
import { descriptorOf } from '../sockets/index.ts'
import { Connection, type Shared, tickMs } from './connection.ts'
import type { Http1Request, Respond } from './http1-request.ts'
import { defaultLimits, type Http1Limits } from './limits.ts'
import { ReceivingBudget } from './receiving-budget.ts'
import { createResponseWriter } from './response-writer.ts'

/** What a server is made of. */
export interface Http1ServerOptions {
  /** Gets each request once it has arrived whole, and answers it then or later. */
  readonly onRequest: (request: Http1Request, respond: Respond) => void
  /** Hears of what should not happen: a handler that throws, a response that cannot be written. It was answered with a 500. */
  readonly onBug: (error: unknown) => void
  readonly nowMs: () => number
  /** Runs a task every so many milliseconds; the answer stops it. */
  readonly every: (everyMs: number, task: () => void) => () => void
  readonly limits?: Partial<Http1Limits>
}

/** Where to listen: on an address, or on the descriptor of a socket that listens already. */
export type Place =
  { readonly host: string; readonly port: number; readonly reusePort?: boolean } | { readonly fd: number }

/** Takes a connection's descriptor to another process; ends when that one has it. */
export type Give = (descriptor: number) => Promise<void>

/** A server that can be told to listen, once, and to stop. */
export interface Http1Server {
  /** Answers the port. Rejects where the address cannot be had. */
  listen(place: Place): Promise<number>
  /** What it listens on, while it does. */
  descriptor(): number | undefined
  /** Serves a connection that another process accepted: its next answer is the last. One that stops closes it. */
  adopt(socket: Socket): void
  /**
   * Takes no more connections, lets calls under way end with `connection: close`, and closes connections that wait for a request, or
   * gives them away; after `graceMs` cuts what is left. Units: milliseconds.
   */
  stop(graceMs: number, give?: Give): Promise<void>
}

/**
 * An HTTP/1.1 server over node:net, strict and bounded. Source: RFC 9112, RFC 9110; docs/decisions/0006-own-http1.md.
 * Differs from node:http knowingly: no upgrades, no CONNECT; a request is handed on when it is whole.
 */
export function createHttp1Server(options: Http1ServerOptions): Http1Server {
  const { onRequest, onBug, nowMs, every } = options
  const limits: Http1Limits = { ...defaultLimits, ...options.limits }
  const connections = new Set<Connection>()
  let ticks = 0
  let stopping = false
  let stopSweeping = (): void => undefined
  const shared: Shared = {
    limits,
    budget: new ReceivingBudget(limits.receivingBytesMax),
    write: createResponseWriter(nowMs),
    onRequest,
    onBug,
    ticks: () => ticks,
    stopping: () => stopping,
  }
  // Our side stays open when the client's ends: it may still wait for its answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept)
  server.maxConnections = limits.connectionsMax

  function accept(socket: Socket): void {
    keep(socket, new Connection(socket, shared, false))
  }

  function keep(socket: Socket, connection: Connection): void {
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  }

  function sweep(): void {
    ticks += 1
    for (const connection of connections) connection.sweep()
  }

  return {
    descriptor: () => descriptorOf(server),
    adopt(socket) {
      if (stopping) socket.destroy()
      else keep(socket, new Connection(socket, shared, true))
    },
    async listen(place) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(place, () => {
          server.removeListener('error', reject)
          resolve()
        })
      })
      server.on('error', onBug) // A connection that could not be accepted.
      stopSweeping = every(tickMs, sweep)
      return (server.address() as AddressInfo).port // It listens on TCP.
    },
    async stop(graceMs, give) {
      stopping = true
      const stopCutting = every(graceMs, () => {
        for (const connection of connections) connection.cut()
      })
      // What listened waits for the connections that it accepted, and knows of no other.
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all([closed, ...[...connections].map((connection) => connection.stop(give))])
      stopCutting()
      stopSweeping()
    },
  }
}
