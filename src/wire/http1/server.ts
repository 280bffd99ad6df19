import { type AddressInfo, createServer, type ListenOptions, type Socket } from 'node:net'
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

/** A server that can be told to listen, once, and to stop. */
export interface Http1Server {
  /** Answers the port. Rejects where the address cannot be had. */
  listen(options: Pick<ListenOptions, 'host' | 'port' | 'reusePort'>): Promise<number>
  /**
   * Takes no more connections, closes those that wait, lets calls under way end with `connection: close`; after `graceMs` cuts
   * what is left. Units: milliseconds.
   */
  stop(graceMs: number): Promise<void>
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
    const connection = new Connection(socket, shared)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  }

  function sweep(): void {
    ticks += 1
    for (const connection of connections) connection.sweep()
  }

  return {
    async listen(where) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(where, () => {
          server.removeListener('error', reject)
          resolve()
        })
      })
      server.on('error', onBug) // A connection that could not be accepted.
      const stopSweeping = every(tickMs, sweep)
      server.once('close', stopSweeping)
      return (server.address() as AddressInfo).port // It listens on TCP.
    },
    stop(graceMs) {
      stopping = true
      return new Promise((resolve) => {
        const cutAll = every(graceMs, () => {
          for (const connection of connections) connection.cut()
        })
        server.close(() => {
          cutAll()
          resolve()
        })
        for (const connection of connections) connection.stop()
      })
    },
  }
}
