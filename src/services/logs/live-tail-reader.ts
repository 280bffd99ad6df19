import type { LiveTailSessionLogEvent, StartLiveTailRequest } from '#models/logs.d.ts'
import { type ArrivalCursor, LogKeyMissing, type StoredLogEvent } from '#telemetry/index.ts'
import type { LogsCall } from './declare.ts'
import { type GroupDocument, groups as groupDocuments, streams, within } from './documents.ts'
import { openDataKeys } from './keys.ts'
import { quotas } from './quotas.ts'

/** What one look reads of a group at most, in steps; what is beyond is left out, and the session told so. Units: bytes. */
const stepBytes = 1024 * 1024
const stepsMax = 8

interface Parts {
  readonly parts: Pick<LogsCall['parts'], 'logs' | 'callAsService' | 'read'>
  readonly groups: readonly GroupDocument[]
  readonly cursor: ArrivalCursor
  readonly input: Pick<StartLiveTailRequest, 'logStreamNames' | 'logStreamNamePrefixes'>
  readonly matches: (message: string) => boolean
}

export interface Told {
  readonly events: readonly LiveTailSessionLogEvent[]
  /** Whether there was more. */
  readonly sampled: boolean
}

/** Makes what tells, each time it is asked, what arrived since; undefined once a group cannot be read any more. */
export function createTail({
  parts,
  groups,
  cursor,
  input,
  matches,
}: Parts): () => Promise<Told | undefined> {
  const cursors = new Map(groups.map(({ id }) => [id, cursor]))

  async function arrivedIn(
    group: GroupDocument,
  ): Promise<{ events: readonly StoredLogEvent[]; sampled: boolean }> {
    const events: StoredLogEvent[] = []
    const keys = group.dataKeys.length > 0 ? await openDataKeys(parts.callAsService, group) : undefined
    for (let step = 0; step < stepsMax; step += 1) {
      const since = cursors.get(group.id) ?? cursor
      const arrived = await parts.logs.arrivals({ group: group.id, cursor: since, bytesMax: stepBytes, keys })
      cursors.set(group.id, arrived.cursor)
      events.push(...arrived.events)
      if (!arrived.more) return { events, sampled: false }
    }
    cursors.set(group.id, await parts.logs.arrived())
    return { events, sampled: true }
  }

  function namesOf(group: GroupDocument): ReadonlyMap<string, string> {
    const { logStreamNames, logStreamNamePrefixes } = input
    const isWanted = (name: string): boolean =>
      (logStreamNames?.includes(name) ?? true) &&
      (logStreamNamePrefixes?.some((prefix) => name.startsWith(prefix)) ?? true)
    const found = parts.read.list(streams, group, { prefix: within(group, '') })
    return new Map(
      found.flatMap(({ document: { id, name } }) => (isWanted(name) ? [[id, name] as const] : [])),
    )
  }

  return async () => {
    const told: LiveTailSessionLogEvent[] = []
    let isSampled = false
    for (const { name, id, ...where } of groups) {
      // As it is now: under another key, or gone.
      const group = parts.read.get(groupDocuments, where, name)
      if (group?.id !== id) return undefined
      try {
        const { events, sampled } = await arrivedIn(group)
        isSampled ||= sampled
        const names = events.length > 0 ? namesOf(group) : new Map<string, string>()
        for (const event of events) {
          const logStreamName = names.get(event.stream)
          if (logStreamName === undefined || !matches(event.message)) continue
          if (told.length < quotas.liveTailEvents) told.push(shown(group, logStreamName, event))
          else isSampled = true
        }
      } catch (error) {
        if (error instanceof LogKeyMissing) return undefined
        throw error
      }
    }
    return { events: told, sampled: isSampled }
  }
}

function shown(
  { account, name }: GroupDocument,
  logStreamName: string,
  { timestampMs, ingestedMs, message }: StoredLogEvent,
): LiveTailSessionLogEvent {
  return {
    logStreamName,
    logGroupIdentifier: `${account}:${name}`,
    message,
    timestamp: timestampMs,
    ingestionTime: ingestedMs,
  }
}
