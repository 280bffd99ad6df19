import { readPosition, type StoredLogEvent, writePosition } from '#telemetry/index.ts'
import { onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier, groupNameOf } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import type { GroupDocument } from './documents.ts'
import { faults } from './faults.ts'
import { patternOf } from './patterns.ts'
import { readGroup, streamNames } from './reading.ts'

const eventsMax = 10_000
const answerBytesMax = 1024 * 1024
/** One call reads no more: what follows is the next page's. */
const scannedBytesMax = 64 * 1024 * 1024

/**
 * Finds events of a group that match a pattern, in order of time. A page may be empty and yet have a token.
 * Faults: InvalidParameterException; ResourceNotFoundException; AccessDeniedException where the group's key cannot be used.
 */
export const FilterLogEvents = logs('FilterLogEvents', {
  target: (input, call) =>
    input.logGroupIdentifier === undefined
      ? findGroup(call, groupNameOf(input))
      : findGroupByIdentifier(call, input.logGroupIdentifier),
  access: (group, _, call) => [onGroup(call, 'FilterLogEvents', group)],
  async prepare({ target: group, input, call }) {
    const { limit = eventsMax, startTime: fromMs = 0, endTime, filterPattern = '' } = input
    if (input.startFromHead === false) throw faults.invalid('startFromHead must be true.')
    const { matches } = patternOf(filterPattern)
    const names = wantedStreams(call, group, input)
    const after = input.nextToken === undefined ? undefined : readPosition(input.nextToken)
    if (input.nextToken !== undefined && !after) throw faults.invalid('The specified nextToken is invalid.')

    const found: StoredLogEvent[] = []
    let [bytes, scanned] = [0, 0]
    let last: StoredLogEvent | undefined
    let isCut = false
    // Differs from GetLogEvents in AWS, too: what happened at endTime itself is in it.
    const toMs = endTime === undefined ? Infinity : endTime + 1
    const streams = new Set(names.keys())
    reading: for await (const { events, scannedBytes } of readGroup(call, group, {
      streams,
      fromMs,
      toMs,
      after,
    })) {
      scanned += scannedBytes
      for (const event of events) {
        if (matches(event.message)) {
          bytes += event.message.length
          isCut = found.length >= limit || (bytes > answerBytesMax && found.length > 0)
          if (isCut) break reading
          found.push(event)
        }
        last = event
      }
      isCut = scanned > scannedBytesMax && last !== undefined
      if (isCut) break
    }
    return {
      events: found.map((event) => ({
        logStreamName: names.get(event.stream) ?? '',
        timestamp: event.timestampMs,
        message: event.message,
        ingestionTime: event.ingestedMs,
        eventId: writePosition(event),
      })),
      searchedLogStreams: [],
      ...(isCut && last && { nextToken: writePosition(last) }),
    }
  },
  run: ({ prepared }) => prepared,
})

function wantedStreams(
  call: LogsCall,
  group: GroupDocument,
  input: {
    readonly logStreamNames?: readonly string[] | undefined
    readonly logStreamNamePrefix?: string | undefined
  },
): Map<string, string> {
  const { logStreamNames, logStreamNamePrefix } = input
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined)
    throw faults.invalid('logStreamNames and logStreamNamePrefix are mutually exclusive.')
  const names = streamNames(call, group, logStreamNamePrefix)
  if (logStreamNames === undefined) return names
  const all = new Set(names.values())
  if (logStreamNames.some((name) => !all.has(name))) throw faults.noStream()
  const wanted = new Set(logStreamNames)
  return new Map([...names].filter(([, name]) => wanted.has(name)))
}
