import type { About } from '../../detector.ts'
import { noteIn, type RecentSet } from '../../memory/recent-set.ts'
import { kilometresBetween } from '../../reading/countries.ts'
import { networkOf } from '../../reading/networks.ts'

/** Where somebody was last, and which countries are theirs. Plain JSON. */
export interface Journey {
  address: string
  country: string
  atMs: number
  countries: RecentSet
}

export function noJourney(): Journey {
  return { address: '', country: '', atMs: 0, countries: [] }
}

/** People travel: a country in which they were within a quarter is one of theirs. */
const countries = { max: 6, windowMs: 90 * 86_400_000 } as const
/** Airliners fly at about 900 km/h; nobody is at the airport at once. */
const speedMax = 1000
/** Centres of neighbouring countries lie nearer: beyond, it is a journey. */
const distanceMin = 1500

/** A leg that nobody can have travelled. */
export interface Leg {
  readonly from: string
  readonly to: string
  readonly kilometres: number
  readonly minutes: number
}

/**
 * Notes where somebody is, and tells when they cannot have come there in the time since they were seen last.
 * Networks of clouds and of one's own are left out: programs and VPN gateways stand there.
 */
export function impossibleLeg(
  journey: Journey,
  address: string,
  { atMs, surroundings }: Pick<About<unknown>, 'atMs' | 'surroundings'>,
): Leg | undefined {
  if (address === journey.address) {
    // The usual case: nothing is looked up.
    journey.atMs = Math.max(journey.atMs, atMs)
    noteIn(journey.countries, journey.country, { atMs, ...countries })
    return undefined
  }
  if (surroundings.isOwn(address)) return undefined
  const origin = surroundings.origin(address)
  const to = origin.country
  if (to === undefined || networkOf(address, origin) !== 'elsewhere') return undefined
  const { country: from, atMs: before } = journey
  const isNew = !journey.countries.some(([one]) => one === to)
  noteIn(journey.countries, to, { atMs, ...countries })
  Object.assign(journey, { address, country: to, atMs: Math.max(before, atMs) })
  const kilometres = from === '' || !isNew ? 0 : (kilometresBetween(from, to) ?? 0)
  const hours = Math.abs(atMs - before) / 3_600_000
  if (kilometres < distanceMin || kilometres <= speedMax * hours) return undefined
  return { from, to, kilometres: Math.round(kilometres), minutes: Math.round(hours * 60) }
}

/** A leg, for the texts of a finding. */
export function legValues({ from, to, kilometres, minutes }: Leg): Readonly<Record<string, string>> {
  return { from, to, kilometres: String(kilometres), minutes: String(minutes) }
}
