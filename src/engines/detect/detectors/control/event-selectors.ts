import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { items, text, value } from '../../reading/values.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { trailEntity, trailNameOf } from './trails.ts'

const type = 'DefenseEvasion:IAMUser/TrailEventsExcluded'

/** A trail made for data events is told so right after it was made. */
const newMs = 3_600_000

/** High-volume sources that the console itself offers to leave out. Source: CloudTrail User Guide, "Logging management events". */
const leftOutByConsole: ReadonlySet<unknown> = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com'])

/** A trail still runs, but no longer records what changes things. Source: CloudTrail API Reference, PutEventSelectors. */
export const eventSelectors = detector({
  name: 'event-selectors',
  source: 'cloudTrail',
  events: ['cloudtrail:PutEventSelectors', 'cloudtrail:CreateTrail'],
  finds: {
    [type]: {
      severity: 7,
      title: 'The trail {trail} no longer records changes.',
      description:
        '{userName} set event selectors on the trail {trail} that leave out management events, or all of them that write.',
      remediation: undo(
        'Record all management events again.',
        `aws cloudtrail put-event-selectors --trail-name {trail} --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]' --region {region}`,
      ),
    },
  },
  remembers: { entityOf: trailEntity, fresh: () => ({ createdAtMs: 0 }) },
  see(record, { atMs, memory }) {
    if (!isDone(record)) return undefined
    if (record.eventName === 'CreateTrail') {
      memory.createdAtMs = atMs
      return undefined
    }
    const isNew = Math.abs(atMs - memory.createdAtMs) < newMs
    if (isNew || recordsWrites(record)) return undefined
    const trail = trailNameOf(record)
    return apiCallSignal(record, { type, about: trail, values: { trail } })
  },
})

function recordsWrites({ requestParameters }: CloudTrailRecord): boolean {
  return (
    items(requestParameters, 'eventSelectors').some(isOfWrites) ||
    items(requestParameters, 'advancedEventSelectors').some(isAdvancedOfWrites)
  )
}

function isOfWrites(selector: unknown): boolean {
  return (
    value(selector, 'includeManagementEvents') !== false && // Its default is true.
    text(selector, 'readWriteType') !== 'ReadOnly' &&
    items(selector, 'excludeManagementEventSources').every((source) => leftOutByConsole.has(source))
  )
}

function isAdvancedOfWrites(selector: unknown): boolean {
  const fields = items(selector, 'fieldSelectors')
  return fields.some(isManagement) && fields.every((field) => isManagement(field) || keepsWrites(field))
}

function isManagement(field: unknown): boolean {
  return text(field, 'field') === 'eventCategory' && items(field, 'equals').includes('Management')
}

/** Any other field leaves something out: a service, an event, somebody's calls. */
function keepsWrites(field: unknown): boolean {
  const name = text(field, 'field')
  if (name === 'readOnly') return items(field, 'equals').includes('false')
  const excluded = items(field, 'notEquals')
  return (
    name === 'eventSource' && excluded.length > 0 && excluded.every((source) => leftOutByConsole.has(source))
  )
}
