import type { About } from '../../detector.ts'
import { noteIn, type RecentSet } from '../../memory/recent-set.ts'
import { type Network, networkOf } from '../../reading/networks.ts'

/** Where credentials of a machine were used before, by the kind of network. Plain JSON. */
export interface Homes {
  /** This cloud's own addresses were among them. */
  own: boolean
  known: RecentSet
}

/** A machine that moves keeps few addresses; after a month without use one is no home any more. */
const homes = { max: 8, windowMs: 30 * 86_400_000 } as const

export function noHomes(): Homes {
  return { own: false, known: [] }
}

/**
 * Tells from where credentials are used that are none of their homes; a home is learnt. The first address of each kind is one, where nothing
 * tells otherwise: a machine has a private address behind endpoints, and a public one before them.
 */
export function strangePlace(
  known: Homes,
  address: string,
  { atMs, surroundings }: Pick<About<unknown>, 'atMs' | 'surroundings'>,
): Network | undefined {
  const note = () => void noteIn(known.known, address, { atMs, ...homes })
  const home = known.known.find(([one]) => one === address)
  if (home) {
    // The usual case: nothing is looked up.
    home[1] = Math.max(home[1], atMs)
    return undefined
  }
  if (surroundings.isOwn(address)) {
    known.own = true
    note()
    return undefined
  }
  const place = networkOf(address, surroundings.origin(address))
  if (!isFirst(known, place, surroundings)) return place
  note()
  return undefined
}

function isFirst(known: Homes, place: Network, surroundings: About<unknown>['surroundings']): boolean {
  if (place === 'elsewhere') return false // Machines of this cloud are not there.
  if (known.own && place !== 'amazon') return false
  return !known.known.some(([home]) => networkOf(home, surroundings.origin(home)) === place)
}
