/**
 * The edge, plain and with web ACLs, beside other proxies and firewalls: 32 connections that are kept, each contender before the same
 * origin. A benign GET with a browser's headers, a benign JSON document of 2 KiB, and an SQL injection, which the guarded ones must
 * refuse. All run at once and are measured in turn, round after round; figures are medians of the rounds. CPU time is that of the whole
 * contender, with its children; load generator and origin share the cores. `BENCH_SECONDS=1 node bench/edge.ts` for a quick look.
 */
import {
  corazaName,
  forwarder,
  forwarderName,
  goName,
  goProxies,
  modsecurityName,
  nginx,
  startOrigin,
  undiciName,
  undiciProxy,
} from './edge/peers.ts'
import { managedName, plainName, redoubtDoors, tenRulesName, thousandRulesName } from './edge/redoubt.ts'
import { type AskedOfHost, get, injection, post } from './edge/requests.ts'
import { goalTable } from './goals.ts'
import { type Compared, compare } from './http/compare.ts'
import type { Contender } from './http/contenders.ts'
import { cpuRatio, planOf } from './http/rounds.ts'

const plan = planOf(Number(process.env['BENCH_SECONDS'] ?? 9))
const connections = 32
const [getName, postName, injectionName] = ['GET', 'POST 2 KiB of JSON', 'SQL injection, GET'] as const
const guarded: ReadonlySet<string> = new Set([managedName, modsecurityName, corazaName])

/** Prints a table for each request, and the goals. */
export async function run(): Promise<void> {
  console.log(
    `${connections} connections, ${plan.rounds} rounds of ${plan.secondsEach.toFixed(1)} s in turn, medians`,
  )
  const origin = await startOrigin()
  try {
    const compared = await compare({
      makers: [
        () => redoubtDoors(origin.port),
        () => forwarder(origin.port),
        () => undiciProxy(origin.port),
        () => goProxies(origin.port),
        () => nginx(origin.port, false),
        () => nginx(origin.port, true),
      ],
      calls: [
        [getName, asked(get)],
        [postName, asked(post)],
        [
          injectionName,
          (contender) => (guarded.has(contender.name) ? asked(injection)(contender) : undefined),
        ],
      ],
      yardsticks: [
        ['CPU ÷ node:net', forwarderName],
        ['CPU ÷ undici', undiciName],
      ],
      connections,
      plan,
    })
    console.log(`\n${goalTable(goalsOf(compared))}`)
  } finally {
    await origin.end()
  }
}

/** A door of Redoubt is asked for by its own host name, whoever has one door only by any. */
const asked = (request: AskedOfHost) => (contender: Contender) =>
  request('host' in contender ? String(contender.host) : 'shop.example.com')

function goalsOf(compared: Compared) {
  const ratio = (call: string, one: string, other: string, otherCall = call): number | undefined =>
    cpuRatio(compared.get(call)?.get(one) ?? [], compared.get(otherCall)?.get(other))
  const unit = ' ×'
  return [
    // Where the goals were set: a node:net forwarder 37 and 32 µs, node:http with undici 135 and 155 µs.
    {
      what: 'plain GET, of node:http + undici (90 of 135 µs)',
      atMost: 0.67,
      measured: ratio(getName, plainName, undiciName),
      unit,
    },
    {
      what: 'plain POST, of node:http + undici (110 of 155 µs)',
      atMost: 0.71,
      measured: ratio(postName, plainName, undiciName),
      unit,
    },
    {
      what: "plain GET, of Go's ReverseProxy",
      atMost: 0.99,
      measured: ratio(getName, plainName, goName),
      unit,
    },
    {
      what: "plain POST, of Go's ReverseProxy",
      atMost: 0.99,
      measured: ratio(postName, plainName, goName),
      unit,
    },
    {
      what: 'every managed group, GET, of node:http + undici (180 of 135 µs)',
      atMost: 1.33,
      measured: ratio(getName, managedName, undiciName),
      unit,
    },
    {
      what: 'every managed group, POST, of node:http + undici (400 of 155 µs)',
      atMost: 2.58,
      measured: ratio(postName, managedName, undiciName),
      unit,
    },
    {
      what: 'ModSecurity, GET, of every managed group',
      atLeast: 15,
      measured: ratio(getName, modsecurityName, managedName),
      unit,
    },
    {
      what: 'ModSecurity, POST, of every managed group',
      atLeast: 50,
      measured: ratio(postName, modsecurityName, managedName),
      unit,
    },
    {
      what: 'Coraza, GET, of every managed group',
      atLeast: 15,
      measured: ratio(getName, corazaName, managedName),
      unit,
    },
    {
      what: 'Coraza, POST, of every managed group',
      atLeast: 50,
      measured: ratio(postName, corazaName, managedName),
      unit,
    },
    {
      what: 'a blocked injection, of an allowed GET',
      atMost: 1,
      measured: ratio(injectionName, managedName, managedName, getName),
      unit,
    },
    {
      what: '1,000 rules and 10,000 addresses, of 10 rules, GET',
      atMost: 1.5,
      measured: ratio(getName, thousandRulesName, tenRulesName),
      unit,
    },
  ]
}

if (import.meta.main) await run()
