import { isAddress } from '../../findings/api-call.ts'
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
/** Of the surroundings that were asked last: what it keeps saves work only. */
let known:
  { readonly surroundings: Surroundings; readonly networks: Map<string, Network | undefined> } | undefined

/**
 * The network that an address belongs to: this cloud, its autonomous system, else its country and prefix. Addresses of one provider change from
 * call to call, its network does not. What is no address, as the domain of a service, is in none.
 */
export function networkOf(address: string, surroundings: Surroundings): Network | undefined {
  if (known?.surroundings !== surroundings) known = { surroundings, networks: new Map() }
  const { networks } = known
  const before = networks.get(address)
  if (before !== undefined || networks.has(address)) return before
  const found = isAddress(address) ? lookUp(address, surroundings) : undefined
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
