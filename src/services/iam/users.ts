import { findAccount } from '#core/accounts.ts'
import type { Arn } from '#core/arn.ts'
import type { RootCaller } from '#core/caller.ts'
import type { Resource } from '#core/resource.ts'
import type { User as ShownUser } from '#models/iam.d.ts'
import { attachedBoundary, findBoundary } from './boundary-reference.ts'
import { iam, idOf, type User } from './documents.ts'
import { faults } from './faults.ts'
import { findUser, findUserOrCaller, iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { accessToCreate, requestTags, tagList, tagPage, withoutTags, withTags } from './tags.ts'

/**
 * Creates a user, who may do nothing yet.
 *
 * Faults: EntityAlreadyExistsException (names differ in more than case); LimitExceededException; NoSuchEntityException for a
 * boundary that does not exist; InvalidInputException for tags.
 */
export const CreateUser = iam('CreateUser', {
  target: ({ UserName, Path = '/', PermissionsBoundary }, call) => ({
    user: { arn: iamArn(call, 'user', Path, UserName) } satisfies Resource,
    boundary: findBoundary(call, PermissionsBoundary),
  }),

  access: ({ user }, { Tags, PermissionsBoundary }) =>
    accessToCreate('iam:CreateUser', 'iam:TagUser', user, Tags, {
      'iam:PermissionsBoundary': PermissionsBoundary,
    }),

  run({ target: { user: made, boundary }, input: { UserName, Path = '/', Tags }, call }) {
    if (call.users.get(idOf(UserName))) throw faults.userExists(UserName)
    if (!call.users.hasRoom(quotas.users)) throw faults.quota('UsersPerAccount', quotas.users)
    const user: User = {
      arn: made.arn,
      path: Path,
      userName: UserName,
      userId: uniqueId('AIDA', call.randomBytes),
      createdAtMs: call.nowMs,
      tags: withTags('User', {}, Tags),
      boundary: boundary?.arn,
      groups: [],
      attached: [],
      inline: {},
    }
    call.users.put(idOf(UserName), user)
    return { User: shownUser(user) }
  },
})

/** Shows a user, or whoever calls when no name is given; the root user has no name to show. */
export const GetUser = iam('GetUser', {
  target: ({ UserName }, call) =>
    UserName === undefined && call.caller.kind === 'root'
      ? rootUser(call.caller)
      : findUserOrCaller(call, UserName),
  access: (user) => [{ action: 'iam:GetUser', resource: user }],
  run: ({ target: user, call }) => ({
    User:
      'userName' in user ? shownUser(user) : shownRoot(user, findAccount(call.tx, call.account)?.createdAtMs),
  }),
})

/** Lists users under a path, sorted by name. Source: ListUsers leaves tags and boundary out, as AWS does. */
export const ListUsers = iam('ListUsers', {
  // AWS authorizes lists on the path that is asked for, as its denials show.
  target: ({ PathPrefix = '/' }, call): Resource => ({ arn: iamArn(call, 'user', PathPrefix, '') }),
  access: (path) => [{ action: 'iam:ListUsers', resource: path }],
  run({ input, call }) {
    const { PathPrefix = '/' } = input
    const { items, info } = page(input, (after, limit) =>
      call.users.list({ after, limit, where: ({ path }) => path.startsWith(PathPrefix) }),
    )
    return { Users: items.map(({ document }) => listedUser(document)), ...info }
  },
})

/**
 * Renames or moves a user. Id, permissions, groups, keys and password stay the user's.
 *
 * Faults: EntityAlreadyExistsException.
 * Source: IAM API Reference, UpdateUser: permission is needed on the source and on the target.
 */
export const UpdateUser = iam('UpdateUser', {
  target({ UserName, NewUserName, NewPath }, call) {
    const user = findUser(call, UserName)
    const { path, userName, tags } = 'userName' in user ? user : { path: '/', userName: UserName, tags: {} }
    return { user, moved: { arn: iamArn(call, 'user', NewPath ?? path, NewUserName ?? userName), tags } }
  },

  access: ({ user, moved }) => [
    { action: 'iam:UpdateUser', resource: user },
    { action: 'iam:UpdateUser', resource: moved },
  ],

  run({ target: { user, moved }, input: { NewUserName, NewPath }, call }) {
    const userName = NewUserName ?? user.userName
    const [before, after] = [idOf(user.userName), idOf(userName)]
    if (after !== before && call.users.get(after)) throw faults.userExists(userName)
    call.users.delete(before)
    call.users.put(after, { ...user, userName, path: NewPath ?? user.path, arn: moved.arn })
    if (userName === user.userName) return {}
    for (const { id, document: key } of call.accessKeys.find('owner', before)) {
      call.accessKeys.put(id, { ...key, userName })
    }
    const login = call.loginProfiles.get(before)
    if (login) {
      call.loginProfiles.delete(before)
      call.loginProfiles.put(after, { ...login, userName })
    }
    return {}
  },
})

/**
 * Deletes a user that nothing belongs to any more.
 *
 * Faults: DeleteConflictException, for the first of what still belongs to the user.
 * Source: IAM API Reference, DeleteUser; the order is that of public reports of two conflicts at once.
 */
export const DeleteUser = iam('DeleteUser', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:DeleteUser', resource: user }],
  run({ target: user, call }) {
    const id = idOf(user.userName)
    if (user.attached.length > 0) throw faults.mustFirst('detach all policies')
    if (Object.keys(user.inline).length > 0) throw faults.mustFirst('delete policies')
    if (user.groups.length > 0) throw faults.mustFirst('remove users from group')
    if (call.accessKeys.find('owner', id).length > 0) throw faults.mustFirst('delete access keys')
    if (call.loginProfiles.get(id)) throw faults.mustFirst('delete login profile')
    call.users.delete(id)
    return {}
  },
})

