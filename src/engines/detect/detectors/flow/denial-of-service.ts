import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import type { FlowRecord } from '../../records.ts'
import type { FindingFacts } from '../../signal.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Connection, connectionOf, tcp, udp, watched } from './connection.ts'
import { isolateMachine } from '../machine-remedies.ts'

type Kind = 'Dns' | 'Tcp' | 'Udp' | 'UdpOnTcpPorts' | 'UnusualProtocol'

/** Packets within about a minute, and the share that may come back: who is flooded does not answer, who is spoken with does. */
interface Flood {
  readonly packetsMin: number
  readonly answeredMax: number
}
const floods: Readonly<Record<Kind, Flood>> = {
  /** 1,000 a second: a resolver asks as much, but is answered. */
  Dns: { packetsMin: 60_000, answeredMax: 0.5 },
  /** Openings of connections, at most three packets each; a busy client makes some tens a second. */
  Tcp: { packetsMin: 5_000, answeredMax: 1 },
  /** 5,000 a second: a stream of video or a tunnel, but those have something come back. */
  Udp: { packetsMin: 300_000, answeredMax: 0.01 },
  UdpOnTcpPorts: { packetsMin: 20_000, answeredMax: 0.01 },
  UnusualProtocol: { packetsMin: 20_000, answeredMax: 0.1 },
}
const halfLifeMs = 60_000

/** Where UDP has no business. QUIC has, at 80 and 443. */
const tcpPorts: ReadonlySet<number> = new Set([
  20, 21, 22, 23, 25, 110, 143, 445, 465, 587, 993, 995, 1433, 3306, 5432, 5985, 6379, 8080, 9200, 27_017,
])
/** ICMP, IP in IP, TCP, UDP, IPv6, GRE, ESP, AH, ICMPv6, SCTP. Source: IANA, "Protocol Numbers". */
const usualProtocols: ReadonlySet<number> = new Set([1, 4, 6, 17, 41, 47, 50, 51, 58, 132])
const dns = 53

/** Smaller records of UDP are no part of a flood, nor is what comes back in them. */
const udpPacketsMin = 100
/** An opening: a SYN, sent again at most twice. Units: bytes a packet, with headers. */
const opening = { packetsMax: 3, packetBytesMax: 64 }
const syn = 2

function finds(with_: string): FindingFacts {
  return {
    severity: 8,
    title: `{machine} is flooding {remoteIp} with ${with_}.`,
    description: `{machine} sends {remoteIp} far more ${with_} than a conversation needs, and hardly anything comes back: it may be taking part in a denial of service.`,
    remediation: isolateMachine,
  }
}

/**
 * A machine sends a host of the Internet more than anybody who wants to be answered.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Backdoor:EC2/DenialOfService.*.
 */
export const denialOfService = detector({
  name: 'flow-denial-of-service',
  source: 'flow',
  finds: {
    'Backdoor:EC2/DenialOfService.Dns': finds('DNS queries'),
    'Backdoor:EC2/DenialOfService.Tcp': finds('openings of TCP connections'),
    'Backdoor:EC2/DenialOfService.Udp': finds('UDP'),
    'Backdoor:EC2/DenialOfService.UdpOnTcpPorts': finds('UDP at a port of TCP'),
    'Backdoor:EC2/DenialOfService.UnusualProtocol': finds('packets of an unusual protocol'),
  },
  remembers: {
    entityOf(record, surroundings) {
      const [kind, connection] = kindOf(record, surroundings)
      return kind && `${watched(record)} ${connection.remote} ${kind}`
    },
    fresh: () => ({ sent: noCount(), received: noCount() }),
  },
  see(record, { memory: { sent, received }, atMs, surroundings }) {
    const [kind, connection] = kindOf(record, surroundings)
    if (kind === undefined) return undefined
    if (!connection.egress) {
      addTo(received, atMs, halfLifeMs, record.packets)
      return undefined
    }
    const { packetsMin, answeredMax } = floods[kind]
    const packets = addTo(sent, atMs, halfLifeMs, record.packets)
    if (packets < packetsMin || addTo(received, atMs, halfLifeMs, 0) > packets * answeredMax) return undefined
    sent.amount = 0
    return connectionSignal(record, connection, {
      type: `Backdoor:EC2/DenialOfService.${kind}`,
      additionalInfo: { packetsPerMinute: Math.round(packets) },
    })
  },
})

type Found = readonly [Kind, Connection] | readonly [undefined, undefined?]
const none: Found = [undefined]

function kindOf(record: FlowRecord, surroundings: Surroundings): Found {
  const { protocol, packets, action } = record
  if (action === 'REJECT' || (protocol === udp && packets < udpPacketsMin)) return none
  if (protocol === tcp && !isOpening(record)) return none
  if (protocol !== tcp && protocol !== udp && usualProtocols.has(protocol)) return none
  const connection = connectionOf(record, surroundings)
  if (!connection?.isRemotePublic) return none
  if (protocol === tcp) return connection.egress && connection.asked ? ['Tcp', connection] : none
  if (protocol !== udp) return ['UnusualProtocol', connection]
  if (connection.remotePort === dns) return ['Dns', connection]
  return [tcpPorts.has(connection.remotePort) ? 'UdpOnTcpPorts' : 'Udp', connection]
}

/** By its flags, where there are any: what opens and never goes on. */
function isOpening({ packets, bytes, tcpFlags }: FlowRecord): boolean {
  if (bytes > packets * opening.packetBytesMax) return false
  return tcpFlags === syn || (tcpFlags === undefined && packets <= opening.packetsMax)
}
