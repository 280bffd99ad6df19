import { targetPlace } from '#core/deliveries/index.ts'
import { uuid } from '#core/ids.ts'
import type { Target } from '#models/scheduler.d.ts'
import { WireFault } from '#wire/index.ts'
import { scheduleArn } from './arns.ts'
import { withContext } from './context-attributes.ts'
import type { SchedulerCall } from './declare.ts'
import type { StoredTarget } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import { NoInput, readUniversal, universalInput } from './universal.ts'

const enforced: ReadonlySet<string> = new Set<keyof StoredTarget>([
  'Arn',
  'RoleArn',
  'DeadLetterConfig',
  'RetryPolicy',
  'Input',
  'EventBridgeParameters',
  'SqsParameters',
])

/** A target as it is kept. What would have no effect is refused. Faults: ValidationException. */
export function readTarget(call: SchedulerCall, target: Target): StoredTarget {
  for (const [name, value] of Object.entries(target))
    if (value !== undefined && !enforced.has(name)) throw faults.unsupported(name)
  if (target.Input !== undefined && Buffer.byteLength(target.Input) > quotas.inputBytes)
    throw faults.invalid(`Input has more than ${quotas.inputBytes} bytes.`)
  if (target.Arn.includes(':scheduler:::aws-sdk:')) refuseUniversal(call, target)
  else refuseTemplated(call, target)
  refuseDeadLetters(call, target)
  const { MaximumEventAgeInSeconds = 86_400, MaximumRetryAttempts = 185 } = target.RetryPolicy ?? {}
  return { ...target, RetryPolicy: { MaximumEventAgeInSeconds, MaximumRetryAttempts } }
}

/** Source: EventBridge Scheduler User Guide, "Using templated targets". */
function refuseTemplated(call: SchedulerCall, target: Target): void {
  const { Arn, EventBridgeParameters, SqsParameters } = target
  const place = targetPlace(Arn)
  if (!place || place.partition !== call.partition || !templated.has(place.kind))
    throw faults.invalid(`Provided Arn is not in correct format, or names nothing that is invoked: ${Arn}`)
  if (place.region !== call.region) throw faults.invalid('A target is in the Region of its schedule.')
  const isFifo = place.name.endsWith('.fifo')
  // Nothing could say the message group.
  if (place.kind === 'topic' && isFifo) throw faults.invalid('A FIFO topic is no target.')
  if (place.kind !== 'queue' && SqsParameters !== undefined) throw faults.unsupported('SqsParameters')
  if (place.kind === 'queue' && isFifo !== (SqsParameters?.MessageGroupId !== undefined))
    throw faults.invalid('A FIFO queue, and no other, needs SqsParameters with a MessageGroupId.')
  if (place.kind !== 'bus' && EventBridgeParameters !== undefined)
    throw faults.unsupported('EventBridgeParameters')
  if (place.kind === 'bus') refuseEvent(EventBridgeParameters)
  const json = place.kind === 'queue' || place.kind === 'topic' ? undefined : sample(call, target.Input)
  if (json === undefined) return
  const value = jsonOf(json)
  if (value === undefined) throw faults.invalid('Input is no JSON.')
  if (place.kind === 'bus' && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw faults.invalid('Input is the detail of an event: a JSON object.')
}

const templated: ReadonlySet<string> = new Set(['function', 'queue', 'topic', 'bus'])

function refuseEvent(parameters: Target['EventBridgeParameters']): void {
  if (parameters === undefined) throw faults.invalid('An event bus needs EventBridgeParameters.')
  // The model lets a path through, which nothing could follow.
  if (parameters.Source.startsWith('$')) throw faults.unsupported('EventBridgeParameters.Source as a path')
}

/** Source: EventBridge Scheduler User Guide, "Using universal targets". */
function refuseUniversal(
  call: SchedulerCall,
  { Arn, Input, SqsParameters, EventBridgeParameters }: Target,
): void {
  const universal = readUniversal(Arn)
  if (!universal || universal.partition !== call.partition)
    throw faults.invalid(`${Arn} names no API action that a schedule can call.`)
  const { service, name } = universal.operation
  if (!call.parts.implemented(service, name)) throw faults.unsupported(`Arn with ${service}:${name}`)
  if (SqsParameters !== undefined) throw faults.unsupported('SqsParameters')
  if (EventBridgeParameters !== undefined) throw faults.unsupported('EventBridgeParameters')
  try {
    universalInput(universal.operation, sample(call, Input) ?? '{}')
  } catch (error) {
    if (error instanceof NoInput || error instanceof WireFault) throw faults.invalid(error.message)
    throw error
  }
}

function refuseDeadLetters(call: SchedulerCall, { DeadLetterConfig }: Target): void {
  if (DeadLetterConfig?.Arn === undefined) return
  const queue = targetPlace(DeadLetterConfig.Arn)
  if (queue?.kind !== 'queue' || queue.partition !== call.partition || queue.region !== call.region)
    throw faults.invalid('DeadLetterConfig names a standard queue of the Region.')
}

/** An input as some attempt sends it. */
function sample(call: SchedulerCall, input: string | undefined): string | undefined {
  return input === undefined
    ? undefined
    : withContext(input, {
        scheduleArn: scheduleArn(call, 'group', 'name'),
        scheduledAtMs: call.nowMs,
        executionId: uuid(call.randomBytes),
        attempts: 0,
      })
}

/** Undefined where the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
}
