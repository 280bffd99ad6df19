import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import { Latencies } from './latencies.ts'
import { cpuMicrosOf } from './process-cpu.ts'

/** What to put on a server. */
export interface Load {
  readonly port: number
  /** The server's process, whose CPU time is counted, with that of its children. */
  readonly pid: number
  readonly connections: number
  /** The bytes of the next request; undefined ends the load early. */
  readonly next: () => Uint8Array | undefined
  /** What an answer must have; default: 200. */
  readonly status?: number
  readonly seconds: number
  readonly warmupSeconds: number
}

/** What came of it. */
export interface Measured {
  readonly perSecond: number
  /** CPU time of the server's process for one call. Units: microseconds; undefined where the system does not tell. */
  readonly cpuMicros: number | undefined
  /** Units: milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers of another status, and broken connections; not in `perSecond`. */
  readonly failures: number
}

/** How long a server may take for what it was last asked. */
const idleMsMax = 5_000

/**
 * Keeps so many connections busy, each with one call after another, and measures once it is warm. Ends when the server has
 * answered what it was asked, so that it is idle while others are measured.
 */
export async function putLoad({
  port,
  pid,
  connections,
  next,
  status = 200,
  seconds,
  warmupSeconds,
}: Load): Promise<Measured> {
  const latencies = new Latencies()
  let failures = 0
  let ended = false
  const { promise: idle, resolve: isIdle } = Promise.withResolvers<void>()
  let busy = connections
  const open = Array.from({ length: connections }, () => {
    let sentAt = 0
    const again = (): void => {
      const bytes = ended ? undefined : next()
      if (bytes === undefined) {
        connection.close()
        if (--busy === 0) isIdle()
        return
      }
      sentAt = performance.now()
      connection.send(bytes)
    }
    const connection = new Connection(port, status, (ok) => {
      if (ok) latencies.add(performance.now() - sentAt)
      else failures += 1
      // A server that refuses connections is not asked again at once.
      if (ok) again()
      else setTimeout(again, 1)
    })
    again()
    return connection
  })

  await sleep(warmupSeconds * 1000)
  latencies.reset()
  failures = 0
  const [begunAt, cpuBefore] = [performance.now(), cpuMicrosOf(pid)]
  await sleep(seconds * 1000)
  const [elapsedMs, cpuAfter] = [performance.now() - begunAt, cpuMicrosOf(pid)]
  const { count } = latencies
  const [p50Ms, p99Ms] = [latencies.percentile(0.5), latencies.percentile(0.99)]
  const failed = failures
  ended = true
  await Promise.race([idle, sleep(idleMsMax, undefined, { ref: false })])
  for (const connection of open) connection.close()
  return {
    perSecond: (count * 1000) / elapsedMs,
    cpuMicros: cpuBefore === undefined || cpuAfter === undefined ? undefined : (cpuAfter - cpuBefore) / count,
    p50Ms,
    p99Ms,
    failures: failed,
  }
}
