import { Missing } from '#core/resource.ts'
import type { LogStream } from '#models/logs.d.ts'
import { onArn, onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier, findStream, groupArn, groupNameOf, streamArn } from './arns.ts'
import { logs } from './declare.ts'
import { type StreamDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { pageOf } from './paging.ts'
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
    // The model forbids `:` and `*` alone; these cannot be stored as they are.
    if (name.includes('\0') || !name.isWellFormed())
      throw faults.invalid('The log stream name has characters that no name may have.')
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
      limit,
      nextToken,
    } = input
    if (logStreamNamePrefix !== '' && orderBy === 'LastEventTime')
      throw faults.invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
    const summaries = await call.parts.logs.summaries(group.id)
    const placeOf = ({ id, name }: StreamDocument): string => {
      const lastMs = orderBy === 'LastEventTime' ? (summaries.get(id)?.lastMs ?? 0) : 0
      return `${String(lastMs).padStart(16, '0')} ${name}`
    }
    const streams = call.streams.list({ prefix: within(group, logStreamNamePrefix) })
    const { items, ...more } = pageOf(
      streams.map(({ document }) => document),
      placeOf,
      { nextToken, limit },
      descending ? 'descending' : 'ascending',
    )
    return { logStreams: items.map((stream) => shownStream(stream, summaries.get(stream.id))), ...more }
  },
  run: ({ prepared }) => prepared,
})

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
