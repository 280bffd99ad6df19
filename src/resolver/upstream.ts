import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { World } from '#core/world.ts'
import { countsOf, flag, headerBytes } from './query.ts'

/** A server that is asked. */
export interface Upstream {
  readonly address: string
  readonly port: number
}

interface Asked {
  readonly upstream: Upstream
  readonly world: Pick<World, 'after'>
  /** Whole, with an id that nobody can guess. */
  readonly query: Buffer
  readonly question: Buffer
  readonly timeoutMs: number
}

/** The smallest resource record: the root's name, type, class, time to live, no data. Units: bytes. */
const recordBytesMin = 11

/** Whether a message answers a query: its id, its question, and no more records than it has room for. Source: RFC 5452, section 9.1. */
function answers(message: Buffer, { query, question }: Asked): boolean {
  if (message.length < headerBytes + question.length) return false
  if (message.readUInt16BE(0) !== query.readUInt16BE(0)) return false
  if ((message.readUInt16BE(2) & flag.response) === 0 || (message.readUInt16BE(2) & 0x7800) !== 0)
    return false
  const [questions, ...records] = countsOf(message)
  const end = headerBytes + question.length
  const count = records.reduce((sum, one) => sum + one, 0)
  if (questions !== 1 || count * recordBytesMin > message.length - end) return false
  // The bytes as they were asked: an upstream that changes the letters of a name is not believed.
  return message.subarray(headerBytes, end).equals(question)
}

/**
 * Asks by UDP: on a socket of its own, whose port the system chooses, connected, so that no other sender is heard. What does not answer
 * the query is passed over. Undefined where no answer came.
 */
export function askByUdp(asked: Asked): Promise<Buffer | undefined> {
  const { upstream, world, query, timeoutMs } = asked
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(upstream.address) ? 'udp6' : 'udp4')
    let done = false
    const finish = (answer?: Buffer): void => {
      if (done) return
      done = true
      cancel()
      socket.close()
      resolve(answer)
    }
    const cancel = world.after(timeoutMs, () => finish())
    socket.on('error', () => finish())
    socket.on('message', (message) => {
      if (answers(message, asked)) finish(message)
    })
    socket.on('connect', () => {
      if (!done) socket.send(query, (error) => error && finish())
    })
    socket.connect(upstream.port, upstream.address)
  })
}

/** Asks by TCP. Undefined where no answer came. Source: RFC 7766. */
export function askByTcp(asked: Asked): Promise<Buffer | undefined> {
  const { upstream, world, query, timeoutMs } = asked
  return new Promise((resolve) => {
    const socket = connect({ host: upstream.address, port: upstream.port })
    let received: Buffer = Buffer.alloc(0)
    const finish = (answer?: Buffer): void => {
      cancel()
      socket.destroy()
      resolve(answer)
    }
    const cancel = world.after(timeoutMs, () => finish())
    socket.on('error', () => finish())
    socket.on('close', () => finish())
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece])
      if (received.length < 2) return
      const length = received.readUInt16BE(0)
      if (received.length < 2 + length) return
      const message = received.subarray(2, 2 + length)
      finish(answers(message, asked) ? message : undefined)
    })
    socket.write(framed(query))
  })
}

/** A message as TCP carries it. Source: RFC 1035, section 4.2.2. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
