import type { CallAsService } from '#core/service-calls.ts'
import type { World } from '#core/world.ts'
import type { LogLine, LogSink, LogTarget } from '#functions/index.ts'
import { principal } from './declare.ts'

/** Lines of one stream that wait to be written. */
interface Stream {
  readonly target: LogTarget
  lines: LogLine[]
  /** Ends when there are no lines, or they cannot be written now. */
  writing: Promise<void> | undefined
  exists: boolean
}

/** Our own bounds: a stream whose lines cannot be written in time loses the oldest. Units: lines, milliseconds. */
const bounds = { linesMax: 20_000, batchLines: 5_000, batchBytes: 900_000, everyMs: 200, streams: 1_000 }

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
    const exists = stream.exists || (await makeStream(stream))
    if (exists === undefined) return
    stream.exists = exists
    while (stream.lines.length > 0) {
      const batch = batchOf(stream.lines)
      const written = new Set(batch)
      if (exists) {
        const { logGroup: logGroupName, logStream: logStreamName } = stream.target
        const logEvents = batch.map(({ timestampMs, message }) => ({ timestamp: timestampMs, message }))
        const input = { logGroupName, logStreamName, logEvents }
        if (failedHere(await ask(stream.target, 'PutLogEvents', input))) return
      } // Else: whoever may not write has no logs.
      stream.lines = stream.lines.filter((line) => !written.has(line)) // Others came, or the oldest went, meanwhile.
    }
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
        stream = { target, lines: [], writing: undefined, exists: false }
        streams.set(key, stream)
      }
      stream.lines.push(line)
      if (stream.lines.length > bounds.linesMax) stream.lines = stream.lines.slice(-bounds.batchLines)
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

function batchOf(lines: readonly LogLine[]): readonly LogLine[] {
  let bytes = 0
  const end = lines.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + 26 // Source: PutLogEvents, "26 bytes for each log event".
    return index > 0 && (bytes > bounds.batchBytes || index >= bounds.batchLines)
  })
  return end === -1 ? [...lines] : lines.slice(0, end)
}
