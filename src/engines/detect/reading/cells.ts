/** The cells of a line, which are looked at in place: most are numbers, or texts that were in the line before. */
export interface Cells {
  /** Cuts a line at its blanks; whether it has as many cells as wanted. What the others give is of the last line. */
  readonly cut: (line: string) => boolean
  /** Nothing for a dash, and for a column that is not there. */
  readonly text: (column: number) => string | undefined
  /** The same, of texts that come again: one string for all of them, which holds no line in memory. */
  readonly known: (column: number) => string | undefined
  /** Digits, at most 15 of them; nothing else is a number here. */
  readonly whole: (column: number) => number
}

const [blank, dash, carriageReturn, zero] = [32, 45, 13, 48]
const digitsMax = 15
/** Interfaces, instances, networks: beyond this each line brings its own string. */
const knownMax = 200_000
const knownLengthMax = 256

export function createCells(count: number): Cells {
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)]
  const strings = new Map<string, string>()
  let line = ''

  function text(column: number): string | undefined {
    const [start, end] = [starts[column], ends[column]]
    if (start === undefined || end === undefined) return undefined
    return end - start === 1 && line.charCodeAt(start) === dash ? undefined : line.slice(start, end)
  }

  return {
    cut(given) {
      line = given
      const end = given.charCodeAt(given.length - 1) === carriageReturn ? given.length - 1 : given.length
      let column = 0
      let start = 0
      for (let at = 0; at <= end; at += 1) {
        if (at < end && given.charCodeAt(at) !== blank) continue
        if (column >= count) return false
        starts[column] = start
        ends[column] = at
        column += 1
        start = at + 1
      }
      return column === count
    },
    text,
    known(column) {
      const found = text(column)
      if (found === undefined) return undefined
      const known = strings.get(found)
      if (known !== undefined || found.length > knownLengthMax) return known ?? found
      if (strings.size >= knownMax) return found
      const copy = Buffer.from(found, 'utf8').toString('utf8')
      strings.set(copy, copy)
      return copy
    },
    whole(column) {
      const [start, end] = [starts[column], ends[column]]
      if (start === undefined || end === undefined || end === start || end - start > digitsMax)
        return Number.NaN
      let value = 0
      for (let at = start; at < end; at += 1) {
        const digit = line.charCodeAt(at) - zero
        if (digit < 0 || digit > 9) return Number.NaN
        value = value * 10 + digit
      }
      return value
    },
  }
}
