import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import type { FlowRecord } from '../../records.ts'
import type { FindingFacts } from '../../signal.ts'
import { type Connection, connectionOf, tcp, udp, watched } from './connection.ts'
import { isolateMachine } from '../machine-remedies.ts'
import { publicDohResolvers } from './resolvers.ts'
import { addTraffic, noVolume } from './volume.ts'

const port = 'Behavior:EC2/NetworkPortUnusual'
const volume = 'Behavior:EC2/TrafficVolumeUnusual'
const resolver = 'DefenseEvasion:EC2/UnusualDNSResolver'
const doh = 'DefenseEvasion:EC2/UnusualDoHActivity'
const dot = 'DefenseEvasion:EC2/UnusualDoTActivity'

const dayMs = 24 * 60 * 60_000
/** What a machine does in its first days is what it does: jobs of the week have run once. */
const learningMs = 7 * dayMs
/** Who uses more than this has no habit: a resolver asks everybody, a crawler goes everywhere. */
const portsMax = 32
const resolversMax = 8
/** Every machine does this sooner or later. HTTP, NTP, HTTPS and QUIC. */
const usualPorts: ReadonlySet<number> = new Set([80, 123, 443])
/** An exchange: a connection that came to nothing says little. */
const packetsMin = 10
const [dnsPort, dotPort, httpsPort] = [53, 853, 443]

function finds(severity: number, what: string): FindingFacts {
  return {
    severity,
    title: `{machine} ${what}.`,
    description: `{machine} ${what}, which it did not in all the time that it was watched. The other side is {remoteIp}.`,
    remediation: isolateMachine,
  }
}

/** What a machine does, since when. */
interface Habits {
  sinceMs: number
  readonly ports: number[]
  readonly resolvers: string[]
  readonly volume: ReturnType<typeof noVolume>
}

/**
 * A machine does on the network what it never did: another port, another resolver, more traffic.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Behavior:EC2/*, DefenseEvasion:EC2/Unusual*.
 */
export const habits = detector({
  name: 'flow-habits',
  source: 'flow',
  finds: {
    [port]: finds(5, 'uses the unusual port {port}'),
    [volume]: finds(5, 'sends unusually much'),
    [resolver]: finds(5, 'asks an unusual DNS resolver'),
    [doh]: finds(5, 'asks an unusual resolver by DNS over HTTPS'),
    [dot]: finds(5, 'asks an unusual resolver by DNS over TLS'),
  },
  remembers: {
    entityOf: (record, surroundings) =>
      outbound(record, connectionOf(record, surroundings)) ? watched(record) : undefined,
    fresh: (): Habits => ({ sinceMs: 0, ports: [], resolvers: [], volume: noVolume() }),
  },
  see(record, { memory, atMs, surroundings }) {
    const connection = connectionOf(record, surroundings)
    if (connection === undefined) return undefined
    if (memory.sinceMs === 0) memory.sinceMs = atMs
    const isLearnt = atMs - memory.sinceMs >= learningMs
    const tooMuch = addTraffic(memory.volume, atMs, record.bytes)
    const type = isLearnt && tooMuch !== undefined ? volume : unusual(record, connection, memory, isLearnt)
    if (type === undefined) return undefined
    return connectionSignal(record, connection, {
      type,
      about: type === volume ? '' : `${connection.servicePort}`,
      ...(type === volume && tooMuch && { additionalInfo: tooMuch }),
    })
  },
})

function outbound({ action }: FlowRecord, connection: Connection | undefined): boolean {
  return action === 'ACCEPT' && connection !== undefined && connection.egress && connection.isRemotePublic
}

function unusual(
  { packets, protocol }: FlowRecord,
  { inbound, remote, servicePort }: Connection,
  { ports, resolvers }: Habits,
  isLearnt: boolean,
): string | undefined {
  if (inbound || (protocol !== tcp && protocol !== udp)) return undefined
  if (servicePort === dnsPort)
    return learn(resolvers, `${dnsPort} ${remote}`, resolversMax, isLearnt, resolver)
  if (servicePort === dotPort) return learn(resolvers, `${dotPort} ${remote}`, resolversMax, isLearnt, dot)
  if (servicePort === httpsPort && publicDohResolvers.has(remote))
    return learn(resolvers, `${httpsPort} ${remote}`, resolversMax, isLearnt, doh)
  if (usualPorts.has(servicePort) || (protocol === tcp && packets < packetsMin)) return undefined
  return learn(ports, servicePort, portsMax, isLearnt, port)
}

/** Notes what is new; it is told of where the machine's habits are known and it has some. */
function learn<Item>(
  known: Item[],
  item: Item,
  max: number,
  isLearnt: boolean,
  type: string,
): string | undefined {
  if (known.includes(item) || known.length >= max) return undefined
  known.push(item)
  return isLearnt && known.length < max ? type : undefined
}
