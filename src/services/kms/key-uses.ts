import type { AccountId } from '#core/arn.ts'
import type { LastUses, NoteUse } from '#core/last-uses.ts'
import { keys, type KeyUse, keyUses } from './documents.ts'

/** Notes which keys are used; a use of an earlier key of the same id and region (a replica made anew) is not the new one's. */
export function noteKeyUses(lastUses: LastUses): NoteUse<KeyUse> {
  return lastUses.of({
    things: keys,
    uses: keyUses,
    isOf: (use, key) => use.lastUsedAtMs >= key.createdAtMs,
  })
}

/** Finds the CloudTrail event of a request, as long as the trail keeps it. */
export type EventLookup = (request: {
  readonly account: AccountId
  readonly requestId: string
  readonly atMs: number
}) => Promise<string | undefined>
