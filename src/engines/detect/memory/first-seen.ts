/**
 * When each of many things was first seen: numbers, in two generations. What is not seen again for one to two generations is forgotten.
 * Plain JSON. Units: hours since 1970, so that entries stay small integers.
 */
export interface FirstSeen {
  /** Item, hour, item, hour … */
  young: number[]
  old: number[]
  turnedHour: number
}

/** How long a generation lasts, and how many items one holds at most. */
export interface Generations {
  readonly turnHours: number
  readonly itemsMax: number
}

export function nothingSeen(): FirstSeen {
  return { young: [], old: [], turnedHour: 0 }
}

/** Whether an item is of this generation already, was forgotten soon, or was never seen. */
export type Noted = 'known' | 'again' | 'first'

/** Notes an item. A time before the first one moves that back. */
export function noteFirst(set: FirstSeen, item: number, hour: number, generations: Generations): Noted {
  const at = indexOf(set.young, item)
  if (at >= 0) {
    if (hour < (set.young[at + 1] ?? 0)) set.young[at + 1] = hour
    return 'known'
  }
  const before = firstHourOf(set, item)
  turn(set, hour, generations)
  set.young.push(item, before === undefined ? hour : Math.min(hour, before))
  return before === undefined ? 'first' : 'again'
}

/** The hour in which an item was first seen. */
export function firstHourOf({ young, old }: FirstSeen, item: number): number | undefined {
  const at = indexOf(young, item)
  if (at >= 0) return young[at + 1]
  const before = indexOf(old, item)
  return before < 0 ? undefined : old[before + 1]
}

function turn(set: FirstSeen, hour: number, { turnHours, itemsMax }: Generations): void {
  if (set.turnedHour === 0) set.turnedHour = hour
  if (set.young.length < itemsMax * 2 && hour - set.turnedHour < turnHours) return
  set.old = set.young
  set.young = []
  set.turnedHour = hour
}

/** A loop over every second number: lists are short, and it allocates nothing. */
function indexOf(pairs: readonly number[], item: number): number {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === item) return at
  return -1
}
