import { Missing } from '#core/resource.ts'
import type { ScheduleGroupSummary } from '#models/scheduler.d.ts'
import { defaultGroup, groupArn } from './arns.ts'
import { on, onAll, scheduler } from './declare.ts'
import type { GroupDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findGroup } from './find.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { tagsOf, withTags } from './tag-list.ts'

/**
 * Makes a group. Asked again with the same token, it answers as before.
 *
 * Faults: ConflictException; ServiceQuotaExceededException; ValidationException.
 */
export const CreateScheduleGroup = scheduler('CreateScheduleGroup', {
  target: ({ Name }, call) => ({ arn: groupArn(call, Name) }),
  access: (group, { Tags }) => [{ ...on('CreateScheduleGroup', group), requestTags: tagsOf(Tags) }],
  run({ target: { arn }, input: { Name: name, Tags, ClientToken: clientToken }, call }) {
    const standing = call.groups.get(name)
    if (standing?.state === 'DELETING') throw faults.groupGoes(name)
    const again = clientToken !== undefined && standing?.clientToken === clientToken
    if (again) return { ScheduleGroupArn: arn }
    if (standing || name === defaultGroup) throw faults.groupExists(name)
    if (!call.groups.hasRoom(quotas.scheduleGroups))
      throw faults.quota('schedule groups', quotas.scheduleGroups)
    const [createdAtMs, modifiedAtMs] = [call.nowMs, call.nowMs]
    const tags = withTags({}, Tags)
    call.groups.put(name, { arn, name, state: 'ACTIVE', tags, createdAtMs, modifiedAtMs, clientToken })
    return { ScheduleGroupArn: arn }
  },
})

/** Shows a group. Faults: ResourceNotFoundException. */
export const GetScheduleGroup = scheduler('GetScheduleGroup', {
  target: ({ Name }, call) => findGroup(call, Name),
  access: (group) => [on('GetScheduleGroup', group)],
  run: ({ target }) => shown(target),
})

/**
 * Deletes a group with its schedules.
 *
 * State: ACTIVE -> DELETING at once; the runner deletes its schedules, then the group.
 * Faults: ResourceNotFoundException; ValidationException for the default group.
 */
export const DeleteScheduleGroup = scheduler('DeleteScheduleGroup', {
  target: ({ Name }, call) => findGroup(call, Name),
  access: (group) => [on('DeleteScheduleGroup', group)],
  run({ target: group, call }) {
    if (group.name === defaultGroup) throw faults.invalid('The default schedule group cannot be deleted.')
    call.groups.put(group.name, { ...group, state: 'DELETING', modifiedAtMs: call.nowMs })
    return {}
  },
})

/** Lists groups by name. Faults: ValidationException. */
export const ListScheduleGroups = scheduler('ListScheduleGroups', {
  access: () => onAll('ListScheduleGroups'),
  run({ input: { NamePrefix: prefix = '', NextToken, MaxResults }, call }) {
    const first = findGroup(call, defaultGroup)
    const made = call.groups.list({ where: ({ name }) => name !== defaultGroup })
    const all = [...(first instanceof Missing ? [] : [first]), ...made.map(({ document }) => document)]
    const wanted = all.filter(({ name }) => name.startsWith(prefix))
    const found = pageOf(wanted, ({ name }) => name, { NextToken, MaxResults })
    return { ScheduleGroups: found.items.map(shown), NextToken: found.NextToken }
  },
})

function shown({ arn, name, state, createdAtMs, modifiedAtMs }: GroupDocument): ScheduleGroupSummary {
  const dated = createdAtMs > 0
  return {
    Arn: arn,
    Name: name,
    State: state,
    CreationDate: dated ? new Date(createdAtMs) : undefined,
    LastModificationDate: dated ? new Date(modifiedAtMs) : undefined,
  }
}
