// Goal: each type of finding of DNS queries comes when it should, and not for names that only look strange.
// Method: rows of small scenes that raise a type, and of near misses that must raise nothing; every type needs one of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDetection, type DetectionState } from '../../detection.ts'
import { registeredName } from '../../reading/domains.ts'
import type { DnsRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { type Listing, type Threat, unknownSurroundings } from '../../surroundings.ts'
import { looksGenerated } from './generated-label.ts'
import { dnsDetectors } from './index.ts'

const startMs = Date.UTC(2026, 0, 5)
const instanceId = 'arn:aws:lambda:eu-central-1:111122223333:function:shop'

/** Threat lists of the test: one domain for each threat. */
const threats = [
  ...['malicious', 'custom', 'command-and-control', 'cryptocurrency', 'drop-point', 'black-hole', 'drive-by'],
  ...['phishing', 'generated', 'reputation-malicious', 'reputation-suspicious', 'reputation-abused'],
  'reputation-cryptocurrency',
] as const satisfies readonly Threat[]
const surroundings = {
  ...unknownSurroundings,
  domain(name: string): readonly Listing[] {
    const threat = threats.find((one) => name === `${one}.example` || name.endsWith(`.${one}.example`))
    return threat === undefined ? [] : [{ threat, list: 'of the test' }]
  },
}

type Scene = readonly Partial<DnsRecord>[]
let sent = 0

/** A query of one instance, a second after the last, unless the scene says otherwise. */
function query(more: Partial<DnsRecord>): DnsRecord {
  sent += 1
  return {
    ...{ accountId: '111122223333', vpcId: 'vpc-0a1b', atMs: startMs + sent * 1000, srcaddr: '10.0.0.5' },
    ...{ queryName: 'example.org', queryType: 'A', rcode: 'NOERROR', instanceId: 'i-0123456789abcdef0' },
    ...{ answers: [{ rdata: '198.51.100.7', type: 'A' }], transport: 'UDP' },
    ...more,
  }
}

function seen(scene: Scene): readonly Signal[] {
  sent = 0
  const onFault = (_: string, error: unknown): void => assert.ifError(error)
  const { see } = createDetection({ detectors: dnsDetectors, surroundings, onFault })
  return scene.flatMap((record) => see('dns', query(record)))
}

function times(count: number, each: (at: number) => Partial<DnsRecord>): Scene {
  return Array.from({ length: count }, (_, at) => each(at))
}

/** Letters that follow from a seed alone. */
function random(seed: number, length: number, alphabet = 'abcdefghijklmnopqrstuvwxyz'): string {
  let state = (seed + 1) * 2_654_435_761
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return alphabet[(state >>> 8) % alphabet.length]
  }).join('')
}

const listed = (threat: Threat): Scene => [{ queryName: `www.${threat}.example` }]
const ofFunction = (threat: Threat): Scene => [{ queryName: `${threat}.example`, instanceId }]
const absent = { rcode: 'NXDOMAIN', answers: [] } as const
const base32 = 'abcdefghijklmnopqrstuvwxyz234567'
const hexadecimal = '0123456789abcdef'
const metadata = [{ rdata: '169.254.169.254', type: 'A' }] as const

type Row = readonly [type: string, name: string, scene: Scene]

