import { stringEnd } from './tokens.ts'
import { Reader, type Place, type Reading, type Reason } from './reading.ts'

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
  return places(text).some((place) => isCode(new Reader(text, place).read(), place, sensitivity))
}

function places(text: string): readonly Place[] {
  const found: Place[] = [
    { quote: '', start: 0, escapes: true, afterOperand: false },
    { quote: '', start: 0, escapes: true, afterOperand: true },
  ]
  for (const quote of quotes) {
    if (!text.includes(quote)) continue
    const escaping = stringEnd(text, 0, quote, true)
    const plain = stringEnd(text, 0, quote, false)
    if (escaping > 0) found.push({ quote, start: escaping, escapes: true, afterOperand: true })
    if (plain > 0) found.push({ quote, start: plain, escapes: plain === escaping, afterOperand: true })
    const bare = text.indexOf(quote) + 1
    if (plain !== bare) found.push({ quote, start: bare, escapes: true, afterOperand: true })
  }
  return found
}

/** Reasons that need nothing else, wherever the text stood. */
const proofs: readonly Reason[] = ['union', 'subquery', 'telling function', 'stacked statement', 'constant condition']

function isCode(reading: Reading, place: Place, sensitivity: Sensitivity): boolean {
  const { reasons } = reading
  const has = (reason: Reason): boolean => reasons.has(reason)
  if (proofs.some(has)) return true
  if (has('server variable') && (reading.complete || reasons.size > 1)) return true
  if (place.quote !== '') return breaksOut(reading, sensitivity)
  return standsBare(reading, place, sensitivity)
}

function breaksOut(reading: Reading, sensitivity: Sensitivity): boolean {
  const { reasons, complete, closing } = reading
  if (reasons.has('condition') || reasons.has('catalogue')) return true
  if (!complete) return false
  if (closing === 'comment') return reasons.size > 0 || sensitivity === 'HIGH' || isShort(reading.comment)
  if (closing === 'quote') return reasons.has('logical operator') || reasons.has('comparison') || reasons.has('common function')
  if (reasons.has('ordering') || reasons.has('clause') || reasons.has('common function')) return true
  return sensitivity === 'HIGH' && reasons.size > 0
}

function standsBare(reading: Reading, place: Place, sensitivity: Sensitivity): boolean {
  const { reasons, complete, closing } = reading
  const has = (reason: Reason): boolean => reasons.has(reason)
  const value = reading.first?.kind === 'number' || place.afterOperand
  if (has('condition') && value) return true
  if (has('leading statement')) return complete || reasons.size > 1
  if (!complete) return false
  if (closing === 'comment' && (has('ordering') || has('clause') || has('logical operator'))) return true
  if (has('logical operator') && has('common function')) return true
  if (has('ordering') && place.afterOperand) return true
  return sensitivity === 'HIGH' && value && (has('clause') || has('ordering') || has('logical operator') || has('closed parenthesis'))
}

/** What attackers write after a comment sign is a few characters, not a sentence. */
function isShort(comment: string): boolean {
  return comment.trim().length < 12
}
