import type { JsonTokens, TokenKind } from './json-tokens.ts'
import { comparableNumber } from './number.ts'
import type { ValueTest } from './pattern.ts'
import { refusing } from './refusal.ts'

const tooMany = 'Too many elements in numeric expression'

/**
 * `["=", 1]`, `[">", 0]`, `["<=", 5]`, `[">", 0, "<=", 5]`.
 * Source: EventBridge User Guide, "Numeric matching"; event-ruler, `JsonRuleCompiler.processNumericMatchExpression`.
 */
export function numericTest(tokens: JsonTokens): ValueTest {
  if (tokens.next() !== '[') tokens.refuse('Value of numeric must be an array.')
  const test = comparison(tokens)
  if (tokens.next() !== '}') tokens.refuse(tooMany)
  return test
}

function comparison(tokens: JsonTokens): ValueTest {
  if (tokens.next() !== 'string') tokens.refuse(`Invalid member in numeric match: ${tokens.text()}`)
  const operator = tokens.text()
  switch (operator) {
    case '=':
    case '<':
    case '<=': {
      const text = limit(tokens, operator === '=' ? 'equals' : operator)
      if (tokens.next() !== ']') tokens.refuse(tooMany)
      const high = comparable(tokens, text)
      return operator === '='
        ? { kind: 'equals', value: high }
        : range(Number.NEGATIVE_INFINITY, false, high, operator === '<')
    }
    case '>':
    case '>=': {
      const text = limit(tokens, operator)
      const kind = tokens.next()
      return kind === ']'
        ? range(comparable(tokens, text), operator === '>', Number.POSITIVE_INFINITY, false)
        : upTo(tokens, kind, text, operator === '>')
    }
    default:
      tokens.next() // There AWS's reader stands by then.
      return tokens.refuse(`Unrecognized numeric range operator: ${operator}`)
  }
}

function upTo(tokens: JsonTokens, kind: TokenKind, lowText: string, lowOpen: boolean): ValueTest {
  if (kind !== 'string') tokens.refuse(`Bad value in numeric range: ${tokens.text()}`)
  const operator = tokens.text()
  if (operator !== '<' && operator !== '<=') tokens.refuse(`Bad numeric range operator: ${operator}`)
  const highText = limit(tokens, operator)
  if (tokens.next() !== ']') tokens.refuse('Too many terms in numeric range expression')
  const low = comparable(tokens, lowText)
  const high = comparable(tokens, highText)
  if (low >= high) tokens.refuse('Bottom must be less than top')
  return range(low, lowOpen, high, operator === '<')
}

function range(low: number, lowOpen: boolean, high: number, highOpen: boolean): ValueTest {
  return { kind: 'numeric', low, lowOpen, high, highOpen }
}

function limit(tokens: JsonTokens, operator: string): string {
  if (tokens.next() !== 'number') tokens.refuse(`Value of ${operator} must be numeric`)
  return tokens.text()
}

function comparable(tokens: JsonTokens, text: string): number {
  const read = refusing(() => comparableNumber(text))
  return typeof read === 'number' ? read : tokens.refuse(read.refused)
}
