import { detector } from '../../detector.ts'
import { apiCallSignal, remoteAddress } from '../../findings/api-call.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isByService } from '../call-detector.ts'
import { stopCredentials } from '../remedies.ts'
import { type Homes, noHomes, strangePlace } from './homes.ts'
import { instanceOf, issuedTo, saysItIsFunction, sessionOf } from './sessions.ts'

const type = 'UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS'

/**
 * Credentials that a service took for a function, a task or a build are used from outside.
 * State: which sessions were issued to services, and from where they were used. Source: GuardDuty User Guide, "GuardDuty IAM finding types".
 */
export const resourceCredentials = detector({
  name: 'resource-credentials',
  source: 'cloudTrail',
  finds: {
    [type]: {
      severity: 8,
      title: 'Credentials of {host} are used from {remoteIp}.',
      description:
        '{userName} called {api} from {remoteIp}, outside this cloud, with credentials that {host} was given for the session {session}.',
      remediation: stopCredentials,
    },
  },
  remembers: {
    entityOf,
    fresh: (): Homes & { host: string } => ({ ...noHomes(), host: '' }),
  },
  see(record, about) {
    const { memory } = about
    const issued = issuedTo(record)
    if (issued !== undefined) {
      memory.host = issued.host
      return undefined
    }
    if (memory.host === '' && saysItIsFunction(record)) memory.host = 'lambda.amazonaws.com'
    if (memory.host === '') return undefined // A person's session, or one that is not known.
    const address = remoteAddress(record) ?? ''
    const place = strangePlace(memory, address, about)
    if (place === undefined || place === 'amazon') return undefined // Services come from many of Amazon's addresses.
    const values = { host: memory.host, session: sessionOf(record) ?? '' }
    return apiCallSignal(record, { type, about: `${values.session} ${address}`, values })
  },
})

function entityOf(record: CloudTrailRecord): string | undefined {
  const issued = issuedTo(record)
  if (issued !== undefined) return issued.session
  if (record.userIdentity?.type !== 'AssumedRole' || remoteAddress(record) === undefined) return undefined
  return isByService(record) || instanceOf(record) !== undefined ? undefined : record.userIdentity.arn
}
