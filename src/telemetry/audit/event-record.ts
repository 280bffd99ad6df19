import type { ServiceEvent } from '#core/audit.ts'
import { uuid } from '#core/ids.ts'
import { servicePrincipal } from '#core/service-principal.ts'
import { namedResource } from './resource-types.ts'

/** How CloudTrail names AWS itself. */
const internal = 'AWS Internal'

/**
 * Writes the record of what a service did by itself, as one line of JSON in CloudTrail's format.
 * Source: CloudTrail User Guide, "Non-API events captured by CloudTrail"; KMS Developer Guide, CloudTrail entries of DeleteKey,
 * RotateKey and DeleteExpiredKeyMaterial.
 */
export function writeEvent(randomBytes: (length: number) => Buffer, event: ServiceEvent): string {
  const { service, name, account, region, nowMs, resource, details } = event
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: { accountId: account, invokedBy: internal },
    eventTime: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    eventSource: servicePrincipal(service),
    eventName: name,
    awsRegion: region,
    sourceIPAddress: internal,
    userAgent: internal,
    requestParameters: null,
    responseElements: null,
    eventID: uuid(randomBytes),
    readOnly: false,
    resources: [{ accountId: account, type: namedResource(resource)?.type, ARN: resource }],
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account,
    serviceEventDetails: details,
    eventCategory: 'Management',
  })
}
