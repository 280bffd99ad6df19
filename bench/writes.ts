/**
 * Durable CreateUser with tags over HTTP (synced to disk before the answer, with its audit record): one after another and by 64
 * clients, on a store without users and on one with 100,000; moto's beside it, which keeps nothing. All servers run at once and are
 * measured in turn, round after round; figures are medians of the rounds. Then: start to ready, memory.
 * `BENCH_SECONDS=1 node bench/writes.ts` for a quick look.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Credentials, startServer } from '../test/server.ts'
import { calibration } from './calibration.ts'
import { goalTable } from './goals.ts'
import { type Contender, moto } from './http/contenders.ts'
import { putLoad } from './http/load.ts'
import { query, requestBytes } from './http/requests.ts'
import { inRounds, type Lane, planOf, type Rounds, typical } from './http/rounds.ts'
import { table } from './table.ts'
import { prepare, usersOfAccount } from './writes/prepare.ts'

const plan = planOf(Number(process.env['BENCH_SECONDS'] ?? 5))
const clientCounts = [1, 64]
/** More than are created within the seconds of a run: no request is sent twice, none is refused. */
const freshAccounts = 40
const startRounds = 5

/** Prints the writes, the starts and the goals. */
export async function run(): Promise<void> {
  console.log(
    `${plan.rounds} rounds of ${plan.secondsEach.toFixed(1)} s in turn, medians\n${calibration('before')}`,
  )
  const writes = await measureWrites()
  console.log(`${calibration('after')}\n`)
  const rows = [...writes].map(([name, rounds]) => {
    const { perSecond, cpuMicros, p50Ms, p99Ms, failures } = typical(rounds)
    const figures = [p50Ms.toFixed(2), p99Ms.toFixed(2), String(failures)]
    return [name, Math.round(perSecond).toLocaleString('en'), cpuMicros?.toFixed(1) ?? '–', ...figures]
  })
  console.log(table(['CreateUser', 'calls/s', 'CPU µs/call', 'p50 ms', 'p99 ms', 'failed'], rows))

  const starts = await measureStarts([0, 10_000, 100_000])
  const startRows = [...starts].map(([storedUsers, { readyMs, resident }]) => [
    `${storedUsers.toLocaleString('en')} users stored`,
    readyMs.toFixed(0),
    resident.toFixed(0),
  ])
  console.log(
    `\n${table([`start (1 worker, best of ${startRounds})`, 'ready after ms', 'MiB resident'], startRows)}`,
  )

  const rate = (name: string): number => typical(writes.get(name) ?? []).perSecond
  const [alone, many] = [rate(laneName(0, 1, 1)), rate(laneName(0, 2, 64))]
  const goals = [
    { what: 'CreateUser, 2 workers, 64 clients', atLeast: 3_000, measured: many, unit: ' a second' },
    { what: 'CreateUser, one after another', atLeast: 500, measured: alone, unit: ' a second' },
    {
      what: 'the first with 100,000 users stored, of without',
      atLeast: 0.9,
      measured: rate(laneName(100_000, 2, 64)) / many,
      unit: ' ×',
    },
    {
      what: 'ready with 10,000 users stored',
      atMost: 1_000,
      measured: starts.get(10_000)?.readyMs,
      unit: ' ms',
    },
    {
      what: 'resident with 10,000 users stored',
      atMost: 200,
      measured: starts.get(10_000)?.resident,
      unit: ' MiB',
    },
  ]
  console.log(`\n${goalTable(goals)}`)
}

function laneName(storedUsers: number, workers: number, clients: number): string {
  const ofWorkers = workers === 1 ? '1 worker' : `${workers} workers`
  return `${clients} ${clients === 1 ? 'client' : 'clients'}, ${ofWorkers}, ${storedUsers.toLocaleString('en')} users stored`
}

async function measureWrites(): Promise<ReadonlyMap<string, Rounds>> {
  const lanes: Lane[] = []
  const endings: (() => Promise<void>)[] = []
  try {
    for (const storedUsers of [0, 100_000]) {
      for (const workers of [1, 2]) {
        const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-'))
        endings.push(async () => rmSync(directory, { recursive: true, force: true }))
        const administrators = await prepare(directory, { freshAccounts, storedUsers })
        const server = await startServer({ directory, workers })
        endings.push(() => server.kill())
        lanes.push(...lanesOf((clients) => laneName(storedUsers, workers, clients), server, administrators))
      }
    }
    const peer = await moto()
    if ('missing' in peer) console.log(`NOT MEASURED ${peer.missing}`)
    else {
      endings.push(() => peer.end())
      const name = (clients: number): string =>
        `${clients} ${clients === 1 ? 'client' : 'clients'}, ${peer.name}, in memory`
      lanes.push(...lanesOf(name, peer, [peer.credentials]))
    }
    return await inRounds(lanes, plan)
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

function lanesOf(
  name: (clients: number) => string,
  { port, pid }: Pick<Contender, 'port' | 'pid'>,
  administrators: readonly Credentials[],
): readonly Lane[] {
  const next = createUsers(port, administrators)
  return clientCounts.map((clients) => ({
    name: name(clients),
    measure: (seconds, warmupSeconds) =>
      putLoad({ port, pid, connections: clients, next, seconds, warmupSeconds }),
  }))
}

/** Signs one CreateUser after another, in one account after another: about 20 µs each, on the load generator's account. */
function createUsers(port: number, administrators: readonly Credentials[]): () => Buffer | undefined {
  let number = 0
  return () => {
    number += 1
    const credentials = administrators[number % administrators.length]
    // moto has one account, and no quota.
    if (!credentials || (administrators.length > 1 && number > administrators.length * (usersOfAccount - 1)))
      return undefined
    const UserName = `${((number * 7919) % 1_000_003).toString(36)}-new-${number}`
    const tags = {
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'blue',
      'Tags.member.2.Key': 'costCenter',
      'Tags.member.2.Value': '4711',
    }
    return requestBytes(port, query('iam', 'CreateUser', { UserName, ...tags }), credentials)
  }
}

interface Start {
  /** From the process's birth to its first answer, the best. */
  readonly readyMs: number
  /** Units: MiB, the last start's. */
  readonly resident: number
}

/** Starts in turn on directories that hold so many users. */
async function measureStarts(counts: readonly number[]): Promise<ReadonlyMap<number, Start>> {
  const directories = new Map(counts.map((count) => [count, mkdtempSync(join(tmpdir(), 'redoubt-bench-'))]))
  const starts = new Map<number, Start>()
  try {
    for (const [storedUsers, directory] of directories)
      await prepare(directory, { freshAccounts: 1, storedUsers })
    for (let round = 0; round < startRounds; round += 1) {
      for (const [storedUsers, directory] of directories) {
        const begunAt = performance.now()
        const server = await startServer({ directory })
        const readyMs = Math.min(performance.now() - begunAt, starts.get(storedUsers)?.readyMs ?? Infinity)
        starts.set(storedUsers, { readyMs, resident: residentMebibytes(server.pid) })
        await server.kill()
      }
    }
    return starts
  } finally {
    for (const directory of directories.values()) rmSync(directory, { recursive: true, force: true })
  }
}

function residentMebibytes(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

if (import.meta.main) await run()
