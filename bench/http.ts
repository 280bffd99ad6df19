/**
 * Signed calls over HTTP, 32 connections that are kept: verified, authorized and audited by Redoubt; neither by moto, whose
 * enforcement is off; beside two yardsticks, node:http that reads and answers five letters and node:http that computes what
 * verifying the signature takes. All run at once and are measured in turn, round after round; figures are medians of the rounds.
 * The load generator shares the cores. `BENCH_SECONDS=1 node bench/http.ts` for a quick look.
 */
import { goalTable } from './goals.ts'
import { beyondArithmetic, compare } from './http/compare.ts'
import { bare, moto, redoubt, sigv4Arithmetic } from './http/contenders.ts'
import { query } from './http/requests.ts'
import { planOf, typical } from './http/rounds.ts'

const plan = planOf(Number(process.env['BENCH_SECONDS'] ?? 9))
const connections = 32

/** Prints a table for each call, and the goals. */
export async function run(): Promise<void> {
  console.log(
    `${connections} connections, ${plan.rounds} rounds of ${plan.secondsEach.toFixed(1)} s in turn, medians`,
  )
  const compared = await compare({
    makers: [() => redoubt(1), () => redoubt(2), bare, sigv4Arithmetic, moto],
    first: [query('iam', 'CreateUser', { UserName: 'bench' })],
    calls: [
      ['GetCallerIdentity', query('sts', 'GetCallerIdentity')],
      ['GetUser', query('iam', 'GetUser', { UserName: 'bench' })],
    ],
    connections,
    plan,
  })

  const two = typical(compared.get('GetCallerIdentity')?.get('redoubt, 2 workers') ?? [])
  const beyond = (call: string): number | undefined =>
    beyondArithmetic(compared, { call, contender: 'redoubt, 1 worker' })
  const unit = ' × SigV4 sums'
  const goals = [
    // 50 and 65 µs on a machine where the arithmetic takes 51.
    { what: 'GetCallerIdentity, CPU', atMost: 1, measured: beyond('GetCallerIdentity'), unit },
    { what: 'GetUser, CPU', atMost: 1.27, measured: beyond('GetUser'), unit },
    { what: 'GetCallerIdentity, 2 workers', atLeast: 20_000, measured: two.perSecond, unit: ' a second' },
    { what: 'GetCallerIdentity, 2 workers, p99', atMost: 5, measured: two.p99Ms, unit: ' ms' },
  ]
  console.log(`\n${goalTable(goals)}`)
}

if (import.meta.main) await run()
