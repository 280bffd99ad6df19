// Goal: each statement about a request's origin, its labels and its size answers as AWS documents; And, Or and Not
// combine answers as they do on paper.
// Method: rows; random statements against a definitional model that interprets them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressSet, formatAddress, parseAddress } from './address.ts'
import type { WebRequest } from './request.ts'
import {
  acl,
  arnOf,
  byteMatch,
  compiled,
  get,
  labelMatch,
  matches,
  noTransformation,
  own,
  pathIs,
  post,
  rule,
  verdictOf,
  withHeaders,
} from './rig.test.ts'

const ipSet = (config?: object, name = 'documentation'): unknown => ({
  IPSetReferenceStatement: {
    ARN: arnOf('ipset', name),
    ...(config === undefined ? {} : { IPSetForwardedIPConfig: config }),
  },
})
const at = (Position: string, FallbackBehavior = 'NO_MATCH'): object => ({
  HeaderName: 'X-Forwarded-For',
  FallbackBehavior,
  Position,
})
const forwarded = (value: string): WebRequest => withHeaders(['x-forwarded-for', value])
const forwarding = (FallbackBehavior: string): object => ({
  ForwardedIPConfig: { HeaderName: 'X-Forwarded-For', FallbackBehavior },
})
const geo = (more: object = {}): unknown => ({ GeoMatchStatement: { CountryCodes: ['DE', 'FR'], ...more } })
const asn = (more: object = {}, ...AsnList: number[]): unknown => ({
  AsnMatchStatement: { AsnList, ...more },
})
const not = (Statement: unknown): unknown => ({ NotStatement: { Statement } })
const and = (...Statements: unknown[]): unknown => ({ AndStatement: { Statements } })
const or = (...Statements: unknown[]): unknown => ({ OrStatement: { Statements } })
const from = (clientAddress: string): WebRequest => get('/', { clientAddress })
const size = (
  ComparisonOperator: string,
  Size: number,
  FieldToMatch: unknown = { UriPath: {} },
): unknown => ({
  SizeConstraintStatement: { FieldToMatch, ComparisonOperator, Size, TextTransformations: noTransformation },
})
const sqli = (SensitivityLevel?: string): unknown => ({
  SqliMatchStatement: {
    FieldToMatch: { AllQueryArguments: {} },
    TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
    ...(SensitivityLevel === undefined ? {} : { SensitivityLevel }),
  },
})
const xss = { XssMatchStatement: { FieldToMatch: { Body: {} }, TextTransformations: noTransformation } }

