import type { AttachedPolicy } from '#models/iam.d.ts'
import { iam, idOf, type PolicyHolder } from './documents.ts'
import { faults } from './faults.ts'
import { type AnyPolicy, findPolicy, isAwsManaged, nameOf, pathOf, policyArn } from './find-policy.ts'
import { assertModifiable, boundaryCondition, findRole } from './find-role.ts'
import { findGroup, findUser } from './find.ts'
import { type PageInfo, pageOf, type PageRequest } from './paging.ts'
import { quotas } from './quotas.ts'
import { serviceRolePath } from './roles.ts'

/**
 * Attaches a managed policy to a user; one that is attached already stays so.
 *
 * Faults: NoSuchEntityException; LimitExceededException beyond ten; PolicyNotAttachableException for policies of
 * service-linked roles.
 */
export const AttachUserPolicy = iam('AttachUserPolicy', {
  target: ({ UserName, PolicyArn }, call) => ({
    user: findUser(call, UserName),
    policy: findPolicy(call, PolicyArn, faults.notAttachable),
  }),
  access: ({ user }, { PolicyArn }) => [
    {
      action: 'iam:AttachUserPolicy',
      resource: user,
      conditions: { 'iam:PolicyARN': PolicyArn, ...boundaryCondition(user) },
    },
  ],
  run({ target: { user, policy }, call }) {
    call.users.put(idOf(user.userName), withAttached(user, 'user', policy))
    return {}
  },
})

/**
 * Detaches a managed policy from a user.
 *
 * Faults: NoSuchEntityException for a policy that is not attached.
 */
export const DetachUserPolicy = iam('DetachUserPolicy', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user, { PolicyArn }) => [
    {
      action: 'iam:DetachUserPolicy',
      resource: user,
      conditions: { 'iam:PolicyARN': PolicyArn, ...boundaryCondition(user) },
    },
  ],
  run({ target: user, input: { PolicyArn }, call }) {
    call.users.put(idOf(user.userName), withoutAttached(user, PolicyArn))
    return {}
  },
})

/** Lists the managed policies that are attached to a user, sorted by ARN. */
export const ListAttachedUserPolicies = iam('ListAttachedUserPolicies', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [{ action: 'iam:ListAttachedUserPolicies', resource: user }],
  run: ({ target: user, input }) => attachedPage(user, input),
})

/**
 * Attaches a managed policy to a group; one that is attached already stays so.
 *
 * Faults: NoSuchEntityException; LimitExceededException beyond ten; PolicyNotAttachableException for policies of
 * service-linked roles.
 */
export const AttachGroupPolicy = iam('AttachGroupPolicy', {
  target: ({ GroupName, PolicyArn }, call) => ({
    group: findGroup(call, GroupName),
    policy: findPolicy(call, PolicyArn, faults.notAttachable),
  }),
  access: ({ group }, { PolicyArn }) => [
    {
      action: 'iam:AttachGroupPolicy',
      resource: group,
      conditions: { 'iam:PolicyARN': PolicyArn },
    },
  ],
  run({ target: { group, policy }, call }) {
    call.groups.put(idOf(group.groupName), withAttached(group, 'group', policy))
    return {}
  },
})

/**
 * Detaches a managed policy from a group.
 *
 * Faults: NoSuchEntityException for a policy that is not attached.
 */
export const DetachGroupPolicy = iam('DetachGroupPolicy', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group, { PolicyArn }) => [
    {
      action: 'iam:DetachGroupPolicy',
      resource: group,
      conditions: { 'iam:PolicyARN': PolicyArn },
    },
  ],
  run({ target: group, input: { PolicyArn }, call }) {
    call.groups.put(idOf(group.groupName), withoutAttached(group, PolicyArn))
    return {}
  },
})

/** Lists the managed policies that are attached to a group, sorted by ARN. */
export const ListAttachedGroupPolicies = iam('ListAttachedGroupPolicies', {
  target: ({ GroupName }, call) => findGroup(call, GroupName),
  access: (group) => [{ action: 'iam:ListAttachedGroupPolicies', resource: group }],
  run: ({ target: group, input }) => attachedPage(group, input),
})

