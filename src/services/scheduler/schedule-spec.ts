import { parseSchedule } from '#engines/events/index.ts'
import type { CreateScheduleInput } from '#models/scheduler.d.ts'
import type { SchedulerCall } from './declare.ts'
import type { ScheduleSpec } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import { readTarget } from './read-target.ts'
import { nextRun } from './timing.ts'

/**
 * What a caller says of a schedule; `standing` is what is in force, whose dates may be past. What is left out has its default.
 * Faults: ValidationException.
 */
export function readSpec(
  call: SchedulerCall,
  input: CreateScheduleInput,
  standing?: ScheduleSpec,
): ScheduleSpec {
  if (input.KmsKeyArn !== undefined) throw faults.unsupported('KmsKeyArn')
  const spec: ScheduleSpec = {
    expression: input.ScheduleExpression,
    timezone: input.ScheduleExpressionTimezone ?? 'UTC',
    startMs: input.StartDate?.getTime(),
    endMs: input.EndDate?.getTime(),
    description: input.Description,
    state: input.State ?? 'ENABLED',
    window: input.FlexibleTimeWindow,
    afterCompletion: input.ActionAfterCompletion ?? 'NONE',
    target: readTarget(call, input.Target),
  }
  refuseWindow(spec)
  refuseTimes(call, spec, standing)
  return spec
}

/** Whether two say the same of when a schedule runs, but for its end and window. */
export function hasSamePace(one: ScheduleSpec, other: ScheduleSpec): boolean {
  return (
    one.expression === other.expression && one.timezone === other.timezone && one.startMs === other.startMs
  )
}

function refuseWindow({ window: { Mode, MaximumWindowInMinutes } }: ScheduleSpec): void {
  if ((Mode === 'FLEXIBLE') !== (MaximumWindowInMinutes !== undefined))
    throw faults.invalid(
      'MaximumWindowInMinutes is required for a flexible time window, and not allowed without one.',
    )
}

function refuseTimes(
  { nowMs, randomBytes }: SchedulerCall,
  spec: ScheduleSpec,
  standing: ScheduleSpec | undefined,
) {
  const { expression, timezone, startMs, endMs } = spec
  const parsed = parseSchedule(expression, timezone)
  if (!parsed.ok) throw faults.invalid(parsed.reason)
  if (parsed.schedule.kind === 'at') {
    const isPast = nextRun({ ...spec, anchorMs: nowMs }, nowMs, randomBytes) === undefined
    if (isPast && !(standing && hasSamePace(spec, standing)))
      throw faults.invalid(`Invalid Schedule Expression ${expression}. It is in the past.`)
    return
  }
  if (startMs !== undefined && startMs < nowMs - quotas.startsAgoMs && startMs !== standing?.startMs)
    throw faults.invalid('The StartDate you specify cannot be earlier than 5 minutes ago.')
  if (endMs !== undefined && endMs <= (startMs ?? 0))
    throw faults.invalid('The EndDate you specify must come after the StartDate.')
  if (endMs !== undefined && endMs <= nowMs && endMs !== standing?.endMs)
    throw faults.invalid('The EndDate you specify must be in the future.')
}
