import { lookup, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Turns a host name into its addresses: the system's `lookup`, or a test's. */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, found: readonly LookupAddress[]) => void,
) => void

/** All addresses that the operating system finds, by its hosts file and its resolver. */
export const systemResolve: Resolve = (hostname, callback) => lookup(hostname, { all: true }, callback)

/** How servers that users name are reached. */
export interface OutboundAccess {
  /** PEM certificates to trust besides the system's. */
  readonly trust: readonly string[]
  /** Private networks in which such a server may be; elsewhere it is at public addresses alone. */
  readonly networks: readonly Network[]
  readonly resolve: Resolve
}

/** Public addresses, trusted as the system trusts them. */
export const publicAccess: OutboundAccess = { trust: [], networks: [], resolve: systemResolve }

/** A range of addresses, as `10.20.0.0/16` names it. */
export type Network = ReturnType<typeof ipaddr.parseCIDR>

/** Reads a network in CIDR notation; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text)
    ? ipaddr.parseCIDR(text)
    : undefined
}

/**
 * Ranges in which nothing stands that a user may name, whatever the operator says. Link-local is the one that matters: the metadata service of the machine
 * under this one answers there.
 */
const neverConnected: ReadonlySet<string> = new Set([
  'broadcast',
  'linkLocal',
  'multicast',
  'reserved',
  'unspecified',
])

/**
 * Where clouds serve their machines outside of link-local: metadata, credentials, agents. Nobody who uses this program may speak to them from it.
 * Sources: EC2 (`fd00:ec2::254` and its neighbours), Google Compute Engine (`fd20:ce::254`), Azure (WireServer), Alibaba Cloud.
 */
const machineServices = ['fd00:ec2::/32', 'fd20:ce::/32', '168.63.129.16/32', '100.100.100.200/32'].map(
  (text) => ipaddr.parseCIDR(text),
)

/** Whether a cloud's own service for the machine under this program answers there. The text must be an address. */
export function isMachineService(address: string): boolean {
  const plain = ipaddr.process(address)
  return plain.range() === 'linkLocal' || machineServices.some((network) => isIn(plain, network))
}

/**
 * Whether a server that a user names (a key store's proxy, an identity provider) may be at this address, in whatever way it is written:
 * a public one, or one of the operator's networks. Who names it chooses where this program connects to, so what is behind the firewall
 * is the operator's to open.
 */
export function mayConnectTo(address: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const plain = ipaddr.process(address)
  const range = plain.range()
  if (neverConnected.has(range) || isMachineService(address)) return false
  return isPublic(plain) || networks.some((network) => isIn(plain, network))
}

/** What is given out of IPv6 for use in the world. Source: RFC 4291, section 2.4; IANA, "IPv6 Address Space". */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Of IPv6, what is not known as something else is not public yet: `::7f00:1` is 127.0.0.1 to a machine that has such tunnels. */
function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, globalUnicast))
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Network): boolean {
  return address.kind() === base.kind() && address.match(base, bits)
}

/** A lookup for sockets. It checks the addresses that are connected to, so a name that resolves anew cannot slip past it. */
export function guardedLookup(resolve: Resolve, networks: readonly Network[]): LookupFunction {
  return (hostname, { all }, callback) =>
    resolve(hostname, (error, found) => {
      const [first, ...more] = error ? [] : found.filter(({ address }) => mayConnectTo(address, networks))
      if (first === undefined) callback(error ?? new Error(`no address of ${hostname} is allowed`), '', 0)
      else if (all === true) callback(null, [first, ...more])
      else callback(null, first.address, first.family)
    })
}
