// When something will happen to a key by itself, and how what is due is found among very many keys.

const hourMs = 3_600_000
/** Bits of the hour that each coarser step leaves out. The widest step is about half a year. */
const widths = [0, 6, 12] as const
const widest = 12

/**
 * The index values of a time: the hour it is in, and the wider spans around it. So all that is due is found by a few hundred
 * look-ups, whenever it became due and however much is not due yet.
 */
export function scheduledUnder(atMs: number): readonly string[] {
  const hour = hourOf(atMs)
  return widths.map((bits) => span(bits, hour >> bits))
}

/**
 * The index values under which everything stands that was due before the end of this hour, each thing once: the widest spans that
 * are over, then what is over of the span that is not, down to the present hour.
 */
export function dueUnder(nowMs: number): readonly string[] {
  const hour = hourOf(nowMs)
  const found: string[] = []
  for (let at = 0; at < hour >> widest; at += 1) found.push(span(widest, at))
  for (let at = (hour >> widest) << 6; at < hour >> 6; at += 1) found.push(span(6, at))
  for (let at = (hour >> 6) << 6; at <= hour; at += 1) found.push(span(0, at))
  return found
}

/** Times before 1970 are as due as any. */
function hourOf(ms: number): number {
  return Math.max(0, Math.floor(ms / hourMs))
}

function span(bits: number, at: number): string {
  return `${bits} ${at}`
}
