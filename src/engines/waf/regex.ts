import { RE2JS, RE2JSException, RE2Set } from 're2js'
import { utf8Bytes } from './bytes.ts'
import { invalid, outcome, type Outcome, type RefusedField } from './refusal.ts'

/** Source: AWS WAFV2 API, RegexPatternString. */
export const patternLengthMax = 512
/** As much as an expression may grow when it is compiled: `(?:a{100}){10}` is short and is 1,000 instructions. */
const instructionsMax = 10_000
/** Memory of the lazily built automaton of one set of expressions; what does not fit is matched without it, still in linear time. */
const automatonBytesMax = 8 * 1024 * 1024

/**
 * A user's regular expression in the form in which it is matched against bytes, or a refusal: RE2's syntax, which has
 * no back-references and no look-around, so that matching takes time linear in the text.
 *
 * Differs: AWS matches with a PCRE library that allows neither; Unicode classes see bytes here, and a character class
 * cannot list characters that are more than one byte.
 */
export function checkPattern(text: string, field: RefusedField): string {
  if (text === '' || text.length > patternLengthMax)
    throw invalid(field, text, `a regular expression must have 1 to ${patternLengthMax} characters`)
  const pattern = inBytes(text, field)
  try {
    const compiled = RE2JS.compile(pattern)
    if (compiled.programSize() > instructionsMax)
      throw invalid(field, text, 'the regular expression is too large')
  } catch (error) {
    if (error instanceof RE2JSException)
      throw invalid(field, text, `not a regular expression: ${error.message}`)
    throw error
  }
  return pattern
}

/** Whether a text may stand in a regex pattern set; gives it as it is, or the reason why not. */
export function checkRegex(text: string): Outcome<string> {
  return outcome(() => {
    checkPattern(text, 'REGEX_PATTERN_SET')
    return text
  })
}

/** Each character that is more than one byte as a group of its bytes, so that a quantifier takes all of them. */
function inBytes(text: string, field: RefusedField): string {
  // eslint-disable-next-line no-control-regex -- All of ASCII, control characters included.
  if (/^[\0-\x7f]*$/.test(text)) return text
  if (/\\Q/.test(text))
    throw invalid(field, text, '\\Q…\\E with characters other than ASCII is not supported')
  let out = ''
  /** Where the class that is being read began, or -1 outside of one. */
  let classAt = -1
  let escaped = false
  let at = 0
  for (const character of text) {
    const ascii = character <= '\x7f'
    if (!ascii && (classAt >= 0 || escaped))
      throw invalid(field, text, 'a class or an escape of characters other than ASCII is not supported')
    out += ascii ? character : `(?:${utf8Bytes(character)})`
    if (escaped) escaped = false
    else if (character === '\\') escaped = true
    else if (character === '[' && classAt < 0) classAt = at
    // A bracket in the first place is a member of the class.
    else if (character === ']' && !/^\[\^?$/.test(text.slice(Math.max(classAt, 0), at))) classAt = -1
    at += character.length
  }
  return out
}

/** Whether an expression occurs in a text. */
export function matcher(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern)
  return (text) => compiled.test(text)
}

/** Which of many expressions occur in a text, in one pass. */
export function setMatcher(patterns: readonly string[]): (text: string) => readonly number[] {
  const set = new RE2Set(RE2Set.UNANCHORED, 0, automatonBytesMax)
  for (const pattern of patterns) set.add(pattern)
  set.compile()
  return (text) => set.match(text)
}
