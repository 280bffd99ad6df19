import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Turns a host name into its addresses: the system's `lookup`, or a test's. */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, found: readonly LookupAddress[]) => void,
) => void

/**
 * Ranges in which no proxy stands. Link-local is the one that matters: the metadata service of the machine under this one answers there.
 * Differs: private and loopback addresses are allowed, since a self-hosted proxy is usually in a private network.
 */
const neverConnected: ReadonlySet<string> = new Set([
  'broadcast',
  'linkLocal',
  'multicast',
  'reserved',
  'unspecified',
])

/** Whether a proxy may be at this address, in whatever way it is written. */
export function mayConnectTo(address: string): boolean {
  return ipaddr.isValid(address) && !neverConnected.has(ipaddr.process(address).range())
}

/** A lookup for sockets. It checks the addresses that are connected to, so a name that resolves anew cannot slip past it. */
export function guardedLookup(resolve: Resolve): LookupFunction {
  return (hostname, { all }, callback) =>
    resolve(hostname, (error, found) => {
      const [first, ...more] = error ? [] : found.filter(({ address }) => mayConnectTo(address))
      if (first === undefined) callback(error ?? new Error(`no address of ${hostname} is allowed`), '', 0)
      else if (all === true) callback(null, [first, ...more])
      else callback(null, first.address, first.family)
    })
}
