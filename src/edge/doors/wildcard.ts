/** A pattern for many texts: most are a beginning and a star, of which only the beginning need be compared. */
export function compileWildcard(pattern: string): (text: string) => boolean {
  const beginning = /^([^*?]*)\*$/.exec(pattern)?.[1]
  return beginning === undefined
    ? (text) => matchesWildcard(pattern, text)
    : (text) => text.startsWith(beginning)
}

/**
 * Whether a text is of a pattern's form: `*` stands for any characters or none, `?` for one. Time is bounded by the product of both
 * lengths. Source: ELB User Guide for Application Load Balancers, "Condition types for listener rules".
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [at, here] = [0, 0]
  let [star, resume] = [-1, 0]
  while (here < text.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at
      resume = here
      at += 1
    } else if (wanted === '?' || wanted === text[here]) {
      at += 1
      here += 1
    } else if (star >= 0) {
      // The last star takes one character more.
      at = star + 1
      resume += 1
      here = resume
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}
