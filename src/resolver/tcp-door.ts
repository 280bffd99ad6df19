import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { descriptorOf } from '#wire/sockets/index.ts'
import type { Answering } from './answering.ts'
import { isOwn, plainAddress } from './clients.ts'
import { limits } from './limits.ts'
import { bugOf, type Door } from './udp-door.ts'
import { framed } from './upstream.ts'

interface Parts {
  readonly host: string
  readonly port: number
  /** A socket that listens already. */
  readonly fd?: number | undefined
  readonly answer: Answering
  readonly world: Pick<World, 'after'>
  readonly log: Log
}

/** Takes queries by TCP, several on a connection, answered as answers come. Source: RFC 7766, sections 6.2.1 and 7. */
export async function openTcpDoor({ host, port, fd, answer, world, log }: Parts): Promise<Door> {
  const open = new Map<Socket, string>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const srcaddr = plainAddress(socket.remoteAddress ?? '')
    const ofClient = [...open.values()].filter((one) => one === srcaddr).length
    if (!isOwn(srcaddr) || open.size >= limits.connections || ofClient >= limits.connectionsPerClient)
      return void socket.destroy()
    open.set(socket, srcaddr)
    socket.on('close', () => open.delete(socket))
    serve(socket, { answer, world, log, srcaddr })
  })
  server.listen(fd === undefined ? { port, host } : { fd })
  await once(server, 'listening')
  server.on('error', (error) => log({ level: 'warn', event: 'dns-socket', reason: error.message }))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    descriptor: descriptorOf(server),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open.keys()) socket.destroy()
      await closed
    },
  }
}

interface Served extends Pick<Parts, 'answer' | 'world' | 'log'> {
  readonly srcaddr: string
}

function serve(socket: Socket, { answer, world, log, srcaddr }: Served): void {
  let received: Buffer = Buffer.alloc(0)
  let waiting = 0
  let ended = false
  const cut = (): void => void socket.destroy()
  let cancelIdle = world.after(limits.connectionIdleMs, cut)

  /** Whatever a client sends, a connection without a whole query for so long is over. */
  function stayOpen(): void {
    cancelIdle()
    cancelIdle = world.after(limits.connectionIdleMs, () => (waiting === 0 ? cut() : stayOpen()))
  }

  async function take(message: Buffer): Promise<void> {
    const reply = await answer({ message, srcaddr, transport: 'TCP' })
    waiting -= 1
    if (socket.destroyed) return
    // Silence leaves a client of TCP waiting: it is told by the connection's end.
    if (reply === undefined || socket.writableLength > limits.unsentBytes) return cut()
    socket.write(framed(reply.message))
    if (ended && waiting === 0) return void socket.end()
    next()
  }

  /** Takes the queries that are there, as many as may wait for answers at once. */
  function next(): void {
    while (waiting < limits.queriesPerConnection && received.length >= 2) {
      const length = received.readUInt16BE(0)
      if (received.length < 2 + length) break
      const message = received.subarray(2, 2 + length)
      received = received.subarray(2 + length)
      waiting += 1
      stayOpen()
      take(message).catch((error: unknown) => {
        log(bugOf(error))
        cut()
      })
    }
    if (waiting < limits.queriesPerConnection) socket.resume()
    else socket.pause()
  }

  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece])
    next()
  })
  socket.on('end', () => {
    ended = true
    if (waiting === 0) socket.end()
  })
  socket.on('error', cut)
  socket.on('close', () => cancelIdle())
}
