import type { SampledRequest, SampleQuery, Samples } from '#core/edge-view.ts'
import type { SampleReport } from '../records/index.ts'

/** A request as text: most are never asked for, and as objects they take several times as much memory. */
interface Kept {
  readonly timestampMs: number
  readonly text: string
}

/** What was seen of one metric in one minute. */
interface Minute {
  population: number
  characters: number
  readonly requests: Kept[]
}

/** Source: WAFV2 API Reference, GetSampledRequests: the last three hours, samples of the first 5,000 requests. */
const keptMs = 3 * 3_600_000
const populationMax = 5_000
const minuteMs = 60_000
/** Kept of one metric and minute; more are asked for by nobody (MaxItems is 500 for all of a window). */
const requestsMax = 500
/** Samples in memory, of all metrics together; the oldest minutes go first. A request may have 64 KiB of headers. Units: characters. */
const charactersMax = 32 * 1024 * 1024

/** Sampled requests of the last three hours, as the workers report them. */
export class SampleMinutes {
  readonly #nowMs: () => number
  /** By web ACL and metric, then by minute. */
  readonly #metrics = new Map<string, Map<number, Minute>>()
  #characters = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(reports: readonly SampleReport[]): void {
    for (const { webACL, metricName, minuteMs: at, population, requests } of reports) {
      const key = keyOf(webACL, metricName)
      let minutes = this.#metrics.get(key)
      if (minutes === undefined) this.#metrics.set(key, (minutes = new Map()))
      let minute = minutes.get(at)
      if (minute === undefined) minutes.set(at, (minute = { population: 0, characters: 0, requests: [] }))
      minute.population += population
      const taken = requests.slice(0, requestsMax - minute.requests.length).map(kept)
      minute.requests.push(...taken)
      const characters = taken.reduce((sum, { text }) => sum + text.length, 0)
      minute.characters += characters
      this.#characters += characters
    }
    this.#forget()
  }

  find({ webACL, metricName, fromMs, toMs, max }: SampleQuery): Samples {
    const requests: Kept[] = []
    let population = 0
    for (const [at, minute] of this.#metrics.get(keyOf(webACL, metricName)) ?? []) {
      if (at + minuteMs <= fromMs || at > toMs) continue
      population += minute.population
      requests.push(
        ...minute.requests.filter(({ timestampMs }) => fromMs <= timestampMs && timestampMs <= toMs),
      )
    }
    const newest = requests.sort((one, other) => other.timestampMs - one.timestampMs)
    const shown = spread(newest, max).map(({ text }) => JSON.parse(text) as SampledRequest) // Our own.
    return { requests: shown, population: Math.min(population, populationMax), fromMs, toMs }
  }

  #forget(): void {
    this.#forgetUntil(this.#nowMs() - keptMs)
    while (this.#characters > charactersMax) this.#forgetUntil(this.#oldest() + minuteMs)
  }

  /** Forgets minutes that ended by then. */
  #forgetUntil(endMs: number): void {
    for (const [key, minutes] of this.#metrics) {
      for (const [at, minute] of minutes) {
        if (at + minuteMs > endMs) continue
        minutes.delete(at)
        this.#characters -= minute.characters
      }
      if (minutes.size === 0) this.#metrics.delete(key)
    }
  }

  /** When the oldest minute of all metrics begins. */
  #oldest(): number {
    let oldest = Infinity
    for (const minutes of this.#metrics.values())
      for (const at of minutes.keys()) oldest = Math.min(oldest, at)
    return oldest
  }
}

function kept(request: SampledRequest): Kept {
  return { timestampMs: request.timestampMs, text: JSON.stringify(request) }
}

function keyOf(webACL: string, metricName: string): string {
  return `${webACL} ${metricName}`
}

/** So many of a list, evenly from all of it. */
function spread<Value>(values: readonly Value[], max: number): readonly Value[] {
  if (values.length <= max) return values
  return Array.from({ length: max }, (_, n) => values[Math.floor((n * values.length) / max)]).filter(
    (value) => value !== undefined,
  )
}
