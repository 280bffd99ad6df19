import type { ListMessageMoveTasksResultEntry } from '#models/sqs.d.ts'
import { uuid } from '#core/ids.ts'
import type { Missing } from '#core/resource.ts'
import type { Access } from '#core/operation.ts'
import { type SqsCall, sqs } from './declare.ts'
import { isActive, type MoveTaskDocument, moveTasks } from './documents.ts'
import { faults } from './faults.ts'
import { findQueueByArn, type FoundQueue, foundQueue, isFifo } from './find-queue.ts'
import { quotas } from './quotas.ts'
import { sourcesOf } from './redrive.ts'

type Found = FoundQueue | Missing

/** The queues from which and to which a task moves. */
interface Ends {
  readonly source: Found
  /** Where messages go: the one that was named, or those whose dead-letter queue the source is. */
  readonly destinations: readonly Found[]
}

/**
 * Begins to move the messages of a dead-letter queue, to where they came from or to another queue. Whoever asks needs to be let send there.
 *
 * State: RUNNING -> COMPLETED, FAILED; CANCELLING -> CANCELLED.
 * Faults: ResourceNotFoundException; UnsupportedOperation; InvalidParameterValue.
 * Source: SQS API Reference, StartMessageMoveTask; Developer Guide, "Configure a dead-letter queue redrive", permissions.
 */
