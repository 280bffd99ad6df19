import { parseAddress, parseBlock } from './address.ts'
import type { JsonTokens, TokenKind } from './json-tokens.ts'
import { comparableNumber } from './number.ts'
import { numericTest } from './parse-numeric.ts'
import type { Scalar, ValueTest } from './pattern.ts'
import { refusing } from './refusal.ts'
import { wildcardPieces } from './wildcard-text.ts'

type Reader = (tokens: JsonTokens) => ValueTest

/** Source: EventBridge User Guide, "Comparison operators"; event-ruler, `JsonRuleCompiler.processMatchExpression`. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['exactly', (tokens) => ({ kind: 'equals', value: only(tokens, textOf(tokens, 'exact')) })],
  ['prefix', (tokens) => affix(tokens, 'prefix')],
  ['suffix', (tokens) => affix(tokens, 'suffix')],
  ['equals-ignore-case', (tokens) => only(tokens, ignoringCase(textOf(tokens, 'equals-ignore-case')))],
  ['wildcard', (tokens) => only(tokens, wildcard(tokens, textOf(tokens, 'wildcard')))],
  // AWS's words for a CIDR that is no string name the prefix.
  ['cidr', (tokens) => only(tokens, { kind: 'address', ...parseBlock(textOf(tokens, 'prefix')) })],
  ['numeric', numericTest],
  ['exists', exists],
  ['anything-but', anythingBut],
])

/** Reads the list of what a field may be, behind its opening bracket. */
export function parseTests(tokens: JsonTokens): readonly ValueTest[] {
  const tests: ValueTest[] = []
  for (let kind = tokens.next(); kind !== ']'; kind = tokens.next()) tests.push(parseTest(tokens, kind))
  if (tests.length === 0) tokens.refuse('Empty arrays are not allowed')
  return tests
}

function parseTest(tokens: JsonTokens, kind: TokenKind): ValueTest {
  if (kind === '{') return matchExpression(tokens)
  if (kind === '[') return tokens.refuse('Match value must be String, number, true, false, or null')
  const value = scalar(tokens, kind)
  const address = typeof value === 'string' ? parseAddress(value) : undefined
  // An address is that address in whatever spelling.
  return address === undefined
    ? { kind: 'equals', value }
    : { kind: 'address', first: address, last: address }
}

function scalar(tokens: JsonTokens, kind: TokenKind): Scalar {
  if (kind === 'string') return tokens.text()
  if (kind === 'number') return Number(tokens.text())
  return kind === 'null' ? null : kind === 'true'
}

function matchExpression(tokens: JsonTokens): ValueTest {
  if (tokens.next() !== 'name') tokens.refuse('Match expression name not found')
  const name = tokens.text()
  const read = readers.get(name)
  return read === undefined ? tokens.refuse(`Unrecognized match type ${name}`) : read(tokens)
}

function textOf(tokens: JsonTokens, what: string): string {
  if (tokens.next() !== 'string') tokens.refuse(`${what} match pattern must be a string`)
  return tokens.text()
}

/** The expression ends here: it has one key. */
function only<T>(tokens: JsonTokens, value: T): T {
  if (tokens.next() !== '}') tokens.refuse('Only one key allowed in match expression')
  return value
}

const ignoringCase = (text: string): ValueTest => ({ kind: 'equals-ignore-case', text })

function wildcard(tokens: JsonTokens, text: string): ValueTest {
  const pieces = refusing(() => wildcardPieces(text))
  return 'refused' in pieces ? tokens.refuse(pieces.refused) : { kind: 'wildcard', pieces }
}

function affix(tokens: JsonTokens, kind: 'prefix' | 'suffix'): ValueTest {
  const token = tokens.next()
  if (token !== '{') {
    if (token !== 'string') tokens.refuse(`${kind} match pattern must be a string`)
    return only(tokens, { kind, text: tokens.text(), ignoreCase: false })
  }
  const title = kind === 'prefix' ? 'Prefix' : 'Suffix'
  if (tokens.next() !== 'name') tokens.refuse(`${title} expression name not found`)
  if (tokens.text() !== 'equals-ignore-case') tokens.refuse(`Unsupported ${kind} pattern: ${tokens.text()}`)
  const text = textOf(tokens, 'equals-ignore-case')
  return only(tokens, only(tokens, { kind, text, ignoreCase: true }))
}

