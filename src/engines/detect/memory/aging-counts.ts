/** How often each of many things was counted, in two generations. Plain JSON. Units: hours since 1970. */
export interface AgingCounts {
  /** Item, count, item, count … */
  young: number[]
  old: number[]
  turnedHour: number
}

export function noCounts(): AgingCounts {
  return { young: [], old: [], turnedHour: 0 }
}

/** Counts an item once more. After `turnHours`, or with `itemsMax` items, the younger generation becomes the older one, which is forgotten. */
export function countIn(
  counts: AgingCounts,
  item: number,
  hour: number,
  { turnHours, itemsMax }: { readonly turnHours: number; readonly itemsMax: number },
): void {
  if (counts.turnedHour === 0) counts.turnedHour = hour
  if (hour - counts.turnedHour >= turnHours || counts.young.length >= itemsMax * 2) {
    counts.old = counts.young
    counts.young = []
    counts.turnedHour = hour
  }
  const at = indexOf(counts.young, item)
  if (at < 0) counts.young.push(item, 1)
  else counts.young[at + 1] = (counts.young[at + 1] ?? 0) + 1
}

/** The larger one of both generations: who counts once in each is one. */
export function countOf({ young, old }: AgingCounts, item: number): number {
  const [now, before] = [indexOf(young, item), indexOf(old, item)]
  return Math.max(now < 0 ? 0 : (young[now + 1] ?? 0), before < 0 ? 0 : (old[before + 1] ?? 0))
}

function indexOf(pairs: readonly number[], item: number): number {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === item) return at
  return -1
}
