// Goal: a reload takes nothing from clients of the edge that speak TLS: HTTP/1.1 and HTTP/2 lose no request, and WebSockets go on until they
// are closed as their protocol wants.
// Method: real processes, and a target that answers when the test lets it. Nobody tries anything again: a connection of HTTP/1.1 is used
// until an answer says that it was the last, one of HTTP/2 until GOAWAY.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { Agent, request } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCertificate } from '../certificates.ts'
import { redoubt } from '../command.ts'
import { balanced, loadedServer } from '../reload/set-up.ts'
import { type Lifetime, serverFor } from '../server.ts'
import { until } from './edge-rig.ts'
import { listenOnLoopback } from '../loopback.ts'

/** Where the edge is asked, by which name. */
interface Place {
  readonly port: number
  readonly host: string
}

/** Source: RFC 6455, section 5.5.1, and 7.4.1 for 1001: going away. */
const close1001 = Buffer.from([0x88, 0x02, 0x03, 0xe9])
const dayMs = 86_400_000
const limits = { timeout: 180_000 }

test(
  'reload: clients of the edge over TLS lose no request, and WebSockets are closed as such',
  limits,
  async (t) => {
    const target = await targetFor(t)
    const server = await serverFor(t, loadedServer)
    const times = { notBeforeMs: Date.now() - dayMs, notAfterMs: Date.now() + dayMs }
    const certificate = makeCertificate({ commonName: 'shop', dnsNames: ['shop.example'], ...times })
    const url = new URL(await balanced(t, server, { target: target.port, certificate }))
    const place = { port: Number(url.port), host: url.host }

    const failures: string[] = []
    const counts = new Map<string, number>()
    const over = new AbortController()
    t.after(() => over.abort())
    const keepAsking = async (kind: string, pauseMs: number, ask: () => Promise<number | undefined>) => {
      while (!over.signal.aborted) {
        const outcome = await ask().catch((error: unknown) => String(error))
        counts.set(kind, (counts.get(kind) ?? 0) + 1)
        if (outcome !== 200) failures.push(`${kind}: ${outcome}`)
        await sleep(pauseMs)
      }
    }
    const agents = [1, 2, 3].map(() => new Agent({ keepAlive: true, maxSockets: 1 }))
    const [busy, idle, slow] = agents
    const [often, held] = [new Sessions(place), new Sessions(place)]
    const sessions = [often, held]
    t.after(() => {
      for (const agent of agents) agent.destroy()
      for (const each of sessions) each.end()
    })
    const socket = await webSocket(place)
    t.after(() => socket.end())
    const loops = [
      keepAsking('a connection each', 20, () => byHttp1(place, '/', new Agent())),
      keepAsking('kept connection', 2, () => byHttp1(place, '/', busy)),
      keepAsking('mostly idle connection', 500, () => byHttp1(place, '/', idle)),
      keepAsking('HTTP/2', 2, () => often.ask('/')),
      keepAsking('WebSocket', 100, () => (socket.isOpen() ? socket.echo() : Promise.resolve(200))),
    ]
    // Under way for as long as the WebSocket is open, and longer.
    const underWay = [byHttp1(place, '/held', slow), held.ask('/held')]
    await until(
      10_000,
      () => Promise.resolve(target.held()),
      (count) => count === 2,
    )

    const { ended, printed } = await redoubt(['reload', '--data', server.directory])
    assert.equal(ended, 0, printed)
    const echoes = counts.get('WebSocket') ?? 0
    assert.ok(socket.isOpen(), 'a WebSocket outlives the hand-over')
    const { afterMs } = await until(
      20_000,
      () => Promise.resolve(socket.isOpen()),
      (open) => !open,
    )
    assert.ok((counts.get('WebSocket') ?? 0) > echoes, 'and is served meanwhile')
    t.diagnostic(`the WebSocket was closed ${Math.round(afterMs)} ms after the successor served`)
    assert.deepEqual(socket.last(), close1001)
    assert.deepEqual(target.closes(), [1001])
    await sleep(500)
    target.letGo()
    assert.deepEqual(await Promise.all(underWay), [200, 200])

    over.abort()
    await Promise.all(loops)
    assert.deepEqual(failures, [])
    assert.ok(sessions.every((each) => each.goaways >= 1))
    assert.deepEqual([...counts.keys()].length, 5)
    for (const [kind, count] of counts) assert.ok(count >= 10, `${kind}: ${count}`)
    assert.equal(await server.stop(), 0)
  },
)

