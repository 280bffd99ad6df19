import type { Resource } from '#core/resource.ts'
import { attachedBoundary, findBoundary } from './boundary-reference.ts'
import { iam, idOf, type Role } from './documents.ts'
import { faults } from './faults.ts'
import { assertModifiable, boundaryCondition, findRole } from './find-role.ts'
import { iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { listedRole, namedRole, shownRole } from './role-view.ts'
import { accessToCreate, requestTags, tagList, tagPage, withoutTags, withTags } from './tags.ts'
import { storedTrust } from './trust.ts'

/** Source: IAM API Reference, CreateRole, MaxSessionDuration: "the default value of one hour is applied". */
const sessionSecondsDefault = 3600

/** Where service-linked roles are, and no others. Source: IAM User Guide, "IAM identifiers". */
export const serviceRolePath = '/aws-service-role/'

/**
 * Creates a role, which may do nothing yet, and which those may assume whom its trust policy names.
 *
 * Faults: MalformedPolicyDocumentException, also for principals that do not exist; EntityAlreadyExistsException (names differ
 * in more than case); LimitExceededException; NoSuchEntityException for a boundary that does not exist; InvalidInputException
 * for tags, and for the path of service-linked roles.
 */
export const CreateRole = iam('CreateRole', {
  target: ({ RoleName, Path = '/', PermissionsBoundary }, call) => ({
    role: { arn: iamArn(call, 'role', Path, RoleName) } satisfies Resource,
    boundary: findBoundary(call, PermissionsBoundary),
  }),

  access: ({ role }, { Tags, PermissionsBoundary }) =>
    accessToCreate('iam:CreateRole', 'iam:TagRole', role, Tags, {
      'iam:PermissionsBoundary': PermissionsBoundary,
    }),

  run({ target: { role: made, boundary }, input, call }) {
    const { RoleName, Path = '/', AssumeRolePolicyDocument, Description, MaxSessionDuration, Tags } = input
    if (Path.startsWith(serviceRolePath)) throw faults.reservedPath(Path)
    const trustPolicy = storedTrust(call, AssumeRolePolicyDocument)
    if (call.roles.get(idOf(RoleName))) throw faults.roleExists(RoleName)
    if (!call.roles.hasRoom(quotas.roles)) throw faults.quota('RolesPerAccount', quotas.roles)
    const role: Role = {
      arn: made.arn,
      path: Path,
      roleName: RoleName,
      roleId: uniqueId('AROA', call.randomBytes),
      description: Description,
      maxSessionSeconds: MaxSessionDuration ?? sessionSecondsDefault,
      createdAtMs: call.nowMs,
      tags: withTags('Role', {}, Tags),
      boundary: boundary?.arn,
      trustPolicy,
      attached: [],
      inline: {},
    }
    call.roles.put(idOf(RoleName), role)
    const shown = {
      PermissionsBoundary: attachedBoundary(role.boundary),
      Tags: tagList(role.tags),
    }
    return { Role: { ...namedRole(call, role), ...shown } }
  },
})

/** Shows a role. */
export const GetRole = iam('GetRole', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:GetRole', resource: role, conditions: boundaryCondition(role) }],
  run: ({ target: role, call }) => ({ Role: shownRole(call, role) }),
})

/** Lists roles under a path, sorted by name, without tags and boundaries, as AWS does. */
export const ListRoles = iam('ListRoles', {
  target: ({ PathPrefix = '/' }, call): Resource => ({ arn: iamArn(call, 'role', PathPrefix, '') }),
  access: (path) => [{ action: 'iam:ListRoles', resource: path }],
  run({ input, call }) {
    const { PathPrefix = '/' } = input
    const { items, info } = page(input, (after, limit) =>
      call.roles.list({ after, limit, where: ({ path }) => path.startsWith(PathPrefix) }),
    )
    return { Roles: items.map(({ document }) => listedRole(call, document)), ...info }
  },
})

/**
 * Changes a role's description and the longest session that may be asked for; what is left out stays. The description of a
 * service-linked role is its account's to change, and nothing else.
 *
 * Faults: UnmodifiableEntityException.
 * Source: IAM User Guide, "Service-linked roles": "You can edit the description".
 * Differs: the API Reference says that a duration left out becomes one hour again; no record of AWS doing so was found.
 */
export const UpdateRole = iam('UpdateRole', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:UpdateRole', resource: role, conditions: boundaryCondition(role) }],
  run({ target: role, input: { Description, MaxSessionDuration }, call }) {
    if (MaxSessionDuration !== undefined) assertModifiable(role)
    call.roles.put(idOf(role.roleName), {
      ...role,
      description: Description ?? role.description,
      maxSessionSeconds: MaxSessionDuration ?? role.maxSessionSeconds,
    })
    return {}
  },
})

/** Changes a role's description. */
export const UpdateRoleDescription = iam('UpdateRoleDescription', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [
    { action: 'iam:UpdateRoleDescription', resource: role, conditions: boundaryCondition(role) },
  ],
  run({ target: role, input: { Description }, call }) {
    const after: Role = { ...role, description: Description }
    call.roles.put(idOf(role.roleName), after)
    return { Role: { ...namedRole(call, after), Description } }
  },
})

/**
 * Replaces the trust policy. Sessions that exist go on.
 *
 * Faults: MalformedPolicyDocumentException, also for principals that do not exist; LimitExceededException;
 * UnmodifiableEntityException.
 */
export const UpdateAssumeRolePolicy = iam('UpdateAssumeRolePolicy', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [
    { action: 'iam:UpdateAssumeRolePolicy', resource: role, conditions: boundaryCondition(role) },
  ],
  run({ target: role, input: { PolicyDocument }, call }) {
    assertModifiable(role)
    call.roles.put(idOf(role.roleName), { ...role, trustPolicy: storedTrust(call, PolicyDocument) })
    return {}
  },
})

/**
 * Deletes a role that nothing belongs to any more. Its sessions end with it.
 *
 * Faults: DeleteConflictException; UnmodifiableEntityException.
 */
export const DeleteRole = iam('DeleteRole', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:DeleteRole', resource: role, conditions: boundaryCondition(role) }],
  run({ target: role, call }) {
    assertModifiable(role)
    const id = idOf(role.roleName)
    if (role.attached.length > 0) throw faults.mustFirst('detach all policies')
    if (Object.keys(role.inline).length > 0) throw faults.mustFirst('delete policies')
    if (call.instanceProfiles.find('role', id).length > 0) {
      throw faults.mustFirst('remove roles from instance profile')
    }
    call.roles.delete(id)
    call.roleUses.delete(id)
    return {}
  },
})

/** Sets tags of a role; a key that differs in case only is the same key. */
export const TagRole = iam('TagRole', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role, { Tags }) => [{ action: 'iam:TagRole', resource: role, requestTags: requestTags(Tags) }],
  run({ target: role, input: { Tags }, call }) {
    call.roles.put(idOf(role.roleName), { ...role, tags: withTags('Role', role.tags, Tags) })
    return {}
  },
})

/** Removes tags of a role by key. */
export const UntagRole = iam('UntagRole', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role, { TagKeys }) => [{ action: 'iam:UntagRole', resource: role, tagKeys: TagKeys }],
  run({ target: role, input: { TagKeys }, call }) {
    call.roles.put(idOf(role.roleName), { ...role, tags: withoutTags('Role', role.tags, TagKeys) })
    return {}
  },
})

/** Lists the tags of a role, sorted by key. */
export const ListRoleTags = iam('ListRoleTags', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [{ action: 'iam:ListRoleTags', resource: role }],
  run: ({ target: role, input }) => tagPage(input, role.tags),
})
