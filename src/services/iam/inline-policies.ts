import type { PolicyDetail } from '#models/iam.d.ts'
import { iam, idOf, type PolicyHolder } from './documents.ts'
import { faults } from './faults.ts'
import { assertModifiable, boundaryCondition, findRole } from './find-role.ts'
import { findGroup, findUser } from './find.ts'
import { type PageInfo, pageOf, type PageRequest } from './paging.ts'
import { checkPolicy, lengthOf, sizeOf, urlEncoded } from './policy-text.ts'
import { quotas } from './quotas.ts'

/**
 * Writes an inline policy of a user, in place of one that has the name.
 *
 * Faults: MalformedPolicyDocumentException; LimitExceededException for all inline policies of the user together.
 */
export const PutUserPolicy = iam('PutUserPolicy', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:PutUserPolicy', resource: user, conditions: boundaryCondition(user) }],
  run({ target: user, input, call }) {
    call.users.put(idOf(user.userName), withInline(user, 'user', user.userName, input))
    return {}
  },
})

/** Shows an inline policy of a user. */
export const GetUserPolicy = iam('GetUserPolicy', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:GetUserPolicy', resource: user }],
  run: ({ target: user, input }) => ({
    UserName: user.userName,
    ...shownInline(user, 'user', input.PolicyName),
  }),
})

/** Lists the names of a user's inline policies. */
export const ListUserPolicies = iam('ListUserPolicies', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:ListUserPolicies', resource: user }],
  run: ({ target: user, input }) => inlineNames(user, input),
})

/** Deletes an inline policy of a user. */
export const DeleteUserPolicy = iam('DeleteUserPolicy', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:DeleteUserPolicy', resource: user, conditions: boundaryCondition(user) }],
  run({ target: user, input, call }) {
    call.users.put(idOf(user.userName), withoutInline(user, 'user', input.PolicyName))
    return {}
  },
})

/**
 * Writes an inline policy of a group, in place of one that has the name.
 *
 * Faults: MalformedPolicyDocumentException; LimitExceededException for all inline policies of the group together.
 */
export const PutGroupPolicy = iam('PutGroupPolicy', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:PutGroupPolicy', resource: group }],
  run({ target: group, input, call }) {
    call.groups.put(idOf(group.groupName), withInline(group, 'group', group.groupName, input))
    return {}
  },
})

/** Shows an inline policy of a group. */
export const GetGroupPolicy = iam('GetGroupPolicy', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:GetGroupPolicy', resource: group }],
  run: ({ target: group, input }) => ({
    GroupName: group.groupName,
    ...shownInline(group, 'group', input.PolicyName),
  }),
})

/** Lists the names of a group's inline policies. */
export const ListGroupPolicies = iam('ListGroupPolicies', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:ListGroupPolicies', resource: group }],
  run: ({ target: group, input }) => inlineNames(group, input),
})

/** Deletes an inline policy of a group. */
export const DeleteGroupPolicy = iam('DeleteGroupPolicy', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:DeleteGroupPolicy', resource: group }],
  run({ target: group, input, call }) {
    call.groups.put(idOf(group.groupName), withoutInline(group, 'group', input.PolicyName))
    return {}
  },
})

/**
 * Writes an inline policy of a role, in place of one that has the name.
 *
 * Faults: MalformedPolicyDocumentException; LimitExceededException for all inline policies of the role together; UnmodifiableEntityException.
 */
export const PutRolePolicy = iam('PutRolePolicy', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:PutRolePolicy', resource: role, conditions: boundaryCondition(role) }],
  run({ target: role, input, call }) {
    assertModifiable(role)
    call.roles.put(idOf(role.roleName), withInline(role, 'role', role.roleName, input))
    return {}
  },
})

/** Shows an inline policy of a role. */
export const GetRolePolicy = iam('GetRolePolicy', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:GetRolePolicy', resource: role }],
  run: ({ target: role, input }) => ({
    RoleName: role.roleName,
    ...shownInline(role, 'role', input.PolicyName),
  }),
})

/** Lists the names of a role's inline policies. */
export const ListRolePolicies = iam('ListRolePolicies', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:ListRolePolicies', resource: role }],
  run: ({ target: role, input }) => inlineNames(role, input),
})

/** Deletes an inline policy of a role. */
export const DeleteRolePolicy = iam('DeleteRolePolicy', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:DeleteRolePolicy', resource: role, conditions: boundaryCondition(role) }],
  run({ target: role, input, call }) {
    assertModifiable(role)
    call.roles.put(idOf(role.roleName), withoutInline(role, 'role', input.PolicyName))
    return {}
  },
})

/** What all inline policies of a holder may count together. Source: IAM User Guide, "IAM and AWS STS quotas". */
const sizeMax = {
  user: quotas.userPolicySize,
  group: quotas.groupPolicySize,
  role: quotas.rolePolicySize,
} as const

type Kind = keyof typeof sizeMax

function withInline<Holder extends PolicyHolder>(
  holder: Holder,
  kind: Kind,
  holderName: string,
  { PolicyName, PolicyDocument }: { readonly PolicyName: string; readonly PolicyDocument: string },
): Holder {
  checkPolicy(PolicyDocument, 'identity')
  // A computed key makes an own property, whatever the name: __proto__ is a name like any other.
  const inline = { ...holder.inline, [PolicyName]: PolicyDocument }
  const texts = Object.values(inline)
  const size = texts.reduce((sum, text) => sum + sizeOf(text), 0)
  if (size > sizeMax[kind]) throw faults.inlinePoliciesTooLong(sizeMax[kind], kind, holderName)
  const lengthMax = quotas.policyTextsLength
  if (lengthOf(texts) > lengthMax) throw faults.inlinePoliciesTooLong(lengthMax, kind, holderName)
  return { ...holder, inline }
}

function withoutInline<Holder extends PolicyHolder>(holder: Holder, kind: Kind, name: string): Holder {
  if (!Object.hasOwn(holder.inline, name)) throw faults.noSuchInlinePolicy(kind, name)
  const inline = Object.fromEntries(Object.entries(holder.inline).filter(([other]) => other !== name))
  return { ...holder, inline }
}

function shownInline(holder: PolicyHolder, kind: Kind, name: string) {
  const text = Object.hasOwn(holder.inline, name) ? holder.inline[name] : undefined
  if (text === undefined) throw faults.noSuchInlinePolicy(kind, name)
  return { PolicyName: name, PolicyDocument: urlEncoded(text) }
}

function inlineNames(
  holder: PolicyHolder,
  request: PageRequest,
): PageInfo & { readonly PolicyNames: readonly string[] } {
  const { items, info } = pageOf(
    request,
    Object.keys(holder.inline).map((id) => ({ id })),
  )
  return { PolicyNames: items.map(({ id }) => id), ...info }
}

/** All inline policies of a holder with their documents, in the order in which they were written. */
export function inlineDetails({ inline }: PolicyHolder): PolicyDetail[] {
  return Object.entries(inline).map(([PolicyName, text]) => ({
    PolicyName,
    PolicyDocument: urlEncoded(text),
  }))
}
