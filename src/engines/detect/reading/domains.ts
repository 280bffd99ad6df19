/** A name, cut where somebody registered it. */
export interface RegisteredName {
  /** `example.co.uk` of `www.example.co.uk`. */
  readonly domain: string
  /** What its owner registered: `example`. */
  readonly label: string
  /** What stands before it: `www`; empty where nothing does. */
  readonly below: string
}

/**
 * Second levels under the domains of countries below which people register names.
 * Differs: from the public suffix list, of which this is the rule that most of it follows; a suffix that it does not know counts as registered by
 * one owner, so that what is told of hosts there is told of the suffix.
 * Source: what the registries of these countries offer.
 */
const secondLevels: ReadonlySet<string> = new Set([
  ...[
    'ac',
    'co',
    'com',
    'edu',
    'go',
    'gob',
    'gouv',
    'gov',
    'gv',
    'id',
    'info',
    'ltd',
    'me',
    'mil',
    'ne',
    'net',
  ],
  ...['nhs', 'nom', 'or', 'org', 'plc', 'sch'],
])

/** Nothing where the name has one label, as that of a host in the own network has. */
export function registeredName(name: string): RegisteredName | undefined {
  const top = name.lastIndexOf('.')
  if (top <= 0) return undefined
  let from = name.lastIndexOf('.', top - 1)
  let end = top
  if (from > 0 && name.length - top === 3 && secondLevels.has(name.slice(from + 1, top))) {
    end = from
    from = name.lastIndexOf('.', from - 1)
  }
  return {
    domain: from < 0 ? name : name.slice(from + 1),
    label: name.slice(from + 1, end),
    below: from < 0 ? '' : name.slice(0, from),
  }
}
