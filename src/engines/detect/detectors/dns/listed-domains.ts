import { detector } from '../../detector.ts'
import { dnsSignal } from '../../findings/dns-request.ts'
import type { FindingFacts } from '../../signal.ts'
import type { Threat } from '../../surroundings.ts'
import { blockDomain } from './remedies.ts'

/** What it means that a machine asks for a domain of a list. */
const typeOf: Partial<Readonly<Record<Threat, string>>> = {
  'command-and-control': 'Backdoor:EC2/C&CActivity.B!DNS',
  cryptocurrency: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
  'black-hole': 'Trojan:EC2/BlackholeTraffic!DNS',
  'drop-point': 'Trojan:EC2/DropPoint!DNS',
  'drive-by': 'Trojan:EC2/DriveBySourceTraffic!DNS',
  phishing: 'Trojan:EC2/PhishingDomainRequest!DNS',
  generated: 'Trojan:EC2/DGADomainRequest.C!DNS',
  malicious: 'Impact:EC2/MaliciousDomainRequest.Reputation',
  'reputation-malicious': 'Impact:EC2/MaliciousDomainRequest.Reputation',
  'reputation-suspicious': 'Impact:EC2/SuspiciousDomainRequest.Reputation',
  'reputation-abused': 'Impact:EC2/AbusedDomainRequest.Reputation',
  'reputation-cryptocurrency': 'Impact:EC2/BitcoinDomainRequest.Reputation',
  custom: 'Impact:EC2/MaliciousDomainRequest.Custom',
}

function finds(severity: number, what: string): FindingFacts {
  return {
    severity,
    title: `{machine} asks for {name}, ${what}.`,
    description: `{machine} asked for the address of {name}, ${what}. It stands in the list {list}.`,
    remediation: blockDomain,
  }
}

const commandAndControl = finds(8, 'a domain of a command and control server')
const cryptocurrency = finds(8, 'a domain of a cryptocurrency')
const blackHole = finds(5, 'a domain that leads into a black hole')
const dropPoint = finds(5, 'a domain where stolen data are put')

/**
 * A machine asks for a domain of a threat list, or one below. A query that DNS Firewall stopped tells as much of the machine.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", those with !DNS, Reputation and Custom.
 */
export const listedDomains = detector({
  name: 'dns-listed-domains',
  source: 'dns',
  finds: {
    'Backdoor:EC2/C&CActivity.B!DNS': commandAndControl,
    'Backdoor:Lambda/C&CActivity.B': commandAndControl,
    'CryptoCurrency:EC2/BitcoinTool.B!DNS': cryptocurrency,
    'CryptoCurrency:Lambda/BitcoinTool.B': cryptocurrency,
    'Trojan:EC2/BlackholeTraffic!DNS': blackHole,
    'Trojan:Lambda/BlackholeTraffic': blackHole,
    'Trojan:EC2/DropPoint!DNS': dropPoint,
    'Trojan:Lambda/DropPoint': dropPoint,
    'Trojan:EC2/DriveBySourceTraffic!DNS': finds(8, 'a domain that plants malware in passing'),
    'Trojan:EC2/PhishingDomainRequest!DNS': finds(8, 'a domain of phishing'),
    'Trojan:EC2/DGADomainRequest.C!DNS': finds(8, 'a domain that malware generates'),
    'Impact:EC2/MaliciousDomainRequest.Reputation': finds(8, 'a domain known as malicious'),
    'Impact:EC2/SuspiciousDomainRequest.Reputation': finds(2, 'a suspicious domain'),
    'Impact:EC2/AbusedDomainRequest.Reputation': finds(5, 'a domain that is often abused'),
    'Impact:EC2/BitcoinDomainRequest.Reputation': finds(8, 'a domain known for cryptocurrencies'),
    'Impact:EC2/MaliciousDomainRequest.Custom': finds(8, 'a domain of a custom threat list'),
  },
  see(record, { surroundings }) {
    const listings = surroundings.domain(record.queryName)
    if (listings.length === 0) return undefined
    return listings.flatMap((listing) => {
      const type = typeOf[listing.threat]
      if (type === undefined) return []
      return [dnsSignal(record, { type, values: { list: listing.list }, listings: [listing] })]
    })
  },
})
