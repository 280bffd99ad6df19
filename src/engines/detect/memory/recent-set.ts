/** Different things seen within a window of time, at most so many: the last ones. Plain JSON. */
export type RecentSet<Item extends string | number = string> = [item: Item, atMs: number][]

/** Notes that something was seen, and gives how many different ones were within the window. */
export function noteIn<Item extends string | number>(
  set: RecentSet<Item>,
  item: Item,
  { atMs, windowMs, max }: { readonly atMs: number; readonly windowMs: number; readonly max: number },
): number {
  let kept = 0
  let known = false
  for (const entry of set) {
    if (entry[0] === item) {
      entry[1] = Math.max(entry[1], atMs)
      known = true
    } else if (entry[1] <= atMs - windowMs) continue
    set[kept++] = entry
  }
  set.length = kept
  if (known) return kept
  if (kept >= max) set.shift()
  set.push([item, atMs])
  return set.length
}

/** Whether it was seen within the window. */
export function isIn<Item extends string | number>(
  set: RecentSet<Item>,
  item: Item,
  notBeforeMs = 0,
): boolean {
  return set.some(([one, atMs]) => one === item && atMs >= notBeforeMs)
}
