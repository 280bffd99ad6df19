// Goal: each type of finding of flow records comes when it should, and not when something only looks like it.
// Method: rows of small scenes that raise a type, and of near misses that must raise nothing; every type needs one of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDetection, type DetectionState } from '../../detection.ts'
import type { FlowRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { type Listing, type Threat, unknownSurroundings } from '../../surroundings.ts'
import { isPublicAddress } from '../../reading/addresses.ts'
import { flowDetectors } from './index.ts'

const startMs = Date.UTC(2026, 0, 5)
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const functionArn = 'arn:aws:lambda:eu-central-1:111122223333:function:shop'

/** Threat lists of the test. */
const listed: ReadonlyMap<string, Threat> = new Map([
  ['203.0.113.66', 'command-and-control'],
  ['203.0.113.67', 'cryptocurrency'],
  ['203.0.113.68', 'black-hole'],
  ['203.0.113.69', 'drop-point'],
  ['203.0.113.70', 'tor'],
  ['203.0.113.71', 'custom'],
  ['203.0.113.72', 'malicious'],
])
const surroundings = {
  ...unknownSurroundings,
  address(address: string): readonly Listing[] {
    const threat = listed.get(address)
    return threat === undefined ? [] : [{ threat, list: 'of the test' }]
  },
}

type Scene = readonly Partial<FlowRecord>[]
let sent = 0

/** A record of egress, of a machine that calls a stranger; each a second after the last, unless the scene says otherwise. */
function flow(more: Partial<FlowRecord>): FlowRecord {
  sent += 1
  const atMs = more.startMs ?? startMs + sent * 1000
  return {
    ...{ accountId: '111122223333', interfaceId: 'eni-0a1b2c3d', instanceId: 'i-0123456789abcdef0' },
    ...{ srcaddr: '10.0.0.5', dstaddr: '198.51.100.7', srcport: 40_000 + (sent % 20_000), dstport: 443 },
    ...{ protocol: 6, packets: 12, bytes: 3000, action: 'ACCEPT' as const, startMs: atMs, endMs: atMs },
    ...more,
  }
}

function seen(scene: Scene): readonly Signal[] {
  sent = 0
  const { see } = createDetection({
    detectors: flowDetectors,
    surroundings,
    onFault: (_, error) => assert.ifError(error),
  })
  return scene.flatMap((record) => see('flow', flow(record)))
}

function times(count: number, each: (at: number) => Partial<FlowRecord>): Scene {
  return Array.from({ length: count }, (_, at) => each(at))
}

/** The same connection, seen from the other end: somebody calls the machine. */
function inward(more: Partial<FlowRecord>): Partial<FlowRecord> {
  return { srcaddr: '198.51.100.7', dstaddr: '10.0.0.5', ...more }
}

const probe = { packets: 1, bytes: 44 } as const
const attempt = { packets: 14, bytes: 2400 } as const
const toListed = (dstaddr: string, more: Partial<FlowRecord> = {}): Scene => [{ dstaddr, ...more }]
const host = (at: number): string => `198.51.${100 + Math.floor(at / 200)}.${1 + (at % 200)}`
/** Eight days of a machine's ordinary life. */
const ordinary = times(8 * 24, (at) => ({ startMs: startMs + at * 60 * minuteMs, bytes: 5e6, packets: 4000 }))
const afterwards = startMs + 8 * dayMs

type Row = readonly [type: string, name: string, scene: Scene]

const fires: readonly Row[] = [
  ['Backdoor:EC2/C&CActivity.B', 'calls a command and control server', toListed('203.0.113.66')],
  ['Backdoor:EC2/C&CActivity.B', 'calls one in vain', toListed('203.0.113.66', { action: 'REJECT' })],
  [
    'Backdoor:Lambda/C&CActivity.B',
    'a function calls one',
    toListed('203.0.113.66', { instanceId: functionArn }),
  ],
  ['CryptoCurrency:EC2/BitcoinTool.B', 'calls a mining pool', toListed('203.0.113.67')],
  [
    'CryptoCurrency:Lambda/BitcoinTool.B',
    'a function calls one',
    toListed('203.0.113.67', { instanceId: functionArn }),
  ],
  ['Trojan:EC2/BlackholeTraffic', 'calls a black hole', toListed('203.0.113.68')],
  [
    'Trojan:Lambda/BlackholeTraffic',
    'a function calls one',
    toListed('203.0.113.68', { instanceId: functionArn }),
  ],
  ['Trojan:EC2/DropPoint', 'calls a drop point', toListed('203.0.113.69')],
  ['Trojan:Lambda/DropPoint', 'a function calls one', toListed('203.0.113.69', { instanceId: functionArn })],
  ['UnauthorizedAccess:EC2/TorClient', 'calls a node of Tor', toListed('203.0.113.70')],
  [
    'UnauthorizedAccess:Lambda/TorClient',
    'a function calls one',
    toListed('203.0.113.70', { instanceId: functionArn }),
  ],
  [
    'UnauthorizedAccess:EC2/MaliciousIPCaller.Custom',
    'calls an address of a custom list',
    toListed('203.0.113.71'),
  ],
  [
    'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
    'a function calls one',
    toListed('203.0.113.71', { instanceId: functionArn }),
  ],
  [
    'UnauthorizedAccess:EC2/TorRelay',
    'answers a node of Tor at the port of a relay',
    [{ dstaddr: '203.0.113.70', srcport: 9001, dstport: 45_001, packets: 20 }],
  ],
  [
    'UnauthorizedAccess:Lambda/TorRelay',
    'a function does',
    [{ dstaddr: '203.0.113.70', srcport: 9001, dstport: 45_001, packets: 20, instanceId: functionArn }],
  ],
  [
    'Recon:EC2/PortProbeUnprotectedPort',
    'a stranger tries many ports and one is open',
    [
      ...times(8, (at) => inward({ dstport: 6000 + at, action: 'REJECT', ...probe })),
      inward({ dstport: 6379, ...probe }),
    ],
  ],
  [
    'Recon:EC2/PortProbeUnprotectedPort',
    'a listed address tries one port',
    [inward({ srcaddr: '203.0.113.72', dstport: 9200, ...probe })],
  ],
  [
    'Recon:EC2/PortProbeEMRUnprotectedPort',
    'a stranger tries many machines and a cluster’s port is open',
    [
      ...times(8, (at) =>
        inward({ dstaddr: `10.0.0.${10 + at}`, dstport: 8088, action: 'REJECT', ...probe }),
      ),
      inward({ dstport: 8088, ...probe }),
    ],
  ],
  ['Recon:EC2/Portscan', 'tries 20 ports of a host', times(20, (at) => ({ dstport: 1000 + at, ...probe }))],
  [
    'Recon:EC2/Portscan',
    'tries 20 ports of a neighbour',
    times(20, (at) => ({ dstaddr: '10.0.0.9', dstport: 1000 + at, flowDirection: 'egress', ...probe })),
  ],
  [
    'Impact:EC2/PortSweep',
    'tries a port of 40 hosts',
    times(40, (at) => ({ dstaddr: host(at), dstport: 445, ...probe })),
  ],
  [
    'UnauthorizedAccess:EC2/SSHBruteForce',
    'is called 30 times',
    times(30, () => inward({ dstport: 22, ...attempt })),
  ],
  ['UnauthorizedAccess:EC2/SSHBruteForce', 'calls 30 times', times(30, () => ({ dstport: 22, ...attempt }))],
  [
    'UnauthorizedAccess:EC2/RDPBruteForce',
    'is called 30 times',
    times(30, () => inward({ dstport: 3389, ...attempt })),
  ],
  [
    'Impact:EC2/WinRMBruteForce',
    'is called 30 times',
    times(30, () => inward({ dstport: 5985, ...attempt })),
  ],
  [
    'Backdoor:EC2/DenialOfService.Tcp',
    'opens 300 connections a second',
    times(6000, (at) => ({ startMs: startMs + at * 3, srcport: 1024 + at, packets: 1, bytes: 40 })),
  ],
  [
    'Backdoor:EC2/DenialOfService.Tcp',
    'opens without end from one port, by its flags',
    [{ packets: 90_000, bytes: 90_000 * 40, tcpFlags: 2 }],
  ],
  [
    'Backdoor:EC2/DenialOfService.Udp',
    'sends without an answer',
    times(4, () => ({ protocol: 17, dstport: 30_120, packets: 100_000, bytes: 1e8 })),
  ],
  [
    'Backdoor:EC2/DenialOfService.Dns',
    'asks without an answer',
    times(4, () => ({ protocol: 17, dstport: 53, packets: 20_000, bytes: 1.2e6 })),
  ],
  [
    'Backdoor:EC2/DenialOfService.UdpOnTcpPorts',
    'sends UDP at SSH',
    times(4, () => ({ protocol: 17, dstport: 22, packets: 20_000, bytes: 1e6 })),
  ],
  [
    'Backdoor:EC2/DenialOfService.UnusualProtocol',
    'sends IGMP',
    times(4, () => ({ protocol: 2, srcport: 0, dstport: 0, packets: 20_000, bytes: 1e6 })),
  ],
  [
    'Backdoor:EC2/Spambot',
    'speaks with 30 mail servers',
    times(30, (at) => ({ dstaddr: host(at), dstport: 25 })),
  ],
  [
    'Behavior:EC2/NetworkPortUnusual',
    'calls a port that it never called',
    [...ordinary, { startMs: afterwards, dstport: 4444, packets: 200 }],
  ],
  [
    'Behavior:EC2/TrafficVolumeUnusual',
    'sends 20 GB in an hour',
    [...ordinary, ...times(20, (at) => ({ startMs: afterwards + at * minuteMs, bytes: 1e9, packets: 1e6 }))],
  ],
  [
    'DefenseEvasion:EC2/UnusualDNSResolver',
    'asks a resolver that it never asked',
    [
      ...ordinary,
      { startMs: afterwards, dstport: 53, dstaddr: '198.51.100.53', protocol: 17, packets: 2, bytes: 140 },
    ],
  ],
  [
    'DefenseEvasion:EC2/UnusualDoHActivity',
    'asks one over HTTPS',
    [...ordinary, { startMs: afterwards, dstaddr: '1.1.1.1' }],
  ],
  [
    'DefenseEvasion:EC2/UnusualDoTActivity',
    'asks one over TLS',
    [...ordinary, { startMs: afterwards, dstport: 853 }],
  ],
]

const knocks = (srcaddr: string): Scene => [inward({ srcaddr, dstport: 22, action: 'REJECT', ...probe })]
const answers = (packets: number, from: Partial<FlowRecord>): Partial<FlowRecord> =>
  inward({
    srcport: from.dstport ?? 0,
    dstport: 50_000,
    protocol: from.protocol ?? 17,
    packets,
    bytes: packets * 60,
  })

const silent: readonly Row[] = [
  ['Backdoor:EC2/C&CActivity.B', 'a listed server knocks', knocks('203.0.113.66')],
  [
    'Backdoor:Lambda/C&CActivity.B',
    'a function calls another',
    toListed('203.0.113.99', { instanceId: functionArn }),
  ],
  ['CryptoCurrency:EC2/BitcoinTool.B', 'a pool knocks', knocks('203.0.113.67')],
  [
    'CryptoCurrency:Lambda/BitcoinTool.B',
    'a function calls another',
    toListed('203.0.113.98', { instanceId: functionArn }),
  ],
  ['Trojan:EC2/BlackholeTraffic', 'a black hole knocks', knocks('203.0.113.68')],
  [
    'Trojan:Lambda/BlackholeTraffic',
    'a function calls another',
    toListed('203.0.113.97', { instanceId: functionArn }),
  ],
  ['Trojan:EC2/DropPoint', 'a drop point knocks', knocks('203.0.113.69')],
  [
    'Trojan:Lambda/DropPoint',
    'a function calls another',
    toListed('203.0.113.96', { instanceId: functionArn }),
  ],
  [
    'UnauthorizedAccess:EC2/TorClient',
    'Tor visits a web server',
    [inward({ srcaddr: '203.0.113.70', dstport: 443 })],
  ],
  [
    'UnauthorizedAccess:Lambda/TorClient',
    'a function calls another',
    toListed('203.0.113.95', { instanceId: functionArn }),
  ],
  [
    'UnauthorizedAccess:EC2/TorRelay',
    'Tor scans the port of a relay and is refused by the host',
    [{ dstaddr: '203.0.113.70', srcport: 9001, dstport: 45_001, packets: 1, bytes: 40 }],
  ],
  [
    'UnauthorizedAccess:Lambda/TorRelay',
    'the port of a relay answers a stranger',
    [{ srcport: 9001, dstport: 45_001, packets: 20, instanceId: functionArn }],
  ],
  ['UnauthorizedAccess:EC2/MaliciousIPCaller.Custom', 'one of the list knocks', knocks('203.0.113.71')],
  [
    'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
    'a function calls another',
    toListed('203.0.113.94', { instanceId: functionArn }),
  ],
  [
    'Recon:EC2/PortProbeUnprotectedPort',
    'all ports are closed',
    times(40, (at) => inward({ dstport: 6000 + at, action: 'REJECT', ...probe })),
  ],
  [
    'Recon:EC2/PortProbeUnprotectedPort',
    'a visitor calls the web server, and one more port by mistake',
    [inward({ dstport: 443 }), inward({ dstport: 80, ...probe }), inward({ dstport: 8080, ...probe })],
  ],
  [
    'Recon:EC2/PortProbeEMRUnprotectedPort',
    'a client uses one port of a cluster',
    times(20, () => inward({ dstport: 8088, packets: 30, bytes: 9000 })),
  ],
  [
    'Recon:EC2/Portscan',
    'opens many connections to one port',
    times(40, () => ({ dstport: 5432, ...probe })),
  ],
  [
    'Recon:EC2/Portscan',
    'is scanned, and its host refuses',
    times(40, (at) => ({ srcport: 1000 + at, dstport: 45_000, ...probe })),
  ],
  [
    'Recon:EC2/Portscan',
    'answers clients of its service behind one router',
    times(40, (at) => ({ srcport: 8443, dstport: 2000 + at, ...probe })),
  ],
  [
    'Impact:EC2/PortSweep',
    'a crawler, with the ends of its connections',
    times(80, (at) => ({ dstaddr: host(at >> 1), ...(at % 2 === 1 && { packets: 2, bytes: 104 }) })),
  ],
  [
    'Impact:EC2/PortSweep',
    'a monitor of the own network',
    times(80, (at) => ({ dstaddr: `10.0.1.${at}`, dstport: 9100, flowDirection: 'egress', ...probe })),
  ],
  [
    'UnauthorizedAccess:EC2/SSHBruteForce',
    'a session that lasts',
    times(60, () => inward({ srcport: 51_000, dstport: 22, ...attempt })),
  ],
  [
    'UnauthorizedAccess:EC2/SSHBruteForce',
    'is refused',
    times(60, () => inward({ dstport: 22, action: 'REJECT', ...attempt })),
  ],
  [
    'UnauthorizedAccess:EC2/RDPBruteForce',
    'a few sessions',
    times(6, () => inward({ dstport: 3389, ...attempt })),
  ],
  [
    'Impact:EC2/WinRMBruteForce',
    'a tool that administers once an hour',
    times(30, (at) => inward({ dstport: 5986, startMs: startMs + at * 60 * minuteMs, ...attempt })),
  ],
  [
    'Backdoor:EC2/DenialOfService.Tcp',
    'a large download is acknowledged',
    times(40, () => ({ srcport: 45_000, packets: 200_000, bytes: 200_000 * 52 })),
  ],
  [
    'Backdoor:EC2/DenialOfService.Udp',
    'a tunnel or QUIC, which is answered',
    times(20, (at) => {
      const out = { protocol: 17, dstport: 443, packets: 100_000, bytes: 1e8 }
      return at % 2 === 0 ? answers(30_000, out) : out
    }),
  ],
  [
    'Backdoor:EC2/DenialOfService.Udp',
    'a flood within the own network',
    times(20, () => ({
      dstaddr: '10.0.0.9',
      protocol: 17,
      dstport: 8125,
      packets: 100_000,
      bytes: 1e8,
      flowDirection: 'egress',
    })),
  ],
  [
    'Backdoor:EC2/DenialOfService.Dns',
    'a busy resolver is answered',
    times(20, (at) => {
      const out = { protocol: 17, dstport: 53, packets: 20_000, bytes: 1.2e6 }
      return at % 2 === 0 ? answers(20_000, out) : out
    }),
  ],
  [
    'Backdoor:EC2/DenialOfService.UdpOnTcpPorts',
    'a few packets, in an hour',
    times(4, (at) => ({
      startMs: startMs + at * 20 * minuteMs,
      protocol: 17,
      dstport: 22,
      packets: 9000,
      bytes: 1e6,
    })),
  ],
  [
    'Backdoor:EC2/DenialOfService.UnusualProtocol',
    'a tunnel of IPsec',
    times(20, () => ({ protocol: 50, srcport: 0, dstport: 0, packets: 90_000, bytes: 9e7 })),
  ],
  [
    'Backdoor:EC2/Spambot',
    'a mail server of old, on a busy day',
    [
      ...times(30, (at) => ({
        dstaddr: host(at % 3),
        dstport: 25,
        startMs: startMs + at * 8 * 60 * minuteMs,
      })),
      ...times(60, (at) => ({ dstaddr: host(at), dstport: 25, startMs: startMs + 11 * dayMs + at * 1000 })),
    ],
  ],
  ['Backdoor:EC2/Spambot', 'reports go to one relay', times(60, () => ({ dstport: 25 }))],
  [
    'Behavior:EC2/NetworkPortUnusual',
    'a port that it calls every week',
    [{ dstport: 4444, packets: 200 }, ...ordinary, { startMs: afterwards, dstport: 4444, packets: 200 }],
  ],
  [
    'Behavior:EC2/NetworkPortUnusual',
    'a ping',
    [...ordinary, { startMs: afterwards, protocol: 1, srcport: 0, dstport: 0, packets: 60 }],
  ],
  ['Behavior:EC2/NetworkPortUnusual', 'a new machine', [{ dstport: 4444, packets: 200 }]],
  [
    'Behavior:EC2/TrafficVolumeUnusual',
    'a night’s copy, as every night',
    times(12, (at) => ({ startMs: startMs + at * dayMs, bytes: 2e10, packets: 2e7 })),
  ],
  [
    'DefenseEvasion:EC2/UnusualDNSResolver',
    'its own resolver, inside',
    [
      ...ordinary,
      { startMs: afterwards, dstport: 53, dstaddr: '10.0.0.2', protocol: 17, packets: 2, bytes: 140 },
    ],
  ],
  [
    'DefenseEvasion:EC2/UnusualDoHActivity',
    'HTTPS elsewhere',
    [...ordinary, { startMs: afterwards, dstaddr: '198.51.100.8' }],
  ],
  [
    'DefenseEvasion:EC2/UnusualDoTActivity',
    'DNS over TLS from the first day',
    [{ dstport: 853 }, ...ordinary, { startMs: afterwards, dstport: 853 }],
  ],
]

for (const [type, name, scene] of fires)
  test(`flow: ${type}: ${name}`, () => {
    const types = new Set(seen(scene).map((signal) => signal.type))
    assert.deepEqual([...types], [type])
  })

for (const [type, name, scene] of silent)
  test(`flow: not ${type}: ${name}`, () => {
    assert.deepEqual(
      seen(scene).map((signal) => signal.type),
      [],
    )
  })

test('flow: every type of finding has a row that raises it, and a near miss', () => {
  const types = flowDetectors.flatMap(({ finds }) => Object.keys(finds)).sort()
  assert.equal(types.length, 32)
  assert.deepEqual([...new Set(fires.map(([type]) => type))].sort(), types)
  assert.deepEqual([...new Set(silent.map(([type]) => type))].sort(), types)
})

test('flow: severity and role tell whether the machine attacks or is attacked', () => {
  const [asTarget] = seen(times(30, () => inward({ dstport: 22, ...attempt })))
  const [asActor] = seen(times(30, () => ({ dstport: 22, ...attempt })))
  assert.deepEqual([asTarget?.severity, asTarget?.resourceRole], [undefined, 'TARGET'])
  assert.deepEqual([asActor?.severity, asActor?.resourceRole], [8, 'ACTOR'])
  assert.equal(asTarget?.action.NetworkConnectionAction?.ConnectionDirection, 'INBOUND')
  assert.equal(asTarget?.action.NetworkConnectionAction?.RemoteIpDetails?.IpAddressV4, '198.51.100.7')
  assert.equal(asTarget?.values['attacker'], '198.51.100.7')
  const [probed] = seen([inward({ srcaddr: '203.0.113.72', dstport: 9200, ...probe })])
  assert.equal(probed?.severity, 8, 'Elasticsearch')
})

test('flow: a function is the resource of what it does', () => {
  const [signal] = seen(toListed('203.0.113.66', { instanceId: functionArn }))
  assert.equal(signal?.resource.LambdaDetails?.FunctionName, 'shop')
  assert.equal(signal?.values['functionName'], 'shop')
})

test('flow: what the Internet routes', () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['8.8.8.8', true],
    ['172.32.0.1', true],
    ['100.128.0.1', true],
    ['172.31.255.255', false],
    ['10.0.0.1', false],
    ['169.254.169.254', false],
    ['239.255.255.250', false],
    ['255.255.255.255', false],
    ['2001:db8::1', true],
    ['fe80::1', false],
    ['fd00:ec2::254', false],
    ['ff02::1', false],
    ['1.2.3', false],
    ['1.2.3.256', false],
    ['1..2.3', false],
    ['', false],
  ]
  for (const [address, want] of rows) assert.equal(isPublicAddress(address), want, address)
})

test('flow: what is remembered survives a restart in the midst of each scene', () => {
  const onFault = (_: string, error: unknown): void => assert.ifError(error)
  for (const [type, name, scene] of fires) {
    sent = 0
    const records = scene.map(flow)
    const options = { detectors: flowDetectors, surroundings, onFault }
    const first = createDetection(options)
    const half = records.length >> 1
    const before = records.slice(0, half).flatMap((record) => first.see('flow', record))
    const state = JSON.parse(JSON.stringify(first.state())) as DetectionState // `state` wrote it.
    const second = createDetection({ ...options, state })
    const after = records.slice(half).flatMap((record) => second.see('flow', record))
    assert.deepEqual([...before, ...after], seen(scene), `${type}: ${name}`)
  }
})