/** Sets tags of a user; a key that differs in case only is the same key. */
export const TagUser = iam('TagUser', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user, { Tags }) => [{ action: 'iam:TagUser', resource: user, requestTags: requestTags(Tags) }],
  run({ target: user, input: { Tags }, call }) {
    call.users.put(idOf(user.userName), { ...user, tags: withTags('User', user.tags, Tags) })
    return {}
  },
})

/** Removes tags of a user by key. */
export const UntagUser = iam('UntagUser', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user, { TagKeys }) => [{ action: 'iam:UntagUser', resource: user, tagKeys: TagKeys }],
  run({ target: user, input: { TagKeys }, call }) {
    call.users.put(idOf(user.userName), { ...user, tags: withoutTags('User', user.tags, TagKeys) })
    return {}
  },
})

/** Lists the tags of a user, sorted by key. */
export const ListUserTags = iam('ListUserTags', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:ListUserTags', resource: user }],
  run: ({ target: user, input }) => tagPage(input, user.tags),
})

/** A user as lists show it. */
export function listedUser(user: User): ShownUser {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: new Date(user.createdAtMs),
    ...(user.passwordLastUsedAtMs !== undefined && { PasswordLastUsed: new Date(user.passwordLastUsedAtMs) }),
  }
}

function shownUser(user: User): ShownUser {
  return {
    ...listedUser(user),
    PermissionsBoundary: attachedBoundary(user.boundary),
    Tags: tagList(user.tags),
  }
}

interface RootUser extends Resource {
  readonly account: string
}

function rootUser({ arn, account }: RootCaller): RootUser {
  return { arn, account }
}

/** Source: AWS's answers to root's GetUser: the account id in place of a unique id, and neither path nor name. */
function shownRoot(
  { arn, account }: { readonly arn: Arn; readonly account: string },
  createdAtMs = 0,
): ShownUser {
  const shown: Pick<ShownUser, 'UserId' | 'Arn' | 'CreateDate'> = {
    UserId: account,
    Arn: arn,
    CreateDate: new Date(createdAtMs),
  }
  return shown as ShownUser // The model calls Path and UserName required; AWS leaves both out for root.
}
