// Goal: every part of a request is what its definition says, with its limits and fallbacks.
// Method: rows of field, searched text, request and answer; the searched text is looked for as a whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type JsonText, jsonTexts, parsePath } from './fields/json-body.ts'
import type { WebRequest } from './request.ts'
import { acl, byteMatch, compiled, get, matches, post, rule, withHeaders } from './rig.test.ts'

const headers = (MatchPattern: unknown, MatchScope = 'ALL', OversizeHandling = 'CONTINUE'): unknown => ({
  Headers: { MatchPattern, MatchScope, OversizeHandling },
})
const cookies = (MatchPattern: unknown, MatchScope = 'ALL', OversizeHandling = 'CONTINUE'): unknown => ({
  Cookies: { MatchPattern, MatchScope, OversizeHandling },
})
const json = (MatchPattern: unknown, more: object = {}): unknown => ({
  JsonBody: { MatchPattern, MatchScope: 'ALL', ...more },
})
const all = { All: {} }
const paths = (...IncludedPaths: string[]): unknown => ({ IncludedPaths })
const cookie = withHeaders(['Cookie', 'a=1; b=2=3;c'], ['cookie', ' d=4'])
const many = withHeaders(...Array.from({ length: 201 }, (_, index) => [`H${index}`, 'v'] as const))
const long = withHeaders(['Host', 'h'], ['Big', 'x'.repeat(8186)], ['Last', 'here'])
const document = '{"a":{"b":[1,"two",{"c":"three"}]},"d/e":"four","~":null,"u":"\\u00e9\\ud83d\\ude00"}'
const cut: Partial<WebRequest> = { bodyCut: true }

