import { detector } from '../../detector.ts'
import { dnsSignal } from '../../findings/dns-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import { registeredName, type RegisteredName } from '../../reading/domains.ts'
import type { DnsRecord } from '../../records.ts'
import { entropyOf, hashOf } from './label-statistics.ts'
import { blockDomain } from './remedies.ts'

const type = 'Trojan:EC2/DNSDataExfiltration'

const halfLifeMs = 10 * 60_000
/** What goes through names and answers under one domain within some minutes: some hundred lookups of a scanner of mail bring less. Units: bytes. */
const bytesMin = 20_000
/** Names that carry something are longer than those of hosts. */
const lengthMin = 24
/** What is encoded uses its alphabet evenly: 4 bits in hexadecimal, 5 in base 32. Units: bits a letter. */
const entropyMin = 3
/** Names asked for again carry nothing new: so many are remembered, as numbers. */
const recentMax = 16

/** Their answers carry what one likes. */
const carriers: ReadonlySet<string> = new Set(['TXT', 'NULL', 'CNAME'])
const answerBytesMax = 1000

/** Nobody outside answers below these. */
const closed: ReadonlySet<string> = new Set(['amazonaws.com', 'in-addr.arpa', 'ip6.arpa'])
const closedTops = ['.internal', '.local', '.arpa']

/**
 * A machine sends data out, or gets them, in names below one domain.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Trojan:EC2/DNSDataExfiltration.
 */
export const tunnel = detector({
  name: 'dns-tunnel',
  source: 'dns',
  finds: {
    [type]: {
      severity: 8,
      title: '{machine} moves data in DNS queries below {domain}.',
      description:
        '{machine} asked for many long names below {domain} that carry data: this is how data leave a network that lets out nothing but DNS.',
      remediation: blockDomain,
    },
  },
  remembers: {
    entityOf(record) {
      const name = carrierOf(record)
      return name && `${record.instanceId ?? record.srcaddr} ${name.domain}`
    },
    fresh: () => ({ bytes: noCount(), recent: [] as number[] }),
  },
  see(record, { memory: { bytes, recent }, atMs }) {
    const name = carrierOf(record)
    if (name === undefined) return undefined
    const hash = hashOf(name.below)
    if (recent.includes(hash)) return undefined
    if (recent.length >= recentMax) recent.shift()
    recent.push(hash)
    const moved = addTo(bytes, atMs, halfLifeMs, name.below.length + answerBytes(record))
    if (moved < bytesMin) return undefined
    bytes.amount = 0
    return dnsSignal(record, { type, additionalInfo: { bytesWithinMinutes: Math.round(moved) } })
  },
})

function carrierOf({ queryName, queryType }: DnsRecord): RegisteredName | undefined {
  const isCarrier = queryType === 'TXT' || queryType === 'NULL'
  if (!isCarrier && queryName.length < lengthMin) return undefined
  const name = registeredName(queryName)
  if (name === undefined || name.below === '' || closed.has(name.domain)) return undefined
  if (closedTops.some((top) => queryName.endsWith(top))) return undefined
  if (isCarrier) return name
  return name.below.length >= lengthMin && entropyOf(name.below) >= entropyMin ? name : undefined
}

function answerBytes({ answers }: DnsRecord): number {
  let bytes = 0
  for (const { rdata, type: kind } of answers) if (carriers.has(kind)) bytes += rdata.length
  return Math.min(bytes, answerBytesMax)
}
