import { createHash } from 'node:crypto'
import type {
  CreateScheduleInput,
  GetScheduleOutput,
  ScheduleSummary,
  UpdateScheduleInput,
} from '#models/scheduler.d.ts'
import { defaultGroup, scheduleArn } from './arns.ts'
import { on, onAll, scheduler, type SchedulerCall } from './declare.ts'
import { type ScheduleDocument, scheduleId, type ScheduleSpec } from './documents.ts'
import { faults } from './faults.ts'
import { findGroup, findSchedule } from './find.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { assertAssumable, findRole, passRole } from './roles.ts'
import { hasSamePace, readSpec } from './schedule-spec.ts'
import { nextRun } from './timing.ts'

/**
 * Makes a schedule. Asked the same again with the same token, it answers as before.
 *
 * Faults: ResourceNotFoundException for the group; ConflictException; ServiceQuotaExceededException; ValidationException, also for a role
 * that Scheduler cannot assume and for what would have no effect.
 */
export const CreateSchedule = scheduler('CreateSchedule', {
  target({ Name, GroupName = defaultGroup, Target: { RoleArn } }, call) {
    const group = findGroup(call, GroupName)
    const tags = 'tags' in group ? group.tags : {}
    return {
      group,
      schedule: { arn: scheduleArn(call, GroupName, Name), tags },
      role: findRole(call, RoleArn),
    }
  },
  access: ({ schedule, role }) => [on('CreateSchedule', schedule), passRole(role)],
  async prepare({ target: { group, role }, input, call }) {
    const spec = readSpec(call, input)
    await assertAssumable(call, role, group.arn)
    return spec
  },
  run({ target: { group, schedule }, input, call, prepared: spec }) {
    if (group.state === 'DELETING') throw faults.groupGoes(group.name)
    const { arn } = schedule
    const id = scheduleId(group.name, input.Name)
    const standing = call.schedules.get(id)
    if (standing && isAsked(standing, input)) return { ScheduleArn: arn }
    if (standing) throw faults.scheduleExists(input.Name)
    if (!call.schedules.hasRoom(quotas.schedules)) throw faults.quota('schedules', quotas.schedules)
    call.schedules.put(id, made(call, input, spec, { arn, group: group.name }))
    return { ScheduleArn: arn }
  },
})

/**
 * Puts a schedule anew: what is left out has its default, whatever it was. A rate keeps its pace where the expression stays.
 *
 * Faults: as CreateSchedule; ResourceNotFoundException; ConflictException for the token of a call that asked otherwise.
 */
export const UpdateSchedule = scheduler('UpdateSchedule', {
  target: ({ Name, GroupName = defaultGroup, Target: { RoleArn } }, call) => ({
    group: findGroup(call, GroupName),
    schedule: findSchedule(call, Name, GroupName),
    role: findRole(call, RoleArn),
  }),
  access: ({ schedule, role }) => [on('UpdateSchedule', schedule), passRole(role)],
  async prepare({ target: { group, schedule, role }, input, call }) {
    const spec = readSpec(call, input, schedule.schedule)
    await assertAssumable(call, role, group.arn)
    return spec
  },
  run({ target: { group, schedule }, input, call, prepared: spec }) {
    if (group.state === 'DELETING') throw faults.groupGoes(group.name)
    const { arn, schedule: standing } = schedule
    if (isAsked(standing, input)) return { ScheduleArn: arn }
    const { ClientToken } = input
    if (ClientToken !== undefined && standing.request?.token === ClientToken) throw faults.tokenTaken()
    const place = { arn, group: group.name, standing }
    call.schedules.put(scheduleId(group.name, input.Name), made(call, input, spec, place))
    return { ScheduleArn: arn }
  },
})

/** Shows a schedule. Faults: ResourceNotFoundException. */
export const GetSchedule = scheduler('GetSchedule', {
  target: ({ Name, GroupName }, call) => findSchedule(call, Name, GroupName),
  access: (schedule) => [on('GetSchedule', schedule)],
  run: ({ target: { schedule } }) => shown(schedule),
})

