import { isPublicAddress } from '../../reading/addresses.ts'
import type { FlowRecord } from '../../records.ts'
import type { Surroundings } from '../../surroundings.ts'

/** The connection that a flow record is a part of, as the interface sees it. */
export interface Connection {
  /** The other side began it. */
  readonly inbound: boolean
  /** The packets of this record are those of the side that began. */
  readonly asked: boolean
  /** The packets of this record leave the interface. */
  readonly egress: boolean
  readonly local: string
  readonly localPort: number
  readonly remote: string
  readonly remotePort: number
  /** The port of the side that was called. */
  readonly servicePort: number
  readonly isRemotePublic: boolean
}

/** Source: IANA, "Protocol Numbers". */
export const tcp = 6
export const udp = 17

/** Source: VPC User Guide, "Flow log records", tcp-flags: an ACK is told only beside a SYN. */
const syn = 2
const synAck = 18

/** Systems take ports of their own from here on. Source: RFC 6056, section 3.2; Linux begins at 32768. */
const ephemeralFrom = 32_768
const wellKnownTo = 1023

/** Where services are that are not at a well-known port: clients behind a router that translates addresses may have any port above those. */
const servicePorts: ReadonlySet<number> = new Set([
  ...[1433, 1521, 2049, 2375, 3000, 3128, 3306, 3389, 5000, 5432, 5601, 5672, 5985, 5986, 6379, 6443, 8000],
  ...[8080, 8081, 8088, 8443, 8888, 9000, 9090, 9092, 9200, 9300, 9418, 11_211, 27_017],
])

/** Several detectors ask of the same record, one after the other. */
let last: FlowRecord | undefined
let lastConnection: Connection | undefined

/** Nothing where no one can tell which side the interface is on. */
export function connectionOf(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  if (record === last) return lastConnection
  last = record
  return (lastConnection = read(record, surroundings))
}

function read(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  const egress = isEgress(record, surroundings)
  if (egress === undefined) return undefined
  const asked = isOfBeginner(record)
  const { srcaddr, srcport, dstaddr, dstport } = record
  const remote = egress ? dstaddr : srcaddr
  return {
    inbound: egress !== asked,
    asked,
    egress,
    local: egress ? srcaddr : dstaddr,
    localPort: egress ? srcport : dstport,
    remote,
    remotePort: egress ? dstport : srcport,
    servicePort: asked ? dstport : srcport,
    isRemotePublic: isPublicAddress(remote),
  }
}

function isEgress(
  { flowDirection, srcaddr, dstaddr }: FlowRecord,
  { isOwn }: Surroundings,
): boolean | undefined {
  if (flowDirection !== undefined) return flowDirection === 'egress'
  const [fromPublic, toPublic] = [isPublicAddress(srcaddr), isPublicAddress(dstaddr)]
  if (fromPublic !== toPublic) return toPublic
  const [fromOwn, toOwn] = [isOwn(srcaddr), isOwn(dstaddr)]
  return fromOwn === toOwn ? undefined : fromOwn
}

/** Whether the record has the packets of the side that began: by its flags, else by its ports. What was rejected never became more. */
function isOfBeginner({ action, protocol, tcpFlags, srcport, dstport }: FlowRecord): boolean {
  if (action === 'REJECT') return true
  if (protocol === tcp && tcpFlags !== undefined) {
    if ((tcpFlags & synAck) === synAck) return false
    if ((tcpFlags & syn) === syn) return true
  }
  if (srcport > wellKnownTo !== dstport > wellKnownTo) return srcport > wellKnownTo
  if (servicePorts.has(srcport) !== servicePorts.has(dstport)) return servicePorts.has(dstport)
  if (srcport >= ephemeralFrom !== dstport >= ephemeralFrom) return srcport >= ephemeralFrom
  return srcport >= dstport
}

/** The machine of a record, as what is remembered of it is called. */
export function watched({ instanceId, interfaceId }: FlowRecord): string {
  return instanceId ?? interfaceId
}

/** A connect scan sends SYN, ACK and RST, a SYN scan less. Units: bytes with headers. */
const probePacketsMax = 4
const probeBytesMax = 240

/** A packet or a few that ask whether a port is open, and carry nothing. Where flags are told, one of them opens: the end of a connection does not. */
export function isProbe(record: FlowRecord, { asked }: Connection): boolean {
  const { protocol, action, packets, bytes, tcpFlags = syn } = record
  return (
    protocol === tcp &&
    asked &&
    (tcpFlags & syn) !== 0 &&
    (action === 'REJECT' || (packets <= probePacketsMax && bytes <= probeBytesMax))
  )
}
