import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/sts.d.ts'

/** STS answers InvalidParameterValue too, which no list of it has: recorded by LocalStack's tests against AWS. */
const fault = faultsOf<Errors | 'InvalidParameterValue'>()

/**
 * Every fault of STS.
 * Source: answers of AWS as quoted in public issue trackers and recorded by LocalStack's tests against AWS; those marked `ours`
 * have words of Redoubt, as none of AWS's are published.
 */
export const faults = {
  // Roles
  invalidArn: (arn: string) => fault('ValidationError', `${arn} is invalid`),
  rootAssumes: () => fault('AccessDenied', 'Roles may not be assumed by root accounts.'),
  chainedTooLong: () =>
    fault(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ),
  tooLong: () =>
    fault(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ),
  sourceIdentityIsSet: () =>
    fault('AccessDenied', 'The source identity of a session cannot be changed once it is set.'), // Ours.
  unsupportedContexts: () =>
    fault('NotImplemented', 'sts:AssumeRole takes no ProvidedContexts yet; docs/coverage.md lists what is.'),

  sessionCredentials: (operation: string) =>
    fault('AccessDenied', `Cannot call ${operation} with session credentials`),

  // Multi-factor authentication. No user has a device yet, so what AWS says of an unknown one is the truth.
  noSuchDevice: () =>
    fault(
      'AccessDenied',
      'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    ),

  // Session policies and tags
  malformedPolicy: (why: string) => fault('MalformedPolicyDocumentException', why),
  policyTooLong: (max: number) =>
    fault(
      'ValidationError',
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
    ),
  tooManyPolicies: (max: number) =>
    fault(
      'ValidationError',
      `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
    ),
  noSuchPolicy: (arn: string) =>
    fault('ValidationError', `Policy ${arn} does not exist or is not attachable.`),
  packedTooLarge: (what: 'policy' | 'session tags', percent: number) =>
    fault(
      'PackedPolicyTooLargeException',
      what === 'policy'
        ? `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`
        : `Packed size of session tags consumes ${percent}% of allotted space.`,
    ),
  duplicateTagKeys: () =>
    fault(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ),
  reservedTagKey: () => fault('InvalidParameterValue', 'Tag keys beginning with aws: are reserved.'), // Ours.
  transitiveKeyNotPassed: () =>
    fault(
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    ),
  transitiveTagConflicts: () =>
    fault(
      'InvalidParameterValue',
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    ),

  // The rest
  invalidMessage: () =>
    fault('InvalidAuthorizationMessageException', 'The authorization message is not valid.'), // Ours.
  unknownKey: (id: string) => fault('ValidationError', `The access key id ${id} belongs to no account.`), // Ours.
} as const
