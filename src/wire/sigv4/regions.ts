import type { Claim } from './claim.ts'

/** What SigV4 signs for one region, and SigV4a for a set of them, in which `*` stands for any run of characters. */
type Regions = Pick<Claim, 'scope' | 'regionSet'>

/** Whether a signature is for this region. */
export function isSignedFor({ scope, regionSet }: Regions, region: string): boolean {
  return regionSet === undefined
    ? scope.region === region
    : regionSet.some((pattern) => matches(pattern, region))
}

/**
 * The region that a call acts in whose endpoint does not say: the one that is signed for, of several `preferred`, else the first that is
 * named in full. Undefined for patterns alone that leave `preferred` out.
 */
export function regionOf(regions: Regions, preferred: string): string | undefined {
  const { scope, regionSet } = regions
  if (regionSet === undefined) return scope.region
  return isSignedFor(regions, preferred) ? preferred : regionSet.find((name) => !name.includes('*'))
}

/** Each part between two stars at its first place: nothing to go back to. */
function matches(pattern: string, region: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return region === first
  if (!region.startsWith(first)) return false
  let from = first.length
  for (const part of rest) {
    const at = region.indexOf(part, from)
    if (at === -1) return false
    from = at + part.length
  }
  return from + last.length <= region.length && region.endsWith(last)
}
