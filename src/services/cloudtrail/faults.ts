import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/cloudtrail.d.ts'
import { quotas } from './quotas.ts'

const fault = faultsOf<Errors>()

/**
 * Every fault of CloudTrail. The words are Redoubt's where no answer of AWS is published.
 * Source: CloudTrail API Reference, "Errors" of each operation.
 */
export const faults = {
  severalAttributes: () =>
    fault('InvalidLookupAttributesException', 'Only one lookup attribute can be specified.'),
  notABoolean: (value: string) =>
    fault(
      'InvalidLookupAttributesException',
      `The value '${value}' of the attribute ReadOnly is neither true nor false.`,
    ),
  timeRange: () =>
    fault(
      'InvalidTimeRangeException',
      'The start time occurs after the end time, or the time range is outside the range of possible values.',
    ),
  nextToken: () =>
    fault(
      'InvalidNextTokenException',
      'The token is not valid, or the request has other parameters than the one that it came from.',
    ),

  noTrail: (name: string, account: string) =>
    fault('TrailNotFoundException', `Unknown trail: ${name} for the user: ${account}`),
  trailExists: (name: string, account: string) =>
    fault('TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${account}`),
  tooManyTrails: (account: string, region: string) =>
    fault(
      'MaximumNumberOfTrailsExceededException',
      `User: ${account} already has ${quotas.trailsPerRegion} trails in ${region}.`,
    ),
  trailName: (why: string) => fault('InvalidTrailNameException', why),
  trailArn: (text: string) =>
    fault('CloudTrailARNInvalidException', `The ARN '${text}' is not one of a trail.`),
  homeRegion: (name: string, region: string) =>
    fault(
      'InvalidHomeRegionException',
      `The trail ${name} can be changed in its home Region ${region} only.`,
    ),
  bucketName: (text: string) => fault('InvalidS3BucketNameException', `Bucket name is invalid: '${text}'.`),
  bucketPrefix: (text: string) => fault('InvalidS3PrefixException', `S3 prefix is invalid: '${text}'.`),
  topic: () =>
    fault(
      'InvalidSnsTopicNameException',
      'Notifications of log file delivery are not supported: leave SnsTopicName out.',
    ),
  kmsKey: () =>
    fault(
      'InvalidKmsKeyIdException',
      'Encryption of log files with a KMS key is not supported: leave KmsKeyId out.',
    ),
  organization: () =>
    fault('OrganizationsNotInUseException', 'The account is not a member of an organization.'),
  unsupported: (what: string) =>
    fault('UnsupportedOperationException', `${what} is not supported: leave it out.`),
  combination: (why: string) => fault('InvalidParameterCombinationException', why),
  logGroup: () =>
    fault(
      'InvalidCloudWatchLogsLogGroupArnException',
      'CloudTrail cannot validate the specified log group ARN. It must be that of a log group of this account in the home Region.',
    ),
  logRole: () =>
    fault(
      'InvalidCloudWatchLogsRoleArnException',
      'Access denied. Check the permissions and the trust relationships for your role.',
    ),
  selectors: (why: string) => fault('InvalidEventSelectorsException', why),
  tag: (why: string) => fault('InvalidTagParameterException', why),
  tooManyTags: () => fault('TagsLimitExceededException', `A resource can have ${quotas.tags} tags at most.`),
  noResource: (arn: string) => fault('ResourceNotFoundException', `The resource ${arn} does not exist.`),
  listToken: () => fault('InvalidTokenException', 'The token is not valid.'),
  tagLists: () =>
    fault('InvalidTagParameterException', `ResourceIdList can name ${quotas.tagLists} resources at most.`),
  tooFast: () =>
    fault('ThrottlingException', 'The trail is being changed too fast. Try again in a few minutes.'),
} as const
