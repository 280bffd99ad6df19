import { Missing } from '#core/resource.ts'
import type { LogStream } from '#models/logs.d.ts'
import { onArn, onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier, findStream, groupArn, groupNameOf, streamArn } from './arns.ts'
import { logs } from './declare.ts'
import { type StreamDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { readToken, writeToken } from './paging.ts'
import type { StreamSummary } from '#telemetry/index.ts'

/** Makes a stream. Faults: ResourceAlreadyExistsException; ResourceNotFoundException for the group. */
export const CreateLogStream = logs('CreateLogStream', {
  target: ({ logGroupName, logStreamName }, call) => ({
    group: findGroup(call, logGroupName),
    arn: streamArn(groupArn(call, logGroupName), logStreamName),
  }),
  access: ({ arn, group }, _, call) => [
    onArn(call, 'CreateLogStream', { arn, tags: group instanceof Missing ? undefined : group.tags }),
  ],
  run({ target: { arn }, input: { logGroupName, logStreamName: name }, call }) {
    const group = call.groups.get(logGroupName)
    if (!group) throw faults.noGroup()
    const id = within(group, name)
    if (call.streams.get(id)) throw faults.streamExists()
    call.streams.put(id, {
      id: call.randomBytes(12).toString('hex'),
      groupId: group.id,
      name,
      arn,
      createdAtMs: call.nowMs,
    })
    return {}
  },
})

/** Deletes a stream: its events are shown no more. */
export const DeleteLogStream = logs('DeleteLogStream', {
  target: ({ logGroupName, logStreamName }, call) => findStream(call, logGroupName, logStreamName),
  access: (stream, _, call) => [onArn(call, 'DeleteLogStream', stream)],
  run({ target: { group, stream }, call }) {
    call.streams.delete(within(group, stream.name))
    return {}
  },
})

const streamsPerPage = 50

/** Lists a group's streams, by name or by the time of their last event. */
export const DescribeLogStreams = logs('DescribeLogStreams', {
  target: (input, call) =>
    input.logGroupIdentifier === undefined
      ? findGroup(call, groupNameOf(input))
      : findGroupByIdentifier(call, input.logGroupIdentifier),
  access: (group, _, call) => [onGroup(call, 'DescribeLogStreams', group)],
  async prepare({ target: group, input, call }) {
    const {
      logStreamNamePrefix = '',
      orderBy = 'LogStreamName',
      descending = false,
      limit = streamsPerPage,
    } = input
    if (logStreamNamePrefix !== '' && orderBy === 'LastEventTime')
      throw faults.invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
    const summaries = await call.parts.logs.summaries(group.id)
    const keyOf = ({ id, name }: StreamDocument): readonly [number, string] => [
      orderBy === 'LastEventTime' ? (summaries.get(id)?.lastMs ?? 0) : 0,
      name,
    ]
    const order = (one: readonly [number, string], other: readonly [number, string]): number =>
      (one[0] - other[0] || (one[1] < other[1] ? -1 : Number(one[1] > other[1]))) * (descending ? -1 : 1)
    const after = input.nextToken === undefined ? undefined : readPlace(input.nextToken)
    const sorted = call.streams
      .list({ prefix: within(group, logStreamNamePrefix) })
      .map(({ document }) => document)
      .filter((stream) => after === undefined || order(keyOf(stream), after) > 0)
      .sort((one, other) => order(keyOf(one), keyOf(other)))
    const shown = sorted.slice(0, limit)
    const last = shown.at(-1)
    return {
      logStreams: shown.map((stream) => shownStream(stream, summaries.get(stream.id))),
      ...(last && sorted.length > limit && { nextToken: writeToken(keyOf(last)) }),
    }
  },
  run: ({ prepared }) => prepared,
})

function readPlace(token: string): readonly [number, string] {
  const value = readToken(token)
  const [time, name] = Array.isArray(value) ? (value as readonly unknown[]) : []
  if (typeof time === 'number' && typeof name === 'string') return [time, name]
  throw faults.invalid('The specified nextToken is invalid.')
}

function shownStream(
  { name, createdAtMs, arn, id }: StreamDocument,
  summary: StreamSummary | undefined,
): LogStream {
  return {
    logStreamName: name,
    creationTime: createdAtMs,
    arn,
    storedBytes: summary?.bytes ?? 0,
    uploadSequenceToken: id,
    firstEventTimestamp: summary?.firstMs,
    lastEventTimestamp: summary?.lastMs,
    lastIngestionTime: summary?.lastIngestedMs,
  }
}
