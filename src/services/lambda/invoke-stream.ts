import { quotas, type ResponseStream, type StreamEnd } from '#functions/index.ts'
import { lambda } from './declare.ts'
import { faults } from './faults.ts'
import { findFunction } from './find.ts'
import { answered, chosen, invocationOf, payloadOf } from './invoke.ts'
import { readingOf } from './stream-reading.ts'

/**
 * Runs a function and gives its answer as it comes.
 *
 * Faults: those of Invoke.
 * Source: Lambda API Reference, InvokeWithResponseStream: the permission is that of Invoke.
 */
export const InvokeWithResponseStream = lambda('InvokeWithResponseStream', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:InvokeFunction', resource: target }],
  async prepare({ target, input, call }) {
    if (input.TenantId !== undefined) throw faults.invalid('Tenants are not supported by this deployment')
    if (input.InvocationType === 'DryRun') return undefined
    const payload = payloadOf(input.Payload, quotas.requestBytesMax)
    const [version, spec] = chosen(call, target)
    const invocation = invocationOf(call, target, payload, input.ClientContext)
    const outcome = answered(await call.parts.host.stream(spec, invocation))
    return { version, outcome }
  },
  run({ input, prepared }) {
    if (!prepared) return { StatusCode: 204 }
    const { version, outcome } = prepared
    const withLog = input.LogType === 'Tail'
    return {
      StatusCode: 200,
      ExecutedVersion: version,
      EventStream:
        outcome.kind === 'streaming'
          ? eventsOf(outcome.stream, withLog)
          : eventsOf(failed(outcome.payload, outcome.logTail), withLog),
    }
  },
})

/** Chunks of the payload, and what came of it. */
function eventsOf(stream: ResponseStream, withLog: boolean) {
  type Event = readonly [name: string, members: Readonly<Record<string, unknown>>]
  return readingOf<Event>(
    stream,
    { pieces: [] },
    {
      piece: (Payload) => ['PayloadChunk', { Payload }],
      last: (end) => [['InvokeComplete', complete(end, withLog)]],
    },
  )
}

function complete({ error, logTail }: StreamEnd, withLog: boolean) {
  return {
    ...(error && { ErrorCode: 'Unhandled', ErrorDetails: Buffer.from(error).toString('utf8') }),
    ...(withLog && { LogResult: Buffer.from(logTail).toString('base64') }),
  }
}

/** The stream of a function that failed before it answered. */
function failed(payload: Uint8Array, logTail: string): ResponseStream {
  return {
    read: () => Promise.resolve({ pieces: [], end: { error: payload, logTail } }),
    cancel: () => undefined,
  }
}
