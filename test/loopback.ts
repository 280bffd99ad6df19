import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import type { Lifetime } from './server.ts'

/** Has a server of the test's own listen on a free port of this machine, and gives the port. It ends with the test, whoever is still connected. */
export async function listenOnLoopback(server: Server, t: Pick<Lifetime, 'after'>): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address, 'it listens on TCP')
  return address.port
}
