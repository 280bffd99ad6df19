import { type Operation, operationsOf } from '#core/operation.ts'
import { servicePrincipal } from '#core/service-principal.ts'
import type { Operations } from '#models/cloudtrail.d.ts'
import {
  type AuditPage,
  type AuditQuery,
  globalServices,
  InvalidToken,
  lookupResources,
  type QueryableAuditTrail,
  type StoredRecord,
  usernameOf,
} from '#telemetry/index.ts'
import { faults } from './faults.ts'

type LookupInput = Operations['LookupEvents']['input']
type Events = NonNullable<Operations['LookupEvents']['output']['Events']>

const cloudtrail = operationsOf<Operations>()('cloudtrail', {}, 'regional')

/** Source: CloudTrail API Reference, LookupEvents: "events that occurred in a Region within the last 90 days"; MaxResults. */
const limits = { days: 90, eventsDefault: 50 }
const dayMs = 86_400_000

const globalSources: ReadonlySet<string> = new Set([...globalServices].map(servicePrincipal))

/**
 * Looks up management events of the caller's account and region, newest first.
 *
 * Differs: events of global services (IAM, Organizations, CloudFront) show in every region; AWS shows them in us-east-1 alone, where
 * nobody of a cloud that is one machine would look. There are no Insights events: asking for them gives none.
 * Faults: InvalidLookupAttributesException; InvalidTimeRangeException; InvalidNextTokenException.
 */
export function lookupEvents(trail: Pick<QueryableAuditTrail, 'query'>): Operation {
  return cloudtrail('LookupEvents', {
    access: () => [{ action: 'cloudtrail:LookupEvents', resource: '*' }],

    async prepare({ input, call }): Promise<AuditPage> {
      const query = queryOf(input)
      if (input.EventCategory === 'insight') return { records: [] }
      try {
        return await trail.query({
          ...query,
          account: call.account,
          notBeforeMs: call.nowMs - limits.days * dayMs,
          where: ({ eventCategory, awsRegion, eventSource }) =>
            eventCategory === 'Management' && (awsRegion === call.region || globalSources.has(eventSource)),
        })
      } catch (error) {
        if (error instanceof InvalidToken) throw faults.nextToken()
        throw error
      }
    },

    run: ({ prepared: { records, token } }) => ({
      Events: records.map(({ record, line }) => shownEvent(record, line)),
      ...(token !== undefined && { NextToken: token }),
    }),
  })
}

function queryOf({
  LookupAttributes = [],
  StartTime,
  EndTime,
  MaxResults = limits.eventsDefault,
  NextToken,
}: LookupInput): Omit<AuditQuery, 'account'> {
  const [attribute, second] = LookupAttributes
  if (second) throw faults.severalAttributes()
  if (attribute?.AttributeKey === 'ReadOnly' && !/^(?:true|false)$/.test(attribute.AttributeValue)) {
    throw faults.notABoolean(attribute.AttributeValue)
  }
  const [startMs, endMs] = [StartTime?.getTime(), EndTime?.getTime()]
  if (startMs !== undefined && endMs !== undefined && startMs > endMs) throw faults.timeRange()
  return {
    startMs,
    endMs,
    attribute: attribute && { key: attribute.AttributeKey, value: attribute.AttributeValue },
    limit: MaxResults,
    token: NextToken,
  }
}

function shownEvent(record: StoredRecord, line: string): Events[number] {
  const { userIdentity } = record
  const username = usernameOf(record)
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    ...(userIdentity.accessKeyId !== undefined && { AccessKeyId: userIdentity.accessKeyId }),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    ...(username !== undefined && { Username: username }),
    Resources: lookupResources(record).map((resource) => ({ ...resource })),
    CloudTrailEvent: line,
  }
}
