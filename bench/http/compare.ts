import { setTimeout as sleep } from 'node:timers/promises'
import { calibration } from '../calibration.ts'
import { table } from '../table.ts'
import { arithmeticName, bareName, type Contender, type Made } from './contenders.ts'
import { putLoad } from './load.ts'
import { cpuMicrosOf } from './process-cpu.ts'
import { type Asked, inTurn, requestBytes, type SignedCall } from './requests.ts'
import { cpuRatio, inRounds, type Lane, type Plan, type Rounds, typical } from './rounds.ts'

/** What contenders are compared at. */
export interface Comparison {
  /** Starts the contenders; one that cannot start says why. */
  readonly makers: readonly (() => Promise<Made | readonly Made[]>)[]
  /** Asked once of each contender: makes what the calls need. */
  readonly first?: readonly SignedCall[]
  /** What is asked of each contender under one name; undefined leaves the contender out. */
  readonly calls: readonly (readonly [name: string, asked: Asked | AskedOf])[]
  /** What a call's CPU time is shown as a multiple of. */
  readonly yardsticks?: readonly Yardstick[]
  readonly connections: number
  readonly plan: Plan
}

type AskedOf = (contender: Contender) => Asked | undefined
type Yardstick = readonly [head: string, contender: string]

const sumsAndBare: readonly Yardstick[] = [
  ['CPU ÷ SigV4 sums', arithmeticName],
  ['CPU ÷ bare', bareName],
]

/** By call, then by contender. */
export type Compared = ReadonlyMap<string, ReadonlyMap<string, Rounds>>

/** Starts all contenders, measures each call in rounds that take turns at them, and prints a table for each call. */
export async function compare({
  makers,
  first = [],
  calls,
  connections,
  plan,
  yardsticks = sumsAndBare,
}: Comparison): Promise<Compared> {
  const contenders: Contender[] = []
  const compared = new Map<string, ReadonlyMap<string, Rounds>>()
  try {
    for (const make of makers) {
      for (const made of [await make()].flat())
        if ('missing' in made) console.log(`NOT MEASURED ${made.missing}`)
        else contenders.push(made)
    }
    for (const contender of contenders) for (const asked of first) await askOnce(contender, asked)
    console.log(`${await idleCpu(contenders)}\n${calibration('before')}`)
    for (const [name, asked] of calls) {
      const lanes = contenders.flatMap((contender) => {
        const given = typeof asked === 'function' ? asked(contender) : asked
        return given === undefined ? [] : [laneOf(contender, given, connections)]
      })
      compared.set(name, await inRounds(lanes, plan))
    }
    console.log(calibration('after'))
  } finally {
    for (const contender of contenders) await contender.end()
  }
  for (const [name, measured] of compared) print(name, measured, yardsticks)
  return compared
}

/** How much more CPU a contender takes for a call than what SigV4's arithmetic costs on node:http: a goal for any machine. */
export function beyondArithmetic(
  compared: Compared,
  { call, contender }: { readonly call: string; readonly contender: string },
): number | undefined {
  const measured = compared.get(call)
  return cpuRatio(measured?.get(contender) ?? [], measured?.get(arithmeticName))
}

function laneOf({ name, port, pid, credentials }: Contender, asked: Asked, connections: number): Lane {
  return {
    name,
    measure: (seconds, warmupSeconds) =>
      putLoad({
        port,
        pid,
        connections,
        next: inTurn(port, asked, credentials),
        ...('status' in asked && { status: asked.status }),
        seconds,
        warmupSeconds,
      }),
  }
}

async function askOnce({ port, credentials }: Contender, asked: SignedCall): Promise<void> {
  let bytes: Buffer | undefined = requestBytes(port, asked, credentials)
  const next = (): Buffer | undefined => {
    const given = bytes
    bytes = undefined
    return given
  }
  const load = { port, pid: process.pid, connections: 1, next, seconds: 0.5, warmupSeconds: 0 }
  const { failures } = await putLoad(load)
  if (failures > 0) throw new Error(`a request that the benchmark needs was refused: ${asked.body}`)
}

/** Whoever waits for its turn must not work meanwhile, or it would slow the others down; shown, so that a reader can see it. */
async function idleCpu(contenders: readonly Contender[]): Promise<string> {
  const now = (): readonly number[] => contenders.map(({ pid }) => cpuMicrosOf(pid) ?? Number.NaN)
  await sleep(500)
  const before = now()
  await sleep(2_000)
  const shares = now().map((micros, index) => (micros - (before[index] ?? 0)) / 2_000_000)
  const shown = contenders.map(({ name }, index) => `${name} ${((shares[index] ?? 0) * 100).toFixed(1)} %`)
  return `CPU while waiting for its turn, of one core: ${shown.join(' · ')}`
}

function print(call: string, measured: ReadonlyMap<string, Rounds>, yardsticks: readonly Yardstick[]): void {
  const rows = [...measured].map(([name, rounds]) => {
    const { perSecond, cpuMicros, p50Ms, p99Ms, failures } = typical(rounds)
    return [
      name,
      Math.round(perSecond).toLocaleString('en'),
      cpuMicros?.toFixed(1) ?? '–',
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      String(failures),
      ...yardsticks.map(([, yardstick]) => times(cpuRatio(rounds, measured.get(yardstick)))),
    ]
  })
  const heads = [
    call,
    'calls/s',
    'CPU µs/call',
    'p50 ms',
    'p99 ms',
    'failed',
    ...yardsticks.map(([head]) => head),
  ]
  console.log(`\n${table(heads, rows)}`)
}

function times(ratio: number | undefined): string {
  return ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`
}