const fires: readonly Row[] = [
  ['Backdoor:EC2/C&CActivity.B!DNS', 'asks for a listed domain', listed('command-and-control')],
  [
    'Backdoor:EC2/C&CActivity.B!DNS',
    'asks, and DNS Firewall blocks',
    [{ queryName: 'command-and-control.example', blocked: true, answers: [] }],
  ],
  ['Backdoor:Lambda/C&CActivity.B', 'a function asks', ofFunction('command-and-control')],
  ['CryptoCurrency:EC2/BitcoinTool.B!DNS', 'asks for a pool', listed('cryptocurrency')],
  ['CryptoCurrency:Lambda/BitcoinTool.B', 'a function asks', ofFunction('cryptocurrency')],
  ['Trojan:EC2/BlackholeTraffic!DNS', 'asks for a black hole', listed('black-hole')],
  ['Trojan:Lambda/BlackholeTraffic', 'a function asks', ofFunction('black-hole')],
  ['Trojan:EC2/DropPoint!DNS', 'asks for a drop point', listed('drop-point')],
  ['Trojan:Lambda/DropPoint', 'a function asks', ofFunction('drop-point')],
  ['Trojan:EC2/DriveBySourceTraffic!DNS', 'asks for a source of malware', listed('drive-by')],
  ['Trojan:EC2/PhishingDomainRequest!DNS', 'asks for phishing', listed('phishing')],
  ['Trojan:EC2/DGADomainRequest.C!DNS', 'asks for a known generated one', listed('generated')],
  ['Impact:EC2/MaliciousDomainRequest.Reputation', 'asks for a bad one', listed('reputation-malicious')],
  ['Impact:EC2/MaliciousDomainRequest.Reputation', 'asks for a malicious one', listed('malicious')],
  [
    'Impact:EC2/SuspiciousDomainRequest.Reputation',
    'asks for a suspicious one',
    listed('reputation-suspicious'),
  ],
  ['Impact:EC2/AbusedDomainRequest.Reputation', 'asks for an abused one', listed('reputation-abused')],
  ['Impact:EC2/BitcoinDomainRequest.Reputation', 'asks for coins', listed('reputation-cryptocurrency')],
  ['Impact:EC2/MaliciousDomainRequest.Custom', 'asks for one of a custom list', listed('custom')],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'asks for 20 random letters at a time',
    times(20, (at) => ({ queryName: `${random(at, 14)}.com`, ...absent })),
  ],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'asks for hexadecimal digits, and one is there',
    times(20, (at) => ({
      queryName: `${random(at, 24, hexadecimal)}.${['info', 'biz', 'co.uk'][at % 3]}`,
      ...(at !== 15 && absent),
    })),
  ],
  [
    'Trojan:EC2/DNSDataExfiltration',
    'sends data in names',
    times(400, (at) => ({
      queryName: `${random(at, 60, base32)}.${random(at + 9, 60, base32)}.t.example.net`,
    })),
  ],
  [
    'Trojan:EC2/DNSDataExfiltration',
    'gets data in TXT',
    times(200, (at) => ({
      queryName: `p${at}.example.net`,
      queryType: 'TXT',
      answers: [{ rdata: random(at, 200, base32), type: 'TXT' }],
    })),
  ],
  [
    'UnauthorizedAccess:EC2/MetadataDNSRebind',
    'is led to its metadata',
    [{ queryName: 'a.rebind.example', answers: metadata }],
  ],
]

/** Nothing is wrong with a domain whose name only begins or ends like a listed one. */
const like = (threat: Threat, more: Partial<DnsRecord> = {}): Scene => [
  { queryName: `not-${threat}.example`, ...more },
  { queryName: `${threat}.example.org`, ...more },
]

const silent: readonly Row[] = [
  ['Backdoor:EC2/C&CActivity.B!DNS', 'another', like('command-and-control')],
  ['Backdoor:Lambda/C&CActivity.B', 'another', like('command-and-control', { instanceId })],
  ['CryptoCurrency:EC2/BitcoinTool.B!DNS', 'another', like('cryptocurrency')],
  ['CryptoCurrency:Lambda/BitcoinTool.B', 'another', like('cryptocurrency', { instanceId })],
  ['Trojan:EC2/BlackholeTraffic!DNS', 'another', like('black-hole')],
  ['Trojan:Lambda/BlackholeTraffic', 'another', like('black-hole', { instanceId })],
  ['Trojan:EC2/DropPoint!DNS', 'another', like('drop-point')],
  ['Trojan:Lambda/DropPoint', 'another', like('drop-point', { instanceId })],
  ['Trojan:EC2/DriveBySourceTraffic!DNS', 'another', like('drive-by')],
  ['Trojan:EC2/PhishingDomainRequest!DNS', 'another', like('phishing')],
  ['Trojan:EC2/DGADomainRequest.C!DNS', 'another', like('generated')],
  ['Impact:EC2/MaliciousDomainRequest.Reputation', 'another', like('reputation-malicious')],
  ['Impact:EC2/SuspiciousDomainRequest.Reputation', 'another', like('reputation-suspicious')],
  ['Impact:EC2/AbusedDomainRequest.Reputation', 'another', like('reputation-abused')],
  ['Impact:EC2/BitcoinDomainRequest.Reputation', 'another', like('reputation-cryptocurrency')],
  ['Impact:EC2/MaliciousDomainRequest.Custom', 'another', like('custom')],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'hosts of a network of delivery',
    times(60, (at) => ({ queryName: `d${random(at, 13, hexadecimal)}.cloudfront.net` })),
  ],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'buckets and clusters with hashes, one of which is gone',
    times(60, (at) => ({
      queryName: `${random(at, 32, hexadecimal)}.gr7.eu-central-1.eks.amazonaws.com`,
      ...absent,
    })),
  ],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'a browser tries random names without a dot',
    times(60, (at) => ({ queryName: random(at, 12), ...absent })),
  ],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'international names',
    times(60, (at) => ({ queryName: `xn--${random(at, 12)}-kva.de`, ...absent })),
  ],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'odd names that exist, of trackers',
    times(60, (at) => ({ queryName: `${random(at, 14)}.com` })),
  ],
  [
    'Trojan:EC2/DGADomainRequest.B',
    'one strange name, asked for all day',
    times(500, () => ({ queryName: `${random(4, 14)}.com`, ...absent })),
  ],
  [
    'Trojan:EC2/DNSDataExfiltration',
    'checks of files by their hash, now and then',
    times(400, (at) => ({
      queryName: `${random(at, 40, hexadecimal)}.avqs.example.com`,
      atMs: startMs + at * 60_000,
    })),
  ],
  [
    'Trojan:EC2/DNSDataExfiltration',
    'the same long name without end',
    times(3000, (at) => ({ queryName: `${random(at % 5, 60, base32)}.elb.example.com` })),
  ],
  [
    'Trojan:EC2/DNSDataExfiltration',
    'reverse lookups of IPv6',
    times(2000, (at) => ({
      queryName: `${random(at, 32, hexadecimal).split('').join('.')}.ip6.arpa`,
      queryType: 'PTR',
    })),
  ],
  [
    'Trojan:EC2/DNSDataExfiltration',
    'a mail server’s checks of senders',
    times(2000, (at) => ({
      queryName: `s1._domainkey.${random(at, 8)}.com`,
      queryType: 'TXT',
      answers: [{ rdata: `v=DKIM1; p=${random(at, 200)}`, type: 'TXT' }],
    })),
  ],
  [
    'UnauthorizedAccess:EC2/MetadataDNSRebind',
    'the cloud’s own name for it, and a host’s own',
    [
      { queryName: 'instance-data.ec2.internal', answers: metadata },
      { queryName: 'instance-data', answers: metadata },
      { queryName: 'printer.example', answers: [{ rdata: '169.254.12.1', type: 'A' }] },
    ],
  ],
]

