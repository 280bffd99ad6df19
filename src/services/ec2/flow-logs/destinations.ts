import { arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { CreateFlowLogsRequest } from '#models/ec2.d.ts'
import type { FlowLog } from '../documents.ts'
import { faults } from '../faults.ts'

type Asked = Pick<
  CreateFlowLogsRequest,
  | 'LogDestinationType'
  | 'LogDestination'
  | 'LogGroupName'
  | 'DeliverLogsPermissionArn'
  | 'DestinationOptions'
  | 'DeliverCrossAccountRole'
>

/** A bucket's name and a prefix become folders: neither can lead out of the buckets' own. */
const bucketForm =
  /^(?<bucket>(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]{0,199})?)?$/
const groupForm = /^[A-Za-z0-9_./#-]{1,512}$/

/**
 * Where a flow log goes. Faults: InvalidParameter; UnsupportedOperation for streams and Parquet.
 * Source: EC2 API Reference, CreateFlowLogs, LogDestination; VPC User Guide, "Create a flow log that publishes to Amazon S3".
 */
export function destinationOf(call: Call, asked: Asked): FlowLog['destination'] {
  const { LogDestinationType: type = 'cloud-watch-logs', DeliverCrossAccountRole } = asked
  if (DeliverCrossAccountRole !== undefined) throw faults.unsupported('A role of another account')
  if (type === 's3') return bucketOf(asked)
  if (type !== 'cloud-watch-logs') throw faults.unsupported('A delivery stream')
  return groupOf(call, asked)
}

function bucketOf({
  LogDestination,
  LogGroupName,
  DeliverLogsPermissionArn,
  DestinationOptions: options,
}: Asked): FlowLog['destination'] {
  if (LogDestination === undefined) throw faults.emptyParameter('LogDestination', 'LogDestinationType', 's3')
  if (LogGroupName !== undefined) throw faults.parameter('LogGroupName is for cloud-watch-logs alone.')
  if (DeliverLogsPermissionArn !== undefined)
    throw faults.parameter('DeliverLogsPermissionArn is not applicable for s3 delivery.')
  if (options?.FileFormat === 'parquet') throw faults.unsupported('The file format parquet')
  const parts = parseArn(LogDestination)
  const { bucket, prefix = '' } = (parts?.service === 's3' && bucketForm.exec(parts.resource)?.groups) || {}
  const bare = prefix.replace(/\/$/, '')
  // Source: the same: AWSLogs is a term of AWS's own.
  if (bucket === undefined || bare.split('/').includes('AWSLogs')) throw faults.logDestination(LogDestination)
  return {
    ...{ kind: 'bucket', arn: LogDestination, bucket, prefix: bare },
    hive: options?.HiveCompatiblePartitions ?? false,
    hourly: options?.PerHourPartition ?? false,
  }
}

function groupOf(
  call: Call,
  { LogDestination, LogGroupName, DeliverLogsPermissionArn: roleArn, DestinationOptions }: Asked,
): FlowLog['destination'] {
  if (DestinationOptions !== undefined) throw faults.parameter('DestinationOptions are for s3 alone.')
  if (LogDestination !== undefined && LogGroupName !== undefined)
    throw faults.parameter('Please only provide LogGroupName or only provide LogDestination.')
  if (roleArn === undefined)
    throw faults.emptyParameter('DeliverLogsPermissionArn', 'LogDestinationType', 'cloud-watch-logs')
  const role = parseArn(roleArn)
  if (role?.service !== 'iam' || role.account !== call.account || !role.resource.startsWith('role/'))
    throw faults.parameter(`${roleArn} is not the ARN of a role of this account.`)
  const groupName = LogGroupName ?? groupNameIn(call, LogDestination)
  if (!groupForm.test(groupName)) throw faults.logDestination(LogDestination ?? groupName)
  const { partition, region, account } = call
  const groupArn = arn({ partition, service: 'logs', region, account, resource: `log-group:${groupName}` })
  return { kind: 'group', arn: groupArn, groupName, roleArn }
}

function groupNameIn({ partition, region, account }: Call, destination: string | undefined): string {
  if (destination === undefined)
    throw faults.parameter("LogDestination can't be empty if LogGroupName is not provided.")
  const parts = parseArn(destination)
  const isHere = parts?.partition === partition && parts.region === region && parts.account === account
  const name = /^log-group:([^:]+)(?::\*)?$/.exec(parts?.resource ?? '')?.[1]
  if (parts?.service !== 'logs' || !isHere || name === undefined) throw faults.logDestination(destination)
  return name
}
