import type { Measured } from './load.ts'

/** One thing to measure beside others. */
export interface Lane {
  readonly name: string
  measure(seconds: number, warmupSeconds: number): Promise<Measured>
}

/** What the rounds of one lane gave, in their order: round n of every lane was measured in the same few seconds. */
export type Rounds = readonly Measured[]

/** How long each lane is measured. Units: seconds. */
export interface Plan {
  readonly rounds: number
  readonly secondsEach: number
  readonly warmupSeconds: number
}

/** The rounds for so many seconds a lane; an odd number, so that one of them is the median. */
export function planOf(seconds: number): Plan {
  const rounds = seconds > 2 ? 9 : 3
  return { rounds, secondsEach: seconds / rounds, warmupSeconds: Math.min(1.5, seconds / 2) }
}

/**
 * Warms all lanes up, then measures each for a short while in turn, round after round: a machine that slows down or is busy with
 * something else treats all lanes alike.
 */
export async function inRounds(
  lanes: readonly Lane[],
  { rounds, secondsEach, warmupSeconds }: Plan,
): Promise<ReadonlyMap<string, Rounds>> {
  for (const lane of lanes) await lane.measure(0.1, warmupSeconds)
  const measured = new Map<string, Measured[]>(lanes.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of lanes) measured.get(lane.name)?.push(await lane.measure(secondsEach, 0.05))
  }
  return measured
}

/** Each figure's median over the rounds, by itself; failures of all rounds. */
export function typical(rounds: Rounds): Measured {
  const cpu = rounds.flatMap(({ cpuMicros }) => cpuMicros ?? [])
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    cpuMicros: cpu.length === rounds.length ? median(cpu) : undefined,
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  }
}

/** How much more CPU one lane takes than another: the median of the rounds' own ratios. Undefined where CPU is not counted. */
export function cpuRatio(one: Rounds, other: Rounds | undefined): number | undefined {
  const ratios = one.flatMap(({ cpuMicros }, round) => {
    const beside = other?.[round]?.cpuMicros
    return cpuMicros === undefined || beside === undefined ? [] : [cpuMicros / beside]
  })
  return ratios.length === 0 ? undefined : median(ratios)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
