import type { DnsRecord } from '#engines/detect/index.ts'
import { listedDomain } from '../places.ts'
import type { Chance } from '../random.ts'
import { secondMs } from '../staff.ts'
import type { Technique } from '../technique.ts'
import { type Machine, query } from '../traffic.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const label = (chance: Chance, length: number): string =>
  Array.from({ length }, () => letters[chance.whole(letters.length)]).join('')

type Listed = readonly [threat: Parameters<typeof listedDomain>[0], type: string]
const listed: readonly Listed[] = [
  ['command-and-control', 'Backdoor:EC2/C&CActivity.B!DNS'],
  ['cryptocurrency', 'CryptoCurrency:EC2/BitcoinTool.B!DNS'],
  ['black-hole', 'Trojan:EC2/BlackholeTraffic!DNS'],
  ['drop-point', 'Trojan:EC2/DropPoint!DNS'],
  ['drive-by', 'Trojan:EC2/DriveBySourceTraffic!DNS'],
  ['phishing', 'Trojan:EC2/PhishingDomainRequest!DNS'],
  ['generated', 'Trojan:EC2/DGADomainRequest.C!DNS'],
  ['custom', 'Impact:EC2/MaliciousDomainRequest.Custom'],
  ['reputation-malicious', 'Impact:EC2/MaliciousDomainRequest.Reputation'],
  ['reputation-suspicious', 'Impact:EC2/SuspiciousDomainRequest.Reputation'],
  ['reputation-abused', 'Impact:EC2/AbusedDomainRequest.Reputation'],
  ['reputation-cryptocurrency', 'Impact:EC2/BitcoinDomainRequest.Reputation'],
]
const many =
  (count: number, name: (chance: Chance) => string, said: Partial<DnsRecord> = {}) =>
  (machine: Machine, atMs: number, chance: Chance): readonly DnsRecord[] =>
    Array.from({ length: count }, (_, at) => query(machine, atMs + at * secondMs, name(chance), said))

/** Questions that instances ask the resolver. */
export const nameThreats: readonly Technique[] = [
  ...listed.map(([threat, type]): Technique => ({
    name: `a listed domain: ${threat}`,
    types: [type],
    attack: ({ queries }) =>
      queries((machine, atMs) => [query(machine, atMs, `www.${listedDomain(threat)}`)]),
    twin: 'a domain that only ends alike',
    nearMiss: ({ queries }) =>
      queries((machine, atMs) => [query(machine, atMs, `not-${listedDomain(threat)}`)]),
  })),
  {
    name: 'generated domains',
    types: ['Trojan:EC2/DGADomainRequest.B'],
    attack: ({ queries }) =>
      queries(many(60, (chance) => `${label(chance, 16)}.com`, { rcode: 'NXDOMAIN', answers: [] })),
    twin: 'a content network’s names',
    nearMiss: ({ queries }) => queries(many(60, (chance) => `d${label(chance, 13)}.cloudfront.net`)),
  },
  {
    name: 'data in questions',
    types: ['Trojan:EC2/DNSDataExfiltration'],
    attack: ({ queries }) =>
      queries(
        many(900, (chance) => `${label(chance, 60)}.${label(chance, 40)}.t.collect.example`, {
          queryType: 'TXT',
        }),
      ),
    twin: 'a hundred lookups of a telemetry service',
    nearMiss: ({ queries }) => queries(many(100, (chance) => `o${chance.whole(900_000)}.ingest.sentry.io`)),
  },
  {
    name: 'a name that leads to the metadata',
    types: ['UnauthorizedAccess:EC2/MetadataDNSRebind'],
    attack: ({ queries }) =>
      queries((machine, atMs) => [
        query(machine, atMs, 'rebind.example', { answers: [{ rdata: '169.254.169.254', type: 'A' }] }),
      ]),
    twin: 'the cloud’s own name for it',
    nearMiss: ({ queries }) =>
      queries((machine, atMs) => [
        query(machine, atMs, 'instance-data.ec2.internal', {
          answers: [{ rdata: '169.254.169.254', type: 'A' }],
        }),
      ]),
  },
]
