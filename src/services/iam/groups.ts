import type { Resource } from '#core/resource.ts'
import type { Group as ShownGroup } from '#models/iam.d.ts'
import { type Group, iam, idOf } from './documents.ts'
import { faults } from './faults.ts'
import { findGroup, iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { page, pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { listedUser } from './users.ts'

/**
 * Creates a group without members.
 *
 * Faults: EntityAlreadyExistsException (names differ in more than case); LimitExceededException.
 */
export const CreateGroup = iam('CreateGroup', {
  target: ({ GroupName, Path = '/' }, call): Resource => ({ arn: iamArn(call, 'group', Path, GroupName) }),
  access: (group) => [{ action: 'iam:CreateGroup', resource: group }],
  run({ target: { arn }, input: { GroupName, Path = '/' }, call }) {
    if (call.groups.get(idOf(GroupName))) throw faults.groupExists(GroupName)
    if (!call.groups.hasRoom(quotas.groups)) throw faults.quota('GroupsPerAccount', quotas.groups)
    const group: Group = {
      arn,
      path: Path,
      groupName: GroupName,
      groupId: uniqueId('AGPA', call.randomBytes),
      createdAtMs: call.nowMs,
      attached: [],
      inline: {},
    }
    call.groups.put(idOf(GroupName), group)
    return { Group: shownGroup(group) }
  },
})

/** Shows a group and, in pages, its members. */
export const GetGroup = iam('GetGroup', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:GetGroup', resource: group }],
  run({ target: group, input, call }) {
    const { items, info } = pageOf(input, call.users.find('group', idOf(group.groupName)))
    return { Group: shownGroup(group), Users: items.map(({ document }) => listedUser(document)), ...info }
  },
})

/** Lists groups under a path, sorted by name. */
export const ListGroups = iam('ListGroups', {
  target: ({ PathPrefix = '/' }, call): Resource => ({ arn: iamArn(call, 'group', PathPrefix, '') }),
  access: (path) => [{ action: 'iam:ListGroups', resource: path }],
  run({ input, call }) {
    const { PathPrefix = '/' } = input
    const { items, info } = page(input, (after, limit) =>
      call.groups.list({ after, limit, where: ({ path }) => path.startsWith(PathPrefix) }),
    )
    return { Groups: items.map(({ document }) => shownGroup(document)), ...info }
  },
})

/**
 * Renames or moves a group; its members follow.
 *
 * Faults: EntityAlreadyExistsException.
 * Source: IAM API Reference, UpdateGroup: permission is needed on the source and on the target.
 */
export const UpdateGroup = iam('UpdateGroup', {
  target({ GroupName, NewGroupName, NewPath }, call) {
    const group = findGroup(call, GroupName)
    const { path, groupName } = 'groupName' in group ? group : { path: '/', groupName: GroupName }
    const moved: Resource = { arn: iamArn(call, 'group', NewPath ?? path, NewGroupName ?? groupName) }
    return { group, moved }
  },

  access: ({ group, moved }) => [
    { action: 'iam:UpdateGroup', resource: group },
    { action: 'iam:UpdateGroup', resource: moved },
  ],

  run({ target: { group, moved }, input: { NewGroupName, NewPath }, call }) {
    const groupName = NewGroupName ?? group.groupName
    const [before, after] = [idOf(group.groupName), idOf(groupName)]
    if (after !== before && call.groups.get(after)) throw faults.groupExists(groupName)
    call.groups.delete(before)
    call.groups.put(after, { ...group, groupName, path: NewPath ?? group.path, arn: moved.arn })
    if (groupName === group.groupName) return {}
    for (const { id, document: user } of call.users.find('group', before)) {
      const groups = user.groups.map((name) => (idOf(name) === before ? groupName : name))
      call.users.put(id, { ...user, groups })
    }
    return {}
  },
})

/**
 * Deletes a group without members and policies.
 *
 * Faults: DeleteConflictException.
 */
export const DeleteGroup = iam('DeleteGroup', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:DeleteGroup', resource: group }],
  run({ target: group, call }) {
    const id = idOf(group.groupName)
    if (call.users.find('group', id).length > 0) throw faults.mustFirst('remove users from group')
    if (group.attached.length > 0) throw faults.mustFirst('detach all policies')
    if (Object.keys(group.inline).length > 0) throw faults.mustFirst('delete policies')
    call.groups.delete(id)
    return {}
  },
})

/** A group as answers show it. */
export function shownGroup(group: Group): ShownGroup {
  return {
    Path: group.path,
    GroupName: group.groupName,
    GroupId: group.groupId,
    Arn: group.arn,
    CreateDate: new Date(group.createdAtMs),
  }
}
