import { arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { uuid } from '#core/ids.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import { iam, idOf, type Role, type RoleDeletion } from './documents.ts'
import { faults } from './faults.ts'
import { findRole } from './find-role.ts'
import { iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { linkedServices } from './linked-services.ts'
import { quotas } from './quotas.ts'
import { namedRole } from './role-view.ts'
import { serviceRolePath } from './roles.ts'

const sessionSeconds = 3600

/**
 * Creates the role by which a service acts in the account. What it may, the service says; the account cannot change it.
 *
 * Faults: InvalidInputException for a service without such a role, a suffix where none is allowed, a role that exists;
 * LimitExceededException.
 */
export const CreateServiceLinkedRole = iam('CreateServiceLinkedRole', {
  target: ({ AWSServiceName, CustomSuffix }, call): Resource => ({
    arn: iamArn(
      call,
      'role',
      `${serviceRolePath}${AWSServiceName}/`,
      roleNameOf(AWSServiceName, CustomSuffix),
    ),
  }),
  access: (role, { AWSServiceName }) => [
    {
      action: 'iam:CreateServiceLinkedRole',
      resource: role,
      conditions: { 'iam:AWSServiceName': AWSServiceName },
    },
  ],
  run({ target: made, input: { AWSServiceName, CustomSuffix, Description }, call }) {
    const linked = linkedServices.get(AWSServiceName)
    if (!linked) throw faults.serviceNotLinkable(AWSServiceName)
    if (CustomSuffix !== undefined && !linked.suffixAllowed) throw faults.suffixNotAllowed(AWSServiceName)
    const roleName = roleNameOf(AWSServiceName, CustomSuffix)
    if (call.roles.get(idOf(roleName))) throw faults.serviceRoleExists(roleName)
    if (!call.roles.hasRoom(quotas.roles)) throw faults.quota('RolesPerAccount', quotas.roles)
    const policy = `policy${serviceRolePath}${linked.policyName}`
    const role: Role = {
      arn: made.arn,
      path: `${serviceRolePath}${AWSServiceName}/`,
      roleName,
      roleId: uniqueId('AROA', call.randomBytes),
      description: Description,
      maxSessionSeconds: sessionSeconds,
      createdAtMs: call.nowMs,
      tags: {},
      trustPolicy: trustOf(AWSServiceName),
      attached: [
        arn({ partition: call.partition, service: 'iam', region: '', account: 'aws', resource: policy }),
      ],
      inline: {},
      linkedService: AWSServiceName,
    }
    call.roles.put(idOf(roleName), role)
    return { Role: { ...namedRole(call, role), Description } }
  },
})

/**
 * Deletes a service-linked role, at once; the answer names a task all the same, as AWS's does.
 *
 * Faults: NoSuchEntityException, also for a role that is not linked to a service.
 * Differs: no service of Redoubt refuses yet because it still uses its role.
 */
export const DeleteServiceLinkedRole = iam('DeleteServiceLinkedRole', {
  target: ({ RoleName }, call) => findLinkedRole(call, RoleName),
  access: (role) => [{ action: 'iam:DeleteServiceLinkedRole', resource: role }],
  run({ target: role, call }) {
    const path = `${role.path}${role.roleName}`
    const taskId = `task${path}/${uuid(call.randomBytes)}`
    call.roles.delete(idOf(role.roleName))
    call.roleUses.delete(idOf(role.roleName))
    makeRoom(call.roleDeletions)
    call.roleDeletions.put(idOf(role.roleName), { taskId, deletedAtMs: call.nowMs })
    return { DeletionTaskId: taskId }
  },
})

/**
 * Tells how a deletion went.
 *
 * Faults: NoSuchEntityException for a task that DeleteServiceLinkedRole did not name, or not last for its role.
 */
export const GetServiceLinkedRoleDeletionStatus = iam('GetServiceLinkedRoleDeletionStatus', {
  target: ({ DeletionTaskId }, call) => findDeletion(call, DeletionTaskId),
  access: (role) => [{ action: 'iam:GetServiceLinkedRoleDeletionStatus', resource: role }],
  run: () => ({ Status: 'SUCCEEDED' }),
})

function roleNameOf(service: string, suffix: string | undefined): string {
  const name = linkedServices.get(service)?.roleName ?? 'AWSServiceRoleFor'
  return suffix === undefined ? name : `${name}_${suffix}`
}

/** Suffixes make ever more names: of as many deletions as there may be roles, the first is forgotten. AWS tells no number. */
function makeRoom(deletions: Table<RoleDeletion>): void {
  if (deletions.hasRoom(quotas.roles)) return
  const [first] = deletions
    .list()
    .toSorted((one, other) => one.document.deletedAtMs - other.document.deletedAtMs)
  if (first) deletions.delete(first.id)
}

/** Source: IAM User Guide, "Service-linked roles": the trust policy names the service alone. */
function trustOf(service: string): string {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

function findLinkedRole(
  call: Pick<Call, 'partition' | 'account'> & { readonly roles: Table<Role> },
  name: string,
): Role | Missing {
  const role = findRole(call, name)
  if (role instanceof Missing || role.linkedService !== undefined) return role
  return new Missing(role.arn, faults.noSuchRole(name))
}

/** The role whose deletion a task was. */
function findDeletion(
  call: Pick<Call, 'partition' | 'account'> & { readonly roleDeletions: Table<RoleDeletion> },
  taskId: string,
): Resource | Missing {
  const [, path = serviceRolePath, name = '*'] =
    /^task(\/aws-service-role\/[^/]+\/)([^/]+)\/[^/]+$/.exec(taskId) ?? []
  const roleArn = iamArn(call, 'role', path, name)
  const known = call.roleDeletions.get(idOf(name))?.taskId === taskId
  return known ? { arn: roleArn } : new Missing(roleArn, faults.noSuchDeletionTask(taskId))
}
