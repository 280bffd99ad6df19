import type { Arn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { DeliveryDestination } from '#models/logs.d.ts'
import { onAll } from './access.ts'
import { findGroupByIdentifier, nameOfIdentifier } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import { findDestination, onDelivery, taggedAccess } from './delivery-names.ts'
import type { DeliveryDestinationDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'
import { withTags } from './tag-rules.ts'

/**
 * Names a log group of the account and Region that logs are delivered to, or another one in its place.
 * Faults: ResourceNotFoundException; ValidationException for other types of destinations, and formats that log groups have not.
 */
export const PutDeliveryDestination = logs('PutDeliveryDestination', {
  target: ({ name }, call) => ({ arn: known(call, name).arn, known: known(call, name) }),
  access: ({ known: destination }, { tags, deliveryDestinationConfiguration: configuration }) => [
    onDelivery('PutDeliveryDestination', destination, {
      ...(configuration && {
        conditions: { 'logs:DeliveryDestinationResourceArn': configuration.destinationResourceArn },
      }),
      ...(tags && { requestTags: tags }),
    }),
    ...taggedAccess(destination, tags),
  ],
  run({ target: { arn }, input, call }) {
    const { name, outputFormat = 'plain', deliveryDestinationType = 'CWL' } = input
    const { destinationResourceArn: resourceArn = '' } = input.deliveryDestinationConfiguration ?? {}
    if (deliveryDestinationType !== 'CWL' || input.roleArn !== undefined)
      throw faults.validation('Only log groups are supported as delivery destinations.')
    if (outputFormat !== 'plain' && outputFormat !== 'json')
      throw faults.validation(`A log group takes the output formats plain and json, not ${outputFormat}.`)
    if (!resourceArn.startsWith('arn:')) throw faults.validation('The ARN of a log group must be given.')
    const group = findGroupByIdentifier(call, resourceArn)
    if (group instanceof Missing) throw group.fault
    const before = call.deliveryDestinations.get(name)
    if (!before && !call.deliveryDestinations.hasRoom(quotas.deliveries))
      throw faults.quota('delivery destinations')
    const tags = input.tags ? withTags({}, input.tags, name) : (before?.tags ?? {})
    const groupName = nameOfIdentifier(resourceArn)
    const destination = { name, arn, resourceArn, groupName, outputFormat, tags }
    call.deliveryDestinations.put(name, destination)
    return { deliveryDestination: shown(destination) }
  },
})

/** What is there under a name, or would be: a target that is looked for, and need not exist. */
function known(
  call: LogsCall,
  name: string,
): { readonly arn: Arn; readonly tags?: DeliveryDestinationDocument['tags'] } {
  const found = findDestination(call, name)
  return found instanceof Missing ? { arn: found.arn } : found
}

export const GetDeliveryDestination = logs('GetDeliveryDestination', {
  target: ({ name }, call) => findDestination(call, name),
  access: (destination) => [onDelivery('GetDeliveryDestination', destination)],
  run: ({ target }) => ({ deliveryDestination: shown(target) }),
})

export const DescribeDeliveryDestinations = logs('DescribeDeliveryDestinations', {
  access: () => onAll('DescribeDeliveryDestinations'),
  run({ input: { limit, nextToken, names }, call }) {
    const { items, ...more } = pageOfTable(call.deliveryDestinations, {
      ...{ nextToken, limit },
      where: ({ name }) => names === undefined || names.includes(name),
    })
    return { deliveryDestinations: items.map(shown), ...more }
  },
})

/** Faults: ConflictException while a delivery has it. */
export const DeleteDeliveryDestination = logs('DeleteDeliveryDestination', {
  target: ({ name }, call) => findDestination(call, name),
  access: (destination) => [onDelivery('DeleteDeliveryDestination', destination)],
  run({ target: { name, arn }, call }) {
    if (call.deliveries.list({ where: ({ destinationArn }) => destinationArn === arn }).length > 0)
      throw faults.conflict(`Delivery destination ${name} is used by a delivery.`)
    call.deliveryDestinations.delete(name)
    return {}
  },
})

function shown({
  name,
  arn,
  resourceArn,
  outputFormat,
  tags,
}: DeliveryDestinationDocument): DeliveryDestination {
  const deliveryDestinationConfiguration = { destinationResourceArn: resourceArn }
  return { name, arn, deliveryDestinationType: 'CWL', deliveryDestinationConfiguration, outputFormat, tags }
}
