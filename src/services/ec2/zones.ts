/** An availability zone as every region here has three. */
export interface Zone {
  /** `us-east-1a`. */
  readonly name: string
  /** `use1-az1`. Here every account has the same zone under the same name. */
  readonly id: string
}

const letters = ['a', 'b', 'c'] as const

/** The zones of a region, in order. */
export function zonesOf(region: string): readonly Zone[] {
  return letters.map((letter, at) => ({ name: `${region}${letter}`, id: `${shortName(region)}-az${at + 1}` }))
}

/** `us-east-1` as `use1`, `ap-southeast-2` as `apse2`. Source: EC2 User Guide, "Availability Zone IDs". */
function shortName(region: string): string {
  return region
    .split('-')
    .map((part, at) => (at === 0 ? part : (abbreviations.get(part) ?? part)))
    .join('')
}

const abbreviations: ReadonlyMap<string, string> = new Map([
  ['gov', 'g'],
  ['iso', 'i'],
  ['isob', 'ib'],
  ['north', 'n'],
  ['northeast', 'ne'],
  ['east', 'e'],
  ['southeast', 'se'],
  ['south', 's'],
  ['southwest', 'sw'],
  ['west', 'w'],
  ['northwest', 'nw'],
  ['central', 'c'],
])
