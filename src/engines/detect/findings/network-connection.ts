import type { Action } from '#models/guardduty.d.ts'
import type { FlowRecord } from '../records.ts'
import type { Signal } from '../signal.ts'
import type { Listing } from '../surroundings.ts'
import { remoteIp } from './api-call.ts'
import {
  type Machine,
  machineEntities,
  machineId,
  machineResource,
  machineValues,
  typeFor,
} from './network-resource.ts'

/** The sides of a connection, as findings name them. */
export interface Sides {
  readonly inbound: boolean
  readonly local: string
  readonly localPort: number
  readonly remote: string
  readonly remotePort: number
  readonly servicePort: number
}

/** What a detector adds to what follows from the record. */
type Said = Pick<Signal, 'type'> &
  Partial<Pick<Signal, 'severity' | 'anomaly' | 'additionalInfo' | 'weak' | 'action'>> & {
    /** More values for the texts. */
    readonly values?: Readonly<Record<string, string>>
    /** What tells findings apart beside type and machine; the other side, unless the detector says otherwise. */
    readonly about?: string | undefined
    /** The lists that the other side stands in. */
    readonly listings?: readonly Listing[] | undefined
  }

/** The machine of a flow record. */
function machineOf(record: FlowRecord, { local }: Pick<Sides, 'local'>): Machine {
  const { accountId, instanceId, interfaceId, vpcId } = record
  return { accountId, instanceId, interfaceId, vpcId, address: local }
}

/** The signal of a connection: its resource is the machine, the target where the other side began, else the actor. */
export function connectionSignal(record: FlowRecord, sides: Sides, said: Said): Signal {
  const { type, values, about = sides.remote, listings, action, ...rest } = said
  const machine = machineOf(record, sides)
  return {
    ...rest,
    type: typeFor(type, machine),
    atMs: record.endMs,
    key: `${record.accountId} ${machineId(machine)} ${about}`,
    resource: machineResource(machine),
    action: action ?? connectionAction(record, sides),
    resourceRole: sides.inbound ? 'TARGET' : 'ACTOR',
    values: {
      ...machineValues(machine),
      remoteIp: sides.remote,
      port: String(sides.servicePort),
      ...values,
    },
    ...(listings && { threats: threatsOf(listings) }),
    entities: machineEntities(machine, sides.remote),
  }
}

/** The lists that something is on, as findings name them. Source: GuardDuty API Reference, ThreatIntelligenceDetail. */
export function threatsOf(listings: readonly Listing[]): NonNullable<Signal['threats']> {
  return listings.map(({ list, names = [] }) => ({ ThreatListName: list, ThreatNames: names }))
}

function connectionAction(record: FlowRecord, sides: Sides): Action {
  return {
    ActionType: 'NETWORK_CONNECTION',
    NetworkConnectionAction: {
      Blocked: record.action === 'REJECT',
      ConnectionDirection: sides.inbound ? 'INBOUND' : 'OUTBOUND',
      Protocol: protocolNames.get(record.protocol) ?? String(record.protocol),
      LocalIpDetails: remoteIp(sides.local),
      LocalPortDetails: { Port: sides.localPort, PortName: portName(sides.localPort) },
      LocalNetworkInterface: record.interfaceId,
      RemoteIpDetails: remoteIp(sides.remote),
      RemotePortDetails: { Port: sides.remotePort, PortName: portName(sides.remotePort) },
    },
  }
}

export function portName(port: number): string {
  return portNames.get(port) ?? 'Unknown'
}

/** Source: IANA, "Protocol Numbers". */
const protocolNames: ReadonlyMap<number, string> = new Map([
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [58, 'IPv6-ICMP'],
])

/** Source: IANA, "Service Name and Transport Protocol Port Number Registry", in GuardDuty's capitals. */
const portNames: ReadonlyMap<number, string> = new Map([
  [20, 'FTP'],
  [21, 'FTP'],
  [22, 'SSH'],
  [23, 'Telnet'],
  [25, 'SMTP'],
  [53, 'DNS'],
  [80, 'HTTP'],
  [110, 'POP3'],
  [143, 'IMAP'],
  [443, 'HTTPS'],
  [445, 'SMB'],
  [853, 'DoT'],
  [1433, 'MSSQL'],
  [3306, 'MySQL'],
  [3389, 'RDP'],
  [5432, 'PostgreSQL'],
  [5985, 'WinRM'],
  [5986, 'WinRM'],
  [6379, 'Redis'],
  [9200, 'Elasticsearch'],
  [9300, 'Elasticsearch'],
  [27_017, 'MongoDB'],
])
