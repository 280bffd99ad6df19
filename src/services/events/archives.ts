import { parsePattern } from '#engines/events/index.ts'
import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import type { Archive, ArchiveState, CreateArchiveResponse, UpdateArchiveResponse } from '#models/events.d.ts'
import { eventsArn, placeOf } from './arns.ts'
import { events, type EventsCall, on, onAll } from './declare.ts'
import { addedBySum } from '#telemetry/index.ts'
import type { ArchiveDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findOwnBus } from './find.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'

/**
 * Keeps the events of a bus from now on: all, or those that a pattern matches.
 *
 * Faults: ResourceAlreadyExistsException; ResourceNotFoundException for a bus that is not there; InvalidEventPatternException;
 * LimitExceededException; ValidationException for a customer's key, which would have no effect.
 */
export const CreateArchive = events('CreateArchive', {
  target({ ArchiveName, EventSourceArn }, call) {
    if (!placeOf(EventSourceArn, 'event-bus'))
      throw faults.invalid('EventSourceArn', 'Must contain an event bus ARN.')
    return { archive: { arn: archiveArn(call, ArchiveName) }, bus: findOwnBus(call, EventSourceArn) }
  },
  access: ({ archive, bus }) => [on('CreateArchive', archive), on('CreateArchive', bus)],
  run({ target: { archive, bus }, input, call }) {
    const { ArchiveName: name, Description: description, EventPattern: eventPattern } = input
    refuse(input)
    if (call.archives.get(name)) throw faults.exists('Archive', name)
    if (!call.archives.hasRoom(quotas.archives)) throw faults.limit()
    const made: ArchiveDocument = {
      ...{ arn: archive.arn, name, description, eventPattern, key: uuid(call.randomBytes) },
      ...{ bus: bus.bus.name, busArn: bus.bus.arn },
      ...{ retentionDays: input.RetentionDays ?? 0, createdAtMs: call.nowMs },
    }
    call.archives.put(name, made)
    return answer(made)
  },
})

/** Shows an archive, with what it holds at this moment. Faults: ResourceNotFoundException. */
export const DescribeArchive = events('DescribeArchive', {
  target: ({ ArchiveName }, call) => findArchive(call, ArchiveName),
  access: (archive) => [on('DescribeArchive', archive)],
  run: ({ target: archive, call }) => ({
    ...shown(call, archive),
    ArchiveArn: archive.arn,
    Description: archive.description,
    EventPattern: archive.eventPattern,
  }),
})

/** Lists archives by name. Faults: ValidationException for more than one filter. */
export const ListArchives = events('ListArchives', {
  target: () => ({}),
  access: () => onAll('ListArchives'),
  run({ input: { NamePrefix, EventSourceArn, State, NextToken, Limit }, call }) {
    oneFilter('ListArchives', { NamePrefix, EventSourceArn, State })
    const found = page(call.archives, {
      ...{ NextToken, Limit, prefix: NamePrefix },
      where: ({ busArn }) => (EventSourceArn ?? busArn) === busArn && (State ?? enabled) === enabled,
    })
    return { Archives: found.items.map((archive) => shown(call, archive)), NextToken: found.NextToken }
  },
})

/**
 * Changes what is kept from now on, and how long. What is left out stays.
 * Faults: ResourceNotFoundException; InvalidEventPatternException; ValidationException.
 */
export const UpdateArchive = events('UpdateArchive', {
  target: ({ ArchiveName }, call) => findArchive(call, ArchiveName),
  access: (archive) => [on('UpdateArchive', archive)],
  run({ target: before, input, call }) {
    refuse(input)
    const after = {
      ...before,
      description: input.Description ?? before.description,
      eventPattern: input.EventPattern ?? before.eventPattern,
      retentionDays: input.RetentionDays ?? before.retentionDays,
    }
    call.archives.put(before.name, after)
    return answer(after)
  },
})

/** Deletes an archive with all that it holds. Faults: ResourceNotFoundException. */
export const DeleteArchive = events('DeleteArchive', {
  target: ({ ArchiveName }, call) => findArchive(call, ArchiveName),
  access: (archive) => [on('DeleteArchive', archive)],
  run({ target: { name, key }, call }) {
    for (const { id } of call.archiveDays.find('archive', key)) call.archiveDays.delete(id)
    call.archives.delete(name)
    return {}
  },
})

const enabled = 'ENABLED' satisfies ArchiveState

/** Faults: ValidationException. Source: ListArchives's answers. */
export function oneFilter(operation: string, filters: Readonly<Record<string, unknown>>): void {
  if (Object.values(filters).filter((one) => one !== undefined).length > 1)
    throw faults.validation(
      `At most one filter is allowed for ${operation}. Use either : State, EventSourceArn, or NamePrefix.`,
    )
}

export function archiveArn(call: EventsCall, name: string) {
  return eventsArn(call, `archive/${name}`)
}

function findArchive(call: EventsCall, name: string): ArchiveDocument | Missing {
  return call.archives.get(name) ?? new Missing(archiveArn(call, name), faults.noArchive(name))
}

function refuse(input: {
  readonly EventPattern?: string | undefined
  readonly KmsKeyIdentifier?: string | undefined
}): void {
  if (input.KmsKeyIdentifier !== undefined && input.KmsKeyIdentifier !== '')
    throw faults.unsupported('KmsKeyIdentifier')
  if (input.EventPattern === undefined) return
  const read = parsePattern(input.EventPattern)
  if (!read.ok) throw faults.pattern(read.reason)
}

function answer({ arn, createdAtMs }: ArchiveDocument): CreateArchiveResponse & UpdateArchiveResponse {
  return { ArchiveArn: arn, State: enabled, CreationTime: new Date(createdAtMs) }
}

/** What is in its files, and what is on its way there. Units: bytes of JSON, with a sum and a line end each. */
function shown(call: EventsCall, archive: ArchiveDocument): Archive {
  const days = call.archiveDays.find('archive', archive.key).map(({ document }) => document)
  const coming = call.arrivals.find('archive', archive.key).map(({ document }) => document)
  return {
    ArchiveName: archive.name,
    EventSourceArn: archive.busArn,
    State: enabled,
    RetentionDays: archive.retentionDays,
    SizeBytes:
      days.reduce((sum, { bytes }) => sum + bytes, 0) +
      coming.reduce((sum, { event }) => sum + Buffer.byteLength(event) + addedBySum + 1, 0),
    EventCount: days.reduce((sum, day) => sum + day.events, 0) + coming.length,
    CreationTime: new Date(archive.createdAtMs),
  }
}
