import { Missing, type Resource } from '#core/resource.ts'
import { defaultGroup, groupArn, scheduleArn } from './arns.ts'
import type { SchedulerCall } from './declare.ts'
import { type GroupDocument, type ScheduleDocument, scheduleId } from './documents.ts'
import { faults } from './faults.ts'

/** A group of the caller's; the default one is always there. */
export function findGroup(call: SchedulerCall, name: string = defaultGroup): GroupDocument | Missing {
  const group = call.groups.get(name) ?? (name === defaultGroup ? newDefault(call) : undefined)
  return group ?? new Missing(groupArn(call, name), faults.noSuchGroup(name))
}

/** The default group before anybody tagged it. */
function newDefault(call: SchedulerCall): GroupDocument {
  const arn = groupArn(call, defaultGroup)
  return { arn, name: defaultGroup, state: 'ACTIVE', tags: {}, createdAtMs: 0, modifiedAtMs: 0 }
}

/** A schedule as policies see it: with the tags of its group. */
export interface FoundSchedule extends Resource {
  readonly schedule: ScheduleDocument
}

/** A schedule that a caller names. A group that is not there is told of before a schedule that is not. */
export function findSchedule(
  call: SchedulerCall,
  name: string,
  groupName: string = defaultGroup,
): FoundSchedule | Missing {
  const group = findGroup(call, groupName)
  const arn = scheduleArn(call, groupName, name)
  if (group instanceof Missing) return new Missing(arn, group.fault)
  const schedule = call.schedules.get(scheduleId(groupName, name))
  return schedule ? { arn, tags: group.tags, schedule } : new Missing(arn, faults.noSuchSchedule(name))
}
