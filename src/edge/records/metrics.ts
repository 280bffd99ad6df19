import type { MetricIncrement } from '#core/metrics.ts'

const minuteMs = 60_000

type Dimensions = MetricIncrement['dimensions']

interface Place {
  readonly namespace: string
  readonly account: string
  readonly region: string
}

interface Summed {
  readonly increment: Omit<MetricIncrement, 'count' | 'sum' | 'min' | 'max' | 'distribution'>
  count: number
  sum: number
  min: number
  max: number
  /** Absent for counters: each of their values is 1. */
  readonly values: Map<number, number> | undefined
}

/** Adds up what is counted and measured until it is reported. */
export class Metrics {
  #summed = new Map<string, Summed>()

  /** One more of something. */
  count(place: Place, name: string, dimensions: Dimensions, nowMs: number, times = 1): void {
    this.#add(place, name, dimensions, 'Count', nowMs, times, false)
  }

  /** One value of something that is measured. */
  measure(
    place: Place,
    name: string,
    dimensions: Dimensions,
    unit: MetricIncrement['unit'],
    nowMs: number,
    value: number,
  ): void {
    this.#add(place, name, dimensions, unit, nowMs, value, true)
  }

  take(): readonly MetricIncrement[] {
    const taken = [...this.#summed.values()].map(({ increment, count, sum, min, max, values }) => ({
      ...increment,
      count,
      sum,
      min,
      max,
      ...(values && { distribution: [...values] }),
    }))
    this.#summed = new Map()
    return taken
  }

  #add(
    { namespace, account, region }: Place,
    name: string,
    dimensions: Dimensions,
    unit: MetricIncrement['unit'],
    nowMs: number,
    value: number,
    distributed: boolean,
  ): void {
    const minute = Math.floor(nowMs / minuteMs) * minuteMs
    let key = `${namespace} ${account} ${region} ${name} ${minute}`
    for (const [dimension, of] of dimensions) key += ` ${dimension}=${of}`
    let summed = this.#summed.get(key)
    if (summed === undefined) {
      summed = {
        increment: { namespace, account, region, name, dimensions, minuteMs: minute, unit },
        count: 0,
        sum: 0,
        min: Infinity,
        max: -Infinity,
        values: distributed ? new Map() : undefined,
      }
      this.#summed.set(key, summed)
    }
    summed.count += 1
    summed.sum += value
    if (value < summed.min) summed.min = value
    if (value > summed.max) summed.max = value
    if (summed.values === undefined) return
    const rounded = Number(value.toPrecision(2))
    summed.values.set(rounded, (summed.values.get(rounded) ?? 0) + 1)
  }
}
