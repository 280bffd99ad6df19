import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/iam.d.ts'

const fault = faultsOf<Errors>()

/** What IAM counts, as its messages name it. */
export type Quota =
  | 'UsersPerAccount'
  | 'GroupsPerAccount'
  | 'GroupsPerUser'
  | 'AccessKeysPerUser'
  | 'TagsPerUser'
  | 'TagsPerRole'
  | 'TagsPerPolicy'
  | 'TagsPerInstanceProfile'
  | 'TagsPerServerCertificate'
  | 'RolesPerAccount'
  | 'InstanceProfilesPerAccount'
  | 'ServerCertificatesPerAccount'
  | 'InstanceSessionsPerInstanceProfile'
  | 'PoliciesPerAccount'
  | 'PoliciesPerUser'
  | 'PoliciesPerGroup'
  | 'PoliciesPerRole'
  | 'PolicySize'
  | 'ACLSizePerRole'

/**
 * Every fault of IAM with AWS's words for it.
 * Source: answers of AWS as quoted in public issue trackers and recorded by LocalStack's and moto's tests against AWS.
 * Differs: the words are our own, since AWS's were not found, in: statusNotSettable, passwordNeeded, passwordExpired,
 * passwordChanging, notAUser, wrongPassword, noSuchAlias, reservedTagKey, invalidMarker,
 * keyPairMismatch, serverCertificateMoving, malformedCertificate in part,
 * reservedPath, serviceNotLinkable, noSuchDeletionTask, policyOfAws, noBoundary.
 */
