import { Missing } from '#core/resource.ts'
import { beginOf, comparePositions, type LogPosition, type StoredLogEvent } from '#telemetry/index.ts'
import { onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier, groupArn, groupNameOf } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import { type GroupDocument, groups } from './documents.ts'
import { faults } from './faults.ts'
import { fieldsOf } from './json-fields.ts'
import { readPointer } from './pointer.ts'
import { quotas } from './quotas.ts'
import { readGroup, streamNames } from './reading.ts'

/**
 * Shows an event that a query has pointed at, with the fields of its JSON.
 * Faults: InvalidParameterException; ResourceNotFoundException; AccessDeniedException where the group's key cannot be used.
 */
export const GetLogRecord = logs('GetLogRecord', {
  target: ({ logRecordPointer }, call) => {
    const pointer = readPointer(logRecordPointer)
    if (!pointer) throw faults.invalid('The specified logRecordPointer is invalid.')
    return { group: groupById(call, pointer.groupId), position: pointer.position }
  },
  access: ({ group }, { unmask }, call) => [
    onGroup(call, 'GetLogRecord', group),
    // Nothing is masked here; whoever asks must be allowed all the same.
    ...(unmask ? [onGroup(call, 'Unmask', group)] : []),
  ],
  async prepare({ target: { group, position }, call }) {
    const names = streamNames(call, group)
    const event = await eventAt(call, group, position, new Set(names.keys()))
    if (!event) throw faults.noRecord()
    return {
      logRecord: {
        // First: what an event calls `@message` is not the message.
        ...Object.fromEntries(fieldsOf(event.message)),
        '@timestamp': String(event.timestampMs),
        '@ingestionTime': String(event.ingestedMs),
        '@message': event.message,
        '@logStream': names.get(event.stream) ?? '',
        '@log': `${group.account}:${group.name}`,
      },
    }
  },
  run: ({ prepared }) => prepared,
})

function groupById(call: LogsCall, id: string): GroupDocument | Missing {
  const found = call.tx
    .findAnywhere(groups, 'id', id)
    .map(({ document }) => document)
    .find(({ account, region }) => account === call.account && region === call.region)
  return found ?? new Missing(groupArn(call, '*'), faults.noRecord())
}

async function eventAt(
  call: LogsCall,
  group: GroupDocument,
  position: LogPosition,
  streams: ReadonlySet<string>,
): Promise<StoredLogEvent | undefined> {
  const { timestampMs } = position
  for await (const { events } of readGroup(call, group, {
    streams,
    fromMs: timestampMs,
    toMs: timestampMs + 1,
  }))
    for (const event of events) if (comparePositions(event, position) === 0) return event
  return undefined
}

/** Source: CloudWatch Logs API Reference, GetLogGroupFields, time: the past 15 minutes, or 8 minutes before and after it. */
const pastMs = 15 * 60_000
const aroundMs = 8 * 60_000
/** Events that are looked at: a bound of our own. */
const sampleMax = 10_000

/** Lists the fields that a group's events have, with how many of them have each. */
export const GetLogGroupFields = logs('GetLogGroupFields', {
  target: (input, call) =>
    input.logGroupIdentifier === undefined
      ? findGroup(call, groupNameOf(input))
      : findGroupByIdentifier(call, input.logGroupIdentifier),
  access: (group, _, call) => [onGroup(call, 'GetLogGroupFields', group)],
  async prepare({ target: group, input: { time }, call }) {
    const fromMs = time === undefined ? call.nowMs - pastMs : time * 1_000 - aroundMs
    const toMs = time === undefined ? call.nowMs + 1 : time * 1_000 + aroundMs
    const streams = new Set(streamNames(call, group).keys())
    const counts = new Map<string, number>()
    let seen = 0
    const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
    const scan = { streams, fromMs, toMs, backwards: true, after: beginOf(toMs) }
    reading: for await (const { events } of readGroup(call, group, scan))
      for (const { message } of events) {
        const named = new Set([...generalFields, ...fieldsOf(message).map(([name]) => name)])
        for (const name of named) if (counts.size < fieldsMax || counts.has(name)) count(name)
        seen += 1
        if (seen >= sampleMax) break reading
      }
    return {
      logGroupFields: [...counts].map(([name, n]) => ({ name, percent: Math.round((100 * n) / seen) })),
    }
  },
  run: ({ prepared }) => prepared,
})

const generalFields = ['@timestamp', '@ingestionTime', '@message', '@logStream', '@log']
const fieldsMax = quotas.fieldsPerEvent * 5
