// Goal: tests of the edge ask it over real sockets, before real origins, with the configuration that services would send.
// Method: doors, guards and the proxy put together as a worker does it, in this process, on a clock that the test can move.
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type {
  Certificate,
  EdgePart,
  FrontDoor,
  FrontDoorAttributes,
  Listener,
  ListenerRule,
  RuleAction,
  RuleCondition,
  Target,
  TargetGroup,
} from '#core/front-door.ts'
import type { LogEntry } from '#core/log.ts'
import { systemWorld, type World } from '#core/world.ts'
import { Configuration } from './doors/index.ts'
import type { Guard } from './guard.ts'
import { createEdgeProxy, defaultEdgeLimits, type EdgeLimits } from './proxy/index.ts'
import type { RequestRecord } from './record.ts'
import type { EdgeRequest } from './request.ts'
import { listenOnLoopback } from '../../test/loopback.ts'

const account = '111122223333' as AccountId // Twelve digits.
export const arnOf = (text: string): Arn => `arn:aws:elasticloadbalancing:us-east-1:${account}:${text}` as Arn // One of those.

export const attributes: FrontDoorAttributes = {
  idleTimeoutSec: 60,
  clientKeepAliveSec: 3600,
  http2: true,
  dropInvalidHeaderFields: false,
  desyncMitigationMode: 'defensive',
  preserveHostHeader: false,
  xffHeaderProcessing: 'append',
  xffClientPort: false,
  tlsVersionAndCipherHeaders: false,
  wafFailOpen: false,
}

export const everybody = [{ sources: ['0.0.0.0/0', '::/0'], fromPort: 0, toPort: 65_535 }]

/** A rule without conditions, which every listener has at its end. */
export function rule(
  action: RuleAction,
  conditions: readonly RuleCondition[] = [],
  priority: number | 'default' = 'default',
): ListenerRule {
  return { arn: arnOf(`listener-rule/${priority}`), priority, conditions, actions: [action], transforms: [] }
}

export const toGroup = (name = 'group'): RuleAction => ({
  type: 'forward',
  targetGroups: [{ arn: arnOf(`targetgroup/${name}`), weight: 1 }],
})

export function listener(wish: Partial<Listener> = {}): Listener {
  return {
    arn: arnOf('listener/1'),
    port: 80,
    protocol: 'HTTP',
    certificates: [],
    rules: [rule(toGroup())],
    responseHeaders: [],
    serverHeader: true,
    ...wish,
  }
}

export function frontDoor(wish: Partial<FrontDoor> = {}): FrontDoor {
  return {
    arn: arnOf(`loadbalancer/app/${wish.name ?? 'door'}/1`),
    account,
    region: 'us-east-1',
    name: 'door',
    hostName: `${wish.name ?? 'door'}.elb.localhost`,
    resourceId: `app/${wish.name ?? 'door'}/0123456789abcdef`,
    attributes,
    ingress: everybody,
    listeners: [listener()],
    ...wish,
  }
}

export function target(port: number, wish: Partial<Target> = {}): Target {
  return { address: '127.0.0.1', port, availabilityZone: 'us-east-1a', state: 'healthy', ...wish }
}

export function group(targets: readonly Target[], wish: Partial<TargetGroup> = {}): TargetGroup {
  const name = wish.name ?? 'group'
  return {
    arn: arnOf(`targetgroup/${name}`),
    name,
    resourceId: `targetgroup/${name}/1`,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    algorithm: 'round_robin',
    slowStartSec: 0,
    targets,
    ...wish,
  }
}

export function doorPart(value: FrontDoor): EdgePart {
  return { kind: 'front-door', id: value.arn, value }
}

export function groupPart(value: TargetGroup): EdgePart {
  return { kind: 'target-group', id: value.arn, value }
}

