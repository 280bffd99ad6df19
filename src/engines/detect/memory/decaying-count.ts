/** A number that halves by itself as time goes on. Plain JSON. */
export interface DecayingCount {
  amount: number
  atMs: number
}

export function noCount(): DecayingCount {
  return { amount: 0, atMs: 0 }
}

/** Adds to it at a time, and gives what it is then. A time that lies before the last one counts as that one. */
export function addTo(count: DecayingCount, atMs: number, halfLifeMs: number, amount = 1): number {
  const passedMs = Math.max(atMs - count.atMs, 0)
  count.amount = count.amount * 2 ** (-passedMs / halfLifeMs) + amount
  count.atMs = Math.max(count.atMs, atMs)
  return count.amount
}
