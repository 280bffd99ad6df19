import type { DnsRecord, FlowRecord } from '#engines/detect/index.ts'
import { account, addresses } from './places.ts'
import type { Chance } from './random.ts'
import { days, hourMs, minuteMs, secondMs, startMs } from './staff.ts'

/** An instance of the simulation. */
export interface Machine {
  readonly id: string
  readonly interfaceId: string
  readonly address: string
}

export const machines: readonly Machine[] = Array.from({ length: 8 }, (_, at) => ({
  id: `i-0aa00000000000${at}0`,
  interfaceId: `eni-0aa00000000000${at}0`,
  address: `10.0.${at < 4 ? 1 : 2}.${20 + at}`,
}))

const vpcId = 'vpc-0aa00000000000000'
const [tcp, udp] = [6, 17]
/** SYN and FIN, and the same with ACK: whole conversations, of the side that begins and of the other one. */
const [began, answered] = [3, 19]
const database = '10.0.3.10'
const [balancer, balancer2] = ['10.0.0.11', '10.0.0.12']
const resolver = '10.0.0.2'

/** One direction of a conversation. */
export function flow(
  machine: Machine,
  atMs: number,
  said: Partial<FlowRecord> & Pick<FlowRecord, 'srcaddr' | 'dstaddr' | 'srcport' | 'dstport'>,
): FlowRecord {
  const flowDirection = said.srcaddr === machine.address ? 'egress' : 'ingress'
  return {
    ...{ accountId: account, interfaceId: machine.interfaceId, instanceId: machine.id, vpcId, protocol: tcp },
    ...{
      packets: 12,
      bytes: 6400,
      startMs: atMs,
      endMs: atMs + minuteMs,
      action: 'ACCEPT',
      flowDirection,
      tcpFlags: began,
    },
    ...said,
  }
}

/** A conversation that the machine begins: what it sends, and what comes back. */
export function outward(
  machine: Machine,
  atMs: number,
  to: string,
  port: number,
  chance: Chance,
  more: Partial<FlowRecord> = {},
): readonly FlowRecord[] {
  const local = 32_768 + chance.whole(28_000)
  const [sent, got] = [2000 + chance.whole(40_000), 4000 + chance.whole(200_000)]
  return [
    flow(machine, atMs, {
      srcaddr: machine.address,
      dstaddr: to,
      srcport: local,
      dstport: port,
      bytes: sent,
      packets: 10 + Math.floor(sent / 1000),
      ...more,
    }),
    flow(machine, atMs, {
      srcaddr: to,
      dstaddr: machine.address,
      srcport: port,
      dstport: local,
      bytes: got,
      packets: 10 + Math.floor(got / 1200),
      tcpFlags: answered,
      ...more,
    }),
  ]
}

/** A conversation that somebody else begins. */
export function inward(
  machine: Machine,
  atMs: number,
  from: string,
  port: number,
  chance: Chance,
  more: Partial<FlowRecord> = {},
): readonly FlowRecord[] {
  const remote = 32_768 + chance.whole(28_000)
  return [
    flow(machine, atMs, { srcaddr: from, dstaddr: machine.address, srcport: remote, dstport: port, ...more }),
    flow(machine, atMs, {
      srcaddr: machine.address,
      dstaddr: from,
      srcport: port,
      dstport: remote,
      bytes: 20_000 + chance.whole(90_000),
      packets: 60,
      tcpFlags: answered,
      ...more,
    }),
  ]
}

const apis = ['3.64.12.8', '3.64.19.77', '3.64.20.4', '3.64.33.101']
const mirrors = ['151.101.2.132', '151.101.66.132']
const partners = ['104.18.22.5', '104.18.23.5', '13.107.42.14']
const clocks = ['169.254.169.123']

