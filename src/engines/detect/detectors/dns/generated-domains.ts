import { detector } from '../../detector.ts'
import { dnsSignal } from '../../findings/dns-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import { registeredName } from '../../reading/domains.ts'
import type { DnsRecord } from '../../records.ts'
import { looksGenerated } from './generated-label.ts'
import { blockDomain } from './remedies.ts'

const type = 'Trojan:EC2/DGADomainRequest.B'

const windowMs = 60 * 60_000
/** Different domains that look generated: malware tries tens to thousands a day, people meet one now and then. */
const domainsMin = 10
/** Most of what malware generates nobody has registered; odd names that a program uses are there. */
const absentShareMin = 0.5

/**
 * A machine asks for one domain after the other that nobody would choose.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Trojan:EC2/DGADomainRequest.B ("analysis of domain names using advanced heuristics").
 */
export const generatedDomains = detector({
  name: 'dns-generated-domains',
  source: 'dns',
  finds: {
    [type]: {
      severity: 8,
      title: '{machine} asks for domains that seem generated, as {domain}.',
      description:
        '{machine} asked for more than {domains} domains within an hour whose names seem to be made by a program, most of which do not exist: malware finds its command and control servers so.',
      remediation: blockDomain,
    },
  },
  remembers: {
    entityOf: (record) => (generatedOf(record) === undefined ? undefined : askerOf(record)),
    fresh: () => ({ domains: noTally(), asked: noCount(), absent: noCount() }),
  },
  see(record, { memory: { domains, asked, absent }, atMs }) {
    const domain = generatedOf(record)
    if (domain === undefined) return undefined
    const all = addTo(asked, atMs, windowMs)
    const missing = addTo(absent, atMs, windowMs, record.rcode === 'NXDOMAIN' ? 1 : 0)
    const distinct = tallyIn(domains, domain, { atMs, windowMs, max: domainsMin })
    if (distinct < domainsMin || missing < all * absentShareMin) return undefined
    const examples = [...domains.items]
    clearTally(domains)
    return dnsSignal(record, {
      type,
      about: '',
      values: { domains: String(domainsMin) },
      additionalInfo: { domains: examples },
    })
  },
})

function askerOf({ instanceId, srcaddr }: DnsRecord): string {
  return instanceId ?? srcaddr
}

function generatedOf({ queryName }: DnsRecord): string | undefined {
  const name = registeredName(queryName)
  return name !== undefined && looksGenerated(name.label) ? name.domain : undefined
}
