import { detector } from '../../detector.ts'
import { dnsSignal } from '../../findings/dns-request.ts'
import { blockDomain } from './remedies.ts'

const type = 'UnauthorizedAccess:EC2/MetadataDNSRebind'

/** Source: EC2 User Guide, "Access instance metadata". */
const metadata: ReadonlySet<string> = new Set(['169.254.169.254', 'fd00:ec2::254'])

/** Names that clouds give to it themselves. */
const ownNames = ['.internal', '.local', '.localdomain']

/**
 * A name from outside resolves to where a machine asks for its credentials: a page or a forged request reads them so.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", UnauthorizedAccess:EC2/MetadataDNSRebind.
 */
export const metadataRebind = detector({
  name: 'dns-metadata-rebind',
  source: 'dns',
  finds: {
    [type]: {
      severity: 8,
      title: '{machine} asks for {name}, which leads to its own metadata.',
      description:
        '{machine} asked for {name}, whose answer is the address of its metadata service: somebody may be reading the credentials of its role.',
      remediation: [
        {
          text: 'Let the metadata service answer only requests with a token.',
          command:
            'aws ec2 modify-instance-metadata-options --instance-id {instanceId} --http-tokens required --http-put-response-hop-limit 1',
        },
        ...blockDomain,
      ],
    },
  },
  see(record) {
    const { answers, queryName } = record
    if (answers.length === 0 || !answers.some(({ rdata }) => metadata.has(rdata))) return undefined
    if (!queryName.includes('.') || ownNames.some((name) => queryName.endsWith(name))) return undefined
    return dnsSignal(record, { type, about: queryName })
  },
})
