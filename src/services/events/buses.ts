import type { CreateEventBusRequest, EventBus, UpdateEventBusRequest } from '#models/events.d.ts'
import { busArn, defaultBus } from './arns.ts'
import { shownPolicy } from './bus-policy.ts'
import { events, type EventsCall, on, onAll } from './declare.ts'
import type { BusDocument } from './documents.ts'
import { faults } from './faults.ts'
import { busAt, findOwnBus, ownPlace } from './find.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { tagsOf, withTags } from './tag-list.ts'

/**
 * Makes an event bus of the caller's own.
 *
 * Faults: ResourceAlreadyExistsException; LimitExceededException; ValidationException for the name `default` and for what is not
 * enforced (a partner's source, a customer's key, logs).
 */
export const CreateEventBus = events('CreateEventBus', {
  target: ({ Name }, call) => ({ arn: busArn({ ...call, name: Name }) }),
  access: (bus, { Tags }) => [{ ...on('CreateEventBus', bus), requestTags: tagsOf(Tags) }],
  run({ target: { arn }, input, call }) {
    refuseUnsupported(input)
    const { Name: name, Description: description, Tags } = input
    if (name.includes('/')) throw faults.unsupported('EventSourceName')
    if (name === defaultBus || call.buses.get(name)) throw faults.exists('Event bus', name)
    if (!call.buses.hasRoom(quotas.eventBuses)) throw faults.limit()
    const [createdAtMs, modifiedAtMs] = [call.nowMs, call.nowMs]
    call.buses.put(name, { arn, name, description, tags: withTags({}, Tags), createdAtMs, modifiedAtMs })
    return { EventBusArn: arn, Description: description }
  },
})

/** Changes a bus' description. Faults: ResourceNotFoundException; ValidationException as CreateEventBus. */
export const UpdateEventBus = events('UpdateEventBus', {
  target: ({ Name }, call) => findOwnBus(call, Name),
  access: (bus) => [on('UpdateEventBus', bus)],
  run({ target: { bus }, input, call }) {
    refuseUnsupported(input)
    const description = input.Description ?? bus.description
    putBus(call, { ...bus, description })
    return { Arn: bus.arn, Name: bus.name, Description: description }
  },
})

/**
 * Deletes a bus; one that is not there is no error.
 *
 * Faults: ValidationException for the default bus, and while it has rules.
 */
export const DeleteEventBus = events('DeleteEventBus', {
  target: ({ Name }, call) => ({ arn: busArn({ ...call, name: Name }) }),
  access: (bus) => [on('DeleteEventBus', bus)],
  run({ input: { Name }, call }) {
    if (Name === defaultBus) throw faults.validation('Cannot delete event bus default.')
    if (call.rules.find('bus', Name, { limit: 1 }).length > 0)
      throw faults.validation("Event bus can't be deleted since it has rules.")
    if (call.archives.find('bus', Name, { limit: 1 }).length > 0)
      throw faults.validation("Event bus can't be deleted since it has archives.")
    call.buses.delete(Name)
    return {}
  },
})

/** Shows a bus with its policy. Faults: ResourceNotFoundException. */
export const DescribeEventBus = events('DescribeEventBus', {
  target: ({ Name }, call) => findOwnBus(call, Name),
  access: (bus) => [on('DescribeEventBus', bus)],
  run: ({ target: { bus }, call }) => ({ ...shown(call, bus), Description: bus.description }),
})

/** Lists buses by name. */
export const ListEventBuses = events('ListEventBuses', {
  access: () => onAll('ListEventBuses'),
  run({ input, call }) {
    const { NamePrefix: prefix = '', NextToken, Limit } = input
    // The default bus may have no document.
    const standing = busAt(call, ownPlace(call, defaultBus))
    const made = call.buses.list({ where: ({ name }) => name !== defaultBus }).map(({ document }) => document)
    const named = [...(standing ? [standing] : []), ...made].filter(({ name }) => name.startsWith(prefix))
    const found = pageOf(named, ({ name }) => name, { NextToken, Limit })
    return { EventBuses: found.items.map((bus) => shown(call, bus)), NextToken: found.NextToken }
  },
})

/** Keeps a bus as it is now. */
export function putBus(call: EventsCall, bus: BusDocument): void {
  call.buses.put(bus.name, { ...bus, modifiedAtMs: call.nowMs })
}

function shown(
  call: EventsCall,
  { arn, name, policy, createdAtMs, modifiedAtMs, description }: BusDocument,
): EventBus {
  return {
    Arn: arn,
    Name: name,
    Description: description,
    Policy: policy === undefined ? undefined : shownPolicy(call, policy),
    CreationTime: createdAtMs === 0 ? undefined : new Date(createdAtMs),
    LastModifiedTime: modifiedAtMs === 0 ? undefined : new Date(modifiedAtMs),
  }
}

function refuseUnsupported(input: Partial<CreateEventBusRequest> | UpdateEventBusRequest): void {
  if ('EventSourceName' in input && input.EventSourceName !== undefined)
    throw faults.unsupported('EventSourceName')
  if (input.KmsKeyIdentifier !== undefined) throw faults.unsupported('KmsKeyIdentifier')
  if (input.DeadLetterConfig?.Arn !== undefined) throw faults.unsupported('DeadLetterConfig')
  if ((input.LogConfig?.Level ?? 'OFF') !== 'OFF') throw faults.unsupported('LogConfig')
}
