import { type Group, iam, idOf, type User } from './documents.ts'
import { faults } from './faults.ts'
import { findGroup, findUser } from './find.ts'
import { shownGroup } from './groups.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'

/**
 * Makes a user a member of a group; one that is a member already stays one.
 *
 * Faults: LimitExceededException beyond ten groups.
 * Source: Service Authorization Reference: the action is authorized on the group alone.
 */
export const AddUserToGroup = iam('AddUserToGroup', {
  target: ({ GroupName, UserName }, call) => ({
    group: findGroup(call, GroupName),
    user: findUser(call, UserName),
  }),
  access: ({ group }) => [{ action: 'iam:AddUserToGroup', resource: group }],
  run({ target: { group, user }, call }) {
    if (isMember(user, group)) return {}
    if (user.groups.length >= quotas.groupsPerUser) throw faults.quota('GroupsPerUser', quotas.groupsPerUser)
    call.users.put(idOf(user.userName), { ...user, groups: [...user.groups, group.groupName] })
    return {}
  },
})

/**
 * Ends a membership; whoever is no member stays none.
 *
 * Source: tried against AWS in https://github.com/cloud-custodian/cloud-custodian/pull/4730: no error either way.
 */
export const RemoveUserFromGroup = iam('RemoveUserFromGroup', {
  target: ({ GroupName, UserName }, call) => ({
    group: findGroup(call, GroupName),
    user: findUser(call, UserName),
  }),
  access: ({ group }) => [{ action: 'iam:RemoveUserFromGroup', resource: group }],
  run({ target: { group, user }, call }) {
    if (!isMember(user, group)) return {}
    const id = idOf(group.groupName)
    const groups = user.groups.filter((name) => idOf(name) !== id)
    call.users.put(idOf(user.userName), { ...user, groups })
    return {}
  },
})

/** Lists the groups that a user is in, sorted by name. */
export const ListGroupsForUser = iam('ListGroupsForUser', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:ListGroupsForUser', resource: user }],
  run({ target: user, input, call }) {
    const memberships = user.groups.flatMap((name) => {
      const group = call.groups.get(idOf(name))
      return group ? [{ id: idOf(name), group }] : []
    })
    const { items, info } = pageOf(input, memberships)
    return { Groups: items.map(({ group }) => shownGroup(group)), ...info }
  },
})

function isMember(user: User, group: Group): boolean {
  const id = idOf(group.groupName)
  return user.groups.some((name) => idOf(name) === id)
}
