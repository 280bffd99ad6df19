import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import type { FlowRecord } from '../../records.ts'
import type { FindingFacts } from '../../signal.ts'
import type { Listing, Threat } from '../../surroundings.ts'
import { type Connection, connectionOf } from './connection.ts'
import { isolateMachine } from '../machine-remedies.ts'

/** What it means that a machine connects to an address of a list. */
const typeOf: Partial<Readonly<Record<Threat, string>>> = {
  'command-and-control': 'Backdoor:EC2/C&CActivity.B',
  cryptocurrency: 'CryptoCurrency:EC2/BitcoinTool.B',
  'black-hole': 'Trojan:EC2/BlackholeTraffic',
  'drop-point': 'Trojan:EC2/DropPoint',
  tor: 'UnauthorizedAccess:EC2/TorClient',
  custom: 'UnauthorizedAccess:EC2/MaliciousIPCaller.Custom',
}
const torRelay = 'UnauthorizedAccess:EC2/TorRelay'

/** Ports at which relays of Tor are reached. Source: Tor's manual, ORPort and DirPort, as its documentation sets them. */
const relayPorts: ReadonlySet<number> = new Set([9001, 9030])

/** An exchange: those who only look whether a port is open end before. */
const exchangePackets = 5

function finds(severity: number, doing: string): FindingFacts {
  return {
    severity,
    title: `{machine} ${doing} {remoteIp}.`,
    description: `{machine} ${doing} {remoteIp}, port {port}, which stands in the list {list}.`,
    remediation: isolateMachine,
  }
}

const commandAndControl = finds(8, 'is connecting to a command and control server at')
const bitcoin = finds(8, 'is connecting to an address of a cryptocurrency at')
const blackHole = finds(5, 'is trying to reach a black hole at')
const dropPoint = finds(5, 'is connecting to a place for stolen data at')
const torClient = finds(8, 'is connecting to the Tor network as a client, at')
const relay = finds(8, 'serves the Tor network as a relay, to')
const custom = finds(5, 'is connecting to an address of a custom threat list:')

/**
 * A machine connects to an address of a threat list, or serves Tor. That others from a list knock in vain is the Internet's noise.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types" and "Lambda Protection finding types", those with Tor, C&C and lists.
 */
export const listedAddresses = detector({
  name: 'flow-listed-addresses',
  source: 'flow',
  finds: {
    'Backdoor:EC2/C&CActivity.B': commandAndControl,
    'Backdoor:Lambda/C&CActivity.B': commandAndControl,
    'CryptoCurrency:EC2/BitcoinTool.B': bitcoin,
    'CryptoCurrency:Lambda/BitcoinTool.B': bitcoin,
    'Trojan:EC2/BlackholeTraffic': blackHole,
    'Trojan:Lambda/BlackholeTraffic': blackHole,
    'Trojan:EC2/DropPoint': dropPoint,
    'Trojan:Lambda/DropPoint': dropPoint,
    'UnauthorizedAccess:EC2/TorClient': torClient,
    'UnauthorizedAccess:Lambda/TorClient': torClient,
    [torRelay]: relay,
    'UnauthorizedAccess:Lambda/TorRelay': relay,
    'UnauthorizedAccess:EC2/MaliciousIPCaller.Custom': custom,
    'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom': custom,
  },
  see(record, { surroundings }) {
    const connection = connectionOf(record, surroundings)
    if (connection === undefined) return undefined
    const listings = surroundings.address(connection.remote)
    if (listings.length === 0) return undefined
    return listings.flatMap((listing) => {
      const type = typeFor(record, connection, listing)
      if (type === undefined) return []
      const values = { list: listing.list }
      return [connectionSignal(record, connection, { type, values, listings: [listing] })]
    })
  },
})

function typeFor(record: FlowRecord, connection: Connection, { threat }: Listing): string | undefined {
  if (connection.inbound) return threat === 'tor' && isServed(record, connection) ? torRelay : undefined
  return connection.egress ? typeOf[threat] : undefined
}

/** The machine answers at a relay's port, with more than a handshake. */
function isServed({ action, packets }: FlowRecord, { egress, localPort }: Connection): boolean {
  return action === 'ACCEPT' && egress && relayPorts.has(localPort) && packets >= exchangePackets
}
