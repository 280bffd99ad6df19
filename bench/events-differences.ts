import type { Pair } from './events-workload.ts'

/** Where AWS's event-ruler answers otherwise than Redoubt also about a single test, knowingly. */
export const differences: readonly {
  readonly why: string
  readonly ours: boolean
  explains(pair: Pair): boolean
}[] = [
  {
    why: 'a block that begins at 0.0.0.0 takes numbers and IPv6 addresses too there; here an address of its family alone',
    ours: false,
    explains: ({ pattern }) => pattern.includes('"cidr":"0.0.0.0/0"'),
  },
]

/** Its machine mixes up tests of one field; this is said of what it answers otherwise when each is asked alone. */
export const mixedUp =
  'of several tests or alternatives for one field, event-ruler loses or adds matches; asked for each alone, it answers as Redoubt does'
