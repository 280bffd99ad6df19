import { type Arn, parseArn } from '#core/arn.ts'
import type { Access } from '#core/operation.ts'
import { passRole } from '#core/passed-roles.ts'
import type { UpdateTrailRequest } from '#models/cloudtrail.d.ts'
import { type CloudTrailCall, principal } from './declare.ts'
import { faults } from './faults.ts'

/** Where a trail delivers to. */
export interface Destinations {
  readonly bucket: string
  readonly prefix?: string | undefined
  readonly group?: { readonly arn: string; readonly roleArn: string } | undefined
}

/** A bucket's name and a prefix become folders: neither can lead out of the buckets' own. */
const bucketForm = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const prefixForm = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]{0,199}$/

/**
 * The destinations that a request leads to; what it leaves out stays as it was, and an empty text takes a prefix or a group away.
 * Faults: InvalidS3BucketNameException; InvalidS3PrefixException; InvalidParameterCombinationException;
 * InvalidCloudWatchLogsLogGroupArnException.
 */
export function destinationsOf(
  call: CloudTrailCall,
  input: Omit<UpdateTrailRequest, 'Name'>,
  before: Partial<Destinations> = {},
): Destinations {
  const bucket = input.S3BucketName ?? before.bucket ?? ''
  if (!bucketForm.test(bucket)) throw faults.bucketName(bucket)
  const prefix = input.S3KeyPrefix ?? before.prefix ?? ''
  const bare = prefix.replace(/\/$/, '')
  if (bare !== '' && !prefixForm.test(bare)) throw faults.bucketPrefix(prefix)
  return { bucket, prefix: bare === '' ? undefined : bare, group: groupOf(call, input, before) }
}

function groupOf(
  call: CloudTrailCall,
  input: Omit<UpdateTrailRequest, 'Name'>,
  { group }: Partial<Destinations>,
): Destinations['group'] {
  const arn = input.CloudWatchLogsLogGroupArn ?? group?.arn ?? ''
  const roleArn = input.CloudWatchLogsRoleArn ?? group?.roleArn ?? ''
  if (arn === '' && roleArn === '') return undefined
  if (arn === '' || roleArn === '')
    throw faults.combination('CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn must be given together.')
  groupNameOf(call, arn)
  const role = parseArn(roleArn)
  if (role?.service !== 'iam' || role.account !== call.account || !role.resource.startsWith('role/'))
    throw faults.logRole()
  return { arn, roleArn }
}

/** The name of a log group of the trail's account and Region. Faults: InvalidCloudWatchLogsLogGroupArnException. */
function groupNameOf({ partition, region, account }: CloudTrailCall, arn: string): void {
  const parts = parseArn(arn)
  const isHere = parts?.partition === partition && parts.region === region && parts.account === account
  if (parts?.service !== 'logs' || !isHere || logGroupName(arn) === undefined) throw faults.logGroup()
}

/** The name in the ARN of a log group, which may end with `:*`. */
export function logGroupName(arn: string): string | undefined {
  return /^log-group:([A-Za-z0-9_./#-]{1,512})(?::\*)?$/.exec(parseArn(arn)?.resource ?? '')?.[1]
}

/** Source: CloudTrail User Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring". */
export function logStreamName(account: string, region: string): string {
  return `${account}_CloudTrail_${region}`
}

/** Source: CloudTrail's own calls, as its records show them. */
export const sessionName = 'CLOUDWATCH_LOGS_DELIVERY_SESSION'

/**
 * Who gives a trail a role must be allowed to; so must who has the role that it has write to another group.
 * Source: CloudTrail User Guide, "Granting permissions for CloudTrail administration".
 */
export function passLogRole(
  call: CloudTrailCall,
  { CloudWatchLogsLogGroupArn: groupArn, CloudWatchLogsRoleArn }: Omit<UpdateTrailRequest, 'Name'>,
  { group }: Partial<Destinations> = {},
): readonly Access[] {
  const roleArn = CloudWatchLogsRoleArn ?? (groupArn === undefined ? undefined : group?.roleArn)
  if (roleArn === undefined || roleArn === '' || groupArn === '') return []
  if (parseArn(roleArn)?.service !== 'iam') throw faults.logRole()
  const tags = call.parts.roles.role(call.tx, roleArn)?.tags
  return [passRole({ arn: roleArn as Arn, tags }, principal)] // Its parser has read it.
}

/**
 * Makes the stream in the log group as the trail's role, which shows that it can be delivered to.
 * Faults: InvalidCloudWatchLogsLogGroupArnException; InvalidCloudWatchLogsRoleArnException.
 */
export async function requireLogGroup(
  call: CloudTrailCall,
  trailArn: Arn,
  group: Destinations['group'],
): Promise<void> {
  if (!group) return
  const { account, region } = call
  const answer = await call.parts.callAsService({
    service: 'logs',
    operation: 'CreateLogStream',
    input: { logGroupName: logGroupName(group.arn), logStreamName: logStreamName(account, region) },
    account,
    region,
    as: { kind: 'role', principal, roleArn: group.roleArn, sessionName, sourceArn: trailArn },
  })
  if (answer.ok || answer.fault.code === 'ResourceAlreadyExistsException') return
  throw answer.fault.code === 'ResourceNotFoundException' ? faults.logGroup() : faults.logRole()
}
