import { fingerprint } from '../../memory/fingerprint.ts'
import type { Surroundings } from '../../surroundings.ts'

/** The network of an address, as people and remembering know it. */
export interface Network {
  readonly id: number
  readonly name: string
  readonly asn?: number | undefined
  readonly country?: string | undefined
}

const networkSalt = 3
const knownMax = 8192
const known = new WeakMap<Surroundings, Map<string, Network>>()

/**
 * The network that an address belongs to: this cloud, its autonomous system, else its country and prefix. Addresses of one provider change from
 * call to call, its network does not.
 */
export function networkOf(address: string, surroundings: Surroundings): Network {
  const networks = known.get(surroundings) ?? new Map<string, Network>()
  known.set(surroundings, networks) // Surroundings are constant for a detection: what is kept saves work only.
  const before = networks.get(address)
  if (before !== undefined) return before
  const found = lookUp(address, surroundings)
  if (networks.size >= knownMax) networks.clear()
  networks.set(address, found)
  return found
}

function lookUp(address: string, surroundings: Surroundings): Network {
  if (surroundings.isOwn(address)) return named('this cloud')
  const { asn, country, organization } = surroundings.origin(address)
  if (asn === undefined) return { ...named(`${country ?? ''} ${prefixOf(address)}`.trim()), country }
  return { ...named(`AS${asn}`), name: organization ?? `AS${asn}`, asn, country }
}

function named(name: string): Network {
  return { id: fingerprint(name, networkSalt), name }
}

/** The first half of an IPv4 address, the first three groups of an IPv6 address: about what one provider's region has. */
function prefixOf(address: string): string {
  return address.includes(':') ? address.split(':', 3).join(':') : address.split('.', 2).join('.')
}