/**
 * Attaches a managed policy to a role; one that is attached already stays so.
 *
 * Faults: NoSuchEntityException; LimitExceededException beyond ten; PolicyNotAttachableException for policies of
 * service-linked roles; UnmodifiableEntityException.
 */
export const AttachRolePolicy = iam('AttachRolePolicy', {
  target: ({ RoleName, PolicyArn }, call) => ({
    role: findRole(call, RoleName),
    policy: findPolicy(call, PolicyArn, faults.notAttachable),
  }),
  access: ({ role }, { PolicyArn }) => [
    {
      action: 'iam:AttachRolePolicy',
      resource: role,
      conditions: { 'iam:PolicyARN': PolicyArn, ...boundaryCondition(role) },
    },
  ],
  run({ target: { role, policy }, call }) {
    assertModifiable(role)
    call.roles.put(idOf(role.roleName), withAttached(role, 'role', policy))
    return {}
  },
})

/**
 * Detaches a managed policy from a role.
 *
 * Faults: NoSuchEntityException for a policy that is not attached; UnmodifiableEntityException.
 */
export const DetachRolePolicy = iam('DetachRolePolicy', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role, { PolicyArn }) => [
    {
      action: 'iam:DetachRolePolicy',
      resource: role,
      conditions: { 'iam:PolicyARN': PolicyArn, ...boundaryCondition(role) },
    },
  ],
  run({ target: role, input: { PolicyArn }, call }) {
    assertModifiable(role)
    call.roles.put(idOf(role.roleName), withoutAttached(role, PolicyArn))
    return {}
  },
})

/** Lists the managed policies that are attached to a role, sorted by ARN. */
export const ListAttachedRolePolicies = iam('ListAttachedRolePolicies', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:ListAttachedRolePolicies', resource: role }],
  run: ({ target: role, input }) => attachedPage(role, input),
})

/** How many managed policies a holder may have. Source: IAM User Guide, "IAM and AWS STS quotas". */
const attachedMax = {
  user: { quota: 'PoliciesPerUser', max: quotas.attachedPoliciesPerUser },
  group: { quota: 'PoliciesPerGroup', max: quotas.attachedPoliciesPerGroup },
  role: { quota: 'PoliciesPerRole', max: quotas.attachedPoliciesPerRole },
} as const

function withAttached<Holder extends PolicyHolder>(
  holder: Holder,
  kind: keyof typeof attachedMax,
  policy: AnyPolicy,
): Holder {
  if (isAwsManaged(policy) && policy.path === serviceRolePath) throw faults.serviceRolePolicy()
  if (holder.attached.includes(policy.arn)) return holder
  const { quota, max } = attachedMax[kind]
  if (holder.attached.length >= max) throw faults.quota(quota, max)
  return { ...holder, attached: [...holder.attached, policy.arn] }
}

function withoutAttached<Holder extends PolicyHolder>(holder: Holder, named: string): Holder {
  const arn = policyArn(named)
  if (!holder.attached.includes(arn)) throw faults.noSuchPolicy(arn)
  return { ...holder, attached: holder.attached.filter((other) => other !== arn) }
}

function attachedPage(
  holder: PolicyHolder,
  request: PageRequest & { readonly PathPrefix?: string | undefined },
): PageInfo & { readonly AttachedPolicies: readonly AttachedPolicy[] } {
  const { PathPrefix = '/' } = request
  const under = holder.attached.filter((arn) => pathOf(arn).startsWith(PathPrefix))
  const { items, info } = pageOf(
    request,
    under.map((arn) => ({ id: arn, arn })),
  )
  return { AttachedPolicies: attachedPolicies(items.map(({ arn }) => arn)), ...info }
}

/** Attached policies as answers show them. */
export function attachedPolicies(attached: PolicyHolder['attached']): AttachedPolicy[] {
  return attached.map((arn) => ({ PolicyName: nameOf(arn), PolicyArn: arn }))
}
