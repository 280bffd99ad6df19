import { type Arn, parseArn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { DeliverySource } from '#models/logs.d.ts'
import { onAll } from './access.ts'
import { logs, type LogsCall } from './declare.ts'
import { findSource, onDelivery, taggedAccess } from './delivery-names.ts'
import type { DeliverySourceDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'
import { withTags } from './tag-rules.ts'

/**
 * Names a load balancer whose access log is to be delivered, or another one in its place.
 * Faults: ResourceNotFoundException for the load balancer; ConflictException where another source has it; ValidationException.
 * Source: CloudWatch Logs API Reference, PutDeliverySource, logType: ALB_ACCESS_LOGS; the other types are refused.
 */
export const PutDeliverySource = logs('PutDeliverySource', {
  target: ({ name }, call) => ({ arn: known(call, name).arn, known: known(call, name) }),
  access: ({ known: source }, { resourceArn, tags }) => [
    onDelivery('PutDeliverySource', source, {
      conditions: { 'logs:LogGeneratingResourceArns': [resourceArn] },
      ...(tags && { requestTags: tags }),
    }),
    ...taggedAccess(source, tags),
    // Source: CloudWatch Logs User Guide, "Logging that requires additional permissions [V2]", service-specific permission.
    {
      action: 'elasticloadbalancing:AllowVendedLogDeliveryForResource',
      resource: parseArn(resourceArn)?.service === 'elasticloadbalancing' ? { arn: resourceArn as Arn } : '*', // parseArn read it.
    },
  ],
  run({ target: { arn }, input, call }) {
    const { name, logType } = input
    if (logType !== 'ALB_ACCESS_LOGS') throw faults.validation(`The log type ${logType} is not supported.`)
    if (Object.keys(input.deliverySourceConfiguration ?? {}).length > 0)
      throw faults.validation('A delivery source of a load balancer has no configuration.')
    const resourceArn = ownBalancer(call, input.resourceArn)
    const others = call.deliverySources.list({ where: (one) => one.resourceArn === resourceArn })
    if (others.some(({ id }) => id !== name))
      throw faults.conflict(
        'This ResourceId has already been used in another Delivery Source in this account',
      )
    const before = call.deliverySources.get(name)
    if (!before && !call.deliverySources.hasRoom(quotas.deliveries)) throw faults.quota('delivery sources')
    const tags = input.tags ? withTags({}, input.tags, name) : (before?.tags ?? {})
    const source = { name, arn, resourceArn, logType, tags } as const
    call.deliverySources.put(name, source)
    return { deliverySource: shown(source) }
  },
})

/** What is there under a name, or would be: a target that is looked for, and need not exist. */
function known(
  call: LogsCall,
  name: string,
): { readonly arn: Arn; readonly tags?: DeliverySourceDocument['tags'] } {
  const found = findSource(call, name)
  return found instanceof Missing ? { arn: found.arn } : found
}

function ownBalancer(call: LogsCall, text: string): Arn {
  const parts = parseArn(text)
  const isOwn = parts?.account === call.account && parts.region === call.region
  if (parts?.service !== 'elasticloadbalancing' || !isOwn)
    throw faults.validation(`The resource ${text} is no load balancer of this account and Region.`)
  const arn = text as Arn // parseArn read it.
  if (!call.parts.loadBalancerExists(call.tx, arn))
    throw faults.noResource(`The load balancer ${text} does not exist.`)
  return arn
}

export const GetDeliverySource = logs('GetDeliverySource', {
  target: ({ name }, call) => findSource(call, name),
  access: (source) => [onDelivery('GetDeliverySource', source)],
  run: ({ target }) => ({ deliverySource: shown(target) }),
})

export const DescribeDeliverySources = logs('DescribeDeliverySources', {
  access: () => onAll('DescribeDeliverySources'),
  run({ input: { limit, nextToken, resourceArns }, call }) {
    const { items, ...more } = pageOfTable(call.deliverySources, {
      ...{ nextToken, limit },
      where: ({ resourceArn }) => resourceArns === undefined || resourceArns.includes(resourceArn),
    })
    return { deliverySources: items.map(shown), ...more }
  },
})

/** Faults: ConflictException while a delivery has it. */
export const DeleteDeliverySource = logs('DeleteDeliverySource', {
  target: ({ name }, call) => findSource(call, name),
  access: (source) => [onDelivery('DeleteDeliverySource', source)],
  run({ target: { name, arn }, call }) {
    if (call.deliveries.list({ where: ({ sourceArn }) => sourceArn === arn }).length > 0)
      throw faults.conflict(`Delivery source ${name} is used by a delivery.`)
    call.deliverySources.delete(name)
    return {}
  },
})

function shown({ name, arn, resourceArn, logType, tags }: DeliverySourceDocument): DeliverySource {
  return { name, arn, resourceArns: [resourceArn], service: 'elasticloadbalancing', logType, tags }
}
