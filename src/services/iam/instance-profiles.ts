import type { Call } from '#core/call.ts'
import { passRole } from '#core/passed-roles.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import type { InstanceProfile as ShownInstanceProfile } from '#models/iam.d.ts'
import { iam, idOf, type InstanceProfile, type Role } from './documents.ts'
import { faults } from './faults.ts'
import { assertModifiable, findRole } from './find-role.ts'
import { iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { page, pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { namedRole } from './role-view.ts'
import { accessToCreate, requestTags, tagList, tagPage, withoutTags, withTags } from './tags.ts'

/**
 * Creates an instance profile without a role.
 *
 * Faults: EntityAlreadyExistsException (names differ in more than case); LimitExceededException; InvalidInputException for
 * tags.
 */
export const CreateInstanceProfile = iam('CreateInstanceProfile', {
  target: ({ InstanceProfileName, Path = '/' }, call): Resource => ({
    arn: iamArn(call, 'instance-profile', Path, InstanceProfileName),
  }),
  access: (profile, { Tags }) =>
    accessToCreate('iam:CreateInstanceProfile', 'iam:TagInstanceProfile', profile, Tags),
  run({ target: { arn }, input: { InstanceProfileName, Path = '/', Tags }, call }) {
    const id = idOf(InstanceProfileName)
    if (call.instanceProfiles.get(id)) throw faults.instanceProfileExists(InstanceProfileName)
    if (!call.instanceProfiles.hasRoom(quotas.instanceProfiles)) {
      throw faults.quota('InstanceProfilesPerAccount', quotas.instanceProfiles)
    }
    const profile: InstanceProfile = {
      arn,
      path: Path,
      instanceProfileName: InstanceProfileName,
      instanceProfileId: uniqueId('AIPA', call.randomBytes),
      createdAtMs: call.nowMs,
      tags: withTags('InstanceProfile', {}, Tags),
    }
    call.instanceProfiles.put(id, profile)
    return { InstanceProfile: { ...listedProfile(call, profile), Tags: tagList(profile.tags) } }
  },
})

/** Shows an instance profile with its role. */
export const GetInstanceProfile = iam('GetInstanceProfile', {
  target: ({ InstanceProfileName }, call) => findProfile(call, InstanceProfileName),
  access: (profile) => [{ action: 'iam:GetInstanceProfile', resource: profile }],
  run: ({ target: profile, call }) => ({
    InstanceProfile: { ...listedProfile(call, profile), Tags: tagList(profile.tags) ?? [] },
  }),
})

/** Lists instance profiles under a path, sorted by name. */
export const ListInstanceProfiles = iam('ListInstanceProfiles', {
  target: ({ PathPrefix = '/' }, call): Resource => ({
    arn: iamArn(call, 'instance-profile', PathPrefix, ''),
  }),
  access: (path) => [{ action: 'iam:ListInstanceProfiles', resource: path }],
  run({ input, call }) {
    const { PathPrefix = '/' } = input
    const { items, info } = page(input, (after, limit) =>
      call.instanceProfiles.list({ after, limit, where: ({ path }) => path.startsWith(PathPrefix) }),
    )
    return { InstanceProfiles: items.map(({ document }) => listedProfile(call, document)), ...info }
  },
})

/** Lists the instance profiles that a role is in, sorted by name. */
export const ListInstanceProfilesForRole = iam('ListInstanceProfilesForRole', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:ListInstanceProfilesForRole', resource: role }],
  run({ target: role, input, call }) {
    const { items, info } = pageOf(input, call.instanceProfiles.find('role', idOf(role.roleName)))
    return { InstanceProfiles: items.map(({ document }) => listedProfile(call, document)), ...info }
  },
})

/**
 * Deletes an instance profile without a role.
 *
 * Faults: DeleteConflictException.
 */
export const DeleteInstanceProfile = iam('DeleteInstanceProfile', {
  target: ({ InstanceProfileName }, call) => findProfile(call, InstanceProfileName),
  access: (profile) => [{ action: 'iam:DeleteInstanceProfile', resource: profile }],
  run({ target: profile, call }) {
    if (profile.roleName !== undefined) throw faults.mustFirst('remove roles from instance profile')
    call.instanceProfiles.delete(idOf(profile.instanceProfileName))
    return {}
  },
})

/**
 * Puts a role into an instance profile: whoever may do that hands the role to EC2, and must be allowed to.
 *
 * Faults: LimitExceededException for a second role; UnmodifiableEntityException for a service-linked role.
 * Source: IAM API Reference, AddRoleToInstanceProfile: "must be granted the PassRole permission".
 */
export const AddRoleToInstanceProfile = iam('AddRoleToInstanceProfile', {
  target: ({ InstanceProfileName, RoleName }, call) => ({
    profile: findProfile(call, InstanceProfileName),
    role: findRole(call, RoleName),
  }),
  access: ({ profile, role }) => [
    { action: 'iam:AddRoleToInstanceProfile', resource: profile },
    passRole(role, 'ec2.amazonaws.com'),
  ],
  run({ target: { profile, role }, call }) {
    assertModifiable(role)
    if (profile.roleName !== undefined) {
      throw faults.quota('InstanceSessionsPerInstanceProfile', quotas.rolesPerInstanceProfile)
    }
    call.instanceProfiles.put(idOf(profile.instanceProfileName), { ...profile, roleName: role.roleName })
    return {}
  },
})

/**
 * Takes the role out of an instance profile.
 *
 * Faults: NoSuchEntityException for a role that is not in it.
 */
export const RemoveRoleFromInstanceProfile = iam('RemoveRoleFromInstanceProfile', {
  target: ({ InstanceProfileName, RoleName }, call) => ({
    profile: findProfile(call, InstanceProfileName),
    role: findRole(call, RoleName),
  }),
  access: ({ profile }) => [{ action: 'iam:RemoveRoleFromInstanceProfile', resource: profile }],
  run({ target: { profile, role }, call }) {
    const { roleName, ...without } = profile
    if (roleName === undefined || idOf(roleName) !== idOf(role.roleName)) {
      throw faults.roleNotInProfile(role.roleName, profile.instanceProfileName)
    }
    call.instanceProfiles.put(idOf(profile.instanceProfileName), without)
    return {}
  },
})

/** Sets tags of an instance profile; keys that differ in case are different keys. */
export const TagInstanceProfile = iam('TagInstanceProfile', {
  target: ({ InstanceProfileName }, call) => findProfile(call, InstanceProfileName),
  access: (profile, { Tags }) => [
    { action: 'iam:TagInstanceProfile', resource: profile, requestTags: requestTags(Tags) },
  ],
  run({ target: profile, input: { Tags }, call }) {
    const tags = withTags('InstanceProfile', profile.tags, Tags)
    call.instanceProfiles.put(idOf(profile.instanceProfileName), { ...profile, tags })
    return {}
  },
})

/** Removes tags of an instance profile by key. */
export const UntagInstanceProfile = iam('UntagInstanceProfile', {
  target: ({ InstanceProfileName }, call) => findProfile(call, InstanceProfileName),
  access: (profile, { TagKeys }) => [
    { action: 'iam:UntagInstanceProfile', resource: profile, tagKeys: TagKeys },
  ],
  run({ target: profile, input: { TagKeys }, call }) {
    const tags = withoutTags('InstanceProfile', profile.tags, TagKeys)
    call.instanceProfiles.put(idOf(profile.instanceProfileName), { ...profile, tags })
    return {}
  },
})

/** Lists the tags of an instance profile, sorted by key. */
export const ListInstanceProfileTags = iam('ListInstanceProfileTags', {
  target: ({ InstanceProfileName }, call) => findProfile(call, InstanceProfileName),
  access: (profile) => [{ action: 'iam:ListInstanceProfileTags', resource: profile }],
  run: ({ target: profile, input }) => tagPage(input, profile.tags),
})

/** An instance profile as lists show it, with its role. */
export function listedProfile(
  call: Pick<Call, 'tx'> & { readonly roles: Table<Role> },
  profile: InstanceProfile,
): ShownInstanceProfile {
  const role = profile.roleName === undefined ? undefined : call.roles.get(idOf(profile.roleName))
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAtMs),
    Roles: role ? [namedRole(call, role)] : [],
  }
}

type Place = Pick<Call, 'partition' | 'account'> & { readonly instanceProfiles: Table<InstanceProfile> }

function findProfile(call: Place, name: string): InstanceProfile | Missing {
  const missing = (): Missing =>
    new Missing(iamArn(call, 'instance-profile', '/', name), faults.noSuchInstanceProfile(name))
  return call.instanceProfiles.get(idOf(name)) ?? missing()
}
