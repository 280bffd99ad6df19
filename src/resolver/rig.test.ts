// A resolver before an upstream of the test's own, and ways to ask it.
import { type Answer, type DecodedPacket, decode, encode, type OptAnswer, type Packet } from 'dns-packet'
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import type { TestContext } from 'node:test'
import type { LogEntry } from '#core/log.ts'
import { systemWorld } from '#core/world.ts'
import { createResolver } from './resolver.ts'
import type { Upstream } from './upstream.ts'

export interface Asked {
  readonly packet: DecodedPacket
  readonly transport: 'UDP' | 'TCP'
  /** Sends a datagram to where the query came from. */
  readonly send: (message: Buffer) => void
}

/** What an upstream answers: a message, or nothing. */
export type Zone = (asked: Asked) => Packet | Buffer | undefined

export const loopback = '127.0.0.1'

/** An upstream: by UDP it cuts what is longer than 1,232 bytes. */
export async function upstream(t: TestContext, zone: Zone): Promise<Upstream & { readonly asked: Asked[] }> {
  const asked: Asked[] = []
  const answer = (one: Asked): Buffer | undefined => {
    asked.push(one)
    const given = zone(one)
    if (given === undefined || Buffer.isBuffer(given)) return given
    const { id = 0, questions = [] } = one.packet
    return encode({ id, type: 'response', questions, ...given })
  }
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (message: Buffer) => {
      const given = answer({ packet: decode(message.subarray(2)), transport: 'TCP', send: () => undefined })
      if (given) socket.end(frame(given))
      else socket.destroy()
    })
  })
  const udp = await bound(tcp)
  t.after(() => {
    udp.close()
    tcp.close()
  })
  udp.on('message', (message, { port, address }) => {
    const send = (bytes: Buffer) => udp.send(bytes, port, address)
    const given = answer({ packet: decode(message), transport: 'UDP', send })
    if (given === undefined) return
    const { id = 0, questions = [] } = decode(message)
    send(given.length <= 1232 ? given : encode({ id, type: 'response', flags: 0x0200, questions }))
  })
  const { port } = udp.address()
  return { address: loopback, port, asked }
}

/** Listens on one port for both: what is free for UDP may be somebody's for TCP. */
async function bound(tcp: Server): Promise<Socket> {
  for (;;) {
    const udp = createSocket('udp4')
    udp.bind(0, loopback)
    await once(udp, 'listening')
    try {
      tcp.listen(udp.address().port, loopback)
      await once(tcp, 'listening')
      return udp
    } catch {
      udp.close()
    }
  }
}

/** A resolver that asks these upstreams, and what it recorded and logged. */
export async function resolver(t: TestContext, upstreams: readonly Upstream[]) {
  const records: Record<string, unknown>[] = []
  const logged: LogEntry[] = []
  const made = createResolver({
    settings: { host: loopback, port: 0, upstreams },
    world: systemWorld(),
    log: (entry) => logged.push(entry),
    account: () => '123456789012',
    keep: (lines) => records.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>)),
  })
  const port = await made.listen()
  let closing: Promise<void> | undefined
  const close = () => (closing ??= made.close())
  t.after(async () => {
    await close()
    assert.deepEqual(logged, [])
  })
  return { port, records, close }
}

export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** Sends bytes by UDP and gives the first answer; undefined where none comes within `waitMs`. */
export async function byUdp(port: number, message: Buffer, waitMs = 3_000): Promise<Buffer | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.connect(port, loopback)
    await once(socket, 'connect')
    socket.send(message)
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(waitMs) })) as [Buffer]
    return answer
  } catch (error) {
    assert.equal((error as Error).name, 'AbortError')
    return undefined
  } finally {
    socket.close()
  }
}

/** Sends bytes by TCP and gives the messages that come, so many of them or until the connection ends. */
export async function byTcp(port: number, bytes: Buffer, wanted: number): Promise<readonly Buffer[]> {
  const socket = connect(port, loopback)
  socket.on('error', () => undefined)
  socket.write(bytes)
  const messages: Buffer[] = []
  let received: Buffer = Buffer.alloc(0)
  for await (const piece of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, piece])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      messages.push(received.subarray(2, end))
      received = received.subarray(end)
    }
    if (messages.length >= wanted) break
  }
  socket.destroy()
  return messages
}

/** A query for addresses, as a simple client sends it. */
export function query(name: string, more: Packet = {}): Buffer {
  return encode({
    ...{ type: 'query', id: 7, flags: 0x0100, questions: [{ type: 'A', name, class: 'IN' }] },
    ...more,
  })
}

export function address(name: string, data: string): Answer {
  return { type: 'A', name, class: 'IN', ttl: 60, data }
}

/** What a client says of EDNS. */
export function optOf(more: Partial<Pick<OptAnswer, 'ednsVersion' | 'udpPayloadSize'>>): OptAnswer {
  const plain = { type: 'OPT', name: '.', udpPayloadSize: 1_232, extendedRcode: 0, ednsVersion: 0 } as const
  return { ...plain, flags: 0, flag_do: false, options: [], ...more }
}
