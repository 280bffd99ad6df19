import type { WebRecord } from '../records.ts'
import type { Signal } from '../signal.ts'
import { blockValuesOf, remoteIp } from './api-call.ts'

/** What a detector adds to what follows from the record. */
type Said = Pick<Signal, 'type'> &
  Partial<Pick<Signal, 'severity' | 'additionalInfo' | 'weak'>> & {
    /** More values for the texts. */
    readonly values?: Readonly<Record<string, string>>
    /** What tells findings apart beside type and load balancer; the client's address, unless the detector says otherwise. */
    readonly about?: string | undefined
  }

/**
 * The signal of a request: its resource is the load balancer, the other side of its action the client, so that a function can block it.
 * Differs: GuardDuty has no details of a load balancer; its ARN stands in AdditionalInfo.
 */
export function webSignal(record: WebRecord, said: Said): Signal {
  const { type, values, about = record.clientIp, additionalInfo, ...rest } = said
  const { accountId, resourceArn, clientIp } = record
  return {
    ...rest,
    type,
    atMs: record.atMs,
    key: `${accountId} ${resourceArn} ${about}`,
    resource: { ResourceType: 'LoadBalancer' },
    action: {
      ActionType: 'NETWORK_CONNECTION',
      NetworkConnectionAction: {
        Blocked: record.action === 'BLOCK',
        ConnectionDirection: 'INBOUND',
        Protocol: 'TCP',
        RemoteIpDetails: remoteIp(clientIp),
      },
    },
    resourceRole: 'TARGET',
    values: { ...valuesOf(record), ...values },
    additionalInfo: {
      loadBalancerArn: resourceArn,
      ...(record.webACLArn !== undefined && { webACLArn: record.webACLArn }),
      request: { method: record.method, host: record.host, path: record.path, userAgent: record.userAgent },
      ...additionalInfo,
    },
    entities: [`address ${accountId} ${clientIp}`, `loadBalancer ${accountId} ${resourceArn}`],
  }
}

/** Of an ARN, `arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID`. */
function valuesOf(record: WebRecord): Readonly<Record<string, string>> {
  const { accountId, resourceArn, webACLArn, clientIp, host, path } = record
  const [, , , region = '', , resource = ''] = resourceArn.split(':')
  const name = resource.split('/').at(-2)
  return {
    accountId,
    ...(region && { region }),
    loadBalancerArn: resourceArn,
    loadBalancer: name ?? resourceArn,
    ...(webACLArn !== undefined && { webACLArn }),
    remoteIp: clientIp,
    ...blockValuesOf(clientIp),
    host,
    path,
  }
}
