import { isPublicAddress } from './addresses.ts'

/** Interfaces of which the address is learnt: the first ones. */
const interfacesMax = 100_000

/**
 * Tells which way a flow goes where its format does not say, and both addresses are private: the address that all records of an interface have is
 * its own. Until that is clear, and for interfaces with several addresses, it says nothing.
 * State: at most two addresses for each interface.
 */
export function createDirections(): (
  interfaceId: string,
  srcaddr: string,
  dstaddr: string,
) => 'ingress' | 'egress' | undefined {
  const candidates = new Map<string, readonly string[]>()
  return (interfaceId, srcaddr, dstaddr) => {
    if (isPublicAddress(srcaddr) || isPublicAddress(dstaddr)) return undefined
    const known = candidates.get(interfaceId)
    if (known === undefined) {
      if (candidates.size < interfacesMax) candidates.set(interfaceId, [srcaddr, dstaddr])
      return undefined
    }
    const [own, other] = known
    if (own === undefined || (other === undefined && own !== srcaddr && own !== dstaddr)) return undefined
    if (other === undefined) return own === srcaddr ? 'egress' : 'ingress'
    const left = known.filter((one) => one === srcaddr || one === dstaddr)
    if (left.length < known.length) candidates.set(interfaceId, left)
    if (left.length !== 1) return undefined
    return left[0] === srcaddr ? 'egress' : 'ingress'
  }
}
