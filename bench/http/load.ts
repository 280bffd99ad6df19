import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import { Latencies } from './latencies.ts'
import { cpuMicrosOf } from './process-cpu.ts'

/** What to put on a server. */
export interface Load extends Lasting {
  /** The bytes of the next request; undefined ends the load early. */
  readonly next: () => Uint8Array | undefined
}

/** What one connection asks in a row: it is given the body of each answer, and then gives the next request. It counts as one call. */
export type Dialogue = Generator<Uint8Array, void, string>

/** Dialogues to have with a server. */
export interface Dialogues extends Lasting {
  readonly begin: () => Dialogue
}

/** Whom a load is put on, and for how long. */
interface Lasting {
  readonly port: number
  /** The server's process, whose CPU time is counted, with that of its children. */
  readonly pid: number
  readonly connections: number
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
export function putLoad({ next, ...lasting }: Load): Promise<Measured> {
  const begin = (): Dialogue | undefined => {
    const bytes = next()
    return bytes && one(bytes)
  }
  return measure(lasting, begin, false)
}

function* one(bytes: Uint8Array): Dialogue {
  yield bytes
}

/** The same with one dialogue after another on each connection. One that meets a failure is given up. */
export function putDialogues({ begin, ...lasting }: Dialogues): Promise<Measured> {
  return measure(lasting, begin, true)
}

async function measure(
  { port, pid, connections, status = 200, seconds, warmupSeconds }: Lasting,
  begin: () => Dialogue | undefined,
  readsBodies: boolean,
): Promise<Measured> {
  const latencies = new Latencies()
  let failures = 0
  let ended = false
  const { promise: idle, resolve: isIdle } = Promise.withResolvers<void>()
  let busy = connections
  const open = Array.from({ length: connections }, () => {
    let begunAt = 0
    let dialogue: Dialogue | undefined
    const again = (body: string): void => {
      let step = dialogue?.next(body)
      if (step?.done === true) latencies.add(performance.now() - begunAt)
      if (step === undefined || step.done === true) {
        dialogue = ended ? undefined : begin()
        begunAt = performance.now()
        step = dialogue?.next('')
      }
      if (step === undefined || step.done === true) {
        connection.close()
        if (--busy === 0) isIdle()
        return
      }
      connection.send(step.value)
    }
    const answered = (ok: boolean, body: string): void => {
      if (ok) return again(body)
      failures += 1
      dialogue = undefined
      setTimeout(again, 1, '') // A server that refuses connections is not asked again at once.
    }
    const connection = new Connection(port, status, answered, readsBodies)
    again('')
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
