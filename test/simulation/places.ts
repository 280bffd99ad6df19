import type { Listing, Origin, Surroundings, Threat } from '#engines/detect/index.ts'

export const account = '111122223333'
export const sisterAccount = '111122224444'
export const strangerAccount = '666677778888'
export const region = 'eu-central-1'

/** Where addresses of the simulation belong, by prefix. Numbers of autonomous systems are AWS's and Microsoft's own, else of RFC 5398's range. */
const origins: readonly (readonly [prefix: string, Origin])[] = [
  ['198.51.100.', { asn: 64_496, country: 'DE', organization: 'Office Fibre GmbH' }],
  ['93.184.', { asn: 64_497, country: 'DE', organization: 'Home Cable AG' }],
  ['91.64.', { asn: 64_498, country: 'DE', organization: 'Home DSL AG' }],
  ['77.20.', { asn: 64_499, country: 'DE', organization: 'Mobile Phones AG' }],
  ['104.28.', { asn: 64_500, country: 'US', organization: 'Hotel Networks Inc' }],
  ['12.190.', { asn: 64_501, country: 'US', organization: 'Airport Networks Inc' }],
  ['3.120.', { asn: 16_509, country: 'DE', organization: 'AMAZON-02' }],
  ['3.64.', { asn: 16_509, country: 'DE', organization: 'AMAZON-02' }],
  ['20.', { asn: 8075, country: 'US', organization: 'MICROSOFT-CORP-MSN-AS-BLOCK' }],
  ['103.21.', { asn: 64_502, country: 'IN', organization: 'Broadband Pune Ltd' }],
  ['45.95.', { asn: 64_510, country: 'MD', organization: 'Cheap Servers SRL' }],
  ['62.113.', { asn: 64_511, country: 'RU', organization: 'Anybody Hosting' }],
  ['185.220.101.', { asn: 64_509, country: 'NL', organization: 'Exit Relays' }],
]

export const addresses = {
  office: '198.51.100.20',
  bastion: '3.120.10.5',
  nat: '3.120.10.10',
  runner: '20.42.11.16',
  attacker: '45.95.168.33',
  secondAttacker: '62.113.9.81',
}

/** One address and one domain for each threat, in lists of the simulation. */
const threats: readonly Threat[] = [
  ...([
    'malicious',
    'custom',
    'tor',
    'command-and-control',
    'cryptocurrency',
    'drop-point',
    'black-hole',
  ] as const),
  ...(['drive-by', 'phishing', 'generated', 'reputation-malicious', 'reputation-suspicious'] as const),
  ...(['reputation-abused', 'reputation-cryptocurrency'] as const),
]

/** An address that stands in a list. */
export function listedAddress(threat: Threat): string {
  return `185.220.101.${100 + threats.indexOf(threat)}`
}

/** A domain that stands in a list. */
export function listedDomain(threat: Threat): string {
  return `${threat}.evil.example`
}

const listing = (threat: Threat): readonly Listing[] => [{ threat, list: 'of the simulation' }]
const addressLists = new Map(threats.map((threat) => [listedAddress(threat), listing(threat)]))
const domainLists = new Map(threats.map((threat) => [listedDomain(threat), listing(threat)]))

/** What is known in the simulation beside the records. */
export const surroundings: Surroundings = {
  address: (address) => addressLists.get(address) ?? [],
  domain: (name) => domainLists.get(name.split('.').slice(-3).join('.')) ?? [],
  origin: (address) => origins.find(([prefix]) => address.startsWith(prefix))?.[1] ?? {},
  isOwn: (address) => address.startsWith('10.') || [addresses.nat, addresses.bastion].includes(address),
  isOwnAccount: (id) => [account, sisterAccount].includes(id),
}
