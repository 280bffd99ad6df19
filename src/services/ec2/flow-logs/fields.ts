import type { FlowRecord } from '#engines/detect/index.ts'
import { faults } from '../faults.ts'

/** A flow of a load balancer, as the edge tells of it, seen from a flow log. */
export interface LoggedFlow extends Pick<
  FlowRecord,
  'interfaceId' | 'srcaddr' | 'dstaddr' | 'srcport' | 'dstport' | 'protocol' | 'packets' | 'bytes'
> {
  readonly account: string
  readonly region: string
  readonly vpcId: string
  /** The first that the balancer stands in, or the one that is logged. */
  readonly subnetId: string
  readonly zoneId: string | undefined
  readonly startMs: number
  readonly endMs: number
  readonly action: FlowRecord['action']
  readonly flowDirection?: FlowRecord['flowDirection']
  readonly tcpFlags?: number | undefined
}

interface Field {
  /** The version of flow logs that brought it. */
  readonly version: 2 | 3 | 4 | 5
  /** Undefined is written `-`: there is no such thing here. */
  readonly of: (flow: LoggedFlow, version: number) => string | number | undefined
}

/** Source: VPC User Guide, "Flow log records", "Available fields". */
const fields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['version', { version: 2, of: (_, version) => version }],
  ['account-id', { version: 2, of: ({ account }) => account }],
  ['interface-id', { version: 2, of: ({ interfaceId }) => interfaceId }],
  ['srcaddr', { version: 2, of: ({ srcaddr }) => srcaddr }],
  ['dstaddr', { version: 2, of: ({ dstaddr }) => dstaddr }],
  ['srcport', { version: 2, of: ({ srcport }) => srcport }],
  ['dstport', { version: 2, of: ({ dstport }) => dstport }],
  ['protocol', { version: 2, of: ({ protocol }) => protocol }],
  ['packets', { version: 2, of: ({ packets }) => packets }],
  ['bytes', { version: 2, of: ({ bytes }) => bytes }],
  ['start', { version: 2, of: ({ startMs }) => seconds(startMs) }],
  ['end', { version: 2, of: ({ endMs }) => seconds(endMs) }],
  ['action', { version: 2, of: ({ action }) => action }],
  ['log-status', { version: 2, of: () => 'OK' }],
  ['vpc-id', { version: 3, of: ({ vpcId }) => vpcId }],
  ['subnet-id', { version: 3, of: ({ subnetId }) => subnetId }],
  ['instance-id', { version: 3, of: () => undefined }],
  ['tcp-flags', { version: 3, of: ({ tcpFlags }) => tcpFlags }],
  ['type', { version: 3, of: ({ srcaddr }) => (srcaddr.includes(':') ? 'IPv6' : 'IPv4') }],
  ['pkt-srcaddr', { version: 3, of: ({ srcaddr }) => srcaddr }],
  ['pkt-dstaddr', { version: 3, of: ({ dstaddr }) => dstaddr }],
  ['region', { version: 4, of: ({ region }) => region }],
  ['az-id', { version: 4, of: ({ zoneId }) => zoneId }],
  ['sublocation-type', { version: 4, of: () => undefined }],
  ['sublocation-id', { version: 4, of: () => undefined }],
  ['pkt-src-aws-service', { version: 5, of: () => undefined }],
  ['pkt-dst-aws-service', { version: 5, of: () => undefined }],
  ['flow-direction', { version: 5, of: ({ flowDirection }) => flowDirection }],
  ['traffic-path', { version: 5, of: () => undefined }],
])

/** Source: the same, "Default format". */
export const defaultFormat =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}'

/** What a format becomes. */
export interface FlowFormat {
  /** The line that files begin with. */
  readonly header: string
  readonly line: (flow: LoggedFlow) => string
}

/** Reads `${version} ${vpc-id} …`. Faults: InvalidParameter for what is no format, or has a field that is not known here. */
export function readFormat(format: string): FlowFormat {
  const names = format
    .trim()
    .split(/\s+/)
    .map((part) => /^\$\{([a-z-]{1,40})\}$/.exec(part)?.[1] ?? '')
  const chosen = names.map((name) => fields.get(name))
  const known = chosen.filter((field) => field !== undefined)
  if (known.length < names.length || new Set(names).size < names.length) throw faults.logFormat(format)
  const version = Math.max(...known.map((field) => field.version))
  return {
    header: names.join(' '),
    line: (flow) => known.map(({ of }) => of(flow, version) ?? '-').join(' '),
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000)
}
