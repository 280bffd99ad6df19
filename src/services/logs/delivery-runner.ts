import type { Arn } from '#core/arn.ts'
import { isDue } from '#core/elapsed.ts'
import {
  type LogDestination,
  type LogDestinationOf,
  logDeliveryPrincipal,
  type LogLineSink,
} from '#core/log-delivery.ts'
import type { Log } from '#core/log.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Reader } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { eventOverheadBytes } from '#telemetry/index.ts'
import { quotas } from './quotas.ts'

type Line = readonly [timestampMs: number, text: string]

/** What waits for one source's group. */
interface Queue {
  lines: Line[]
  bytes: number
  writing: boolean
  /** Delays of a group that does not take what it is sent. */
  delayMs: number
  notBeforeMs: number
}

/** Our own bounds. Units: milliseconds, bytes. What waits beyond them is lost, the oldest first, counted and told. */
const bounds = {
  everyMs: 1_000,
  delayMsMin: 1_000,
  delayMsMax: 60_000,
  queueBytes: 8 << 20,
  allBytes: 64 << 20,
}

interface Parts {
  readonly read: Reader
  readonly world: Pick<World, 'every' | 'nowMs'>
  readonly callAsService: CallAsService
  readonly destinationOf: LogDestinationOf
  readonly log: Log
}

/**
 * Delivers what services log to users' groups, as `delivery.logs.amazonaws.com`, which a resource policy must let in. The stream is made
 * where it is missing, the group is not. What a group does not take is tried again, ever later, as long as there is room for it.
 */
export function createLogDelivery({ read, world, callAsService, destinationOf, log }: Parts): {
  readonly take: LogLineSink
  readonly close: () => Promise<void>
} {
  const queues = new Map<Arn, Queue>()
  let [waiting, lost] = [0, 0]

  function drop(queue: Queue, count: number): void {
    const dropped = queue.lines.splice(0, count)
    const bytes = dropped.reduce((sum, line) => sum + sizeOf(line), 0)
    queue.bytes -= bytes
    waiting -= bytes
  }

  function add(source: Arn, line: Line): void {
    let queue = queues.get(source)
    if (!queue) {
      queue = { lines: [], bytes: 0, writing: false, delayMs: 0, notBeforeMs: 0 }
      queues.set(source, queue)
    }
    const size = sizeOf(line)
    if (size > quotas.eventBytes || waiting + size > bounds.allBytes) {
      lost += 1
      return
    }
    queue.lines.push(line)
    queue.bytes += size
    waiting += size
  }

  async function write(source: Arn, queue: Queue): Promise<void> {
    if (queue.writing) return
    queue.writing = true
    try {
      while (queue.lines.length > 0) {
        // What came late, or from several processes, is put in order: PutLogEvents wants it so. Some came while others were written.
        queue.lines.sort(([one], [other]) => one - other)
        const destination = destinationOf(read, source)
        const batch = batchOf(queue.lines)
        const fault = destination && (await put(callAsService, destination, batch))
        if (fault !== undefined) return giveWay(source, queue, fault)
        drop(queue, batch.length)
        queue.delayMs = 0
      }
      queues.delete(source)
    } finally {
      queue.writing = false
    }
  }

  function giveWay(source: Arn, queue: Queue, why: string): void {
    queue.delayMs = Math.min(bounds.delayMsMax, Math.max(bounds.delayMsMin, queue.delayMs * 2))
    queue.notBeforeMs = world.nowMs() + queue.delayMs
    log({ level: 'error', event: 'log-not-delivered', source, why, againAfterMs: queue.delayMs })
    const before = queue.lines.length
    while (queue.bytes > bounds.queueBytes) drop(queue, Math.ceil(queue.lines.length / 4))
    lost += before - queue.lines.length
  }

  function tellLost(): void {
    if (lost > 0) log({ level: 'error', event: 'log-lines-dropped', lines: lost })
    lost = 0
  }

  async function writeAll(isDue: (queue: Queue) => boolean): Promise<void> {
    tellLost()
    await Promise.all(
      [...queues].filter(([, queue]) => isDue(queue)).map(([source, queue]) => write(source, queue)),
    )
  }

  const stop = world.every(
    bounds.everyMs,
    () => void writeAll(({ notBeforeMs }) => isDue(notBeforeMs, world.nowMs(), bounds.delayMsMax)),
  )
  return {
    take(given) {
      for (const { source, lines } of given) for (const line of lines) add(source, line)
    },
    async close() {
      stop()
      await writeAll(() => true)
      for (const { lines } of queues.values()) lost += lines.length
      tellLost()
    },
  }
}

/** Answers the code of the fault that kept lines from being written. */
async function put(
  callAsService: CallAsService,
  { account, region, logGroupName, logStreamName, sourceArn }: LogDestination,
  lines: readonly Line[],
): Promise<string | undefined> {
  const as = { kind: 'service', principal: logDeliveryPrincipal, sourceArn } as const
  const stream = { logGroupName, logStreamName }
  const input = { ...stream, logEvents: lines.map(([timestamp, message]) => ({ timestamp, message })) }
  const ask = (operation: string, given: object) =>
    callAsService({ service: 'logs', operation, input: given, account, region, as })
  let answer = await ask('PutLogEvents', input)
  if (!answer.ok && answer.fault.code === 'ResourceNotFoundException') {
    const made = await ask('CreateLogStream', stream)
    answer = made.ok ? await ask('PutLogEvents', input) : made
  }
  return answer.ok ? undefined : answer.fault.code
}

/** The first lines, as many as one PutLogEvents takes; they are in order. */
function batchOf(lines: readonly Line[]): readonly Line[] {
  const [firstMs] = lines[0] ?? [0]
  let bytes = 0
  const end = lines.findIndex((line, index) => {
    bytes += sizeOf(line)
    const [timestampMs] = line
    return (
      bytes > quotas.batchBytes || index >= quotas.batchEvents || timestampMs - firstMs > quotas.batchSpanMs
    )
  })
  return end < 0 ? lines.slice() : lines.slice(0, end)
}

function sizeOf([, text]: Line): number {
  return Buffer.byteLength(text) + eventOverheadBytes
}