const rows: readonly [name: string, field: unknown, searched: string, request: WebRequest, want: boolean][] =
  [
    ['the method as received', { Method: {} }, 'GET', get('/'), true],
    ['the path without query, undecoded', { UriPath: {} }, '/a%2fb', get('/a%2fb?x'), true],
    ['the query without question mark', { QueryString: {} }, 'x=1&y', get('/?x=1&y'), true],
    ['no query is an empty text', { QueryString: {} }, 'x', get('/'), false],
    ['a fragment', { UriFragment: {} }, 'top', get('/', { fragment: 'top' }), true],
    ['no fragment, by default no match', { UriFragment: {} }, 'top', get('/'), false],
    ['no fragment, told to match', { UriFragment: { FallbackBehavior: 'MATCH' } }, 'top', get('/'), true],
    [
      'an argument by its name, in any case',
      { SingleQueryArgument: { Name: 'UserName' } },
      'x',
      get('/?username=x'),
      true,
    ],
    ['of an argument given twice, each', { SingleQueryArgument: { Name: 'a' } }, '2', get('/?a=1&a=2'), true],
    ['an argument without value is empty', { SingleQueryArgument: { Name: 'a' } }, 'a', get('/?a'), false],
    ['an argument that another ends with', { SingleQueryArgument: { Name: 'a' } }, '1', get('/?ba=1'), false],
    ['a value with equals signs', { SingleQueryArgument: { Name: 'a' } }, 'b=c', get('/?a=b=c'), true],
    ['every argument', { AllQueryArguments: {} }, '2', get('/?a=1&b=2'), true],
    ['not the names of arguments', { AllQueryArguments: {} }, 'b', get('/?a=1&b=2'), false],
    ['a header by its name, in any case', { SingleHeader: { Name: 'user-AGENT' } }, 'curl/8', get('/'), true],
    ['a header that is not there', { SingleHeader: { Name: 'referer' } }, 'x', get('/'), false],
    ['a single header is whole, however long', { SingleHeader: { Name: 'last' } }, 'here', long, true],
    ['headers: values', headers(all), 'curl/8', get('/'), true],
    ['headers: names', headers(all, 'KEY'), 'User-Agent', get('/'), true],
    ['headers: names are no values', headers(all, 'VALUE'), 'User-Agent', get('/'), false],
    ['headers: values are no names', headers(all, 'KEY'), 'curl/8', get('/'), false],
    ['headers: included', headers({ IncludedHeaders: ['user-agent'] }), 'curl/8', get('/'), true],
    ['headers: not included', headers({ IncludedHeaders: ['host'] }), 'curl/8', get('/'), false],
    ['headers: excluded', headers({ ExcludedHeaders: ['USER-agent'] }), 'curl/8', get('/'), false],
    ['headers: not excluded', headers({ ExcludedHeaders: ['host'] }), 'curl/8', get('/'), true],
    ['more than 200 headers, told to match', headers(all, 'ALL', 'MATCH'), 'nothing', many, true],
    ['more than 200 headers, told not to', headers(all, 'ALL', 'NO_MATCH'), 'H1', many, false],
    ['more than 200 headers, the first 200', headers(all), 'H199', many, true],
    ['more than 200 headers, not the last', headers(all), 'H200', many, false],
    ['more than 8,192 bytes of headers, not the last', headers(all), 'here', long, false],
    ['more than 8,192 bytes of headers, told to match', headers(all, 'ALL', 'MATCH'), 'nothing', long, true],
    ['cookies of all lines', cookies(all), '4', cookie, true],
    ['a cookie with equals signs', cookies(all), '2=3', cookie, true],
    ['a cookie without value', cookies(all, 'KEY'), 'c', cookie, true],
    ['cookies: included', cookies({ IncludedCookies: ['a'] }), '1', cookie, true],
    ['cookies: not included', cookies({ IncludedCookies: ['b'] }), '1', cookie, false],
    ['cookies: excluded', cookies({ ExcludedCookies: ['a'] }, 'VALUE'), '1', cookie, false],
    [
      'more than 200 cookies, told to match',
      cookies(all, 'ALL', 'MATCH'),
      'x',
      withHeaders(['Cookie', 'a=1;'.repeat(201)]),
      true,
    ],
    [
      '200 cookies are not too many',
      cookies(all, 'ALL', 'MATCH'),
      'x',
      withHeaders(['Cookie', 'a=1;'.repeat(200)]),
      false,
    ],
    ['header order', { HeaderOrder: { OversizeHandling: 'CONTINUE' } }, 'host:user-agent', get('/'), true],
    ['header order of too many headers', { HeaderOrder: { OversizeHandling: 'MATCH' } }, 'x', many, true],
    [
      'the bytes of a body, not those of its text in UTF-8',
      { Body: {} },
      'a\xe9b',
      post('', { body: Uint8Array.of(97, 0xe9, 98) }),
      false,
    ],
    [
      'a fingerprint',
      { JA3Fingerprint: { FallbackBehavior: 'NO_MATCH' } },
      'abc',
      get('/', { ja3: 'abc' }),
      true,
    ],
    [
      'no fingerprint, told to match',
      { JA3Fingerprint: { FallbackBehavior: 'MATCH' } },
      'abc',
      get('/'),
      true,
    ],
    [
      'no fingerprint, told not to',
      { JA4Fingerprint: { FallbackBehavior: 'NO_MATCH' } },
      'abc',
      get('/'),
      false,
    ],
    [
      'another fingerprint',
      { JA4Fingerprint: { FallbackBehavior: 'MATCH' } },
      'abc',
      get('/', { ja4: 'abd' }),
      false,
    ],
    ['a whole body', { Body: { OversizeHandling: 'MATCH' } }, 'x', post('abc'), false],
    ['a cut body, told to match', { Body: { OversizeHandling: 'MATCH' } }, 'x', post('abc', cut), true],
    ['a cut body, told not to', { Body: { OversizeHandling: 'NO_MATCH' } }, 'abc', post('abc', cut), false],
    ['a cut body goes on by default', { Body: {} }, 'abc', post('abc', cut), true],
    ['JSON: a text', json(all), 'three', post(document), true],
    ['JSON: a number as it is written', json(all), '1', post(document), true],
    ['JSON: null as it is written', json(all), 'null', post(document), true],
    ['JSON: a key', json(all), 'd/e', post(document), true],
    ['JSON: keys only', json(all, { MatchScope: 'KEY' }), 'four', post(document), false],
    ['JSON: values only', json(all, { MatchScope: 'VALUE' }), 'd/e', post(document), false],
    ['JSON: escapes mean UTF-8', json(all), '\u00e9\u{1f600}', post(document), true],
    ['JSON: below a path', json(paths('/a/b')), 'three', post(document), true],
    ['JSON: an element', json(paths('/a/b/1')), 'two', post(document), true],
    ['JSON: not beside the element', json(paths('/a/b/1')), 'three', post(document), false],
    ['JSON: an escaped path', json(paths('/d~1e')), 'four', post(document), true],
    ['JSON: a tilde', json(paths('/~0')), 'null', post(document), true],
    ['JSON: the whole document as a path', json(paths('/')), 'four', post(document), true],
    ['JSON: a path that only begins alike', json(paths('/d')), 'four', post(document), false],
    ['JSON: no body', json(all, { InvalidFallbackBehavior: 'MATCH' }), 'x', post(''), false],
    [
      'JSON: malformed, told to match',
      json(all, { InvalidFallbackBehavior: 'MATCH' }),
      'x',
      post('{"a":'),
      true,
    ],
    [
      'JSON: malformed, told not to',
      json(all, { InvalidFallbackBehavior: 'NO_MATCH' }),
      'a',
      post('{"a":'),
      false,
    ],
    [
      'JSON: malformed, as a text',
      json(all, { InvalidFallbackBehavior: 'EVALUATE_AS_STRING' }),
      '{"a":',
      post('{"a":'),
      true,
    ],
    ['JSON: malformed, what came before', json(all), 'a', post('{"a":x'), true],
    ['JSON: malformed, what comes after', json(all), 'x', post('{"a":x'), true],
    [
      'JSON: cut is not malformed',
      json(all, { InvalidFallbackBehavior: 'NO_MATCH' }),
      'a',
      post('{"a":"b', cut),
      true,
    ],
    ['JSON: cut, told to match', json(all, { OversizeHandling: 'MATCH' }), 'x', post('{}', cut), true],
    ['JSON: a scalar alone', json(all), 'x', post(' "x" '), true],
  ]