/** A fortnight of connections of eight instances. */
export function flowsOf(chance: Chance): readonly FlowRecord[] {
  const flows: FlowRecord[] = []
  const everyMs = 30 * minuteMs
  for (const [at, machine] of machines.entries())
    for (let atMs = startMs; atMs < startMs + days * 24 * hourMs; atMs += everyMs) {
      const hour = new Date(atMs).getUTCHours()
      const isBusy = hour >= 7 && hour < 21
      for (let left = isBusy ? 3 : 1; left > 0; left -= 1)
        flows.push(...outward(machine, atMs + chance.whole(everyMs), chance.pick(apis), 443, chance))
      flows.push(
        ...outward(machine, atMs, chance.pick(partners), 443, chance),
        ...outward(machine, atMs, database, 5432, chance),
      )
      flows.push(
        ...outward(machine, atMs, resolver, 53, chance, {
          protocol: udp,
          tcpFlags: 0,
          bytes: 400,
          packets: 4,
        }),
      )
      flows.push(
        ...outward(machine, atMs, chance.pick(clocks), 123, chance, {
          protocol: udp,
          tcpFlags: 0,
          bytes: 76,
          packets: 1,
        }),
      )
      if (at < 4)
        flows.push(
          ...inward(machine, atMs + chance.whole(everyMs), chance.pick([balancer, balancer2]), 8443, chance),
        )
      if (hour === 4 && atMs % hourMs === 0)
        flows.push(...outward(machine, atMs, chance.pick(mirrors), 80, chance))
      if (at === 7 && hour === 9) flows.push(...outward(machine, atMs, '3.64.40.25', 587, chance))
      // The bastion is known to the whole world: somebody knocks now and then, and is not let in.
      if (at === 7 && chance.happens(0.3))
        flows.push(
          flow(machine, atMs, {
            srcaddr: `162.142.${chance.whole(250)}.${chance.whole(250)}`,
            dstaddr: machine.address,
            srcport: 40_000 + chance.whole(9000),
            dstport: chance.pick([22, 23, 80, 443, 3389, 8080]),
            action: 'REJECT',
            packets: 1,
            bytes: 40,
            tcpFlags: 2,
          }),
        )
      if (at === 7 && isBusy && chance.happens(0.2))
        flows.push(...inward(machine, atMs, addresses.office, 22, chance))
      // A nightly copy of the database's dump, always about as large.
      if (at === 6 && hour === 1 && atMs % hourMs === 0)
        flows.push(
          ...outward(machine, atMs, '3.64.50.9', 443, chance, {
            bytes: 900_000_000 + chance.whole(200_000_000),
            packets: 700_000,
          }),
        )
    }
  return flows.toSorted((a, b) => a.endMs - b.endMs)
}

/** A question and its answer. */
export function query(
  machine: Machine,
  atMs: number,
  queryName: string,
  said: Partial<DnsRecord> = {},
): DnsRecord {
  return {
    ...{
      accountId: account,
      vpcId,
      atMs,
      queryName,
      queryType: 'A',
      rcode: 'NOERROR',
      srcaddr: machine.address,
    },
    ...{ answers: [{ rdata: '3.64.12.8', type: 'A' }], transport: 'UDP', instanceId: machine.id },
    ...said,
  }
}

const ordinary = [
  ...['sqs', 'kms', 'secretsmanager', 'sts', 'dynamodb', 'logs', 'ssm', 'ec2messages'].map(
    (name) => `${name}.eu-central-1.amazonaws.com`,
  ),
  ...[
    's3.dualstack.eu-central-1.amazonaws.com',
    'example-uploads.s3.eu-central-1.amazonaws.com',
    'api.stripe.com',
    'login.microsoftonline.com',
  ],
  ...[
    'db.shop.internal',
    'cache.shop.internal',
    'deb.debian.org',
    'security.debian.org',
    'registry.npmjs.org',
    'pypi.org',
    'files.pythonhosted.org',
  ],
  ...[
    '0.debian.pool.ntp.org',
    '2.amazon.pool.ntp.org',
    'api.github.com',
    'objects.githubusercontent.com',
    'sentry.io',
    'o447951.ingest.sentry.io',
  ],
]
/** Names that look like chance and are not: of content networks, telemetry, mail. */
const odd: readonly ((chance: Chance) => string)[] = [
  (chance) => `d${chance.hex(13)}.cloudfront.net`,
  (chance) => `e${chance.whole(90_000)}.dscd.akamaiedge.net`,
  (chance) => `a${chance.hex(31)}.awsglobalaccelerator.com`,
  () => 'ec2-3-64-12-8.eu-central-1.compute.amazonaws.com',
  (chance) => `shop-${chance.whole(1e9)}.eu-central-1.elb.amazonaws.com`,
  (chance) => `${chance.whole(250)}.${chance.whole(250)}.64.3.in-addr.arpa`,
]

/** A fortnight of the same instances' questions. */
export function queriesOf(chance: Chance): readonly DnsRecord[] {
  const queries: DnsRecord[] = []
  const everyMs = 8 * minuteMs
  for (const machine of machines)
    for (let atMs = startMs; atMs < startMs + days * 24 * hourMs; atMs += everyMs) {
      const when = atMs + chance.whole(everyMs)
      queries.push(query(machine, when, chance.pick(ordinary)))
      if (chance.happens(0.1)) queries.push(query(machine, when + secondMs, chance.pick(odd)(chance)))
      if (chance.happens(0.03))
        queries.push(
          query(machine, when + 2 * secondMs, `${chance.pick(ordinary)}.eu-central-1.compute.internal`, {
            rcode: 'NXDOMAIN',
            answers: [],
          }),
        )
      if (chance.happens(0.01))
        queries.push(
          query(machine, when + 3 * secondMs, `sel${chance.whole(9)}._domainkey.example.com`, {
            queryType: 'TXT',
            answers: [
              { rdata: `v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A${chance.hex(60)}`, type: 'TXT' },
            ],
          }),
        )
      if (machine.id === machines[5]?.id && chance.happens(0.05))
        queries.push(
          query(machine, when + 4 * secondMs, `mail${chance.whole(40)}.customer.example`, {
            queryType: 'MX',
          }),
        )
    }
  return queries.toSorted((a, b) => a.atMs - b.atMs)
}
