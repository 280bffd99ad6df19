import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type {
  ActionAfterCompletion,
  FlexibleTimeWindow,
  ScheduleGroupState,
  ScheduleState,
  Target,
} from '#models/scheduler.d.ts'

// What Scheduler stores, in the account's Region. Units: milliseconds since 1970.

/** A group; its name is its id. The default one has no document until it has tags. */
export interface GroupDocument {
  readonly arn: Arn
  readonly name: string
  /** DELETING: the runner deletes its schedules, then the group. */
  readonly state: ScheduleGroupState
  readonly tags: Tags
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  /** The token with which it was made. */
  readonly clientToken?: string | undefined
}

/** A target as it was given: only members that are acted on are there. */
export type StoredTarget = Pick<
  Target,
  'Arn' | 'RoleArn' | 'DeadLetterConfig' | 'RetryPolicy' | 'Input' | 'EventBridgeParameters' | 'SqsParameters'
>

/** What a caller says of a schedule. */
export interface ScheduleSpec {
  readonly expression: string
  readonly timezone: string
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  readonly description?: string | undefined
  readonly state: ScheduleState
  readonly window: FlexibleTimeWindow
  readonly afterCompletion: ActionAfterCompletion
  readonly target: StoredTarget
}

/** When a schedule runs next. */
export interface NextRun {
  /** As its expression has it. */
  readonly scheduledAtMs: number
  /** Within the flexible window, where there is one; drawn once. */
  readonly dueAtMs: number
}

/** A schedule. Its id: `group/name`. */
export interface ScheduleDocument extends ScheduleSpec {
  readonly arn: Arn
  readonly name: string
  readonly group: string
  /** From here on a rate keeps its pace. */
  readonly anchorMs: number
  /** There while it is enabled and runs again. */
  readonly next?: NextRun | undefined
  /** Its last run has begun. */
  readonly complete?: boolean | undefined
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  /** The token of the call that made or changed it last, and what was asked then. */
  readonly request?: { readonly token: string; readonly digest: string } | undefined
}

/** A run that is due, on its way to the target; gone once it has arrived, or is given up. */
export interface OccurrenceDocument {
  readonly scheduleArn: Arn
  readonly group: string
  readonly name: string
  /** As it was when the run fell due. */
  readonly target: StoredTarget
  readonly scheduledAtMs: number
  readonly acceptedAtMs: number
  /** How often it was tried in vain. */
  readonly attempts: number
  readonly dueAtMs: number
}

/** The id of a schedule's document. */
export function scheduleId(group: string, name: string): string {
  return `${group}/${name}`
}

export const groups = collection<GroupDocument>({
  service: 'scheduler',
  type: 'schedule-group',
  indexes: { deleting: { anywhere: ({ state }) => (state === 'DELETING' ? 'yes' : undefined) } },
})

export const schedules = collection<ScheduleDocument>({ service: 'scheduler', type: 'schedule' })

export const occurrences = collection<OccurrenceDocument>({
  service: 'scheduler',
  type: 'occurrence',
  indexes: { schedule: ({ scheduleArn }) => scheduleArn },
})