/** A target that answers at once, but for `/held`, and sends back what comes by a WebSocket. */
async function targetFor(t: Lifetime) {
  const held: (() => void)[] = []
  const closes: number[] = []
  const server = createServer((asked, answer) => {
    if (asked.url === '/held') held.push(() => answer.end('at last'))
    else answer.end('at once')
  })
  server.on('upgrade', (_asked, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n')
    socket.on('error', () => undefined)
    // One frame a piece, which is how this test sends them; all are short and masked.
    socket.on('data', (frame: Buffer) => {
      const payload = frame.subarray(6).map((byte, at) => byte ^ (frame[2 + (at % 4)] ?? 0))
      if (((frame[0] ?? 0) & 0x0f) === 8) closes.push(Buffer.from(payload).readUInt16BE(0))
      else socket.write(Buffer.from([frame[0] ?? 0, payload.length, ...payload]))
    })
    socket.on('end', () => socket.end())
  })
  return {
    port: await listenOnLoopback(server, t),
    held: () => held.length,
    closes: () => closes,
    letGo: () => {
      for (const answer of held.splice(0)) answer()
    },
  }
}

function byHttp1({ port, host }: Place, path: string, agent: Agent | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port, path, headers: { host }, agent, rejectUnauthorized: false }
    const asked = request(to, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode))
      answer.once('error', reject)
    })
    asked.once('error', reject)
    asked.end()
  })
}

/** One session of HTTP/2 after another: the next begins where the server says that the last one ends. */
class Sessions {
  readonly #place: Place
  #session: ClientHttp2Session | undefined
  goaways = 0

  constructor(place: Place) {
    this.#place = place
  }

  /** Sends again what was refused before anything was done about it, as clients do. Source: RFC 9113, section 8.7. */
  async ask(path: string): Promise<number | undefined> {
    try {
      return await this.#askOnce(path)
    } catch (error) {
      if (!/NGHTTP2_REFUSED_STREAM/.test(String(error))) throw error
      this.#session = undefined
      return this.#askOnce(path)
    }
  }

  #askOnce(path: string): Promise<number | undefined> {
    const { port, host } = this.#place
    const session = (this.#session ??= this.#open(port))
    return new Promise((resolve, reject) => {
      let status: number | undefined
      const stream = session.request({ ':path': path, ':authority': host })
      stream.on('response', (headers) => (status = headers[':status']))
      stream.resume().once('end', () => resolve(status))
      stream.once('error', reject)
    })
  }

  end(): void {
    this.#session?.destroy()
  }

  #open(port: number): ClientHttp2Session {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
    session.on('error', () => undefined) // Its streams tell.
    const left = (): void => {
      if (this.#session === session) this.#session = undefined
    }
    session.once('goaway', () => {
      this.goaways += 1
      left()
    })
    session.once('close', left)
    return session
  }
}

/** A WebSocket, byte by byte. */
async function webSocket({ port, host }: Place) {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
  let received = Buffer.alloc(0)
  const state = { isOpen: true }
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    if (received.at(0) === 0x88) state.isOpen = false
    wake()
  })
  socket.on('error', () => (state.isOpen = false))
  socket.on('close', () => {
    state.isOpen = false
    wake()
  })
  socket.write(
    `GET /socket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  const more = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))
  while (!received.includes('\r\n\r\n')) await more()
  assert.match(received.toString('latin1'), /^HTTP\/1\.1 101 /)
  received = Buffer.alloc(0)
  let number = 0
  return {
    isOpen: () => state.isOpen,
    /** What came after the last echo. */
    last: () => received,
    end: () => socket.destroy(),
    /** Sends a message and waits until it is back; 200 as well where the other end closes meanwhile. */
    async echo(): Promise<number> {
      const message = Buffer.from(`message ${(number += 1)}`)
      const mask = Buffer.from([number & 0xff, 2, 3, 4])
      const masked = message.map((byte, at) => byte ^ (mask[at % 4] ?? 0))
      socket.write(Buffer.from([0x81, 0x80 | message.length, ...mask, ...masked]))
      const want = Buffer.concat([Buffer.from([0x81, message.length]), message])
      while (state.isOpen && received.length < want.length) await more()
      if (!state.isOpen) return 200
      assert.deepEqual(received.subarray(0, want.length), want)
      received = received.subarray(want.length)
      return 200
    },
  }
}
