import type { MetricIncrement } from '#core/metrics.ts'

const minuteMs = 60_000

type Unit = MetricIncrement['unit']

/** Whose metrics, and of what. */
export interface Described {
  readonly namespace: string
  readonly account: string
  readonly region: string
  readonly dimensions: MetricIncrement['dimensions']
}

interface Summed {
  readonly name: string
  readonly unit: Unit
  count: number
  sum: number
  min: number
  max: number
  /** Absent for counters: each of their values is 1. */
  readonly values: Map<number, number> | undefined
}

/** Adds up what is counted and measured until it is reported. */
export class Metrics {
  #full: MetricIncrement[] = []
  readonly #open = new Set<Series>()

  /** What is counted under some dimensions; keep it for the next time, as finding sums by dimensions takes longer than adding. */
  series(described: Described): Series {
    const series: Series = new Series(described, {
      opened: () => this.#open.add(series),
      closed: (increments) => this.#full.push(...increments),
    })
    return series
  }

  take(): readonly MetricIncrement[] {
    for (const series of this.#open) series.close()
    this.#open.clear()
    const taken = this.#full
    this.#full = []
    return taken
  }
}

interface Reporting {
  /** There is something to report. */
  readonly opened: () => void
  readonly closed: (increments: readonly MetricIncrement[]) => void
}

/** The sums of a minute under one set of dimensions. */
export class Series {
  readonly #described: Described
  readonly #reporting: Reporting
  #minuteMs = -1
  #summed = new Map<string, Summed>()

  constructor(described: Described, reporting: Reporting) {
    this.#described = described
    this.#reporting = reporting
  }

  /** One more of something. */
  count(name: string, nowMs: number): void {
    add(this.#sumOf(name, 'Count', nowMs, false), 1)
  }

  /** One value of something that is measured; rounded, as it is kept with those that are alike. */
  measure(name: string, unit: Unit, nowMs: number, value: number, rounded = roundedOf(value)): void {
    const summed = this.#sumOf(name, unit, nowMs, true)
    add(summed, value)
    summed.values?.set(rounded, (summed.values.get(rounded) ?? 0) + 1)
  }

  /** Reports what was summed. */
  close(): void {
    if (this.#summed.size === 0) return
    const increments = [...this.#summed.values()].map(({ values, ...sums }) => ({
      ...this.#described,
      ...sums,
      minuteMs: this.#minuteMs,
      ...(values && { distribution: [...values] }),
    }))
    this.#summed = new Map()
    this.#reporting.closed(increments)
  }

  #sumOf(name: string, unit: Unit, nowMs: number, distributed: boolean): Summed {
    if (nowMs < this.#minuteMs || nowMs >= this.#minuteMs + minuteMs) {
      this.close()
      this.#minuteMs = Math.floor(nowMs / minuteMs) * minuteMs
    }
    let summed = this.#summed.get(name)
    if (summed === undefined) {
      if (this.#summed.size === 0) this.#reporting.opened()
      const values = distributed ? new Map<number, number>() : undefined
      summed = { name, unit, count: 0, sum: 0, min: Infinity, max: -Infinity, values }
      this.#summed.set(name, summed)
    }
    return summed
  }
}

/** Counts one more under several dimensions. */
export function countIn(all: readonly Series[], name: string, nowMs: number): void {
  for (const series of all) series.count(name, nowMs)
}

/** Measures one value under several dimensions. */
export function measureIn(
  all: readonly Series[],
  name: string,
  unit: Unit,
  nowMs: number,
  value: number,
): void {
  const rounded = roundedOf(value)
  for (const series of all) series.measure(name, unit, nowMs, value, rounded)
}

function add(summed: Summed, value: number): void {
  summed.count += 1
  summed.sum += value
  if (value < summed.min) summed.min = value
  if (value > summed.max) summed.max = value
}

/** Two digits: enough for a percentile, and few enough values to keep. */
function roundedOf(value: number): number {
  return Number(value.toPrecision(2))
}
