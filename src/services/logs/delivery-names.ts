import { type Arn, arn } from '#core/arn.ts'
import type { Access } from '#core/operation.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { Tags } from '#core/caller.ts'
import type { LogsCall } from './declare.ts'
import type { DeliveryDestinationDocument, DeliveryDocument, DeliverySourceDocument } from './documents.ts'
import { faults } from './faults.ts'

type Where = Pick<LogsCall, 'partition' | 'region' | 'account'>

/** Source: AWS service reference, logs. */
export function deliveryPartArn(
  { partition, region, account }: Where,
  kind: 'delivery' | 'delivery-source' | 'delivery-destination',
  name: string,
): Arn {
  return arn({ partition, region, account, service: 'logs', resource: `${kind}:${name}` })
}

export function findSource(call: LogsCall, name: string): DeliverySourceDocument | Missing {
  const missing = (): Missing =>
    new Missing(deliveryPartArn(call, 'delivery-source', name), faults.noDelivery('Delivery source', name))
  return call.deliverySources.get(name) ?? missing()
}

export function findDestination(call: LogsCall, name: string): DeliveryDestinationDocument | Missing {
  const missing = (): Missing =>
    new Missing(
      deliveryPartArn(call, 'delivery-destination', name),
      faults.noDelivery('Delivery destination', name),
    )
  return call.deliveryDestinations.get(name) ?? missing()
}

export function findDelivery(call: LogsCall, id: string): DeliveryDocument | Missing {
  const missing = (): Missing =>
    new Missing(deliveryPartArn(call, 'delivery', id), faults.noDelivery('Delivery', id))
  return call.deliveries.get(id) ?? missing()
}

/** Access to something of a delivery. Resource policies are of groups alone. */
export function onDelivery(action: string, { arn, tags }: Resource, more: Partial<Access> = {}): Access {
  return { action: `logs:${action}`, resource: { arn, tags }, ...more }
}

/** The access that tags need which are given with something new. */
export function taggedAccess(target: Resource, tags: Tags | undefined): readonly Access[] {
  return tags === undefined ? [] : [onDelivery('TagResource', target, { requestTags: tags })]
}
