import { isDeepStrictEqual } from 'node:util'
import { tagList } from '#core/tag-list.ts'
import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { CreateFlowLogsRequest, FlowLog as ShownFlowLog } from '#models/ec2.d.ts'
import { creation, ec2Arn, listing, on } from '../access.ts'
import { ec2, type Ec2Call } from '../declare.ts'
import type { FlowLog, Subnet, Vpc } from '../documents.ts'
import { faults } from '../faults.ts'
import { compileFilters, filterTable } from '../filters.ts'
import { newId } from '../ids.ts'
import { allOf, byId, keptFlowLogs, remove, save } from '../network.ts'
import { named, namedIds } from '../named-ids.ts'
import { page } from '../paging.ts'
import { quotas } from '../quotas.ts'
import { findSubnet } from '../subnets.ts'
import { creationTags } from '../tag-list.ts'
import { findVpc, isAsked } from '../vpcs.ts'
import { destinationOf } from './destinations.ts'
import { defaultFormat, readFormat } from './fields.ts'

/** The name under which flow logs act. Source: VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs". */
export const principal = 'vpc-flow-logs.amazonaws.com'

type Logged = Vpc | Subnet | Missing

/**
 * Logs the flows of VPCs or subnets: of the load balancers that stand in them. What begins from then on is logged.
 * Faults: MissingParameter; InvalidParameter; FlowLogAlreadyExists; FlowLogsLimitExceeded; IdempotentParameterMismatch; UnsupportedOperation for
 * what has no flows here.
 */
export const CreateFlowLogs = ec2('CreateFlowLogs', {
  target: (input, call) => loggedBy(call, input),
  access: (targets, input, call) => [
    ...creation(call, 'vpc-flow-log', input.TagSpecifications),
    ...targets.map((logged) => accessTo(call, input, logged)),
    ...delivering(call, input),
  ],
  prepare: ({ call }) => call.parts.flows.end(),
  run({ input, call, prepared: cursor }) {
    const wish = wishOf(call, input)
    const made = madeBefore(call, input.ClientToken)
    if (
      made.some((one) => !isAsked(input.ResourceIds, one.resourceId) || !isDeepStrictEqual(wishIn(one), wish))
    )
      throw faults.otherParameters()
    if (made.length > 0)
      return shownCreation(
        input,
        made.map(({ flowLogId }) => flowLogId),
      )
    const tags = creationTags('vpc-flow-log', input.TagSpecifications)
    const all = allOf(call.tx, call, keptFlowLogs)
    for (const resourceId of new Set(input.ResourceIds)) {
      const siblings = all.filter((one) => one.resourceId === resourceId)
      if (siblings.some((one) => isSame(one, wish))) throw faults.flowLogExists()
      if (siblings.length >= quotas.flowLogsPerResource) throw faults.flowLogLimit()
    }
    const ids = [...new Set(input.ResourceIds)].map((resourceId) => {
      const flowLogId = newId('fl', call.randomBytes)
      const { account, region, nowMs: createdAtMs } = call
      save(call, keptFlowLogs, {
        ...{ flowLogId, account, region, resourceId, createdAtMs, ...wish, tags, cursor },
        clientToken: input.ClientToken,
      })
      return flowLogId
    })
    return shownCreation(input, ids)
  },
})

/** Ends flow logs; what was not delivered yet is not any more. Faults: InvalidFlowLogId.NotFound. */
export const DeleteFlowLogs = ec2('DeleteFlowLogs', {
  target: ({ FlowLogIds }, call) => namedIds(FlowLogIds, 'FlowLogId').map((id) => findFlowLog(call, id)),
  access: (targets, _, call) => [
    ...targets.map((target) => on(call, 'ec2:DeleteFlowLogs', 'vpc-flow-log', target)),
    ...(targets.some((one) => !(one instanceof Missing) && one.destination.kind === 'bucket')
      ? [{ action: 'logs:DeleteLogDelivery', resource: '*' } as const]
      : []),
  ],
  run({ target: targets, call }) {
    for (const flowLog of targets) remove(call, keptFlowLogs, flowLog)
    return { Unsuccessful: [] }
  },
})

const filters = filterTable<FlowLog>({
  'deliver-log-status': ({ error }) => statusOf(error),
  'flow-log-id': ({ flowLogId }) => flowLogId,
  'log-destination-type': ({ destination }) => typeOf(destination),
  'log-group-name': ({ destination }) => (destination.kind === 'group' ? destination.groupName : undefined),
  'resource-id': ({ resourceId }) => resourceId,
  'traffic-type': ({ trafficType }) => trafficType,
})

/** Lists flow logs, sorted by id. Faults: InvalidFlowLogId.NotFound. */
export const DescribeFlowLogs = ec2('DescribeFlowLogs', {
  access: (_, __, call) => listing(call, 'ec2:DescribeFlowLogs'),
  run({ input, call }) {
    const idOf = ({ flowLogId }: FlowLog) => flowLogId
    const all = named(allOf(call.tx, call, keptFlowLogs), input.FlowLogIds, idOf, faults.noSuchFlowLog)
    const holds = compileFilters(filters, input.Filter, ({ tags }) => tags)
    const { items, ...next } = page(input, all.filter(holds), idOf, input.FlowLogIds)
    return { FlowLogs: items.map(shown), ...next }
  },
})

