import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/iam.d.ts'

const fault = faultsOf<Errors>()

/** What IAM counts, as its messages name it. */
export type Quota =
  | 'UsersPerAccount'
  | 'GroupsPerAccount'
  | 'GroupsPerUser'
  | 'AccessKeysPerUser'
  | 'AccountAliasesPerAccount'
  | 'TagsPerUser'
  | 'TagsPerRole'
  | 'TagsPerPolicy'
  | 'TagsPerInstanceProfile'

/**
 * Every fault of IAM with AWS's words for it.
 * Source: answers of AWS as quoted in public issue trackers and recorded by LocalStack's and moto's tests against AWS.
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
  notAMember: (user: string, group: string) =>
    fault('NoSuchEntityException', `User ${user} is not in group ${group}.`),
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
