import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type { SegmentCursor } from '#telemetry/index.ts'
import { type Selectors, selectsDataEvents } from './selectors.ts'

/** What a trail's settings say of which records are its own. */
export interface Choice {
  readonly isMultiRegion: boolean
  readonly includeGlobalServiceEvents: boolean
  readonly selectors: Selectors
}

/** A time during which a trail logged, with what it chose then: a change never reaches back. Units: milliseconds since 1970. */
export interface Span extends Choice {
  readonly fromMs: number
  /** Absent while it lasts. */
  readonly untilMs?: number | undefined
}

/** How far delivery to one destination has come. */
export interface Feed {
  /** Absent while there is nothing to follow. */
  readonly cursor?: SegmentCursor | undefined
  /** All that was written before has been delivered. */
  readonly reachedMs?: number | undefined
  readonly failing?: { readonly sinceMs: number; readonly times: number; readonly nextMs: number } | undefined
  readonly attemptedAtMs?: number | undefined
  readonly deliveredAtMs?: number | undefined
  /** Of the last attempt, where that failed. */
  readonly error?: string | undefined
}

/** A trail, in its home Region under its name. */
export interface TrailDocument extends Choice {
  readonly arn: Arn
  readonly name: string
  /** Unlike the name, no other trail has ever had it. */
  readonly id: string
  readonly account: AccountId
  /** Its home. */
  readonly region: string
  readonly bucket: string
  readonly prefix?: string | undefined
  readonly group?: { readonly arn: string; readonly roleArn: string } | undefined
  readonly tags: Tags
  readonly createdAtMs: number
  readonly startedAtMs?: number | undefined
  readonly stoppedAtMs?: number | undefined
  /** Oldest first. Those that have ended stay until their records are delivered. */
  readonly spans: readonly Span[]
  readonly toBucket: Feed
  /** There while there is a group. */
  readonly toGroup?: Feed | undefined
}

/** Follows another directory's records from their beginning; an empty feed has nothing to follow. */
function anew(feed: Feed): Feed {
  return feed.cursor ? { ...feed, cursor: {} } : feed
}

export const trails = collection<TrailDocument>({
  service: 'cloudtrail',
  type: 'trail',
  moved: (trail) => ({
    ...trail,
    toBucket: anew(trail.toBucket),
    ...(trail.toGroup && { toGroup: anew(trail.toGroup) }),
  }),
  indexes: {
    account: { anywhere: ({ account }) => account },
    dataEvents: { anywhere: (trail) => (logsDataEvents(trail) ? 'all' : undefined) },
  },
})

/** Whether it logs now, and data events among what it logs. */
function logsDataEvents({ spans }: TrailDocument): boolean {
  const last = spans.at(-1)
  return last !== undefined && last.untilMs === undefined && selectsDataEvents(last.selectors)
}

/** Trails that were deleted, under their ids, until what they had yet to deliver is delivered. */
export const deletedTrails = collection<TrailDocument>({ service: 'cloudtrail', type: 'deleted-trail' })
