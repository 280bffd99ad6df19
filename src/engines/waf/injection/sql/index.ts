import { isLetter, isSpace, isWord, runEnd } from '../characters.ts'
import { isSqlFragment } from './fragments.ts'
import { stringEnd } from './tokens.ts'
import { Reader } from './reader.ts'
import type { Place, Reading, Reason } from './reading.ts'

export { inside } from './fragments.ts'
export { statements, tellingFunctions } from './vocabulary.ts'

/** LOW asks for proof in the structure; HIGH also takes fragments that only someone probing would send. */
export type Sensitivity = 'LOW' | 'HIGH'

const quotes = ["'", '"', '`']

/**
 * Tells whether a text would change the statement that an application builds around it.
 *
 * The text is read as the rest of a statement from each place where applications put texts (bare, or between quotes
 * that it closes itself), in several dialects at once. Prose stops being SQL after a word or two.
 */
export function isSqlInjection(text: string, sensitivity: Sensitivity): boolean {
  if (isSqlFragment(text)) return true
  return (
    places(text).some((place) => isCode(new Reader(text, place).read(), place, text, sensitivity)) ||
    nested(text).some((start) => provesNested(text, start))
  )
}

function places(text: string): readonly Place[] {
  const bare = { quote: '', start: 0, escapes: true, hashes: true }
  const found: Place[] = [
    { ...bare, afterOperand: false },
    { ...bare, afterOperand: true },
  ]
  if (text.includes('#')) found.push({ ...bare, afterOperand: false, hashes: false })
  // `id=1 or 1=1` as a value: the application's own syntax may have come along.
  const name = runEnd(text, 0, isWord)
  if (name > 0 && text.charAt(name) === '=')
    found.push(
      { ...bare, start: name + 1, afterOperand: false },
      { ...bare, start: name + 1, afterOperand: true },
    )
  for (const quote of quotes) {
    if (!text.includes(quote)) continue
    const escaping = stringEnd(text, 0, quote, true)
    const plain = stringEnd(text, 0, quote, false)
    const first = text.indexOf(quote) + 1
    const starts = new Set([escaping, plain, first].filter((start) => start > 0))
    for (const start of starts)
      found.push({
        quote,
        start,
        escapes: start !== plain || plain === escaping,
        hashes: true,
        afterOperand: true,
      })
    found.push({ quote, start: first, escapes: true, hashes: true, afterOperand: false })
  }
  return found
}

/** Readings of a text from its middle: each stops where it is no SQL, and may go to the end. */
const nestedMax = 32

/** Where a parenthesis opens a SELECT, or a union begins, in whatever text stands before. */
function nested(text: string): readonly number[] {
  const lower = text.toLowerCase()
  const starts: number[] = []
  // Documents of several lines have semicolons at their ends.
  const semicolons = text.split('\n', 6).length < 5 ? nestedMax : 0
  for (let at = text.indexOf(';', 1); at >= 0 && starts.length < semicolons; at = text.indexOf(';', at + 1))
    starts.push(at)
  for (const word of ['select', 'union']) {
    for (
      let at = lower.indexOf(word, 1);
      at >= 0 && starts.length < 2 * nestedMax;
      at = lower.indexOf(word, at + word.length)
    ) {
      if (isWord(lower.charCodeAt(at - 1)) || isLetter(lower.charCodeAt(at + word.length))) continue
      if (word === 'union') starts.push(at)
      else {
        let before = at - 1
        while (before > 0 && isSpace(lower.charCodeAt(before))) before -= 1
        if (lower.charAt(before) === '(') starts.push(before)
      }
    }
  }
  return starts
}

function provesNested(text: string, start: number): boolean {
  const union = text.charAt(start) !== '('
  const semicolon = text.charAt(start) === ';'
  const { reasons } = new Reader(text, {
    quote: '',
    start,
    escapes: true,
    hashes: true,
    afterOperand: union,
  }).read()
  return (
    reasons.has('telling function') ||
    (semicolon && reasons.has('stacked statement')) ||
    (union &&
      reasons.has('union') &&
      (reasons.has('hidden words') || reasons.has('common function') || reasons.has('catalogue')))
  )
}

/** Reasons that need nothing else, wherever the text stood. */
const proofs: readonly Reason[] = [
  'union',
  'subquery',
  'telling function',
  'stacked statement',
  'constant condition',
]