const rows: readonly [name: string, statement: unknown, request: WebRequest, want: boolean][] = [
  ['an address in the set', ipSet(), get('/'), true],
  ['an address outside', ipSet(), from('203.0.114.1'), false],
  ['an IPv6 address in the set', ipSet(), from('2001:db8::1'), true],
  ['an IPv6 address outside', ipSet(), from('2001:db9::1'), false],
  ['an IPv4 address written as IPv6', ipSet(), from('::ffff:203.0.113.9'), true],
  ['an empty set', ipSet(undefined, 'empty'), get('/'), false],
  ['a client without address', ipSet(), from(''), false],
  ['the first address that is forwarded', ipSet(at('FIRST')), forwarded('203.0.113.1, 10.0.0.1'), true],
  ['not the first', ipSet(at('FIRST')), forwarded('10.0.0.1, 203.0.113.1'), false],
  ['the last', ipSet(at('LAST')), forwarded('10.0.0.1,203.0.113.1'), true],
  ['not the last', ipSet(at('LAST')), forwarded('203.0.113.1, 10.0.0.1'), false],
  ['any', ipSet(at('ANY')), forwarded('10.0.0.1, 203.0.113.1, 10.0.0.2'), true],
  ['not any', ipSet(at('ANY')), forwarded('10.0.0.1, 10.0.0.2'), false],
  [
    'any, no further than ten from the end',
    ipSet(at('ANY')),
    forwarded(`203.0.113.1${', 10.0.0.1'.repeat(10)}`),
    false,
  ],
  ['no address there, told to match', ipSet(at('FIRST', 'MATCH')), forwarded('unknown'), true],
  ['no address there, told not to', ipSet(at('FIRST')), forwarded('unknown'), false],
  [
    'header lines are one list',
    ipSet(at('LAST')),
    withHeaders(['X-Forwarded-For', '10.0.0.1'], ['X-Forwarded-For', '203.0.113.1']),
    true,
  ],
  ['without the header the rule does not apply', ipSet(at('FIRST', 'MATCH')), get('/'), false],
  ['nor does its negation', not(ipSet(at('FIRST'))), get('/'), false],
  ['but the negation of no match does', not(ipSet(at('FIRST'))), forwarded('10.0.0.1'), true],
  ['and another branch does', or(ipSet(at('FIRST')), pathIs('/')), get('/'), true],
  ['the country', geo(), get('/'), true],
  ['another country', geo(), from('8.8.8.8'), false],
  ['a forwarded address of the country', geo(forwarding('NO_MATCH')), forwarded('203.0.113.1'), true],
  ['only the first forwarded address', geo(forwarding('NO_MATCH')), forwarded('8.8.8.8, 203.0.113.1'), false],
  ['country of no address, told to match', geo(forwarding('MATCH')), forwarded('x'), true],
  ['country without the header', not(geo(forwarding('MATCH'))), get('/'), false],
  ['the system', asn({}, 64_499, 64_500), get('/'), true],
  ['another system', asn({}, 64_499), get('/'), false],
  ['an unknown system is 0', asn({}, 0), from('8.8.8.8'), true],
  ['the system of a forwarded address', asn(forwarding('NO_MATCH'), 64_500), forwarded('203.0.113.1'), true],
  ['EQ', size('EQ', 1), get('/'), true],
  ['NE', size('NE', 1), get('/'), false],
  ['LE', size('LE', 1), get('/'), true],
  ['LT', size('LT', 1), get('/'), false],
  ['GE', size('GE', 2), get('/'), false],
  ['GT', size('GT', 0), get('/'), true],
  ['a size is in bytes', size('EQ', 2, { Body: {} }), post('\u00e9'), true],
  ['the size of no body', size('EQ', 0, { Body: {} }), get('/'), true],
  ['the size of no header', size('GE', 0, { SingleHeader: { Name: 'x' } }), get('/'), false],
  ['SQL', sqli(), get("/?id=1'+OR+'1'%3D'1"), true],
  ['SQL, watched closely', sqli('HIGH'), get("/?id=1'+OR+'1'%3D'1"), true],
  ['no SQL', sqli(), get('/?q=red+shoes'), false],
  ['script', xss, post('<script>alert(1)</script>'), true],
  ['no script', xss, post('hello'), false],
  ['and: both', and(pathIs('/'), geo()), get('/'), true],
  ['and: one', and(pathIs('/'), geo()), from('8.8.8.8'), false],
  ['or: one', or(pathIs('/x'), geo()), get('/'), true],
  ['or: none', or(pathIs('/x'), pathIs('/y')), get('/'), false],
  [
    'transformations in the order of their priorities',
    byteMatch({ UriPath: {} }, '<', 'EXACTLY', [
      { Priority: 9, Type: 'HTML_ENTITY_DECODE' },
      { Priority: 3, Type: 'URL_DECODE' },
    ]),
    get('/', { path: '%26lt;' }),
    true,
  ],
  [
    'and not the other way round',
    byteMatch({ UriPath: {} }, '<', 'EXACTLY', [
      { Priority: 3, Type: 'HTML_ENTITY_DECODE' },
      { Priority: 9, Type: 'URL_DECODE' },
    ]),
    get('/', { path: '%26lt;' }),
    false,
  ],
]

test('statements: rows', () => {
  for (const [name, statement, request, want] of rows) assert.equal(matches(statement, request), want, name)
  assert.equal(rows.length, 51)
})

