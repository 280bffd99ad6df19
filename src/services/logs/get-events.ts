import {
  beginOf,
  type LogPosition,
  readPosition,
  type StoredLogEvent,
  writePosition,
} from '#telemetry/index.ts'
import { onArn } from './access.ts'
import { findStream, groupNameOf } from './arns.ts'
import { logs } from './declare.ts'
import { faults } from './faults.ts'
import { readGroup } from './reading.ts'

/** Source: CloudWatch Logs API Reference, GetLogEvents: "as many log events as can fit in a response size of 1 MB (up to 10,000)". */
const eventsMax = 10_000
const answerBytesMax = 1024 * 1024

/**
 * Shows a stream's events, a page at a time in either direction. Behind the last page its token comes back, as in AWS.
 * Faults: InvalidParameterException; ResourceNotFoundException; AccessDeniedException where the group's key cannot be used.
 */
export const GetLogEvents = logs('GetLogEvents', {
  target: (input, call) => findStream(call, groupNameOf(input), input.logStreamName),
  access: (stream, _, call) => [onArn(call, 'GetLogEvents', stream)],
  async prepare({ target: { group, stream }, input, call }) {
    const { limit = eventsMax, startTime: fromMs = 0, endTime: toMs = Infinity } = input
    const token = input.nextToken === undefined ? undefined : readDirection(input.nextToken)
    const backwards = token ? token.backwards : !input.startFromHead
    const found: StoredLogEvent[] = []
    let bytes = 0
    const streams = new Set([stream.id])
    reading: for await (const { events } of readGroup(call, group, {
      ...{ streams, fromMs, toMs, backwards },
      after: token?.after,
    }))
      for (const event of events) {
        bytes += event.message.length
        if (found.length >= limit || (bytes > answerBytesMax && found.length > 0)) break reading
        found.push(event)
      }
    const shown = backwards ? found.toReversed() : found
    const nothing = token?.after ?? beginOf(fromMs)
    return {
      events: shown.map(({ timestampMs, message, ingestedMs }) => ({
        timestamp: timestampMs,
        message,
        ingestionTime: ingestedMs,
      })),
      nextForwardToken: `f/${writePosition(shown.at(-1) ?? nothing)}`,
      nextBackwardToken: `b/${writePosition(shown[0] ?? nothing)}`,
    }
  },
  run: ({ prepared }) => prepared,
})

function readDirection(token: string): { readonly backwards: boolean; readonly after: LogPosition } {
  const after = /^[fb]\//.test(token) ? readPosition(token.slice(2)) : undefined
  if (!after) throw faults.invalid('The specified nextToken is invalid.')
  return { backwards: token.startsWith('b'), after }
}