export const StartMessageMoveTask = sqs('StartMessageMoveTask', {
  target({ SourceArn, DestinationArn }, call): Ends & { readonly first: Found } {
    const source = findQueueByArn(call, SourceArn, 'own account')
    const destinations =
      DestinationArn !== undefined
        ? [findQueueByArn(call, DestinationArn, 'own account')]
        : 'queue' in source
          ? sourcesOf(call, source.queue).map(foundQueue)
          : []
    // `first` is there to be told missing after authorization.
    return { source, destinations, first: destinations[0] ?? source }
  },
  access: ({ source, destinations }) => [
    ...taking('sqs:StartMessageMoveTask', source),
    ...destinations.map((resource): Access => ({ action: 'sqs:SendMessage', resource })),
  ],
  run({ target: { source, destinations }, input, call }) {
    const { DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = input
    const { queue } = source
    if (perSecond !== undefined && (perSecond < 1 || perSecond > quotas.movesPerSecondMax))
      throw faults.parameter(
        perSecond,
        'MaxNumberOfMessagesPerSecond',
        `Must be between 1 and ${quotas.movesPerSecondMax}.`,
      )
    if (sourcesOf(call, queue).length === 0)
      throw faults.unsupported('Source queue must be configured as a Dead Letter Queue.')
    if (DestinationArn === queue.arn)
      throw faults.unsupported('Source and destination queues cannot be the same.')
    const to = destinations.flatMap((found) => ('queue' in found ? [found.queue] : []))
    if (to.some((one) => isFifo(one) !== isFifo(queue)))
      throw faults.unsupported('Source and destination queues must be of the same type.')
    assertRoomForTask(call, queue.arn)
    const taskId = uuid(call.randomBytes)
    call.moveTasks.put(taskId, {
      taskId,
      sourceArn: queue.arn,
      ...(DestinationArn !== undefined && to[0] && { destinationArn: to[0].arn }),
      allowedArns: to.map(({ arn }) => arn),
      ...(perSecond !== undefined && { messagesPerSecond: perSecond }),
      startedAtMs: call.nowMs,
      status: 'RUNNING',
      moved: 0,
      toMove: call.parts.lanes.counts(queue.key, call.nowMs).visible,
    })
    return { TaskHandle: taskHandle(taskId, queue.arn) }
  },
})

/** Ends a task; what was moved stays where it is. Faults: ResourceNotFoundException; UnsupportedOperation where it has ended. */
export const CancelMessageMoveTask = sqs('CancelMessageMoveTask', {
  target({ TaskHandle }, call): { readonly source: Found; readonly task: MoveTaskDocument | undefined } {
    const { taskId, sourceArn } = readHandle(TaskHandle)
    const task = call.moveTasks.get(taskId)
    return {
      source: findQueueByArn(call, sourceArn, 'own account'),
      task: task?.sourceArn === sourceArn ? task : undefined,
    }
  },
  access: ({ source }) => taking('sqs:CancelMessageMoveTask', source),
  run({ target: { task }, call }) {
    if (!task) throw faults.noSuchResource('Task does not exist.')
    if (task.status !== 'RUNNING') throw faults.unsupported('Only active tasks can be cancelled.')
    call.moveTasks.put(task.taskId, { ...task, status: 'CANCELLING' })
    return { ApproximateNumberOfMessagesMoved: task.moved }
  },
})

/** Shows the newest tasks of a queue, one unless more are asked for. Faults: ResourceNotFoundException; InvalidParameterValue. */
export const ListMessageMoveTasks = sqs('ListMessageMoveTasks', {
  target: ({ SourceArn }, call) => findQueueByArn(call, SourceArn, 'own account'),
  access: (source) => taking('sqs:ListMessageMoveTasks', source),
  run({ target: { arn }, input: { MaxResults = 1 }, call }) {
    if (MaxResults < 1 || MaxResults > quotas.moveTasksListed)
      throw faults.parameter(MaxResults, 'MaxResults', `Must be between 1 and ${quotas.moveTasksListed}.`)
    const newest = tasksOf(call, arn).toSorted((one, other) => other.startedAtMs - one.startedAtMs)
    return { Results: newest.slice(0, MaxResults).map(shown) }
  },
})

/** Whoever moves messages takes them from their queue. */
function taking(action: string, resource: Found): readonly Access[] {
  return [
    { action, resource },
    { action: 'sqs:ReceiveMessage', resource },
    { action: 'sqs:DeleteMessage', resource },
    { action: 'sqs:GetQueueAttributes', resource },
  ]
}

function tasksOf(call: SqsCall, sourceArn: string): readonly MoveTaskDocument[] {
  return call.moveTasks.find('source', sourceArn).map(({ document }) => document)
}

/** One active task a queue; of those that ended, the newest stay. Faults: UnsupportedOperation. */
function assertRoomForTask(call: SqsCall, sourceArn: string): void {
  const tasks = tasksOf(call, sourceArn).toSorted((one, other) => other.startedAtMs - one.startedAtMs)
  if (tasks.some(({ status }) => isActive(status)))
    throw faults.unsupported(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    )
  for (const { taskId } of tasks.slice(quotas.moveTasksListed - 1)) call.moveTasks.delete(taskId)
  const active = call.tx
    .findAnywhere(moveTasks, 'active', 'yes')
    .filter(({ account, region }) => account === call.account && region === call.region)
  if (active.length >= quotas.moveTasksPerAccount)
    throw faults.unsupported(`An account has at most ${quotas.moveTasksPerAccount} active tasks.`)
}

function shown(task: MoveTaskDocument): ListMessageMoveTasksResultEntry {
  return {
    ...(isActive(task.status) && { TaskHandle: taskHandle(task.taskId, task.sourceArn) }),
    Status: task.status,
    SourceArn: task.sourceArn,
    DestinationArn: task.destinationArn,
    MaxNumberOfMessagesPerSecond: task.messagesPerSecond,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAtMs,
  }
}

interface Handle {
  readonly taskId: string
  readonly sourceArn: string
}

/** It grants nothing: whoever makes one up is authorized like anybody. */
function taskHandle(taskId: string, sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn } satisfies Handle)).toString('base64')
}

function readHandle(text: string): Handle {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64').toString())
    if (
      typeof value === 'object' &&
      value !== null &&
      'taskId' in value &&
      'sourceArn' in value &&
      typeof value.taskId === 'string' &&
      typeof value.sourceArn === 'string' &&
      /^[\w-]{36}$/.test(value.taskId)
    )
      return { taskId: value.taskId, sourceArn: value.sourceArn }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw faults.parameter(text, 'TaskHandle', 'It is no handle of a task.')
}
