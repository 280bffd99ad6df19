import { type AnyDetector, detector } from '../detector.ts'
import { accountOf, apiCallSignal, principalOf, type Said } from '../findings/api-call.ts'
import { digest } from '../memory/digest.ts'
import { isIn, noteIn, type RecentSet } from '../memory/recent-set.ts'
import type { CloudTrailRecord } from '../records.ts'
import type { FindingFacts } from '../signal.ts'

interface BurstDetector {
  readonly name: string
  readonly events: readonly string[] | undefined
  readonly type: string
  readonly facts: FindingFacts
  /** So many different things within the window are too many. */
  readonly many: number
  readonly windowMs: number
  /** So many things are remembered for so long: what was seen before is no news. */
  readonly familiar?: { readonly max: number; readonly windowMs: number }
  /** What a call concerns: secrets, instances; none where the call does not count. */
  readonly itemsOf: (record: CloudTrailRecord) => readonly string[]
  /** Whose things are counted: the principal's, unless it says otherwise. */
  readonly entityOf?: (record: CloudTrailRecord) => string | undefined
  readonly saidOf?: (record: CloudTrailRecord) => Partial<Said>
}

/** Plain JSON. */
interface Burst {
  /** Of the burst that may be one. */
  readonly things: RecentSet<number>
  /** Of earlier times, where that matters. */
  readonly known: RecentSet<number>
}

/** Whether it was seen before, and not in this burst; it is known from now on. */
function isFamiliar(
  { things, known }: Burst,
  thing: number,
  atMs: number,
  familiar: { readonly max: number; readonly windowMs: number },
): boolean {
  const wasKnown = isIn(known, thing)
  noteIn(known, thing, { atMs, ...familiar })
  return wasKnown && !isIn(things, thing)
}

/** The call does not count. */
export const noItems: readonly string[] = []

/** Declares a detector of the same thing done to many different things within a short time, by the same one. */
export function burstDetector({ type, facts, many, windowMs, itemsOf, ...rest }: BurstDetector): AnyDetector {
  const { name, events, familiar, entityOf = principalEntity, saidOf } = rest
  return detector({
    ...{ name, source: 'cloudTrail', events, finds: { [type]: facts } },
    remembers: {
      entityOf: (record) => (itemsOf(record).length > 0 ? entityOf(record) : undefined),
      fresh: (): Burst => ({ things: [], known: [] }),
    },
    see(record, { atMs, memory }) {
      let count = 0
      for (const item of itemsOf(record).slice(0, many)) {
        const thing = digest(item)
        if (familiar !== undefined && isFamiliar(memory, thing, atMs, familiar)) continue
        count = noteIn(memory.things, thing, { atMs, windowMs, max: many })
      }
      if (count < many) return undefined
      const said = saidOf?.(record) ?? {}
      return apiCallSignal(record, { ...said, type, values: { ...said.values, count: String(count) } })
    },
  })
}

/** The principal, within the account. */
export function principalEntity(record: CloudTrailRecord): string {
  return `${accountOf(record)} ${principalOf(record)}`
}