for (const [type, name, scene] of fires)
  test(`dns: ${type}: ${name}`, () => {
    const types = new Set(seen(scene).map((signal) => signal.type))
    assert.deepEqual([...types], [type])
  })

for (const [type, name, scene] of silent)
  test(`dns: not ${type}: ${name}`, () => {
    assert.deepEqual(
      seen(scene).map((signal) => signal.type),
      [],
    )
  })

test('dns: every type of finding has a row that raises it, and a near miss', () => {
  const types = dnsDetectors.flatMap(({ finds }) => Object.keys(finds)).sort()
  assert.equal(types.length, 19)
  assert.deepEqual([...new Set(fires.map(([type]) => type))].sort(), types)
  assert.deepEqual([...new Set(silent.map(([type]) => type))].sort(), types)
})

test('dns: a finding names the query, and whether it was blocked', () => {
  const [signal] = seen([{ queryName: 'a.b.phishing.example', blocked: true }])
  assert.deepEqual(signal?.action.DnsRequestAction, {
    Domain: 'a.b.phishing.example',
    Protocol: 'UDP',
    Blocked: true,
    DomainWithSuffix: 'phishing.example',
    VpcOwnerAccountId: '111122223333',
  })
  assert.equal(signal?.resource.InstanceDetails?.InstanceId, 'i-0123456789abcdef0')
})

test('dns: names that people chose do not look generated, random ones do', () => {
  const chosen = [
    ...['googleusercontent', 'cloudflare-dns', 'rechtsanwaltskanzlei', 'przedsiebiorstwo', 'wikipedia'],
    ...['stackoverflow', 'herokuapp', 'sourceforge', 'deutschebahn', 'weibo-international', 'tiktokcdn-us'],
    ...['facebookmail', 'windowsupdate', 'digitalocean', 'microsoftonline', 'kubernetes', 'elasticsearch'],
    ...['letsencrypt', 'doubleclick', 'guarddutyc2activityb', 'norddeutscherrundfunk', 'autodiscover'],
  ]
  assert.deepEqual(chosen.filter(looksGenerated), [])
  const made = Array.from({ length: 1000 }, (_, at) => random(at, 10 + (at % 15)))
  const told = made.filter(looksGenerated).length
  assert.ok(told >= 900, `${told} of 1,000`)
})

test('dns: where a name was registered', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['www.example.co.uk', 'www|example.co.uk|example'],
    ['example.co.uk', '|example.co.uk|example'],
    ['co.uk', '|co.uk|co'],
    ['a.b.example.com', 'a.b|example.com|example'],
    ['example.com', '|example.com|example'],
    ['com.example.com', 'com|example.com|example'],
    ['localhost', undefined],
    ['', undefined],
    ['.com', undefined],
  ]
  for (const [name, want] of rows) {
    const found = registeredName(name)
    assert.equal(found && `${found.below}|${found.domain}|${found.label}`, want, name)
  }
})

test('dns: what is remembered survives a restart in the midst of each scene', () => {
  const onFault = (_: string, error: unknown): void => assert.ifError(error)
  for (const [type, name, scene] of fires) {
    sent = 0
    const records = scene.map(query)
    const options = { detectors: dnsDetectors, surroundings, onFault }
    const first = createDetection(options)
    const half = records.length >> 1
    const before = records.slice(0, half).flatMap((record) => first.see('dns', record))
    const state = JSON.parse(JSON.stringify(first.state())) as DetectionState // `state` wrote it.
    const second = createDetection({ ...options, state })
    const after = records.slice(half).flatMap((record) => second.see('dns', record))
    assert.deepEqual([...before, ...after], seen(scene), `${type}: ${name}`)
  }
})
