import { isWrittenNumber, mayLoseDigits, parseExactly } from '#engines/events/index.ts'

/** The detail of an event, as patterns see it. */
interface Detail {
  readonly detail: object
  /** As it is written again, where it has numbers that JavaScript changes. */
  readonly exact?: unknown
}

/** Reads the detail of an event; undefined for what is no object, or nested deeper than AWS reads. */
export function readDetail(text: string): Detail | undefined {
  const detail = objectOf(text)
  if (!detail || isTooDeep(detail, text)) return undefined
  return mayLoseDigits(text) ? { detail, exact: parseExactly(text) } : { detail }
}

/** The object that a text of JSON is, as `parse` reads it; undefined for any other text. */
export function objectOf(
  text: string,
  parse: (text: string) => unknown = (given) => JSON.parse(given) as unknown,
): object | undefined {
  try {
    const value = parse(text)
    const isObject =
      typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)
    return isObject ? value : undefined
  } catch {
    return undefined // SyntaxError, or RangeError for what is nested deeper than any event.
  }
}

/** Source: Jackson, `StreamReadConstraints.DEFAULT_MAX_DEPTH`, by which AWS reads events. */
const nestingMax = 1000

/** Whether what a text says is nested deeper than an event may be. */
export function isTooDeep(value: object, text: string): boolean {
  if (text.length <= 2 * nestingMax) return false
  let level: readonly unknown[] = [value]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > nestingMax) return true
    level = level
      .flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []))
      .filter((one) => typeof one === 'object' && one !== null)
  }
  return false
}
