import { detector } from '../../detector.ts'
import { apiCallSignal, remoteAddress } from '../../findings/api-call.ts'
import { instanceResource } from '../../findings/resources.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isByService } from '../call-detector.ts'
import { stopCredentials } from '../remedies.ts'
import { noHomes, strangePlace } from './homes.ts'
import { instanceOf } from './sessions.ts'

const outside = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS'
const inside = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS'

/**
 * Credentials that only an instance can have are used from an address that is not the instance's.
 * State: from where each instance's credentials were used. Source: GuardDuty User Guide, "GuardDuty IAM finding types".
 */
export const instanceCredentials = detector({
  name: 'instance-credentials',
  source: 'cloudTrail',
  finds: {
    [outside]: {
      severity: 8,
      title: 'Credentials of the instance {instance} are used from {remoteIp}.',
      description:
        '{userName} called {api} from {remoteIp}, outside this cloud, with credentials that were made for the instance {instance}.',
      remediation: stopCredentials,
    },
    [inside]: {
      severity: 8,
      title: 'Credentials of the instance {instance} are used from {remoteIp}, another machine.',
      description:
        '{userName} called {api} from {remoteIp}, which is not the instance {instance} that its credentials were made for.',
      remediation: stopCredentials,
    },
  },
  remembers: {
    entityOf: (record) =>
      instanceOf(record) === undefined || remoteAddress(record) === undefined || isByService(record)
        ? undefined
        : record.userIdentity?.arn,
    fresh: noHomes,
  },
  see(record, about) {
    const address = remoteAddress(record) ?? ''
    const place = strangePlace(about.memory, address, about)
    if (place === undefined) return undefined
    const instance = instanceOf(record) ?? ''
    const type = place === 'amazon' || isByEndpoint(record) ? inside : outside
    const resource = instanceResource(record, instance)
    return apiCallSignal(record, { type, about: `${instance} ${address}`, values: { instance }, resource })
  },
})

/** Only machines within AWS come by an endpoint of a VPC. */
function isByEndpoint({ vpcEndpointId }: CloudTrailRecord): boolean {
  return vpcEndpointId !== undefined
}
