import { service, type Service } from '#core/service.ts'
import type { SchedulerParts } from './declare.ts'
import * as scheduleGroups from './schedule-groups.ts'
import * as schedules from './schedules.ts'
import * as tags from './tags.ts'

/** EventBridge Scheduler: groups, schedules and what their targets are sent. */
export function createSchedulerService(parts: SchedulerParts): Service {
  return service({ model: 'scheduler', files: [scheduleGroups, schedules, tags], parts })
}
