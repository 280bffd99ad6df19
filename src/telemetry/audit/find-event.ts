import type { AccountId } from '#core/arn.ts'
import type { QueryableAuditTrail } from './audit-trail.ts'

/** A request that left a record in an account's trail. */
interface RecordedRequest {
  readonly account: AccountId
  readonly requestId: string
  /** When it was received. Units: milliseconds since 1970. */
  readonly atMs: number
}

/** The id of the event that a request left in an account's trail, as long as the trail keeps it. */
export async function findEventId(
  trail: Pick<QueryableAuditTrail, 'query'>,
  { account, requestId, atMs }: RecordedRequest,
): Promise<string | undefined> {
  // Records tell the second.
  const startMs = Math.floor(atMs / 1000) * 1000
  const { records } = await trail.query({
    account,
    startMs,
    endMs: startMs + 999,
    where: ({ requestID }) => requestID === requestId,
    limit: 1,
  })
  return records[0]?.record.eventID
}
