import type { CallAsService } from '#core/service-calls.ts'
import type { World } from '#core/world.ts'
import type { LogLine, LogSink, LogTarget } from '#functions/index.ts'
import { principal } from './declare.ts'

/** Lines of one stream that wait to be written. */
interface Stream {
  readonly target: LogTarget
  lines: LogLine[]
  bytes: number
  /** Ends when there are no lines, or they cannot be written now. */
  writing: Promise<void> | undefined
  exists: boolean
}

/** Our own bounds: a stream whose lines cannot be written in time loses the oldest half of its bytes. Units: lines, bytes, milliseconds. */
const bounds = { bytesMax: 16 << 20, batchLines: 5_000, batchBytes: 900_000, everyMs: 200, streams: 1_000 }

/** Takes what functions log, and writes it soon. */
export interface LogWriter {
  readonly sink: LogSink
  /** Writes what was taken so far; lines that the disk has no room for wait on. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Writes what functions log to their groups, by the permissions of their execution roles: a role that may not write has no logs, as with
 * AWS. The group is made where it is missing.
 * Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs".
 */
export function createLogWriter({
  callAsService,
  world,
}: {
  readonly callAsService: CallAsService
  readonly world: Pick<World, 'every'>
}): LogWriter {
  const streams = new Map<string, Stream>()

  const ask = (target: LogTarget, operation: string, input: object) => {
    const { account, region, roleArn, functionArn } = target
    const sessionName = functionArn.slice(functionArn.lastIndexOf(':') + 1)
    const as = { kind: 'role', roleArn, sessionName, principal, sourceArn: functionArn } as const
    return callAsService({ service: 'logs', operation, input, account, region, as })
  }

  /** Gives whether it may be written to; undefined while nobody can tell. */
  async function makeStream({ target }: Stream): Promise<boolean | undefined> {
    const { logGroup: logGroupName, logStream: logStreamName } = target
    let answer = await ask(target, 'CreateLogStream', { logGroupName, logStreamName })
    if (!answer.ok && answer.fault.code === 'ResourceNotFoundException') {
      await ask(target, 'CreateLogGroup', { logGroupName })
      answer = await ask(target, 'CreateLogStream', { logGroupName, logStreamName })
    }
    if (failedHere(answer)) return undefined
    return answer.ok || answer.fault.code === 'ResourceAlreadyExistsException'
  }

  async function writeAll(stream: Stream): Promise<void> {
    let isRemade = false
    while (stream.lines.length > 0) {
      const exists = stream.exists || (await makeStream(stream))
      if (exists === undefined) return
      stream.exists = exists
      const batch = batchOf(stream.lines)
      if (exists) {
        const answer = await put(stream.target, batch)
        if (failedHere(answer)) return
        if (isGone(answer) && !isRemade) {
          isRemade = true
          stream.exists = false // Somebody deleted it, or its group: an environment lives longer than that.
          continue
        }
      } // Else: whoever may not write has no logs.
      const written = new Set(batch)
      keep(
        stream,
        stream.lines.filter((line) => !written.has(line)), // Others came, or the oldest went, meanwhile.
      )
    }
  }

  function put(target: LogTarget, batch: readonly LogLine[]) {
    const { logGroup: logGroupName, logStream: logStreamName } = target
    const logEvents = batch.map(({ timestampMs, message }) => ({ timestamp: timestampMs, message }))
    return ask(target, 'PutLogEvents', { logGroupName, logStreamName, logEvents })
  }

  function write(stream: Stream): Promise<void> {
    return (stream.writing ??= writeAll(stream).finally(() => (stream.writing = undefined)))
  }

  async function flush(): Promise<void> {
    await Promise.all([...streams.values()].filter(({ lines }) => lines.length > 0).map(write))
  }
  const stop = world.every(bounds.everyMs, () => void flush())

  return {
    sink(target, line) {
      const key = `${target.functionArn} ${target.logStream}`
      let stream = streams.get(key)
      if (!stream) {
        for (const [old, { lines, writing }] of streams) {
          if (streams.size < bounds.streams) break
          if (lines.length === 0 && !writing) streams.delete(old)
        }
        stream = { target, lines: [], bytes: 0, writing: undefined, exists: false }
        streams.set(key, stream)
      }
      stream.lines.push(line)
      stream.bytes += bytesOf(line)
      if (stream.bytes > bounds.bytesMax) keep(stream, newest(stream.lines, bounds.bytesMax / 2))
    },
    flush,
    async close() {
      stop()
      await flush()
    },
  }
}

/** Whether nobody was refused, and another time may do: the disk is full, say. */
function failedHere(answer: Awaited<ReturnType<CallAsService>>): boolean {
  return !answer.ok && /^(?:Internal|Service|Throttl)/.test(answer.fault.code)
}

function isGone(answer: Awaited<ReturnType<CallAsService>>): boolean {
  return !answer.ok && answer.fault.code === 'ResourceNotFoundException'
}

function keep(stream: Stream, lines: LogLine[]): void {
  stream.lines = lines
  stream.bytes = lines.reduce((sum, line) => sum + bytesOf(line), 0)
}

/** Source: PutLogEvents, "26 bytes for each log event". */
function bytesOf({ message }: LogLine): number {
  return Buffer.byteLength(message) + 26
}

/** The last lines, as many as have no more bytes than that. */
function newest(lines: readonly LogLine[], bytesMax: number): LogLine[] {
  let bytes = 0
  const before = lines.findLastIndex((line) => (bytes += bytesOf(line)) > bytesMax)
  return lines.slice(before + 1)
}

function batchOf(lines: readonly LogLine[]): readonly LogLine[] {
  let bytes = 0
  const end = lines.findIndex((line, index) => {
    bytes += bytesOf(line)
    return index > 0 && (bytes > bounds.batchBytes || index >= bounds.batchLines)
  })
  return end === -1 ? [...lines] : lines.slice(0, end)
}
