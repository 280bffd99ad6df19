import type { FlowRecord } from '../records.ts'
import { createCells } from './cells.ts'
import { createDirections } from './flow-direction.ts'
import { isPlausible, lineLengthMax, type Read } from './rejection.ts'

/** Source: VPC User Guide, "Flow log records", "Default format". */
export const defaultFlowFormat =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'

/** Reads the lines of one file, or of one log stream: they have one format. */
export interface FlowReader {
  readonly read: (line: string) => Read<FlowRecord>
}

/** Without these nothing can be said of a record. */
const needed = ['srcaddr', 'dstaddr', 'protocol', 'packets', 'bytes', 'start', 'end', 'action'] as const
/** Fields of these versions are known; each only adds some. Source: the same, "Available fields". */
const versions = { min: 2, max: 10 }
const columnsMax = 60
const [tcp, udp] = [6, 17]

/**
 * A reader of text flow logs: of a format, as CreateFlowLogs takes it (`${version} ${account-id} …`), or of the header line of a file, which has
 * the same names. Nothing where that is no format, or leaves out what every record needs.
 * Source: VPC User Guide, "Flow log records", "Custom format"; EC2 API Reference, CreateFlowLogs, LogFormat.
 */
export function createFlowReader(format: string, nowMs: number): FlowReader | undefined {
  if (format.length > lineLengthMax) return undefined
  const names = format
    .trim()
    .split(/\s+/)
    .map((name) => name.replace(/^\$\{(.*)\}$/, '$1'))
  const at = (name: string): number => names.indexOf(name)
  if (names.length > columnsMax || new Set(names).size < names.length) return undefined
  if (needed.some((name) => at(name) < 0) || (at('interface-id') < 0 && at('instance-id') < 0))
    return undefined
  const read = lineReader(names.length, columnsOf(at), nowMs)
  return { read: (line) => (line.length > lineLengthMax ? { rejected: 'too long' } : read(line)) }
}

type Columns = ReturnType<typeof columnsOf>

/** Where each field stands; -1 where it is not there. */
function columnsOf(at: (name: string) => number) {
  return {
    version: at('version'),
    accountId: at('account-id'),
    region: at('region'),
    interfaceId: at('interface-id'),
    instanceId: at('instance-id'),
    vpcId: at('vpc-id'),
    srcaddr: at('srcaddr'),
    dstaddr: at('dstaddr'),
    srcport: at('srcport'),
    dstport: at('dstport'),
    protocol: at('protocol'),
    packets: at('packets'),
    bytes: at('bytes'),
    start: at('start'),
    end: at('end'),
    action: at('action'),
    status: at('log-status'),
    tcpFlags: at('tcp-flags'),
    direction: at('flow-direction'),
  }
}

function lineReader(count: number, columns: Columns, nowMs: number): (line: string) => Read<FlowRecord> {
  const directionOf = columns.direction < 0 ? createDirections() : undefined
  const cells = createCells(count)
  return (line) => {
    if (!cells.cut(line)) return { rejected: 'wrong columns' }
    const { text, known, whole } = cells
    if (columns.version >= 0) {
      const version = whole(columns.version)
      if (!(version >= versions.min && version <= versions.max)) return { rejected: 'unknown version' }
    }
    const [srcaddr, dstaddr, action] = [text(columns.srcaddr), text(columns.dstaddr), known(columns.action)]
    if (hasNoData(known(columns.status)) || (srcaddr === undefined && action === undefined))
      return { rejected: 'no data' }
    const [startMs, endMs] = [whole(columns.start) * 1000, whole(columns.end) * 1000]
    const [protocol, packets, bytes] = [whole(columns.protocol), whole(columns.packets), whole(columns.bytes)]
    const hasPorts = protocol === tcp || protocol === udp
    const srcport = portOf(whole(columns.srcport), columns.srcport >= 0 && hasPorts)
    const dstport = portOf(whole(columns.dstport), columns.dstport >= 0 && hasPorts)
    // A sum with one that is no number is none.
    if (Number.isNaN(protocol + packets + bytes + srcport + dstport + startMs + endMs))
      return { rejected: 'wrong type' }
    if (srcaddr === undefined || dstaddr === undefined || !isAddress(srcaddr) || !isAddress(dstaddr))
      return { rejected: 'wrong type' }
    if (action !== 'ACCEPT' && action !== 'REJECT') return { rejected: 'wrong type' }
    if (!isPlausible(startMs, nowMs) || !isPlausible(endMs, nowMs)) return { rejected: 'time out of range' }
    const instanceId = known(columns.instanceId)
    const interfaceId = known(columns.interfaceId) ?? instanceId
    if (interfaceId === undefined) return { rejected: 'field missing' }
    const flags = whole(columns.tcpFlags)
    const direction = known(columns.direction)
    const isTold = direction === 'ingress' || direction === 'egress'
    return {
      record: {
        accountId: known(columns.accountId) ?? 'unknown',
        region: known(columns.region),
        interfaceId,
        instanceId,
        vpcId: known(columns.vpcId),
        srcaddr,
        dstaddr,
        srcport,
        dstport,
        protocol,
        packets,
        bytes,
        startMs,
        endMs,
        action,
        flowDirection: isTold ? direction : directionOf?.(interfaceId, srcaddr, dstaddr),
        tcpFlags: Number.isNaN(flags) ? undefined : flags,
      },
    }
  }
}

/** Source: the same, log-status: nothing was there to be logged, or it could not be. */
function hasNoData(status: string | undefined): boolean {
  return status === 'NODATA' || status === 'SKIPDATA'
}

/** Protocols without ports have a dash there; a format may leave ports out. */
function portOf(port: number, hasPorts: boolean): number {
  if (Number.isNaN(port)) return hasPorts ? port : 0
  return port <= 65_535 ? port : Number.NaN
}

/** As long as an address and of its letters: what it means is asked where it matters. */
function isAddress(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const isDigit = code >= 48 && code <= 58 // With the colon.
    if (!isDigit && code !== 46 && !(code >= 97 && code <= 102) && !(code >= 65 && code <= 70)) return false
  }
  return true
}