/** Deletes a schedule. A run that is on its way to the target goes on. Faults: ResourceNotFoundException. */
export const DeleteSchedule = scheduler('DeleteSchedule', {
  target: ({ Name, GroupName }, call) => findSchedule(call, Name, GroupName),
  access: (schedule) => [on('DeleteSchedule', schedule)],
  run({ target: { schedule }, call }) {
    call.schedules.delete(scheduleId(schedule.group, schedule.name))
    return {}
  },
})

/** Lists schedules by group and name. Faults: ResourceNotFoundException for the group; ValidationException. */
export const ListSchedules = scheduler('ListSchedules', {
  target: ({ GroupName }, call) => (GroupName === undefined ? {} : { group: findGroup(call, GroupName) }),
  access: () => onAll('ListSchedules'),
  run({ input: { GroupName, NamePrefix = '', State, NextToken, MaxResults }, call }) {
    const { items, NextToken: next } = page(call.schedules, {
      ...{ NextToken, MaxResults },
      prefix: GroupName === undefined ? undefined : scheduleId(GroupName, NamePrefix),
      where: ({ name, state }) => name.startsWith(NamePrefix) && (State === undefined || state === State),
    })
    return { Schedules: items.map(summary), NextToken: next }
  },
})

/** A schedule as it is kept, in the place of one that stands. */
function made(
  { nowMs, randomBytes }: SchedulerCall,
  input: CreateScheduleInput | UpdateScheduleInput,
  spec: ScheduleSpec,
  { standing, ...place }: Pick<ScheduleDocument, 'arn' | 'group'> & { readonly standing?: ScheduleDocument },
): ScheduleDocument {
  const kept = standing && hasSamePace(spec, standing) ? standing : undefined
  const timed = { ...spec, anchorMs: kept?.anchorMs ?? Math.max(nowMs, spec.startMs ?? nowMs) }
  const hasSameRun =
    kept && kept.endMs === spec.endMs && JSON.stringify(kept.window) === JSON.stringify(spec.window)
  const standingRun = hasSameRun ? kept.next : undefined
  const next = spec.state === 'ENABLED' ? (standingRun ?? nextRun(timed, nowMs, randomBytes)) : undefined
  const { ClientToken: token } = input
  return {
    ...place,
    ...timed,
    name: input.Name,
    next,
    complete: next === undefined ? kept?.complete : undefined,
    createdAtMs: standing?.createdAtMs ?? nowMs,
    modifiedAtMs: nowMs,
    request: token === undefined ? undefined : { token, digest: digestOf(input) },
  }
}

/** Whether the call that made a schedule, or changed it last, is asked again. */
function isAsked({ request }: ScheduleDocument, input: CreateScheduleInput): boolean {
  return request !== undefined && request.token === input.ClientToken && request.digest === digestOf(input)
}

/** Of what was asked, whatever the order of its members. */
function digestOf(input: object): string {
  const text = JSON.stringify(input, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(text).digest('base64url')
}

function shown(schedule: ScheduleDocument): GetScheduleOutput {
  const { startMs, endMs } = schedule
  return {
    ...summary(schedule),
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timezone,
    StartDate: startMs === undefined ? undefined : new Date(startMs),
    EndDate: endMs === undefined ? undefined : new Date(endMs),
    Description: schedule.description,
    Target: schedule.target,
    FlexibleTimeWindow: schedule.window,
    ActionAfterCompletion: schedule.afterCompletion,
  }
}

function summary({
  arn,
  name,
  group,
  state,
  target,
  createdAtMs,
  modifiedAtMs,
}: ScheduleDocument): ScheduleSummary {
  return {
    Arn: arn,
    Name: name,
    GroupName: group,
    State: state,
    CreationDate: new Date(createdAtMs),
    LastModificationDate: new Date(modifiedAtMs),
    Target: { Arn: target.Arn },
  }
}