function exists(tokens: JsonTokens): ValueTest {
  const kind = tokens.next()
  if (kind !== 'true' && kind !== 'false') tokens.refuse('exists match pattern must be either true or false.')
  return only(tokens, { kind: kind === 'true' ? 'exists' : 'absent' })
}

/** How the values of one kind of anything-but are read, and what AWS says to one that is none. */
interface Excluded {
  readonly refusal: string
  /** Source: event-ruler: what begins or ends with nothing is everything. */
  readonly empty: 'allowed' | 'refused'
  readonly read: (text: string, tokens: JsonTokens) => ValueTest
}

const affixRefusal = 'prefix/suffix match pattern must be a string'
const excluded: ReadonlyMap<string, Excluded> = new Map<string, Excluded>([
  [
    'prefix',
    {
      refusal: affixRefusal,
      empty: 'refused',
      read: (text) => ({ kind: 'prefix', text, ignoreCase: false }),
    },
  ],
  [
    'suffix',
    {
      refusal: affixRefusal,
      empty: 'refused',
      read: (text) => ({ kind: 'suffix', text, ignoreCase: false }),
    },
  ],
  [
    'equals-ignore-case',
    {
      refusal: 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
      empty: 'allowed',
      read: ignoringCase,
    },
  ],
  [
    'wildcard',
    {
      refusal: 'wildcard match pattern must be a string',
      empty: 'allowed',
      read: (text, tokens) => wildcard(tokens, text),
    },
  ],
])

const excludedShape = 'Value of anything-but must be an array or single string/number value.'
const secondKey = 'Too many elements in numeric expression'

function anythingBut(tokens: JsonTokens): ValueTest {
  let kind = tokens.next()
  if (kind !== '{') {
    const tests = plainValues(tokens, valueOrList(tokens, kind))
    if (tokens.next() !== '}') tokens.refuse(secondKey)
    return { kind: 'anything-but', tests }
  }
  if (tokens.next() !== 'name') tokens.refuse('Anything-But expression name not found')
  const name = tokens.text()
  const values = excluded.get(name)
  if (values === undefined) return tokens.refuse(`Unsupported anything-but pattern: ${name}`)
  kind = valueOrList(tokens, tokens.next())
  const texts =
    kind === '[' ? inList(tokens, (each) => text(tokens, each, values)) : [text(tokens, kind, values)]
  const tests = texts.map((each) => values.read(each, tokens))
  if (tokens.next() !== '}' || tokens.next() !== '}') tokens.refuse(secondKey)
  return { kind: 'anything-but', tests }
}

function valueOrList(tokens: JsonTokens, kind: TokenKind): TokenKind {
  return kind === '[' || kind === 'string' || kind === 'number' ? kind : tokens.refuse(excludedShape)
}

/** AWS's reader tells the place of what is wrong in such a list, and then once more. */
function inList<T>(tokens: JsonTokens, read: (kind: TokenKind) => T): readonly T[] {
  const values: T[] = []
  for (let kind = tokens.next(); kind !== ']'; kind = tokens.next()) {
    const each = kind
    const value = refusing(() => ({ read: read(each) }))
    if ('refused' in value) return tokens.refuse(value.refused)
    values.push(value.read)
  }
  // Differs: AWS's reader takes an empty list of texts, and the rule then matches nothing.
  if (values.length === 0) tokens.refuse(oneType)
  return values
}

function text(tokens: JsonTokens, kind: TokenKind, { refusal, empty }: Excluded): string {
  if (kind !== 'string') tokens.refuse(refusal)
  const read = tokens.text()
  if (read === '' && empty === 'refused') tokens.refuse('Null prefix/suffix not allowed')
  return read
}

const oneType =
  'Inside anything but list, either all values are number or string, mixed type is not supported'

function plainValues(tokens: JsonTokens, kind: TokenKind): readonly ValueTest[] {
  if (kind !== '[') return [{ kind: 'equals', value: plain(tokens, kind) }]
  const values = inList(tokens, (each) => plain(tokens, each))
  if (values.some((value) => typeof value !== typeof values[0])) tokens.refuse(oneType)
  return values.map((value) => ({ kind: 'equals', value }))
}

function plain(tokens: JsonTokens, kind: TokenKind): string | number {
  if (kind === 'string') return tokens.text()
  if (kind === 'number') return comparableNumber(tokens.text())
  return tokens.refuse('Inside anything but list, start|null|boolean is not supported.')
}
