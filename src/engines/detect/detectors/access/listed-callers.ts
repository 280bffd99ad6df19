import { detector } from '../../detector.ts'
import { apiCallSignal, remoteAddress } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { FindingFacts, RemediationStep } from '../../signal.ts'
import type { Listing } from '../../surroundings.ts'
import { stopCredentials } from '../remedies.ts'

/** Which lists of addresses concern callers, and what the finding is called then. Others are of connections. */
const callers = {
  malicious: 'MaliciousIPCaller',
  custom: 'MaliciousIPCaller.Custom',
  tor: 'TorIPCaller',
} as const
type Caller = keyof typeof callers

const severities = { medium: 5, high: 8 } as const

const block: readonly RemediationStep[] = [
  {
    text: 'Deny the address in a policy, or block it at your doors.',
    command:
      'aws wafv2 create-ip-set --name blocked-callers --scope REGIONAL --ip-address-version {ipVersion} --addresses {remoteCidr} --region {region}',
  },
  ...stopCredentials,
]

/** Source: GuardDuty User Guide, "GuardDuty IAM finding types", "S3 Protection finding types": severities are the guide's. */
const types: readonly (readonly [type: string, severity: number])[] = [
  ['Recon:IAMUser/MaliciousIPCaller', severities.medium],
  ['Recon:IAMUser/MaliciousIPCaller.Custom', severities.medium],
  ['Recon:IAMUser/TorIPCaller', severities.medium],
  ['UnauthorizedAccess:IAMUser/MaliciousIPCaller', severities.medium],
  ['UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom', severities.medium],
  ['UnauthorizedAccess:IAMUser/TorIPCaller', severities.medium],
  ['Discovery:S3/MaliciousIPCaller', severities.high],
  ['Discovery:S3/MaliciousIPCaller.Custom', severities.high],
  ['Discovery:S3/TorIPCaller', severities.medium],
  ['Exfiltration:S3/MaliciousIPCaller', severities.high],
  ['Impact:S3/MaliciousIPCaller', severities.high],
  ['UnauthorizedAccess:S3/MaliciousIPCaller.Custom', severities.high],
  ['UnauthorizedAccess:S3/TorIPCaller', severities.high],
]

/** A call comes from an address that stands in a threat list. Trusted addresses stand in none. */
export const listedCallers = detector({
  name: 'listed-callers',
  source: 'cloudTrail',
  finds: Object.fromEntries(types.map(([type, severity]) => [type, facts(severity)])),
  see(record, { surroundings }) {
    const address = remoteAddress(record)
    if (address === undefined) return undefined
    const listings = surroundings.address(address)
    if (listings.length === 0) return undefined
    return listings.flatMap((listing) => {
      if (!isOfCallers(listing)) return []
      const bucket = bucketOf(record)
      const type = bucket === undefined ? ofAccount(record, listing) : ofBucket(record, listing)
      return apiCallSignal(record, {
        type,
        about: `${address} ${bucket ?? ''}`,
        values: { list: listing.list, ...(bucket !== undefined && { bucket }) },
        threats: [{ ThreatListName: listing.list, ThreatNames: listing.names ?? [] }],
        ...(bucket !== undefined && { resource: bucketResource(record, bucket) }),
      })
    })
  },
})

type CallerListing = Listing & { readonly threat: Caller }

function isOfCallers(listing: Listing): listing is CallerListing {
  return Object.hasOwn(callers, listing.threat)
}

/** The bucket of a data event. */
function bucketOf({ eventSource, managementEvent, eventCategory, requestParameters }: CloudTrailRecord) {
  const isData = managementEvent === false || eventCategory === 'Data'
  return isData && eventSource === 's3.amazonaws.com' ? text(requestParameters, 'bucketName') : undefined
}

function ofAccount(record: CloudTrailRecord, { threat }: CallerListing): string {
  return `${reads(record) ? 'Recon' : 'UnauthorizedAccess'}:IAMUser/${callers[threat]}`
}

/** What GuardDuty calls by each purpose differs from list to list: of its own lists it tells apart three, of others two. */
function ofBucket(record: CloudTrailRecord, { threat }: CallerListing): string {
  const purpose = purposeOf(record)
  if (threat === 'malicious' || purpose === 'Discovery') return `${purpose}:S3/${callers[threat]}`
  return `UnauthorizedAccess:S3/${callers[threat]}`
}

function purposeOf(record: CloudTrailRecord): 'Discovery' | 'Exfiltration' | 'Impact' {
  const { eventName } = record
  if (/^(?:GetObject|CopyObject|SelectObjectContent|GetObjectTorrent)$/.test(eventName)) return 'Exfiltration'
  return reads(record) ? 'Discovery' : 'Impact'
}

function reads({ readOnly, eventName }: CloudTrailRecord): boolean {
  return readOnly ?? /^(?:Get|List|Describe|Head|Lookup|Search|BatchGet)/.test(eventName)
}

function facts(severity: number): FindingFacts {
  return {
    severity,
    title: '{api} was called from {remoteIp}, an address of the list {list}.',
    description:
      '{userName} called {api} of {service} from {remoteIp}, which stands in the threat list {list}.',
    remediation: block,
  }
}
