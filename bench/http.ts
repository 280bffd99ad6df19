/**
 * Signed calls over HTTP, 32 connections that are kept: verified, authorized and audited by Redoubt; neither by moto, whose
 * enforcement is off; read and answered with five letters by a bare node:http server. The load generator shares the cores.
 * Goals: GetCallerIdentity at most 50 µs of CPU, 20,000 a second with two workers, p99 under 5 ms; GetUser at most 65 µs.
 * `BENCH_SECONDS=1 node bench/http.ts` for a quick look.
 */
import { loadavg } from 'node:os'
import { type Contender, hello, moto, redoubt } from './http/contenders.ts'
import { type Measured, putLoad } from './http/load.ts'
import { type Asked, inTurn, requestBytes } from './http/requests.ts'
import { table } from './table.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const rounds = seconds > 2 ? 3 : 1
const connections = 32

const calls: readonly (readonly [name: string, asked: Asked])[] = [
  ['GetCallerIdentity', { service: 'sts', parameters: { Action: 'GetCallerIdentity' } }],
  ['GetUser', { service: 'iam', parameters: { Action: 'GetUser', UserName: 'bench' } }],
]

/** Prints a table for each call. */
export async function run(): Promise<void> {
  const makers = [() => redoubt(1), () => redoubt(2), hello, moto]
  console.log(
    `${connections} connections, best of ${rounds} rounds of ${seconds} s, load average ${loadavg()[0]?.toFixed(2)} before the run`,
  )
  const rows = new Map<string, Map<string, Measured>>(calls.map(([name]) => [name, new Map()]))
  const notices: string[] = []
  for (const make of makers) {
    const contender = await make()
    if ('missing' in contender) {
      notices.push(`NOT MEASURED ${contender.missing}`)
      continue
    }
    try {
      await createUser(contender)
      for (const [name, asked] of calls) rows.get(name)?.set(contender.name, await best(contender, asked))
    } finally {
      await contender.end()
    }
  }
  for (const [name, measured] of rows) print(name, measured)
  for (const notice of notices) console.log(notice)
}

/** The user that GetUser shows. */
async function createUser({ port, credentials }: Contender): Promise<void> {
  const asked: Asked = { service: 'iam', parameters: { Action: 'CreateUser', UserName: 'bench' } }
  let left = 1
  const bytes = requestBytes(port, asked, credentials)
  const next = (): Buffer | undefined => (left-- > 0 ? bytes : undefined)
  const { failures } = await putLoad({
    port,
    pid: process.pid,
    connections: 1,
    next,
    seconds: 0.2,
    warmupSeconds: 0,
  })
  if (failures > 0) throw new Error('the benchmark could not create its user')
}

async function best({ port, pid, credentials }: Contender, asked: Asked): Promise<Measured> {
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round += 1) {
    const next = inTurn(port, asked, credentials)
    measured.push(
      await putLoad({
        port,
        pid,
        connections,
        next,
        seconds,
        warmupSeconds: round === 0 ? seconds / 2 : 0.2,
      }),
    )
  }
  const failures = measured.reduce((sum, each) => sum + each.failures, 0)
  const fastest = measured.reduce((a, b) => (b.perSecond > a.perSecond ? b : a))
  return { ...fastest, failures }
}

function print(call: string, measured: ReadonlyMap<string, Measured>): void {
  const ours = measured.get('redoubt, 1 worker')
  const rows = [...measured].map(([name, { perSecond, cpuMicros, p50Ms, p99Ms, failures }]) => [
    name,
    Math.round(perSecond).toLocaleString('en'),
    cpuMicros === undefined ? '–' : cpuMicros.toFixed(1),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    String(failures),
    ours && cpuMicros !== undefined && ours.cpuMicros !== undefined
      ? `${(cpuMicros / ours.cpuMicros).toFixed(2)} ×`
      : '–',
  ])
  const heads = [call, 'calls/s', 'CPU µs/call', 'p50 ms', 'p99 ms', 'failed', "CPU, of redoubt's"]
  console.log(`\n${table(heads, rows)}`)
}

if (import.meta.main) await run()