function loggedBy(call: Call, { ResourceType, ResourceIds }: CreateFlowLogsRequest): readonly Logged[] {
  namedIds(ResourceIds, 'ResourceIds')
  if (ResourceType === 'VPC') return ResourceIds.map((id) => findVpc(call, id))
  if (ResourceType === 'Subnet') return ResourceIds.map((id) => findSubnet(call, id))
  // There is none, whoever asks: saying so tells nothing.
  if (ResourceType === 'NetworkInterface') throw faults.noSuchInterface(ResourceIds[0] ?? '')
  throw faults.unsupported(`A flow log of the resource type ${ResourceType}`)
}

function accessTo(call: Call, { ResourceType }: CreateFlowLogsRequest, logged: Logged): Access {
  if (logged instanceof Missing)
    return on(call, 'ec2:CreateFlowLogs', ResourceType === 'Subnet' ? 'subnet' : 'vpc', logged)
  if ('subnetId' in logged) return on(call, 'ec2:CreateFlowLogs', 'subnet', logged)
  return on(call, 'ec2:CreateFlowLogs', 'vpc', logged)
}

/** What delivery needs of the caller. Source: VPC User Guide, "Publish flow logs to CloudWatch Logs" and "… to Amazon S3". */
function delivering(call: Ec2Call, input: CreateFlowLogsRequest): readonly Access[] {
  const { LogDestinationType, DeliverLogsPermissionArn: roleArn } = input
  if (LogDestinationType === 's3') return [{ action: 'logs:CreateLogDelivery', resource: '*' }]
  if (roleArn === undefined) return []
  destinationOf(call, input)
  const tags = call.parts.roles.role(call.tx, roleArn)?.tags
  return [
    {
      action: 'iam:PassRole',
      resource: { arn: roleArn as Arn, tags }, // Its parser has read it.
      conditions: { 'iam:PassedToService': principal },
    },
  ]
}

type Wish = Pick<FlowLog, 'resourceType' | 'trafficType' | 'destination' | 'format' | 'intervalSec'>

/** Source: EC2 API Reference, CreateFlowLogs, MaxAggregationInterval. */
const intervals: ReadonlySet<number> = new Set([60, 600])

function wishOf(call: Call, input: CreateFlowLogsRequest): Wish {
  const { ResourceType, TrafficType, LogFormat = defaultFormat, MaxAggregationInterval = 600 } = input
  if (TrafficType === undefined) throw faults.missingParameter('TrafficType')
  if (!intervals.has(MaxAggregationInterval))
    throw faults.parameter('Invalid Flow Log Max Aggregation Interval')
  if (input.TagFieldSpecifications !== undefined) throw faults.unsupported('A field of tags')
  readFormat(LogFormat)
  return {
    resourceType: ResourceType === 'Subnet' ? 'Subnet' : 'VPC',
    trafficType: TrafficType,
    destination: destinationOf(call, input),
    format: LogFormat,
    intervalSec: MaxAggregationInterval,
  }
}

function wishIn({ resourceType, trafficType, destination, format, intervalSec }: FlowLog): Wish {
  return { resourceType, trafficType, destination, format, intervalSec }
}

function isSame(one: FlowLog, wish: Wish): boolean {
  return one.trafficType === wish.trafficType && one.destination.arn === wish.destination.arn
}

function madeBefore(call: Call, token: string | undefined): readonly FlowLog[] {
  if (token === undefined) return []
  return allOf(call.tx, call, keptFlowLogs).filter(({ clientToken }) => clientToken === token)
}

function shownCreation({ ClientToken }: CreateFlowLogsRequest, FlowLogIds: readonly string[]) {
  return { FlowLogIds, Unsuccessful: [], ...(ClientToken !== undefined && { ClientToken }) }
}

function findFlowLog(call: Call, id: string): FlowLog | Missing {
  const found = byId(call.tx, call, keptFlowLogs, id)
  return found ?? new Missing(ec2Arn(call, 'vpc-flow-log', id), faults.noSuchFlowLog(id))
}

/** Source: EC2 API Reference, FlowLog, DeliverLogsStatus. */
function statusOf(error: string | undefined): 'SUCCESS' | 'FAILED' {
  return error === undefined ? 'SUCCESS' : 'FAILED'
}

function typeOf({ kind }: FlowLog['destination']): 's3' | 'cloud-watch-logs' {
  return kind === 'bucket' ? 's3' : 'cloud-watch-logs'
}

function shown(flowLog: FlowLog): ShownFlowLog {
  const { destination, error } = flowLog
  return {
    CreationTime: new Date(flowLog.createdAtMs),
    ...(error !== undefined && { DeliverLogsErrorMessage: error }),
    DeliverLogsStatus: statusOf(error),
    FlowLogId: flowLog.flowLogId,
    FlowLogStatus: 'ACTIVE',
    ResourceId: flowLog.resourceId,
    TrafficType: flowLog.trafficType,
    LogDestinationType: typeOf(destination),
    LogDestination: destination.arn,
    ...(destination.kind === 'group'
      ? { LogGroupName: destination.groupName, DeliverLogsPermissionArn: destination.roleArn }
      : {
          DestinationOptions: {
            FileFormat: 'plain-text',
            HiveCompatiblePartitions: destination.hive,
            PerHourPartition: destination.hourly,
          },
        }),
    LogFormat: flowLog.format,
    Tags: tagList(flowLog.tags),
    MaxAggregationInterval: flowLog.intervalSec,
  }
}
