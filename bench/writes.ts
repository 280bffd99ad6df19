/**
 * Durable CreateUser with tags over HTTP (synced to disk before the answer, with its audit record): one after another and by 64
 * clients, on a store without users and on one with 100,000; moto's beside it, which keeps nothing. Then: start to ready, memory.
 * Goals: 3,000 a second with 64 clients and 500 one after another, the same on both stores; ready within a second with 10,000
 * users; under 200 MiB resident. `BENCH_SECONDS=1 node bench/writes.ts` for a quick look.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Credentials, startServer } from '../test/server.ts'
import { type Contender, moto } from './http/contenders.ts'
import { type Measured, putLoad } from './http/load.ts'
import { requestBytes } from './http/requests.ts'
import { table } from './table.ts'
import { prepare, usersOfAccount } from './writes/prepare.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const clientCounts = [1, 64]
/** More than are created within the seconds of a run: no request is sent twice, none is refused. */
const freshAccounts = 40

/** Prints three tables. */
export async function run(): Promise<void> {
  console.log(`${seconds} s each, load average ${loadavg()[0]?.toFixed(2)} before the run\n`)
  const rows: string[][] = []
  for (const storedUsers of [0, 100_000]) {
    for (const workers of [1, 2]) rows.push(...(await ours(storedUsers, workers)))
  }
  rows.push(...(await motos()))
  console.log(table(['CreateUser', 'clients', 'calls/s', 'CPU µs/call', 'p50 ms', 'p99 ms', 'failed'], rows))

  const starts: string[][] = []
  for (const storedUsers of [0, 10_000, 100_000]) starts.push(await start(storedUsers))
  console.log(`\n${table(['start (1 worker)', 'ready after ms', 'MiB resident'], starts)}`)
}

async function ours(storedUsers: number, workers: number): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-'))
  try {
    const administrators = await prepare(directory, { freshAccounts, storedUsers })
    const server = await startServer({ directory, workers })
    const name = `redoubt, ${workers === 1 ? '1 worker' : `${workers} workers`}, ${storedUsers.toLocaleString('en')} users stored`
    const rows: string[][] = []
    const requests = createUsers(server.port, administrators)
    for (const clients of clientCounts) rows.push(await measure(name, clients, server, requests))
    await server.kill()
    return rows
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function motos(): Promise<string[][]> {
  const contender = await moto()
  if ('missing' in contender) {
    console.log(`NOT MEASURED ${contender.missing}`)
    return []
  }
  const rows: string[][] = []
  const requests = createUsers(contender.port, [contender.credentials])
  for (const clients of clientCounts)
    rows.push(await measure(`${contender.name}, in memory`, clients, contender, requests))
  await contender.end()
  return rows
}

type Server = Pick<Contender, 'port' | 'pid'>

async function measure(
  name: string,
  clients: number,
  { port, pid }: Server,
  next: () => Buffer | undefined,
): Promise<string[]> {
  const { perSecond, cpuMicros, p50Ms, p99Ms, failures }: Measured = await putLoad({
    port,
    pid,
    connections: clients,
    next,
    seconds,
    warmupSeconds: seconds / 4,
  })
  return [
    name,
    String(clients),
    Math.round(perSecond).toLocaleString('en'),
    cpuMicros?.toFixed(1) ?? '–',
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    String(failures),
  ]
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
    return requestBytes(
      port,
      { service: 'iam', parameters: { Action: 'CreateUser', UserName, ...tags } },
      credentials,
    )
  }
}

/** Starts on a directory that holds so many users; time from the process's birth to its first answer, the best of three. */
async function start(storedUsers: number): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-'))
  try {
    await prepare(directory, { freshAccounts: 1, storedUsers })
    const readyMs: number[] = []
    let resident = 0
    for (let round = 0; round < 3; round += 1) {
      const begunAt = performance.now()
      const server = await startServer({ directory })
      readyMs.push(performance.now() - begunAt)
      resident = residentMebibytes(server.pid)
      await server.kill()
    }
    return [
      `${storedUsers.toLocaleString('en')} users stored`,
      Math.min(...readyMs).toFixed(0),
      resident.toFixed(0),
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function residentMebibytes(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

if (import.meta.main) await run()
