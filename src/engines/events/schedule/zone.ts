const dayMs = 86_400_000

/** A time zone. What clocks there show is told as if it were UTC: a date and time, not an instant. Units: milliseconds. */
export interface Zone {
  readonly name: string
  /** What clocks show at an instant. */
  clock(instant: number): number
  /** The instant at which clocks show this, the earlier of two; `undefined` where they skip it. */
  instant(clock: number): number | undefined
  /** As `instant`; where clocks skip it, as if they had been turned later. */
  instantOrAfter(clock: number): number
}

const utc: Zone = {
  name: 'UTC',
  clock: (instant) => instant,
  instant: (clock) => clock,
  instantOrAfter: (clock) => clock,
}

/** Zones that were asked for lately: to make one takes as long as to tell thousands of times. Names come in any case of their letters. */
const known = new Map<string, Zone>()
const knownMax = 100

/** The zone of that name in the IANA database, as the runtime has it; `undefined` where there is none. */
export function parseZone(name: string): Zone | undefined {
  if (name === 'UTC') return utc
  const found = known.get(name)
  if (found !== undefined) return found
  // Offsets, which Intl would take too, are not names.
  const formatter = /^[A-Za-z]/.test(name) ? formatterOf(name) : undefined
  if (formatter === undefined) return undefined
  const made = new IntlZone(name, formatter)
  if (known.size >= knownMax) known.clear()
  known.set(name, made)
  return made
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (reason) {
    if (reason instanceof RangeError) return undefined
    throw reason
  }
}

class IntlZone implements Zone {
  readonly name: string
  readonly #formatter: Intl.DateTimeFormat

  constructor(name: string, formatter: Intl.DateTimeFormat) {
    this.name = name
    this.#formatter = formatter
  }

  clock(instant: number): number {
    const part = new Map(
      this.#formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    )
    const of = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  }

  instant(clock: number): number | undefined {
    // Clocks are turned by less than a day, and not twice in two.
    for (const offset of [this.#offset(clock - dayMs), this.#offset(clock + dayMs)]) {
      const instant = clock - offset
      if (this.clock(instant) === clock) return instant
    }
    return undefined
  }

  instantOrAfter(clock: number): number {
    return this.instant(clock) ?? clock - this.#offset(clock - dayMs)
  }

  #offset(instant: number): number {
    return this.clock(instant) - instant
  }
}