export const faults = {
  // Users and groups
  noSuchUser: (name: string) => fault('NoSuchEntityException', `The user with name ${name} cannot be found.`),
  userExists: (name: string) =>
    fault('EntityAlreadyExistsException', `User with name ${name} already exists.`),
  noSuchGroup: (name: string) =>
    fault('NoSuchEntityException', `The group with name ${name} cannot be found.`),
  groupExists: (name: string) =>
    fault('EntityAlreadyExistsException', `Group with name ${name} already exists.`),
  userNameNeeded: () =>
    fault('ValidationError', 'Must specify userName when calling with non-User credentials'),
  /** `what` completes AWS's sentence: `delete login profile`, `detach all policies`. */
  mustFirst: (what: string) => fault('DeleteConflictException', `Cannot delete entity, must ${what} first.`),

  noSuchBoundary: (arn: string) =>
    fault('NoSuchEntityException', `Scope ARN: ${arn} does not exist or is not attachable.`),

  // Access keys and passwords
  noSuchAccessKey: (id: string) =>
    fault('NoSuchEntityException', `The Access Key with id ${id} cannot be found.`),
  statusNotSettable: (status: string) =>
    fault('InvalidInputException', `The status of an access key cannot be set to ${status}.`),
  noSuchLoginProfile: (user: string) =>
    fault('NoSuchEntityException', `Login Profile for User ${user} cannot be found.`),
  loginProfileExists: (user: string) =>
    fault('EntityAlreadyExistsException', `Login Profile for user ${user} already exists.`),
  passwordNeeded: () => fault('ValidationError', 'Must specify a password for the login profile.'),
  weakPassword: () =>
    fault('PasswordPolicyViolationException', 'Password does not conform to the account password policy.'),
  passwordExpired: () =>
    fault('AccessDenied', 'The password has expired and can only be reset by an administrator.'),
  passwordChanging: (user: string) =>
    fault(
      'EntityTemporarilyUnmodifiableException',
      `The password of user ${user} is being changed. Try again.`,
    ),
  notAUser: () => fault('InvalidUserTypeException', 'Only IAM Users can change their own password.'),
  wrongPassword: () => fault('AccessDenied', 'The old password was incorrect.'),

  // The account
  aliasExists: (alias: string) =>
    fault('EntityAlreadyExistsException', `The account alias ${alias} already exists.`),
  noSuchAlias: (alias: string) =>
    fault('NoSuchEntityException', `The account alias ${alias} cannot be found.`),
  noPasswordPolicy: (account: string) =>
    fault('NoSuchEntityException', `The Password Policy with domain name ${account} cannot be found.`),

  // Roles and instance profiles
  noSuchRole: (name: string) => fault('NoSuchEntityException', `The role with name ${name} cannot be found.`),
  roleExists: (name: string) =>
    fault('EntityAlreadyExistsException', `Role with name ${name} already exists.`),
  protectedRole: (name: string) =>
    fault(
      'UnmodifiableEntityException',
      `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
    ),
  reservedPath: (path: string) =>
    fault('InvalidInputException', `The path ${path} is reserved for service-linked roles.`),
  noSuchInstanceProfile: (name: string) =>
    fault('NoSuchEntityException', `Instance Profile ${name} cannot be found.`),
  instanceProfileExists: (name: string) =>
    fault('EntityAlreadyExistsException', `Instance Profile ${name} already exists.`),
  roleNotInProfile: (role: string, profile: string) =>
    fault('NoSuchEntityException', `Role ${role} in Instance Profile ${profile} cannot be found.`),
  serviceNotLinkable: (service: string) =>
    fault('InvalidInputException', `There is no service-linked role for the service ${service}.`),
  suffixNotAllowed: (service: string) =>
    fault('InvalidInputException', `Custom suffix is not allowed for ${service}`),
  serviceRoleExists: (name: string) =>
    fault(
      'InvalidInputException',
      `Service role name ${name} has been taken in this account, please try a different suffix.`,
    ),
  noSuchDeletionTask: (id: string) =>
    fault('NoSuchEntityException', `The deletion task with id ${id} cannot be found.`),

  // Server certificates
  noSuchServerCertificate: (name: string) =>
    fault('NoSuchEntityException', `The Server Certificate with name ${name} cannot be found.`),
  serverCertificateExists: (name: string) =>
    fault('EntityAlreadyExistsException', `The Server Certificate with name ${name} already exists.`),
  malformedCertificate: (problem: string) => fault('MalformedCertificateException', problem),
  keyPairMismatch: () =>
    fault('KeyPairMismatchException', 'The private key and the certificate do not match.'),
  serverCertificateInUse: (id: string, arn: string) =>
    fault(
      'DeleteConflictException',
      `Certificate: ${id} is currently in use by ${arn}. Please remove it first before deleting it from IAM.`,
    ),
  serverCertificateMoving: (arn: string) =>
    fault(
      'EntityTemporarilyUnmodifiableException',
      `The server certificate is in use by ${arn}, which knows it by its name and path. Remove it there first.`,
    ),

  // Policies
  malformedPolicy: (problem: string) => fault('MalformedPolicyDocumentException', problem),
  invalidArn: (text: string) => fault('InvalidInputException', `ARN ${text} is not valid.`),
  noSuchPolicy: (arn: string) => fault('NoSuchEntityException', `Policy ${arn} was not found.`),
  notAttachable: (arn: string) =>
    fault('NoSuchEntityException', `Policy ${arn} does not exist or is not attachable.`),
  noSuchVersion: (arn: string, version: string) =>
    fault('NoSuchEntityException', `Policy ${arn} version ${version} does not exist or is not attachable.`),
  policyOfAws: (arn: string) =>
    fault('AccessDenied', `Policy ${arn} is managed by AWS: it can be attached, and not be changed.`),
  policyExists: (name: string) =>
    fault(
      'EntityAlreadyExistsException',
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    ),
  tooManyVersions: (max: number) =>
    fault(
      'LimitExceededException',
      `A managed policy can have up to ${max} versions. Before you create a new version, you must delete an existing version.`,
    ),
  defaultVersion: () => fault('DeleteConflictException', 'Cannot delete the default version of a policy.'),
  policyInUse: () => fault('DeleteConflictException', 'Cannot delete a policy attached to entities.'),
  policyHasVersions: () =>
    fault(
      'DeleteConflictException',
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    ),
  serviceRolePolicy: () =>
    fault('PolicyNotAttachableException', 'Cannot attach a Service Role Policy to a Customer Role.'),
  noSuchInlinePolicy: (kind: 'user' | 'group' | 'role', name: string) =>
    fault('NoSuchEntityException', `The ${kind} policy with name ${name} cannot be found.`),
  inlinePoliciesTooLong: (max: number, kind: 'user' | 'group' | 'role', name: string) =>
    fault('LimitExceededException', `Maximum policy size of ${max} bytes exceeded for ${kind} ${name}`),
  noBoundary: (kind: 'user' | 'role', name: string) =>
    fault('NoSuchEntityException', `The ${kind} with name ${name} does not have a permissions boundary.`),

  // Tags, paging, quotas
  duplicateTagKeys: (caseSensitive: boolean) =>
    fault(
      'InvalidInputException',
      `Duplicate tag keys found.${caseSensitive ? '' : ' Please note that Tag keys are case insensitive.'}`,
    ),
  reservedTagKey: () =>
    fault('InvalidInputException', 'Your tag keys cannot begin with the reserved prefix aws:.'),
  invalidMarker: () => fault('ValidationError', 'Invalid Marker.'),
  quota: (name: Quota, max: number) =>
    fault('LimitExceededException', `Cannot exceed quota for ${name}: ${max}`),
} as const
