/**
 * Whether a text fits a pattern in which `*` is any text and `?` any character. Its time grows with the product of both lengths at most.
 * Source: GuardDuty API Reference, Condition, matches.
 */
export function fits(text: string, pattern: string): boolean {
  let [at, from] = [0, 0]
  // The last star, and where what it stands for ends.
  let [star, end] = [-1, 0]
  while (at < text.length) {
    if (pattern[from] === '*') {
      ;[star, end] = [from, at]
      from += 1
    } else if (from < pattern.length && (pattern[from] === '?' || pattern[from] === text[at])) {
      at += 1
      from += 1
    } else if (star >= 0) {
      end += 1
      ;[at, from] = [end, star + 1]
    } else return false
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}
