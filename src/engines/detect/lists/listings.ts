import type { Listing, Surroundings, Threat } from '../surroundings.ts'
import { createAddressIndex } from './address-index.ts'
import { createDomainIndex } from './domain-index.ts'
import type { ListEntries } from './formats.ts'

/** A list in force. */
export interface EntityList extends Pick<ListEntries, 'blocks' | 'domains'> {
  /** As findings show it. */
  readonly name: string
  /** What its entries are known for; a trusted one is no threat whatever other lists say. */
  readonly means: Threat | 'trusted'
}

const none: readonly Listing[] = []

/**
 * What lists say of addresses and domains.
 * Source: GuardDuty User Guide, "Important considerations for GuardDuty lists": trusted lists come first.
 */
export function createListings(lists: readonly EntityList[]): Pick<Surroundings, 'address' | 'domain'> {
  const listings = new Map<EntityList, Listing>()
  const trusted = lists.filter(({ means }) => means === 'trusted')
  for (const list of lists)
    if (list.means !== 'trusted') listings.set(list, { threat: list.means, list: list.name })
  const threats = [...listings]
  const addresses = createAddressIndex(
    threats.flatMap(([{ blocks }, listing]) => blocks.map((block) => [block, listing] as const)),
  )
  const domains = createDomainIndex(
    threats.flatMap(([list, listing]) => list.domains.map((domain) => [domain, listing] as const)),
  )
  const trustedAddresses = createAddressIndex(
    trusted.flatMap(({ blocks }) => blocks.map((block) => [block, true] as const)),
  )
  const trustedDomains = createDomainIndex(
    trusted.flatMap((list) => list.domains.map((domain) => [domain, true] as const)),
  )
  return {
    address(address) {
      const found = addresses(address)
      return found.length > 0 && trustedAddresses(address).length > 0 ? none : found
    },
    domain(name) {
      const found = domains(name)
      return found.length > 0 && trustedDomains(name).length > 0 ? none : found
    },
  }
}
