import { slowPatterns } from './slow-patterns.ts'

/**
 * Makes the check of a model's `pattern`: AWS writes them for Java and matches the whole value. Compiled when first used.
 *
 * Differs: where a pattern only asks what the value contains (`.*\S.*`), line breaks around it are allowed, as services
 * that search instead of matching do.
 */
export function patternCheck(pattern: string): (text: string) => boolean {
  let compiled: RegExp | undefined
  const { linear = pattern, charactersMax = Infinity } = slowPatterns.get(pattern) ?? {}
  return (text) => {
    compiled ??= new RegExp(`^(?:${scriptPattern(linear)})$`, containsOnly(pattern) ? 'su' : 'u')
    return text.length <= charactersMax && compiled.test(text)
  }
}

function containsOnly(pattern: string): boolean {
  return pattern.startsWith('(?s)') || (pattern.startsWith('.*') && pattern.endsWith('.*'))
}

/** What is a group of characters of its own, and so no end of a range. */
const classEscapes = 'wWdDsSpP'

/** Escapes that JavaScript's `u` flag takes; it refuses every other, where Java reads the character itself. */
const knownEscapes = `${classEscapes}bBnrtfv0123456789xuckK^$\\.*+?()[]{}|/`

/** Rewrites a Java regular expression where JavaScript, with the `u` flag, is stricter. */
function scriptPattern(pattern: string): string {
  let written = ''
  let inClass = false
  let afterClassEscape = false
  for (let at = pattern.startsWith('(?s)') ? 4 : 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    let token = char
    let isClassEscape = false
    if (char === '\\') {
      at += 1
      const escaped = pattern.charAt(at)
      isClassEscape = classEscapes.includes(escaped)
      token = knownEscapes.includes(escaped) || (escaped === '-' && inClass) ? char + escaped : escaped
      if (isClassEscape && pattern.charAt(at + 1) === '{') {
        const end = pattern.indexOf('}', at)
        token += pattern.slice(at + 1, end + 1)
        at = end
      }
    } else if (char === '[') {
      token = inClass ? '\\[' : char
      inClass = true
    } else if (char === ']') {
      inClass = false
    } else if (char === '-' && inClass && (afterClassEscape || pattern.charAt(at + 1) === '\\')) {
      token = startsClassEscape(pattern, at + 1) || afterClassEscape ? '\\-' : char
    }
    afterClassEscape = isClassEscape
    written += token
  }
  return written
}

function startsClassEscape(pattern: string, at: number): boolean {
  return pattern.charAt(at) === '\\' && classEscapes.includes(pattern.charAt(at + 1))
}