/** A listener of TLS with these certificates, the default one first. */
export function tlsListener(certificates: readonly Certificate[], wish: Partial<Listener> = {}): Listener {
  return listener({
    arn: arnOf('listener/2'),
    port: 443,
    protocol: 'HTTPS',
    certificates,
    tls: {
      name: 'test',
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers: ['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    },
    ...wish,
  })
}

/** A clock that the test moves, and timers that it runs. */
export function movableWorld() {
  const real = systemWorld()
  let offsetMs = 0
  const tasks = new Set<() => void>()
  const world: World = {
    ...real,
    nowMs: () => real.nowMs() + offsetMs,
    every(_everyMs, task) {
      tasks.add(task)
      return () => tasks.delete(task)
    },
  }
  return {
    world,
    /** Moves the clock on, and runs what is done from time to time. */
    pass: (ms: number): void => {
      offsetMs += ms
      for (const task of tasks) task()
    },
  }
}

interface Wish {
  readonly parts: readonly EdgePart[]
  readonly limits?: Partial<EdgeLimits>
  readonly guard?: Guard
  /** Hears of bugs that the test plants. */
  readonly onBug?: (stack: string) => void
}

/** The edge in this process: two ports, and what it recorded and logged. A bug that it logs fails the test. */
export async function edge(t: TestContext, { parts, limits = {}, guard, onBug }: Wish) {
  const { world, pass } = movableWorld()
  const records: RequestRecord[] = []
  const logged: LogEntry[] = []
  const refused: string[] = []
  const ports = { http: 0, https: 0 }
  const configuration = new Configuration({
    world,
    sharedPorts: { http: 80, https: 443 },
    guardOf: () => guard ?? { bodyBytesMax: 0, judge: () => ({ insertedHeaders: [] }) },
    authenticate: {
      authenticate: () => ({ kind: 'answer', answer: { statusCode: 401, headers: [], body: '' } }),
      answerTo: () => undefined,
    },
    cookieKey: new Uint8Array(32).fill(7),
    reportBug: (error) => assert.fail(String(error)),
  })
  configuration.apply(parts, [])
  const proxy = createEdgeProxy({
    doors: () => configuration.doors,
    recorder: {
      request: (record) => records.push(record),
      connection: ({ admitted, address }) => {
        if (!admitted) refused.push(address)
      },
    },
    world,
    log: (entry) => (onBug ? onBug(String(entry['stack'])) : logged.push(entry)),
    limits: { ...defaultEdgeLimits, ...limits },
  })
  ports.http = await proxy.listen({ host: '127.0.0.1', port: 0, shared: false, known: 80 })
  ports.https = await proxy.listen({ host: '127.0.0.1', port: 0, shared: false, known: 443 })
  t.after(async () => {
    await proxy.stop({ idleMs: 0, underWayMs: 0 })
    assert.deepEqual(
      logged.filter(({ event }) => event === 'bug'),
      [],
    )
  })
  return { ports, proxy, configuration, records, refused, pass, client: () => new Client(ports.http) }
}

/** The edge before one target. */
export function edgeBefore(
  t: TestContext,
  port: number,
  { door = frontDoor(), ...wish }: Omit<Wish, 'parts'> & { readonly door?: FrontDoor } = {},
) {
  return edge(t, { parts: [doorPart(door), groupPart(group([target(port)]))], ...wish })
}

export const head = 'Host: door.elb.localhost\r\n'

export function get(path: string, ...lines: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, head.trim(), ...lines, '', ''].join('\r\n')
}

/** A client that sends bytes as they are. */
export class Client {
  readonly socket: Socket
  received = ''
  #waiting: (() => void)[] = []
  closed = false

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text
      this.#wake()
    })
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => {
      this.closed = true
      this.#wake()
    })
  }

  send(text: string | Uint8Array): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
    return this
  }

  /** Waits until what was received fits, or fails. */
  async until(fits: (received: string, closed: boolean) => boolean, msMax = 5_000): Promise<string> {
    const giveUpAt = performance.now() + msMax
    while (!fits(this.received, this.closed)) {
      const left = giveUpAt - performance.now()
      assert.ok(left > 0, `received ${JSON.stringify(this.received.slice(0, 400))}, closed: ${this.closed}`)
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
        new Promise<void>((resolve) => setTimeout(resolve, left).unref()),
      ])
    }
    return this.received
  }

  /** Waits for so many whole answers of known length, and gives statuses and bodies. */
  async answers(
    count: number,
  ): Promise<readonly { readonly status: number; readonly head: string; readonly body: string }[]> {
    await this.until((received, closed) => readAnswers(received).length >= count || closed)
    return readAnswers(this.received)
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** Answers that have come whole. */
export function readAnswers(text: string) {
  const answers: { status: number; head: string; body: string }[] = []
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n\r\n', at)
    if (end < 0) return answers
    const answerHead = text.slice(at, end)
    const status = Number(answerHead.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(answerHead)?.[1]
    let body = ''
    at = end + 4
    if (/\r\ntransfer-encoding: *chunked/i.test(answerHead)) {
      for (;;) {
        const line = text.indexOf('\r\n', at)
        const size = line < 0 ? Number.NaN : Number.parseInt(text.slice(at, line), 16)
        if (Number.isNaN(size) || text.length < line + 2 + size + 2) return answers
        body += text.slice(line + 2, line + 2 + size)
        at = line + 2 + size + 2
        if (size === 0) break
      }
    } else if (length !== undefined && status !== 304) {
      if (text.length < at + Number(length)) return answers
      body = text.slice(at, at + Number(length))
      at += Number(length)
    }
    answers.push({ status, head: answerHead, body })
  }
}

/** A real origin, and the requests that it was asked. */
export async function origin(t: TestContext, answer?: RequestListener) {
  const asked: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      asked.push({ method, url, headers, body: Buffer.concat(pieces) })
      if (answer) answer(request, response)
      else response.end(`${method} ${url}`)
    })
  })
  return { port: await listenOnLoopback(server, t), asked, server }
}

/** An origin that answers with bytes as they are. */
export async function rawOrigin(t: TestContext, serve: (socket: Socket, asked: string) => void) {
  const { createServer: createNetServer } = await import('node:net')
  const server = createNetServer((socket) => {
    socket.on('error', () => undefined)
    socket.setEncoding('latin1').on('data', (text: string) => serve(socket, text))
  })
  return { port: await listenOnLoopback(server, t) }
}

/** What a client asks of the front door that `frontDoor` makes. */
export function request(wish: Partial<EdgeRequest> = {}): EdgeRequest {
  return {
    method: 'GET',
    path: '/',
    query: undefined,
    httpVersion: '1.1',
    headers: [['Host', 'door.elb.localhost']],
    host: 'door.elb.localhost',
    scheme: 'http',
    client: { address: '203.0.113.7', port: 50_000 },
    receivedAtMs: 0,
    ...wish,
  }
}
