import { Missing } from '#core/resource.ts'
import type { Replay, StartReplayRequest } from '#models/events.d.ts'
import { archiveArn, oneFilter } from './archives.ts'
import { eventsArn, placeOf, readRuleArn } from './arns.ts'
import { events, type EventsCall, on, onAll } from './declare.ts'
import type { ReplayDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findOwnBus } from './find.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'

/**
 * Sends the events of a window of an archive to the rules of its bus once more, or to some of them, with `replay-name`.
 *
 * State: STARTING -> RUNNING -> COMPLETED; CancelReplay leads to CANCELLING and CANCELLED, an archive that is deleted to FAILED.
 * Faults: ResourceAlreadyExistsException; ResourceNotFoundException for an archive or a bus; LimitExceededException;
 * ValidationException.
 */
export const StartReplay = events('StartReplay', {
  target({ ReplayName, EventSourceArn, Destination }, call) {
    const archive = placeOf(EventSourceArn, 'archive')
    if (!archive) throw faults.invalid('EventSourceArn', 'Must contain an archive ARN.')
    if (!placeOf(Destination.Arn, 'event-bus'))
      throw faults.invalid('Destination.Arn', 'Must contain an event bus ARN.')
    const own = archive.account === call.account && archive.region === call.region
    const found = own ? call.archives.get(archive.name) : undefined
    return {
      replay: { arn: replayArn(call, ReplayName) },
      archive:
        found ??
        new Missing(
          own ? archiveArn(call, archive.name) : eventsArn(archive, `archive/${archive.name}`),
          faults.noArchive(archive.name),
        ),
      bus: findOwnBus(call, Destination.Arn),
    }
  },
  access: ({ replay, archive, bus }) => [
    on('StartReplay', replay),
    on('StartReplay', archive),
    on('StartReplay', bus),
  ],
  run({ target: { replay, archive, bus }, input, call }) {
    const { ReplayName: name, EventStartTime, EventEndTime, Description: description } = input
    if (bus.bus.arn !== archive.busArn)
      throw faults.invalid('Destination.Arn', 'Cross event bus replay is not permitted.')
    if (EventStartTime.getTime() >= EventEndTime.getTime())
      throw faults.invalid('EventEndTime', 'EventStartTime must be before EventEndTime.')
    if (call.replays.get(name)) throw faults.exists('Replay', name)
    refuseOverLimit(call)
    call.replays.put(name, {
      ...{ arn: replay.arn, name, description, state: 'STARTING' },
      ...{ archive: archive.key, archiveArn: archive.arn, bus: archive.bus, busArn: archive.busArn },
      ...{ rules: readRules(input, archive.bus, call), startedAtMs: call.nowMs },
      ...{ fromMs: EventStartTime.getTime(), untilMs: EventEndTime.getTime() },
    })
    return { ReplayArn: replay.arn, State: 'STARTING', ReplayStartTime: new Date(call.nowMs) }
  },
})

/** Shows a replay. Faults: ResourceNotFoundException. */
export const DescribeReplay = events('DescribeReplay', {
  target: ({ ReplayName }, call) => findReplay(call, ReplayName),
  access: (replay) => [on('DescribeReplay', replay)],
  run: ({ target: replay }) => ({
    ...shown(replay),
    ReplayArn: replay.arn,
    Description: replay.description,
    Destination: { Arn: replay.busArn, FilterArns: replay.rules },
  }),
})

/** Lists replays by name. Faults: ValidationException for more than one filter. */
export const ListReplays = events('ListReplays', {
  target: () => ({}),
  access: () => onAll('ListReplays'),
  run({ input: { NamePrefix, EventSourceArn, State, NextToken, Limit }, call }) {
    oneFilter('ListReplays', { NamePrefix, EventSourceArn, State })
    const found = page(call.replays, {
      ...{ NextToken, Limit, prefix: NamePrefix },
      where: ({ archiveArn: from, state }) => (EventSourceArn ?? from) === from && (State ?? state) === state,
    })
    return { Replays: found.items.map(shown), NextToken: found.NextToken }
  },
})

/** Ends a replay before it is through. Faults: ResourceNotFoundException; IllegalStatusException for one that has ended. */
export const CancelReplay = events('CancelReplay', {
  target: ({ ReplayName }, call) => findReplay(call, ReplayName),
  access: (replay) => [on('CancelReplay', replay)],
  run({ target: replay, call }) {
    if (replay.state !== 'STARTING' && replay.state !== 'RUNNING') throw faults.replayState(replay.name)
    call.replays.put(replay.name, { ...replay, state: 'CANCELLING' })
    return { ReplayArn: replay.arn, State: 'CANCELLING' }
  },
})

function replayArn(call: EventsCall, name: string) {
  return eventsArn(call, `replay/${name}`)
}

function findReplay(call: EventsCall, name: string): ReplayDocument | Missing {
  return call.replays.get(name) ?? new Missing(replayArn(call, name), faults.noReplay(name))
}

function refuseOverLimit(call: EventsCall): void {
  const { activeReplays } = quotas
  if (call.replays.find('active', 'yes', { limit: activeReplays }).length >= activeReplays)
    throw faults.limit()
  if (!call.replays.hasRoom(quotas.replays)) throw faults.limit()
}

/** Rules of the bus alone. */
function readRules({ Destination }: StartReplayRequest, bus: string, call: EventsCall) {
  const { FilterArns } = Destination
  for (const text of FilterArns ?? []) {
    const rule = readRuleArn(text)
    if (rule?.bus !== bus || rule.account !== call.account || rule.region !== call.region)
      throw faults.invalid('Destination.FilterArns', 'Must contain rules of the event bus.')
  }
  return FilterArns && FilterArns.length > 0 ? FilterArns : undefined
}

function shown(replay: ReplayDocument): Replay {
  const { lastMs, endedAtMs } = replay
  return {
    ReplayName: replay.name,
    EventSourceArn: replay.archiveArn,
    State: replay.state,
    StateReason: replay.stateReason,
    EventStartTime: new Date(replay.fromMs),
    EventEndTime: new Date(replay.untilMs),
    EventLastReplayedTime: lastMs === undefined ? undefined : new Date(lastMs),
    ReplayStartTime: new Date(replay.startedAtMs),
    ReplayEndTime: endedAtMs === undefined ? undefined : new Date(endedAtMs),
  }
}
