import type { AccountId } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import type { Conditions } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import type { PutEventsRequestEntry, PutEventsResultEntry } from '#models/events.d.ts'
import { acceptEvent, type Event, eventTime } from './accept.ts'
import { busArn, type BusPlace, readBus } from './arns.ts'
import { events, type EventsCall, on } from './declare.ts'
import { faults } from './faults.ts'
import { asResource, busAt } from './find.ts'
import { readDetail } from './json-object.ts'
import { quotas } from './quotas.ts'

/**
 * Set by the delivery runner alone, on the entry by which a rule hands an event on to another bus: nothing that comes over the wire has
 * a symbol. The event stays as it was: id, time, account and Region, and its source may be one of AWS's.
 */
export const handedOn = Symbol('an event that another bus hands on')

export interface HandedOn {
  readonly event: Event
  readonly text: string | undefined
  readonly hops: number
}

interface Entry extends PutEventsRequestEntry {
  readonly [handedOn]?: HandedOn
}

/**
 * Takes events. Each entry is accepted or refused by itself; what was accepted is on disk, with all that it must be delivered to, before
 * the answer. A bus that does not exist takes every event and does nothing, as AWS's does.
 *
 * Faults: ValidationException for more than 256 KB, and for a global endpoint. By entry: InvalidArgument, MalformedDetail,
 * NotAuthorizedForSourceException, ThrottlingException.
 * Source: EventBridge API Reference, PutEvents; User Guide, "Calculating PutEvents event entry size".
 */
export const PutEvents = events('PutEvents', {
  target: ({ Entries }, call) => ({ buses: Entries.map(({ EventBusName }) => busOf(call, EventBusName)) }),
  access: ({ buses }, { Entries }) =>
    Entries.flatMap((entry: Entry, at) => {
      const bus = buses[at]
      return bus ? [on('PutEvents', bus, conditionsOf(entry))] : []
    }),
  run({ input, call, target: { buses } }) {
    if (input.EndpointId !== undefined) throw faults.unsupported('EndpointId')
    refuseOversize(input)
    const entries = input.Entries.map((entry, at) => take(call, entry, buses[at]?.place))
    const FailedEntryCount = entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length
    return { FailedEntryCount, Entries: entries }
  },
})

function conditionsOf(entry: Entry): Conditions {
  return {
    'events:source': entry.Source,
    'events:detail-type': entry.DetailType,
    'events:eventBusInvocation': String(entry[handedOn] !== undefined),
  }
}

function busOf(call: EventsCall, text: string | undefined): Resource & { readonly place: BusPlace } {
  const place = readBus(call, text)
  if (place?.region !== call.region) throw faults.validation('Parameter EventBusName is not valid.')
  const bus = busAt(call, place)
  return { ...(bus ? asResource(bus) : { arn: busArn(place) }), place }
}

function take(call: EventsCall, entry: Entry, place: BusPlace | undefined): PutEventsResultEntry {
  const given = entry[handedOn] ?? eventOf(call, entry)
  if ('ErrorCode' in given) return given
  const { event, text, hops } = given
  if (!place || !busAt(call, place)) return { EventId: event.id }
  const scope = { account: place.account, region: place.region }
  const taken = acceptEvent(call.tx, {
    ...{ scope, bus: place.name, event, text, hops, traceHeader: entry.TraceHeader },
    ...{ nowMs: call.nowMs, randomBytes: call.randomBytes },
    rules: call.parts.router.match(scope, place.name, event),
    // What a replay sends is not kept again. Source: EventBridge User Guide, "Archiving and replaying events".
    archives: 'replay-name' in event ? [] : call.parts.router.archives(scope, place.name, event),
  })
  return taken ? { EventId: event.id } : failed('ThrottlingException', 'Too many events wait for delivery.')
}

function eventOf(
  call: EventsCall,
  entry: PutEventsRequestEntry,
): HandedOn | (PutEventsResultEntry & { ErrorCode: string }) {
  const { Source, DetailType, Detail, Resources = [], Time } = entry
  for (const [name, value] of Object.entries({ Source, DetailType, Detail }))
    if (value === undefined || value === '')
      return failed(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      )
  if (Source === undefined || DetailType === undefined || Detail === undefined)
    return failed('InvalidArgument', 'Source, DetailType and Detail are required arguments.')
  if (/^aws\./i.test(Source))
    return failed('NotAuthorizedForSourceException', 'Not authorized for the source.')
  const read = readDetail(Detail)
  if (!read) return failed('MalformedDetail', 'Detail is malformed.')
  const event: Event = {
    version: '0',
    id: uuid(call.randomBytes),
    'detail-type': DetailType,
    source: Source,
    account: call.account satisfies AccountId,
    time: eventTime(Time?.getTime() ?? call.nowMs),
    region: call.region,
    resources: Resources,
    detail: read.detail,
  }
  const text = read.exact === undefined ? undefined : JSON.stringify({ ...event, detail: read.exact })
  return { event, text, hops: 0 }
}

function failed(ErrorCode: string, ErrorMessage: string) {
  return { ErrorCode, ErrorMessage }
}

/** A Time counts 14 bytes. */
const timeBytes = 14

function refuseOversize({ Entries }: { readonly Entries: readonly Entry[] }): void {
  let bytes = 0
  for (const entry of Entries) {
    if (entry[handedOn]) continue // It was measured when it was first put.
    const { Source = '', DetailType = '', Detail = '', Resources = [], Time } = entry
    if (Time) bytes += timeBytes
    for (const text of [Source, DetailType, Detail, ...Resources]) bytes += Buffer.byteLength(text)
  }
  if (bytes > quotas.entriesBytes)
    throw faults.validation('Total size of the entries in the request is over the limit.')
}