test('fields: rows', () => {
  for (const [name, field, searched, request, want] of rows) {
    assert.equal(matches(byteMatch(field, searched, 'EXACTLY'), request), want, name)
  }
  assert.equal(rows.length, 73)
})

test('fields: of a header that is too long, what fits is inspected', () => {
  const field = headers({ IncludedHeaders: ['big'] }, 'VALUE')
  const size = (Size: number): unknown => ({
    SizeConstraintStatement: {
      FieldToMatch: field,
      ComparisonOperator: 'EQ',
      Size,
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    },
  })
  assert.equal(matches(size(8192 - 'Hosth'.length - 'Big'.length), long), true)
})

test('fields: what was too large is told, where a rule looked at it', () => {
  const web = compiled(
    acl([
      rule('body', 0, byteMatch({ Body: {} }, 'attack')),
      rule('headers', 1, byteMatch(headers(all), 'attack')),
    ]),
  )
  assert.deepEqual(web.inspect(many, 0).oversize, ['HEADERS'])
  assert.deepEqual(web.inspect(post('x', { bodyCut: true }), 0).oversize, ['BODY'])
  assert.deepEqual(web.inspect(post('x'), 0).oversize, [])
})

const preParsed: readonly [
  types: readonly string[],
  query: string,
  argument: string,
  value: string,
  want: boolean,
][] = [
  [['NONE'], 'a=1&b=2', 'b', '2', true],
  [['URL_DECODE'], 'a=1%26b=2', 'b', '2', true],
  [[], 'a=1%26b=2', 'b', '2', false],
  [['URL_DECODE_UNI'], 'a=1%u0026b=2', 'b', '2', true],
  [['REPLACE_SEMICOLONS_WITH_AMPERSANDS'], 'a=1;b=2', 'b', '2', true],
  [['COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA'], 'a=1&b=2&A=3', 'a', '1,3', true],
  [['URL_DECODE', 'REPLACE_SEMICOLONS_WITH_AMPERSANDS'], 'a=1%3Bb=2', 'b', '2', true],
  [['REPLACE_SEMICOLONS_WITH_AMPERSANDS', 'URL_DECODE'], 'a=1%3Bb=2', 'b', '2', false],
]

