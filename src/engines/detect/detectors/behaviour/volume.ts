/** Of each kind of operation: the hour that runs, how many in it, the most in an hour before. Plain JSON, no more than three numbers a kind. */
export type Volumes = number[]

/** Fewer than that in an hour are nobody's loss. */
const muchFrom = 100
/** Busy days are a few times the usual ones. */
const muchTimes = 5
/** The busiest hour is halved after about a month of busy hours. */
const keptAnHour = 0.998

/** Counts an operation, and says whether there are unusually many of them in this hour. */
export function volumeOf(volumes: Volumes, kind: number, hour: number, amount: number): boolean {
  const at = kind * 3
  while (volumes.length < at + 3) volumes.push(0)
  const before = volumes[at] ?? 0
  const count = volumes[at + 1] ?? 0
  const most = volumes[at + 2] ?? 0
  const isNext = hour > before
  const peak = isNext ? Math.max(Math.floor(most * keptAnHour), count) : most
  const now = (isNext ? 0 : count) + amount
  volumes[at] = Math.max(hour, before)
  volumes[at + 1] = now
  volumes[at + 2] = peak
  return now >= muchFrom && now >= peak * muchTimes
}
