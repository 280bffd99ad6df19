import { accountId, type Arn, parseArn } from '#core/arn.ts'
import type { LogDelivery } from '#core/front-door.ts'
import type { LogDestinationOf } from '#core/log-delivery.ts'
import type { Reader } from '#core/store/index.ts'
import { deliveries, deliveryDestinations, deliverySources } from './documents.ts'

/** Documents that decide of deliveries: what the edge is told follows from them. */
export const deliveryTypes: ReadonlySet<string> = new Set([
  'delivery',
  'delivery-source',
  'delivery-destination',
])

/** The deliveries of a load balancer's access log, as the edge is told of them. */
export function logDeliveriesOf(reader: Reader, loadBalancer: Arn): readonly LogDelivery[] {
  return reader
    .findAnywhere(deliverySources, 'resource', loadBalancer)
    .flatMap(({ document }) => reader.findAnywhere(deliveries, 'source', document.arn))
    .flatMap(({ document: { arn, destinationName, recordFields, fieldDelimiter } }) => {
      const place = placeOf(arn)
      const destination = place && reader.get(deliveryDestinations, place, destinationName)
      return destination
        ? [{ arn, format: destination.outputFormat, fields: recordFields, delimiter: fieldDelimiter }]
        : []
    })
}

/**
 * The log group of a delivery. Differs: AWS does not publish how it names streams; here a load balancer's is `app/<name>/<id>`.
 */
export const deliveryDestinationOf: LogDestinationOf = (reader, source) => {
  const [, id] = /:delivery:([0-9a-f]+)$/.exec(source) ?? []
  const place = placeOf(source)
  const delivery = place && id !== undefined ? reader.get(deliveries, place, id) : undefined
  if (!place || !delivery) return undefined
  const from = reader.get(deliverySources, place, delivery.sourceName)
  const destination = reader.get(deliveryDestinations, place, delivery.destinationName)
  if (!from || !destination) return undefined
  return {
    ...place,
    logGroupName: destination.groupName,
    logStreamName: from.resourceArn.slice(from.resourceArn.indexOf('loadbalancer/') + 'loadbalancer/'.length),
    sourceArn: delivery.arn,
  }
}

function placeOf(arn: Arn) {
  const parts = parseArn(arn)
  const account = parts && accountId(parts.account)
  return account && parts.service === 'logs' ? { account, region: parts.region } : undefined
}