test('fields: the query string is transformed before it is taken apart', () => {
  for (const [types, query, Name, value, want] of preParsed) {
    const PreParseTextTransformations = types.map((Type, Priority) => ({ Priority, Type }))
    const statement = byteMatch({ SingleQueryArgument: { Name } }, value, 'EXACTLY', undefined, {
      PreParseTextTransformations,
    })
    assert.equal(matches(statement, get(`/?${query}`)), want, `${types.join()} of ${query}`)
  }
  assert.equal(preParsed.length, 8)
})

/** The same by the book: parse, then walk. */
function walk(value: unknown, inside: boolean, path: readonly string[] | undefined): JsonText[] {
  const here = inside || path?.length === 0
  if (typeof value !== 'object' || value === null)
    return here
      ? [
          {
            kind: 'VALUE',
            text: typeof value === 'string' ? Buffer.from(value).toString('latin1') : JSON.stringify(value),
          },
        ]
      : []
  return Object.entries(value).flatMap(([key, child]) => {
    const bytes = Buffer.from(key).toString('latin1')
    const below = path !== undefined && path[0] === bytes ? path.slice(1) : undefined
    const named = here || below?.length === 0
    const keys: JsonText[] = named && !Array.isArray(value) ? [{ kind: 'KEY', text: bytes }] : []
    return [...keys, ...walk(child, here, below)]
  })
}

test('fields: JSON is read as JSON.parse reads it', () => {
  const key = fc.constantFrom('a', 'b', '0', '1', '~', '/', '\u00e9')
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, -1.5, 'x', '"\\\n', '\u20ac'),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    map: fc
      .uniqueArray(fc.tuple(key, tie('any')), { maxLength: 3, selector: ([name]) => name })
      .map((entries) => {
        // Integer keys would be put first by every object, but not by a document.
        return Object.fromEntries(entries.filter(([name]) => !/^\d$/.test(name)))
      }),
  })).any
  const path = fc.array(key, { maxLength: 3 })
  fc.assert(
    fc.property(value, path, fc.constantFrom(undefined, 1), (given, steps, indent) => {
      const pointer =
        steps.length === 0
          ? '/'
          : steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
      const source = Buffer.from(JSON.stringify(given, null, indent)).toString('latin1')
      const parsed = parsePath(pointer)
      assert.deepEqual(jsonTexts(source, [parsed]), {
        texts: walk(given, false, parsed),
        failedAt: undefined,
      })
    }),
    { numRuns: 2000 },
  )
})

test('fields: what JSON.parse refuses is refused, at any depth and in linear time', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '"a"',
    ':',
    ',',
    '1',
    '01',
    '-',
    'true',
    'nul',
    '\\',
    '\\u00',
    ' ',
    '\n',
    '\x01',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      (source) => {
        let valid = true
        try {
          JSON.parse(source)
        } catch {
          valid = false
        }
        assert.equal(jsonTexts(source, [[]]).failedAt === undefined, valid, source)
      },
    ),
    { numRuns: 20_000 },
  )
  const startMs = performance.now()
  for (const hostile of [
    '['.repeat(65_536),
    '{"a":'.repeat(13_107),
    `"${'\\u0041'.repeat(10_922)}`,
    `"${'a'.repeat(65_535)}`,
  ]) {
    assert.notEqual(jsonTexts(hostile, [['a', 'b']]).failedAt, undefined)
  }
  assert.ok(performance.now() - startMs < 2000)
})
