import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import type { FindMetrics, MetricIncrement, MetricQuery, MetricSink } from '#core/metrics.ts'
import type { World } from '#core/world.ts'
import { listSegmentsSync, type Retention, sweep } from '../retention.ts'
import { linesOfSegment } from '../segment-lines.ts'
import { compareSegments, dayOf } from '../segment-name.ts'
import { SegmentWriter } from '../segment-writer.ts'
import { added, metricKey } from './adding.ts'

interface Options {
  /** The data directory. */
  readonly directory: string
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly log: Log
}

/** Metrics by the minute, kept for fifteen days; one thread has the store. */
export interface MetricStore {
  readonly add: MetricSink
  readonly find: FindMetrics
  readonly close: () => void
}

/** Source: CloudWatch User Guide, "Metrics retention": fifteen days for data points of a minute. */
const retention: Retention = { days: 15, totalBytesMax: 1024 ** 3 }
const segmentBytesMax = 16 * 1024 * 1024
/** When a minute is over for so long, nothing more comes for it. Units: milliseconds. */
const settledAfterMs = 75_000
const writeEveryMs = 5_000
const sweepEveryMs = 3_600_000

/**
 * Adds increments up in memory while their minute lasts, and writes each minute once it is over: a crash loses what was counted in the last
 * minute or two.
 */
export function createMetricStore({ directory, world, log }: Options): MetricStore {
  const folder = join(directory, 'metrics')
  const writer = new SegmentWriter({ folder, worker: 0, segmentBytesMax, nowMs: world.nowMs })
  const minutes = new Map<number, Map<string, MetricIncrement>>()

  function write(beforeMs: number): void {
    for (const [minuteMs, metrics] of minutes) {
      if (minuteMs >= beforeMs) continue
      minutes.delete(minuteMs)
      for (const metric of metrics.values()) writer.append(JSON.stringify(metric))
    }
    try {
      writer.flush()
    } catch (error) {
      // The lines are kept for the next time.
      log({ level: 'error', event: 'metrics-not-written', reason: String(error) })
    }
  }

  async function stored(query: MetricQuery): Promise<readonly MetricIncrement[]> {
    const [first, last] = [dayOf(query.fromMs), dayOf(query.toMs + settledAfterMs + 60_000)]
    const found: MetricIncrement[] = []
    // Most lines are not looked for: a text is found sooner than a line is parsed.
    const texts = [`"account":"${query.account}"`]
    if (query.names?.length === 1) texts.push(`"name":${JSON.stringify(query.names[0])}`)
    // Of this moment: a minute that is written while this reads was still in memory, and has been looked for there.
    const until = writer.position
    for (const name of listSegmentsSync(folder)) {
      if (name.day < first || name.day > last) continue
      const end = until && compareSegments(name, until.segment) === 0 ? until.end : Infinity
      for (const line of await linesOfSegment(folder, name, 0, end)) {
        if (!texts.every((text) => line.includes(text))) continue
        const metric = line.endsWith('}') ? (JSON.parse(line) as MetricIncrement) : undefined // Written above.
        if (metric && fits(metric, query)) found.push(metric)
      }
    }
    return found
  }

  const stopWriting = world.every(writeEveryMs, () => write(world.nowMs() - settledAfterMs - 60_000))
  const stopSweeping = world.every(sweepEveryMs, () => {
    sweep(folder, retention, world.nowMs()).catch((error: unknown) =>
      log({ level: 'error', event: 'metrics-not-swept', reason: String(error) }),
    )
  })
  return {
    add(increments) {
      for (const increment of increments) {
        const metrics = minutes.get(increment.minuteMs) ?? new Map<string, MetricIncrement>()
        minutes.set(increment.minuteMs, metrics)
        const key = metricKey(increment)
        const before = metrics.get(key)
        metrics.set(key, before === undefined ? increment : added(before, increment))
      }
    },
    async find(query) {
      const recent = [...minutes.values()].flatMap((metrics) =>
        [...metrics.values()].filter((metric) => fits(metric, query)),
      )
      return [...(await stored(query)), ...recent]
    },
    close() {
      stopWriting()
      stopSweeping()
      write(Infinity)
      writer.close()
    },
  }
}

function fits(
  metric: MetricIncrement,
  { account, region, namespace, names, fromMs, toMs }: MetricQuery,
): boolean {
  return (
    metric.account === account &&
    metric.region === region &&
    (namespace === undefined || metric.namespace === namespace) &&
    (names === undefined || names.includes(metric.name)) &&
    metric.minuteMs >= fromMs &&
    metric.minuteMs < toMs
  )
}