test('geo match labels every request, for the rules after it', () => {
  const count = { Action: { Count: {} } }
  const labels = (request: WebRequest, more = {}): readonly string[] =>
    verdictOf([rule('geo', 0, geo(more), count)], request).labels
  assert.deepEqual(labels(get('/')), ['awswaf:clientip:geo:country:DE', 'awswaf:clientip:geo:region:DE-BE'])
  assert.deepEqual(labels(from('8.8.8.8')), [
    'awswaf:clientip:geo:country:US',
    'awswaf:clientip:geo:region:US-XX',
  ])
  assert.deepEqual(labels(from('2001:db8::1')), [
    'awswaf:clientip:geo:country:XX',
    'awswaf:clientip:geo:region:XX-XX',
  ])
  assert.deepEqual(labels(forwarded('203.0.113.1'), forwarding('MATCH')), [
    'awswaf:forwardedip:geo:country:DE',
    'awswaf:forwardedip:geo:region:DE-BE',
  ])
  const sees = labelMatch('awswaf:clientip:geo:country:US')
  assert.equal(
    verdictOf([rule('geo', 0, geo(), count), rule('label', 1, sees)], from('8.8.8.8')).action.type,
    'BLOCK',
  )
  assert.equal(verdictOf([rule('both', 0, or(geo(), sees))], from('8.8.8.8')).action.type, 'ALLOW')
})

const labelled: readonly [key: string, scope: string, want: boolean][] = [
  ['team:bot', 'LABEL', true],
  [`${own}team:bot`, 'LABEL', true],
  ['bot', 'LABEL', false],
  ['team:bo', 'LABEL', false],
  ['team:', 'NAMESPACE', true],
  [own, 'NAMESPACE', true],
  ['awswaf:111122223333:', 'NAMESPACE', true],
  ['tea:', 'NAMESPACE', false],
  ['awswaf:other:', 'NAMESPACE', false],
]

test('label match: rows', () => {
  const adds = rule('adds', 0, pathIs('/'), { Action: { Count: {} }, RuleLabels: [{ Name: 'team:bot' }] })
  for (const [key, scope, want] of labelled)
    assert.equal(
      verdictOf([adds, rule('asks', 1, labelMatch(key, scope))], get('/')).action.type === 'BLOCK',
      want,
      `${scope} ${key}`,
    )
  assert.equal(labelled.length, 9)
})

/** What a statement says by the book; `undefined`: it does not apply. */
function interpret(statement: Model, path: string, labels: ReadonlySet<string>): boolean | undefined {
  if (statement.kind === 'path') return path === statement.text
  if (statement.kind === 'label') return labels.has(statement.text)
  if (statement.kind === 'absent') return undefined
  const parts = partsOf(statement).map((part) => interpret(part, path, labels))
  if (statement.kind === 'not') return parts[0] === undefined ? undefined : !parts[0]
  const settles = statement.kind === 'or'
  return parts.includes(settles) ? settles : parts.includes(undefined) ? undefined : !settles
}

type Model =
  | { readonly kind: 'path' | 'label' | 'absent'; readonly text: string }
  | { readonly kind: 'not' | 'and' | 'or'; readonly parts: readonly Model[] }

function partsOf(statement: Model): readonly Model[] {
  return 'parts' in statement ? statement.parts : []
}

function written(statement: Model): unknown {
  switch (statement.kind) {
    case 'path':
      return pathIs(statement.text)
    case 'label':
      return labelMatch(statement.text)
    case 'absent':
      return ipSet(at('FIRST'))
    case 'not':
      return not(statement.parts.map(written)[0])
    case 'and':
      return and(...statement.parts.map(written))
    case 'or':
      return or(...statement.parts.map(written))
  }
}

