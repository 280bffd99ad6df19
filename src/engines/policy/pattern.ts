/**
 * Text with `*` (any run of characters) and `?` (any one character). A wildcard is known by its place, never by its
 * character: what a policy variable contributes is always literal.
 */

/** Text of which the characters at `wildcards` (ascending) are wildcards, and all others stand for themselves. */
export interface Pattern {
  readonly text: string
  readonly wildcards: readonly number[]
}

/** Whether the whole of a text is what a pattern means. */
export type Matches = (subject: string) => boolean

/** A stretch between two `*`: fixed in length; `any` lists the places of its `?`. */
interface Stretch {
  readonly text: string
  readonly any: readonly number[]
}

/** Every `*` and `?` of the text as a wildcard. */
export function patternOf(text: string): Pattern {
  const wildcards: number[] = []
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '*' || text[index] === '?') wildcards.push(index)
  }
  return { text, wildcards }
}

/**
 * A matcher of the whole subject. Its time is bounded by the product of the two lengths whatever the wildcards,
 * because a stretch that found its leftmost place never moves again: there is nothing to backtrack into.
 */
export function compilePattern(pattern: Pattern): Matches {
  const stretches = cut(pattern)
  const first = stretches[0] ?? { text: '', any: [] }
  const last = stretches.at(-1) ?? first
  if (stretches.length === 1) return whole(first)
  if (stretches.length === 2 && first.any.length === 0 && last.any.length === 0) {
    return ends(first.text, last.text)
  }
  const middle = stretches.slice(1, -1)
  const fixed = stretches.reduce((sum, stretch) => sum + stretch.text.length, 0)

  return (subject) => {
    if (subject.length < fixed || !standsAt(first, subject, 0)) return false
    const end = subject.length - last.text.length
    if (!standsAt(last, subject, end)) return false
    let from = first.text.length
    for (const stretch of middle) {
      const at = find(stretch, subject, from, end)
      if (at < 0) return false
      from = at + stretch.text.length
    }
    return from <= end
  }
}

function cut({ text, wildcards }: Pattern): Stretch[] {
  const stretches: Stretch[] = []
  let start = 0
  let any: number[] = []
  for (const index of wildcards) {
    if (text[index] === '?') {
      any.push(index - start)
      continue
    }
    stretches.push({ text: text.slice(start, index), any })
    start = index + 1
    any = []
  }
  stretches.push({ text: text.slice(start), any })
  // Between two adjacent stars there is nothing to find.
  return stretches.filter((stretch, at) => at === 0 || at === stretches.length - 1 || stretch.text !== '')
}

function whole({ text, any }: Stretch): Matches {
  if (any.length === 0) return (subject) => subject === text
  return (subject) => subject.length === text.length && standsAt({ text, any }, subject, 0)
}

function ends(prefix: string, suffix: string): Matches {
  if (prefix === '' && suffix === '') return () => true
  if (suffix === '') return (subject) => subject.startsWith(prefix)
  const least = prefix.length + suffix.length
  return (subject) => subject.length >= least && subject.startsWith(prefix) && subject.endsWith(suffix)
}

function standsAt({ text, any }: Stretch, subject: string, at: number): boolean {
  if (any.length === 0) return subject.startsWith(text, at)
  if (at + text.length > subject.length) return false
  let next = 0
  for (let index = 0; index < text.length; index += 1) {
    if (any[next] === index) next += 1
    else if (text.charCodeAt(index) !== subject.charCodeAt(at + index)) return false
  }
  return true
}

function find(stretch: Stretch, subject: string, from: number, end: number): number {
  const latest = end - stretch.text.length
  if (stretch.any.length === 0) {
    const at = subject.indexOf(stretch.text, from)
    return at <= latest ? at : -1
  }
  for (let at = from; at <= latest; at += 1) {
    if (standsAt(stretch, subject, at)) return at
  }
  return -1
}
