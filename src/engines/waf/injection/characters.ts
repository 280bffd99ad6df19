/** ASCII classes by character code, for scanners that read a text once, from left to right. */

export const isDigit = (code: number): boolean => code >= 48 && code <= 57

export const isLetter = (code: number): boolean => {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

export const isHexDigit = (code: number): boolean => {
  const lower = code | 32
  return isDigit(code) || (lower >= 97 && lower <= 102)
}

/** Letters, digits and underscore; every character beyond ASCII is taken as a letter. */
export const isWord = (code: number): boolean => isLetter(code) || isDigit(code) || code === 95 || code > 0xa0

/** What parsers skip: all control characters, space, no-break space. */
export const isSpace = (code: number): boolean => code <= 32 || code === 0xa0

/** The end of the run, from `start`, of characters that `belongs` accepts. */
export function runEnd(text: string, start: number, belongs: (code: number) => boolean): number {
  let at = start
  while (at < text.length && belongs(text.charCodeAt(at))) at += 1
  return at
}

/** The first position from `start` that is no white space. */
export const skipSpace = (text: string, start: number): number => runEnd(text, start, isSpace)

/** A set of words written as one string, so that vocabularies read as prose. */
export const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s/).filter(Boolean))