test('statements: compiled rules with labels decide as the model that interprets them', () => {
  const leaf: fc.Arbitrary<Model> = fc.oneof(
    fc.record({ kind: fc.constant('path' as const), text: fc.constantFrom('/a', '/b') }),
    fc.record({ kind: fc.constant('label' as const), text: fc.constantFrom('0', '1', '2') }),
    fc.constant({ kind: 'absent' as const, text: '' }),
  )
  const statement = fc.letrec<{ any: Model }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({ kind: fc.constant('not' as const), parts: fc.tuple(tie('any')) }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  })).any
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('/a', '/b'),
      (models, path) => {
        const web = compiled(
          acl(
            models.map((model, index) =>
              rule(`r${index}`, index, written(model), {
                Action: { Count: {} },
                RuleLabels: [{ Name: String(index) }],
              }),
            ),
          ),
        )
        const labels = new Set<string>()
        for (const [index, model] of models.entries())
          if (interpret(model, path, labels) === true) labels.add(String(index))
        const verdict = web.inspect(get(path), 0)
        assert.deepEqual(
          verdict.labels,
          [...labels].map((label) => own + label),
        )
        assert.deepEqual(
          verdict.nonTerminating.map((note) => note.rule),
          [...labels].map((label) => `r${label}`),
        )
      },
    ),
    { numRuns: 3000 },
  )
})

test('address sets: agree with counting, bits by bits', () => {
  const byte = fc.constantFrom(0, 1, 127, 128, 254, 255)
  const address = fc.oneof(
    fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.')),
    fc.tuple(byte, byte).map(([one, other]) => `2001:${one.toString(16)}::${other.toString(16)}`),
  )
  const block = fc
    .tuple(address, fc.nat(128))
    .map(([text, bits]) => ({ text, bits: text.includes(':') ? bits : bits % 33 }))
  const bitsOf = (text: string): string =>
    Array.from(parseAddress(text) ?? '', (one) => one.charCodeAt(0).toString(2).padStart(8, '0')).join('')
  fc.assert(
    fc.property(fc.array(block, { maxLength: 6 }), address, (blocks, asked) => {
      const set = addressSet(blocks.map(({ text, bits }) => `${text}/${bits}`))
      const parsed = parseAddress(asked)
      assert.ok(set.ok && parsed !== undefined)
      const want = blocks.some(
        ({ text, bits }) =>
          bitsOf(text).length === bitsOf(asked).length &&
          bitsOf(text).slice(0, bits) === bitsOf(asked).slice(0, bits),
      )
      assert.equal(set.value.has(parsed), want)
    }),
    { numRuns: 5000 },
  )
})

const badBlocks = [
  '203.0.113.1',
  '203.0.113.0/33',
  '203.0.113/24',
  '2001:db8::/129',
  '::ffff:203.0.113.0/95',
  'x/1',
  '1.2.3.4/-1',
  '0x7f.0.0.1/8',
  'fe80::1%eth0/64',
  '1.2.3.256/32',
]

test('address sets: what is no block is refused', () => {
  for (const block of badBlocks) assert.equal(addressSet([block]).ok, false, block)
  assert.equal(badBlocks.length, 10)
  assert.equal(addressSet(Array.from({ length: 10_001 }, () => '1.2.3.4/32')).ok, false)
  const address = parseAddress('2001:DB8:0::1')
  assert.ok(address !== undefined)
  assert.equal(formatAddress(address), '2001:db8::1')
})

test('addresses: a number with a leading zero is none, which some would read by eight', () => {
  for (const text of ['010.0.0.1', '1.02.3.4', '1.2.3.00', '::ffff:010.0.0.1', '::ffff:1.2.3'])
    assert.equal(parseAddress(text), undefined, text)
  for (const text of ['10.0.0.1', '0.0.0.0', '::ffff:10.0.0.1', '::', '2001:db8::8.8.8.8'])
    assert.notEqual(parseAddress(text), undefined, text)
  const set = addressSet(['010.1.2.0/24'])
  assert.ok(!set.ok && set.refusal.field === 'IP_ADDRESS')
})
