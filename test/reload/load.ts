// Clients of the API and of the edge that go on while servers hand over to one another; used by the test and by the drill.
import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { redoubt } from '../command.ts'
import type { Credentials, TestServer } from '../server.ts'
import { signedQuery } from '../signed-call.ts'

/** What is put under load, for how long, and how often it hands over meanwhile. */
export interface LoadPlan {
  readonly server: Pick<TestServer, 'port' | 'directory'>
  readonly administrator: Credentials
  /** A URL of the edge; its host name is one of this machine's. */
  readonly edgeUrl: string
  readonly forMs: number
  readonly reloads: number
}

/** How it went. */
export interface LoadResult {
  readonly requests: number
  /** By kind of client. */
  readonly requestsOf: Readonly<Record<string, number>>
  /** Each request that was not answered with 200, with what came instead. */
  readonly failures: readonly string[]
  /** The longest time from a request to its answer. Units: milliseconds. */
  readonly longestWaitMs: number
  /** How long nothing was accepted in each reload, as the command told. Units: milliseconds. */
  readonly gapsMs: readonly number[]
  /** Process ids of the servers that came after the first. */
  readonly pids: readonly number[]
  /** Users whose making was acknowledged, and that are not there at the end. */
  readonly lostWrites: readonly string[]
  readonly writes: number
}

interface Client {
  readonly kind: string
  readonly agent: Agent | false
  readonly pauseMs: number
  readonly ask: (agent: Agent | false) => Promise<string | undefined>
}

/** Two clients write with this pause: some 4,000 users in a minute. Units: milliseconds. */
const writePauseMs = 30
/** How long a request may take before it counts as failed. Units: milliseconds. */
const answerMsMax = 60_000

/** Keeps clients going, each with one request after another, while the server hands over several times; nobody tries anything again. */
export async function loadWhileReloading(plan: LoadPlan): Promise<LoadResult> {
  const failures: string[] = []
  const requestsOf: Record<string, number> = {}
  const made: string[] = []
  let longestWaitMs = 0
  const over = new AbortController()

  const clients = clientsOf(plan, made)
  const loops = clients.map(async ({ kind, agent, pauseMs, ask }) => {
    while (!over.signal.aborted) {
      const begunAtMs = performance.now()
      const failure = await ask(agent)
      const waitedMs = performance.now() - begunAtMs
      requestsOf[kind] = (requestsOf[kind] ?? 0) + 1
      longestWaitMs = Math.max(longestWaitMs, waitedMs)
      if (failure !== undefined) failures.push(`${kind} after ${Math.round(waitedMs)} ms: ${failure}`)
      await sleep(pauseMs)
    }
    if (agent) agent.destroy()
  })

  const gapsMs: number[] = []
  const pids: number[] = []
  const begunAtMs = performance.now()
  for (let reload = 1; reload <= plan.reloads; reload += 1) {
    const { ended, printed } = await redoubt(['reload', '--data', plan.server.directory])
    const { pid, gap } =
      /process (?<pid>\d+)\. New connections waited (?<gap>\d+) ms/.exec(printed)?.groups ?? {}
    if (ended !== 0) failures.push(`reload ${reload}: ${printed}`)
    pids.push(Number(pid))
    gapsMs.push(Number(gap))
    const nextAtMs = begunAtMs + (plan.forMs * reload) / plan.reloads
    await sleep(Math.max(500, nextAtMs - performance.now()))
  }
  over.abort()
  await Promise.all(loops)

  const names = await userNames(plan)
  return {
    requests: Object.values(requestsOf).reduce((sum, count) => sum + count, 0),
    ...{ requestsOf, failures, longestWaitMs, gapsMs, pids },
    lostWrites: made.filter((name) => !names.has(name)),
    writes: made.length,
  }
}

function clientsOf(plan: LoadPlan, made: string[]): readonly Client[] {
  const create = writer(plan, made)
  const read = (agent: Agent | false) => asked(apiCall(plan, 'GetUser', { UserName: 'admin' }), agent)
  const { hostname, host, port } = new URL(plan.edgeUrl)
  const get = (agent: Agent | false) =>
    asked({ port: Number(port), method: 'GET', path: `/${hostname}`, headers: { host }, body: '' }, agent)
  const kept = () => new Agent({ keepAlive: true, maxSockets: 1 })
  const connected = [
    ['write', create],
    ['read', read],
    ['edge', get],
  ] as const
  // An account has 5,000 users at most: those who make them take their time.
  const pauseOf = (kind: string, pauseMs: number): number => (kind === 'write' ? writePauseMs : pauseMs)
  return connected.flatMap(([kind, ask]): Client[] => [
    { kind: `${kind}, a connection each`, agent: false, pauseMs: pauseOf(kind, 10), ask },
    { kind: `${kind}, kept connection`, agent: kept(), pauseMs: pauseOf(kind, 1), ask },
    // Idle for most of the time: a server that only closes what waits would meet its next request.
    { kind: `${kind}, mostly idle connection`, agent: kept(), pauseMs: 400, ask },
    { kind: `${kind}, long idle connection`, agent: kept(), pauseMs: 4_500, ask },
  ])
}

interface Call {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function writer(plan: LoadPlan, made: string[]) {
  let number = 0
  return async (agent: Agent | false): Promise<string | undefined> => {
    const UserName = `load-${(number += 1)}`
    const failure = await asked(apiCall(plan, 'CreateUser', { UserName }), agent)
    if (failure === undefined) made.push(UserName)
    return failure
  }
}

function apiCall({ server, administrator }: LoadPlan, Action: string, input: Record<string, string>): Call {
  const { method, path, headers, body } = signedQuery(server, 'iam', { Action, ...input }, administrator)
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return {
    port: server.port,
    method,
    path,
    headers: Object.fromEntries(given),
    body: Buffer.from(body).toString(),
  }
}

/** What came in place of an answer with 200. */
async function asked(call: Call, agent: Agent | false): Promise<string | undefined> {
  try {
    const { status, body } = await answerTo(call, agent)
    return status === 200 ? undefined : `${status} ${body.slice(0, 300)}`
  } catch (error) {
    return String(error)
  }
}

function answerTo(
  { body, ...call }: Call,
  agent: Agent | false,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', ...call, agent, timeout: answerMsMax }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode, body: text }))
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer in ${answerMsMax} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}

async function userNames(plan: LoadPlan): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  let Marker = ''
  do {
    const { body } = await answerTo(
      apiCall(plan, 'ListUsers', { MaxItems: '1000', ...(Marker !== '' && { Marker }) }),
      false,
    )
    for (const [, name = ''] of body.matchAll(/<UserName>([^<]*)<\/UserName>/g)) names.add(name)
    Marker = /<Marker>(?<marker>[^<]*)<\/Marker>/.exec(body)?.groups?.['marker'] ?? ''
  } while (Marker !== '')
  return names
}