function isCode(reading: Reading, place: Place, text: string, sensitivity: Sensitivity): boolean {
  const { reasons } = reading
  const has = (reason: Reason): boolean => reasons.has(reason)
  // A quote and then an operand is no SQL, but the rest of what some filter has removed, or a string's beginning.
  if (place.quote !== '' && !place.afterOperand) return has('telling function') || has('union')
  if (proofs.some(has)) return true
  if (has('server variable') && (reading.complete || reasons.size > 1)) return true
  if (place.quote !== '') return breaksOut(reading, place.quote, text.slice(0, place.start - 1), sensitivity)
  return standsBare(reading, place, text, sensitivity)
}

function breaksOut(reading: Reading, quote: string, before: string, sensitivity: Sensitivity): boolean {
  const { reasons, complete, closing, open } = reading
  if (reasons.has('condition') || reasons.has('catalogue')) return true
  if (quote === '`') return false // Markdown quotes operators and names so; only what is said above is no prose.
  if (reading.dangling && reasons.has('logical operator')) return true
  if (!complete) return false
  if (closing === 'comment' && reading.comment.includes(quote)) return false // A quoted text with a dash or hash in it.
  if (closing === 'comment') return reasons.size > 0 || sensitivity === 'HIGH' || isShort(reading, before)
  if (closing === 'quote') {
    if (reasons.has('logical operator') && isTight(reading, before)) return true
    if (reasons.has('comparison') || reasons.has('common function')) return true
    if (
      reasons.has('logical operator') &&
      (reasons.has('computation') || reasons.has('logical sign') || reasons.has('call'))
    )
      return true
    if (reasons.has('computation') && reasons.has('call')) return true
    if (reasons.has('logical operator')) return sensitivity === 'HIGH' || (open >= '0' && open < ':')
    return sensitivity === 'HIGH' && reasons.has('word comparison')
  }
  if (reasons.has('ordering') || reasons.has('clause') || reasons.has('common function')) return true
  return sensitivity === 'HIGH' && reasons.size > 0
}

/** "Delete from your memory": words and nothing else, of which only dropping needs no more. */
function isSentence({ first, tokens }: Reading, text: string): boolean {
  return tokens > 3 && first?.text !== 'drop' && first?.text !== 'truncate' && /^[\p{L}\s]*$/u.test(text)
}

function standsBare(reading: Reading, place: Place, text: string, sensitivity: Sensitivity): boolean {
  const { reasons, complete, closing } = reading
  const has = (reason: Reason): boolean => reasons.has(reason)
  const number = reading.first?.kind === 'number'
  const value = number || place.afterOperand
  if (has('condition') && value && has('logical operator')) return true
  // A text that begins with AND or OR and ends at a comparison waits for the application's value.
  if (place.afterOperand && reading.dangling && has('logical operator')) return true
  if (
    place.afterOperand &&
    has('source') &&
    (has('closed parenthesis') || has('condition') || has('ordering') || reading.dangling)
  )
    return true
  const string = reading.first?.kind === 'string'
  if (has('cast') && (string || reading.first?.kind === 'call')) return true
  if (string && reading.dangling && has('comparison')) return true
  if (value && has('logical operator') && has('hidden words') && complete) return true
  if (has('leading statement')) return reasons.size > 1 || (complete && !isSentence(reading, text))
  if (!complete) return false
  if (closing === 'comment' && (has('ordering') || has('clause') || has('logical operator'))) return true
  if (has('logical operator') && has('common function')) return true
  if (has('ordering') && (place.afterOperand || has('closed parenthesis') || number)) return true
  if (has('common function') && has('hexadecimal')) return true
  if (number && has('common function') && has('computation')) return true
  return (
    sensitivity === 'HIGH' &&
    value &&
    (has('clause') || has('ordering') || has('logical operator') || has('closed parenthesis'))
  )
}

/** `a'or'a`: no space around the quotes, as in no sentence. */
function isTight(reading: Reading, before: string): boolean {
  const start = (reading.first?.start ?? 0) - before.length
  return before !== '' && start === 1 && isWord(before.charCodeAt(before.length - 1)) && reading.tokens === 2
}

/** Who logs in as `admin'--` writes a name, a comment sign and a few characters, not a sentence, nor another quote. */
function isShort(reading: Reading, before: string): boolean {
  const comment = reading.comment.trim()
  if (comment.length > 11 || comment.includes('"') || comment.includes("'")) return false
  return reading.first?.kind === 'comment' && runEnd(before, 0, (code) => !isSpace(code)) === before.length
}
