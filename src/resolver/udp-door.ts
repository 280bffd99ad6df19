import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Log } from '#core/log.ts'
import { datagramDescriptorOf } from '#wire/sockets/index.ts'
import type { Answering } from './answering.ts'
import { plainAddress } from './clients.ts'
import { limits } from './limits.ts'
import { truncated } from './message.ts'
import type { Query } from './query.ts'

/** Where the resolver listens, by one transport. */
export interface Door {
  readonly port: number
  /** What another process can listen on. */
  readonly descriptor: number | undefined
  close(): Promise<void>
}

interface Parts {
  readonly host: string
  readonly port: number
  /** A socket that listens already. */
  readonly fd?: number | undefined
  readonly answer: Answering
  readonly log: Log
}

/** Takes queries by UDP. An answer that a datagram of the client's size does not hold is cut: it asks again by TCP. */
export async function openUdpDoor({ host, port, fd, answer, log }: Parts): Promise<Door> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const listening = once(socket, 'listening') // On a descriptor it listens at once.
  if (fd === undefined) socket.bind(port, host)
  else socket.bind({ fd })
  await listening
  let open = true
  socket.on('error', (error) => log({ level: 'warn', event: 'dns-socket', reason: error.message }))

  async function take(message: Buffer, { address, port: from }: RemoteInfo): Promise<void> {
    const reply = await answer({ message, srcaddr: plainAddress(address), transport: 'UDP' })
    if (reply === undefined || !open) return
    const { query } = reply
    const fits = query === undefined || reply.message.length <= sizeOf(query)
    socket.send(fits ? reply.message : truncated(query, reply.message), from, address, () => undefined)
  }

  socket.on('message', (message, from) => {
    if (from.port === 0) return // Whoever sends from there wants no answer, and can get none. Source: RFC 768.
    take(message, from).catch((error: unknown) => log(bugOf(error)))
  })
  return {
    port: socket.address().port,
    descriptor: datagramDescriptorOf(socket),
    async close() {
      open = false
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}

function sizeOf({ edns }: Query): number {
  const asked = edns?.udpPayloadBytes ?? limits.plainDatagramBytes
  return Math.min(limits.datagramBytes, Math.max(limits.plainDatagramBytes, asked))
}

/** What no message may cause: it is told of, and the next one is answered. */
export function bugOf(error: unknown) {
  const stack = error instanceof Error ? error.stack : String(error)
  return { level: 'error', event: 'bug', stack } as const
}
