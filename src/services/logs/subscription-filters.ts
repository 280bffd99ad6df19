import { type Arn, parseArn } from '#core/arn.ts'
import type { SubscriptionFilter } from '#models/logs.d.ts'
import { onGroup } from './access.ts'
import { findGroup } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import { type GroupDocument, type SubscriptionFilterDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { newFilter } from './filters.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'
import { invocationOf } from './subscription-message.ts'

/** Source: CloudWatch Logs User Guide, "Subscription filters with AWS Lambda": the principal that the function's policy lets in. */
export const subscriber = 'logs.amazonaws.com'

/**
 * Makes a filter whose matches go to a function, from now on. The function is invoked once with a control message: one that does not let
 * the service in is refused. Faults: InvalidParameterException; LimitExceededException beyond two.
 * Differs: only Lambda functions are destinations.
 */
export const PutSubscriptionFilter = logs('PutSubscriptionFilter', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'PutSubscriptionFilter', group)],
  async prepare({ target: group, input, call }) {
    const destination = parseArn(input.destinationArn)
    if (destination?.service !== 'lambda' || destination.region !== call.region)
      throw faults.invalid(`The destination ${input.destinationArn} is no Lambda function of this Region.`)
    if (input.roleArn !== undefined) throw faults.invalid('roleArn is not needed for a Lambda function.')
    if (input.distribution === 'Random' || input.emitSystemFields?.length)
      throw faults.invalid('distribution and emitSystemFields are not supported for a Lambda function.')
    const cursor = await call.parts.logs.arrived()
    await greet(call, group, input)
    return cursor
  },
  run({ target: group, input, call, prepared: cursor }) {
    const id = within(group, input.filterName)
    const known = call.subscriptionFilters.get(id)
    if (
      !known &&
      call.subscriptionFilters.list({ prefix: within(group, '') }).length >= quotas.subscriptionFilters
    )
      throw faults.limit()
    call.subscriptionFilters.put(id, {
      ...newFilter(call, group, input, known, cursor),
      destinationArn: input.destinationArn as Arn, // parseArn read it.
    })
    return {}
  },
})

async function greet(
  call: LogsCall,
  group: GroupDocument,
  { destinationArn, filterName }: { readonly destinationArn: string; readonly filterName: string },
): Promise<void> {
  const answer = await call.parts.callAsService({
    service: 'lambda',
    operation: 'Invoke',
    input: await invocationOf(destinationArn, {
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [filterName],
      logEvents: [
        {
          id: '',
          timestamp: call.nowMs,
          message: 'CWL CONTROL MESSAGE: Checking health of destination Lambda.',
        },
      ],
    }),
    account: group.account,
    region: group.region,
    as: { kind: 'service', principal: subscriber, sourceArn: `${group.arn}:*` as Arn }, // An ARN with its resource made longer.
  })
  if (!answer.ok) throw faults.noLambda()
}

export const DeleteSubscriptionFilter = logs('DeleteSubscriptionFilter', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'DeleteSubscriptionFilter', group)],
  run({ target: group, input: { filterName }, call }) {
    const id = within(group, filterName)
    if (!call.subscriptionFilters.get(id)) throw faults.noFilter('subscription')
    call.subscriptionFilters.delete(id)
    return {}
  },
})

export const DescribeSubscriptionFilters = logs('DescribeSubscriptionFilters', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'DescribeSubscriptionFilters', group)],
  run({ target: group, input: { filterNamePrefix = '', limit, nextToken }, call }) {
    const { items, ...more } = pageOfTable(call.subscriptionFilters, {
      ...{ nextToken, limit },
      prefix: within(group, filterNamePrefix),
    })
    return { subscriptionFilters: items.map(shown), ...more }
  },
})

function shown(filter: SubscriptionFilterDocument): SubscriptionFilter {
  const { filterName, filterPattern, destinationArn, createdAtMs, groupName } = filter
  return {
    ...{ filterName, filterPattern, destinationArn },
    creationTime: createdAtMs,
    logGroupName: groupName,
    distribution: 'ByLogStream',
  }
}
