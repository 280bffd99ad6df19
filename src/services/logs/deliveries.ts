import { accessLogFields, type AccessLogField } from '#core/access-log-fields.ts'
import { letLogsIn } from '#core/log-delivery.ts'
import type { Delivery } from '#models/logs.d.ts'
import { onAll } from './access.ts'
import { groupArn } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import {
  deliveryPartArn,
  findDelivery,
  findDestination,
  findSource,
  onDelivery,
  taggedAccess,
} from './delivery-names.ts'
import type { DeliveryDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'
import { withTags } from './tag-rules.ts'

/** The name under which the resource policy is kept, after the statement that AWS documents. */
const policyName = 'AWSLogDeliveryWrite20150319'

/**
 * Delivers a source's log to a destination from now on. A resource policy that lets it in is written where there is none, by the caller's
 * permissions. Faults: ResourceNotFoundException; ConflictException; ValidationException; those of PutResourcePolicy.
 */
export const CreateDelivery = logs('CreateDelivery', {
  target: (input, call) => ({
    delivery: { arn: deliveryPartArn(call, 'delivery', '*') },
    source: findSource(call, input.deliverySourceName),
    destination: destinationByArn(call, input.deliveryDestinationArn),
  }),
  access({ delivery, source, destination }, { tags }) {
    const more = tags ? { requestTags: tags } : {}
    return [
      onDelivery('CreateDelivery', delivery, more),
      onDelivery('CreateDelivery', source, more),
      onDelivery('CreateDelivery', destination, more),
      ...taggedAccess(delivery, tags),
    ]
  },
  run({ target: { source, destination }, input, call }) {
    const isSame = (one: DeliveryDocument): boolean =>
      one.sourceArn === source.arn && one.destinationArn === destination.arn
    if (call.deliveries.list({ where: isSame }).length > 0)
      throw faults.conflict('There is a delivery from this source to this destination.')
    if (!call.deliveries.hasRoom(quotas.deliveries)) throw faults.quota('deliveries')
    letLogsIn(call, groupArn(call, destination.groupName), policyName)
    const id = call.randomBytes(8).toString('hex')
    const delivery: DeliveryDocument = {
      id,
      arn: deliveryPartArn(call, 'delivery', id),
      ...{ sourceName: source.name, sourceArn: source.arn },
      ...{ destinationName: destination.name, destinationArn: destination.arn },
      ...settings(input, { recordFields: accessLogFields, fieldDelimiter: ' ' }),
      tags: withTags({}, input.tags ?? {}, id),
    }
    call.deliveries.put(id, delivery)
    return { delivery: shown(delivery) }
  },
})

function destinationByArn(call: LogsCall, arn: string) {
  const name = /:delivery-destination:([\w-]+)$/.exec(arn)?.[1]
  if (name === undefined || arn !== deliveryPartArn(call, 'delivery-destination', name))
    throw faults.validation(`The ARN ${arn} is not one of a delivery destination of this account and Region.`)
  return findDestination(call, name)
}

type Settings = Pick<DeliveryDocument, 'recordFields' | 'fieldDelimiter'>

/** What is chosen of a line. Faults: ValidationException. */
function settings(
  input: {
    readonly recordFields?: readonly string[] | undefined
    readonly fieldDelimiter?: string | undefined
    readonly s3DeliveryConfiguration?: unknown
  },
  before: Settings,
): Settings {
  if (input.s3DeliveryConfiguration !== undefined)
    throw faults.validation('s3DeliveryConfiguration is for buckets alone.')
  const { recordFields = [], fieldDelimiter = before.fieldDelimiter } = input
  const unknown = recordFields.find((name) => !isField(name))
  if (unknown !== undefined)
    throw faults.validation(`The record field ${unknown} is not one of this log type.`)
  return {
    recordFields: recordFields.length > 0 ? recordFields.filter(isField) : before.recordFields,
    fieldDelimiter,
  }
}

function isField(name: string): name is AccessLogField {
  return accessLogFields.some((field) => field === name)
}

/** Faults: ResourceNotFoundException; ValidationException. */
export const UpdateDeliveryConfiguration = logs('UpdateDeliveryConfiguration', {
  target: ({ id }, call) => findDelivery(call, id),
  access: (delivery) => [onDelivery('UpdateDeliveryConfiguration', delivery)],
  run({ target: delivery, input, call }) {
    call.deliveries.put(delivery.id, { ...delivery, ...settings(input, delivery) })
    return {}
  },
})

export const GetDelivery = logs('GetDelivery', {
  target: ({ id }, call) => findDelivery(call, id),
  access: (delivery) => [onDelivery('GetDelivery', delivery)],
  run: ({ target }) => ({ delivery: shown(target) }),
})

export const DescribeDeliveries = logs('DescribeDeliveries', {
  access: () => onAll('DescribeDeliveries'),
  run({ input: { limit, nextToken, deliverySourceNames: names }, call }) {
    const { items, ...more } = pageOfTable(call.deliveries, {
      ...{ nextToken, limit },
      where: ({ sourceName }) => names === undefined || names.includes(sourceName),
    })
    return { deliveries: items.map(shown), ...more }
  },
})

/** Ends a delivery; its source and destination stay. */
export const DeleteDelivery = logs('DeleteDelivery', {
  target: ({ id }, call) => findDelivery(call, id),
  access: (delivery) => [onDelivery('DeleteDelivery', delivery)],
  run({ target: { id }, call }) {
    call.deliveries.delete(id)
    return {}
  },
})

function shown(delivery: DeliveryDocument): Delivery {
  const { id, arn, sourceName, destinationArn, recordFields, fieldDelimiter, tags } = delivery
  return {
    ...{ id, arn, deliverySourceName: sourceName, deliveryDestinationArn: destinationArn },
    ...{ deliveryDestinationType: 'CWL', recordFields, fieldDelimiter, tags },
  }
}
