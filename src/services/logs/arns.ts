import { type Arn, arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { LogsCall } from './declare.ts'
import { type GroupDocument, type StreamDocument, within } from './documents.ts'
import { faults } from './faults.ts'

type Where = Pick<Call, 'partition' | 'region' | 'account'>

/** Source: AWS service reference, logs, log-group. */
export function groupArn({ partition, region, account }: Where, name: string): Arn {
  return arn({ partition, region, account, service: 'logs', resource: `log-group:${name}` })
}

export function streamArn(group: Arn, name: string): Arn {
  return `${group}:log-stream:${name}` as Arn // An ARN with its resource made longer.
}

/** The name of a group by whichever of the two members it is named. Faults: InvalidParameterException. */
export function groupNameOf({
  logGroupName,
  logGroupIdentifier,
}: {
  readonly logGroupName?: string | undefined
  readonly logGroupIdentifier?: string | undefined
}): string {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined))
    throw faults.invalid('Exactly one of logGroupName and logGroupIdentifier must be given.')
  return logGroupName ?? nameOfIdentifier(logGroupIdentifier ?? '')
}

/** The name that an ARN of a group, with or without `:*`, has; other texts are names. */
export function nameOfIdentifier(identifier: string): string {
  const parts = parseArn(identifier)
  if (!parts) return identifier
  const [, name] = /^log-group:([^:]+)(?::\*)?$/.exec(parts.resource) ?? []
  if (parts.service !== 'logs' || name === undefined)
    throw faults.invalid(`The ARN ${identifier} is not one of a log group.`)
  return name
}

/** A group by its ARN, which must be one of the call's own account and region. */
export function findGroupByIdentifier(call: LogsCall, identifier: string): GroupDocument | Missing {
  const parts = parseArn(identifier)
  const name = nameOfIdentifier(identifier)
  const own = !parts || groupArn(call, name) === identifier.replace(/:\*$/, '')
  // Of another account's or region's group nothing is known here: the caller is authorized on the ARN that it named.
  return own ? findGroup(call, name) : new Missing(identifier.replace(/:\*$/, '') as Arn, faults.noGroup()) // parseArn read it.
}

export function findGroup(call: LogsCall, name: string): GroupDocument | Missing {
  return call.groups.get(name) ?? new Missing(groupArn(call, name), faults.noGroup())
}

/** A stream with the group that it is in; authorized as one. */
export interface StreamTarget {
  readonly arn: Arn
  readonly tags: GroupDocument['tags']
  readonly group: GroupDocument
  readonly stream: StreamDocument
}

export function findStream(call: LogsCall, groupName: string, streamName: string): StreamTarget | Missing {
  const arn = streamArn(groupArn(call, groupName), streamName)
  const group = call.groups.get(groupName)
  if (!group) return new Missing(arn, faults.noGroup())
  const stream = call.streams.get(within(group, streamName))
  return stream ? { arn, tags: group.tags, group, stream } : new Missing(arn, faults.noStream())
}
