/**
 * Different things seen since the first of them, at most so many; it begins anew once its window has passed. Smaller and quicker than a
 * RecentSet, which it costs that a burst may fall on two windows: thresholds are at most half of what a burst brings. Plain JSON.
 */
export interface Tally<Item extends string | number = string> {
  sinceMs: number
  items: Item[]
}

export function noTally<Item extends string | number = string>(): Tally<Item> {
  return { sinceMs: 0, items: [] }
}

/** Notes something, and gives how many different ones there are. */
export function tallyIn<Item extends string | number>(
  tally: Tally<Item>,
  item: Item,
  { atMs, windowMs, max }: { readonly atMs: number; readonly windowMs: number; readonly max: number },
): number {
  if (tally.items.length === 0 || atMs - tally.sinceMs > windowMs) {
    tally.sinceMs = atMs
    tally.items = [item]
    return 1
  }
  if (tally.items.length < max && !tally.items.includes(item)) tally.items.push(item)
  return tally.items.length
}

/** Begins it anew: what was told of is not told of again. */
export function clearTally(tally: Tally | Tally<number>): void {
  tally.items = []
}
