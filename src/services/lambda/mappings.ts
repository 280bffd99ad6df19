import { type Arn, parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import { parsePattern } from '#engines/events/index.ts'
import type { Operations } from '#models/lambda.d.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { MappingDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findMapping, mappingArn } from './find-mapping.ts'
import { findFunction, type FoundFunction } from './find.ts'
import { page } from './paging.ts'
import { tagsWithin } from './tag-rules.ts'

type CreateInput = Operations['CreateEventSourceMapping']['input']
type Wish = Omit<Operations['UpdateEventSourceMapping']['input'], 'UUID' | 'FunctionName'>

/** Source: Lambda API Reference, CreateEventSourceMapping; Developer Guide, "Using Lambda with Amazon SQS". */
const limits = {
  batch: 10_000,
  batchOfFifo: 10,
  batchWithoutWindow: 10,
  batchDefault: 10,
  filters: 5,
  mappings: 500,
}

/**
 * Has a function work off a queue, by its own role. Differs: queues are the only sources.
 * Faults: InvalidParameterValueException; ResourceConflictException for a pair that is there; ResourceNotFoundException.
 */
export const CreateEventSourceMapping = lambda('CreateEventSourceMapping', {
  target: ({ FunctionName }, call) => ({ found: findFunction(call, FunctionName) }),
  access: ({ found }, { Tags }) => [
    {
      action: 'lambda:CreateEventSourceMapping',
      resource: '*',
      conditions: { 'lambda:FunctionArn': found.arn },
      ...(Tags && { requestTags: Tags }),
    },
  ],
  run({ target: { found }, input, call }) {
    assertOwn(call, found)
    const queueArn = queueOf(input)
    assertNone(call, queueArn, found)
    if (!call.mappings.hasRoom(limits.mappings))
      throw faults.invalid('The account has too many event source mappings')
    const id = uuid(call.randomBytes)
    const made = wished(call, input, {
      arn: mappingArn(call, id),
      tags: tagsWithin(input.Tags ?? {}),
      account: call.account,
      region: call.region,
      uuid: id,
      queueArn,
      ...functionOf(found),
      enabled: true,
      batchSize: limits.batchDefault,
      windowSec: 0,
      reportsFailures: false,
      filters: [],
      modifiedAtMs: call.nowMs,
    })
    call.mappings.put(id, made)
    return shown(made)
  },
})

export const UpdateEventSourceMapping = lambda('UpdateEventSourceMapping', {
  target: ({ UUID, FunctionName }, call) => ({
    mapping: findMapping(call, UUID),
    ...(FunctionName !== undefined && { found: findFunction(call, FunctionName) }),
  }),
  access: ({ mapping, found }) => [
    {
      action: 'lambda:UpdateEventSourceMapping',
      resource: mapping,
      conditions: { 'lambda:FunctionArn': found?.arn ?? functionArnOf(mapping) },
    },
  ],
  run({ target: { mapping, found }, input, call }) {
    if (found) assertOwn(call, found)
    if (found && found.arn !== mapping.functionArn) assertNone(call, mapping.queueArn, found)
    const made = wished(call, input, { ...mapping, ...(found && functionOf(found)) })
    call.mappings.put(mapping.uuid, made)
    return shown(made)
  },
})

export const GetEventSourceMapping = lambda('GetEventSourceMapping', {
  target: ({ UUID }, call) => findMapping(call, UUID),
  access: (mapping) => [on('GetEventSourceMapping', mapping)],
  run: ({ target }) => shown(target),
})

export const DeleteEventSourceMapping = lambda('DeleteEventSourceMapping', {
  target: ({ UUID }, call) => findMapping(call, UUID),
  access: (mapping) => [on('DeleteEventSourceMapping', mapping)],
  run({ target, call }) {
    call.mappings.delete(target.uuid)
    return { ...shown(target), State: 'Deleting' }
  },
})

export const ListEventSourceMappings = lambda('ListEventSourceMappings', {
  access: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
  run({ input, call }) {
    const found = input.FunctionName === undefined ? undefined : findFunction(call, input.FunctionName)
    const all = call.mappings
      .list()
      .map(({ document }) => document)
      .filter(
        ({ queueArn, functionArn }) =>
          (input.EventSourceArn ?? queueArn) === queueArn && (found?.arn ?? functionArn) === functionArn,
      )
    const { items, NextMarker } = page(all, (one) => one.uuid, input)
    return { EventSourceMappings: items.map(shown), ...(NextMarker !== undefined && { NextMarker }) }
  },
})

function on(action: string, mapping: MappingDocument | Missing) {
  return {
    action: `lambda:${action}`,
    resource: mapping,
    conditions: { 'lambda:FunctionArn': functionArnOf(mapping) },
  }
}

function functionArnOf(mapping: MappingDocument | Missing): string | undefined {
  return mapping instanceof Missing ? undefined : mapping.functionArn
}

/** A mapping is of a function of its own account; of others nobody learns whether they are there. */
function assertOwn({ account }: LambdaCall, found: FoundFunction): void {
  if (found.account !== account) throw faults.functionNotFound(found.arn)
}

function assertNone(call: LambdaCall, queueArn: Arn, { arn, document }: FoundFunction): void {
  const isSame = (one: MappingDocument): boolean => one.queueArn === queueArn && one.functionArn === arn
  if (call.mappings.list({ where: isSame }).length > 0)
    throw faults.conflict(
      `An event source mapping with SQS arn ("${queueArn}") and function ("${document.name}") already exists. Please update or delete the existing mapping`,
    )
}

function functionOf({ arn, document, qualifier }: FoundFunction) {
  return { functionArn: arn, functionName: document.name, qualifier }
}

function queueOf({ EventSourceArn = '', ...others }: CreateInput): Arn {
  if (parseArn(EventSourceArn)?.service !== 'sqs')
    throw faults.invalid('Unrecognized event source: this deployment has queues alone.')
  if (
    others.StartingPosition !== undefined ||
    others.Topics ||
    others.Queues ||
    others.SelfManagedEventSource
  )
    throw faults.invalid('StartingPosition, Topics, Queues and SelfManagedEventSource are not of queues')
  return EventSourceArn as Arn // Parsed above.
}

/** What queues have no use for. */
const foreign = [
  'ParallelizationFactor',
  'DestinationConfig',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
  'SourceAccessConfigurations',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'ProvisionedPollerConfig',
  'KMSKeyArn',
  'MetricsConfig',
  'LoggingConfig',
] as const

function wished(call: LambdaCall, wish: Wish, before: MappingDocument): MappingDocument {
  for (const name of foreign)
    if (wish[name] !== undefined)
      throw faults.invalid(`${name} is not supported for queues by this deployment`)
  const made: MappingDocument = {
    ...before,
    enabled: wish.Enabled ?? before.enabled,
    batchSize: wish.BatchSize ?? before.batchSize,
    windowSec: wish.MaximumBatchingWindowInSeconds ?? before.windowSec,
    reportsFailures: wish.FunctionResponseTypes
      ? wish.FunctionResponseTypes.includes('ReportBatchItemFailures')
      : before.reportsFailures,
    concurrencyMax: wish.ScalingConfig ? wish.ScalingConfig.MaximumConcurrency : before.concurrencyMax,
    filters: wish.FilterCriteria
      ? (wish.FilterCriteria.Filters ?? []).map(({ Pattern = '' }) => Pattern)
      : before.filters,
    modifiedAtMs: call.nowMs,
  }
  if (made.queueArn.endsWith('.fifo') && (made.batchSize > limits.batchOfFifo || made.windowSec > 0))
    throw faults.invalid('A FIFO queue has batches of at most 10 messages and no batching window')
  if (made.batchSize > limits.batchWithoutWindow && made.windowSec < 1)
    throw faults.invalid(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    )
  if (made.batchSize > limits.batch) throw faults.invalid(`A batch has at most ${limits.batch} messages`)
  if (made.filters.length > limits.filters) throw faults.invalid('A mapping has at most 5 filters')
  for (const text of made.filters) {
    const parsed = parsePattern(text)
    if (!parsed.ok) throw faults.invalid(`Invalid filter pattern definition. (${parsed.reason})`)
  }
  return made
}

function shown(mapping: MappingDocument) {
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    EventSourceArn: mapping.queueArn,
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSec,
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    LastModified: new Date(mapping.modifiedAtMs),
    FunctionResponseTypes: mapping.reportsFailures ? (['ReportBatchItemFailures'] as const) : [],
    ...(mapping.concurrencyMax !== undefined && {
      ScalingConfig: { MaximumConcurrency: mapping.concurrencyMax },
    }),
    ...(mapping.filters.length > 0 && {
      FilterCriteria: { Filters: mapping.filters.map((Pattern) => ({ Pattern })) },
    }),
  }
}
