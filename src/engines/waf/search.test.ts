// Goal: what rules out most rules at once never rules out one that would have matched.
// Method: the scan against String.includes, required literals against the expressions they were taken from, whole web
// ACLs of many rules against each rule alone; hostile expressions on hostile texts.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { lowerAscii } from './bytes.ts'
import { LiteralScan } from './literal-scan.ts'
import { checkRegex, matcher, setMatcher } from './regex.ts'
import { requiredLiterals } from './required-literals.ts'
import {
  acl,
  arnOf,
  byteMatch,
  compiled,
  get,
  matches,
  noTransformation,
  regexMatch,
  rule,
} from './rig.test.ts'

const few = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'c', '\xe9', '\xc9', '/'), maxLength: 12 })

test('literal scan: finds exactly what occurs, whatever the case of ASCII letters', () => {
  const literal = fc.string({
    unit: fc.constantFrom('a', 'b', 'B', '\xe9', '\xc9'),
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(literal, { minLength: 1, maxLength: 8 }),
      fc.array(few, { maxLength: 3 }),
      (literals, texts) => {
        const hits = new LiteralScan(literals).scan(texts)
        for (const [number, searched] of literals.entries()) {
          const occurs = texts.some((text) => lowerAscii(text).includes(lowerAscii(searched)))
          assert.equal((hits[number] ?? 0) === 1, occurs, searched)
        }
      },
    ),
    { numRuns: 5000 },
  )
})

test('literal scan: within its memory, of beginnings if need be, it rules out nothing that occurs', () => {
  const letters = Array.from({ length: 200 }, (_, at) => String.fromCharCode(at + 32))
  // Beginnings that differ, and all letters there are.
  const literals = letters.map((letter, at) => letter + (letters[(at * 7) % 200] ?? '') + letters.join(''))
  const whole = new LiteralScan(literals)
  for (const share of [1, 2, 10, 50]) {
    const scan = LiteralScan.within(whole.bytes / share, literals)
    assert.ok(scan !== undefined && scan.bytes <= whole.bytes / share, String(share))
    const found = scan.scan([literals[7] ?? '', 'nothing'])
    assert.equal(found[7], 1)
    assert.ok(found.filter((hit) => hit === 1).length < 5, 'and still rules out most')
  }
  assert.equal(LiteralScan.within(1_000, literals), undefined)
})

test('literal scan: long literals in number take bounded memory, and match as they do', () => {
  const bytes = (at: number): Buffer =>
    Buffer.concat(
      Array.from({ length: 7 }, (_, part) => createHash('sha256').update(`${at} ${part}`).digest()),
    ).subarray(0, 200)
  const rules = Array.from({ length: 2_000 }, (_, at) =>
    rule(`r${at}`, at, byteMatch({ Body: {} }, bytes(at), 'EXACTLY')),
  )
  const before = process.memoryUsage().arrayBuffers
  const web = compiled(acl(rules))
  const kept = process.memoryUsage().arrayBuffers - before
  assert.ok(kept < 48 * 1024 * 1024, `${kept} bytes`)
  const asked = (body: Buffer): string => web.inspect(get('/', { method: 'POST', body }), 0).action.type
  assert.deepEqual([asked(bytes(1_999)), asked(bytes(2_000))], ['BLOCK', 'ALLOW'])
})

const required: readonly [pattern: string, want: readonly string[] | undefined][] = [
  ['select', ['select']],
  ['SELECT', ['select']],
  ['union\\s+select', ['select']],
  ['(?i)union.*(?:select|insert)', ['select', 'insert']],
  ['abc|de', ['abc', 'de']],
  ['abc|d', undefined],
  ['abc|', undefined],
  ['(abc)?', undefined],
  ['(abc)+', ['abc']],
  ['(abc){0,3}de', ['de']],
  ['(abc){2}', ['abc']],
  ['abc*', ['ab']],
  ['abc+d', ['abc']],
  ['abc{2,}?', ['abc']],
  ['a.b', undefined],
  ['[abc]de', ['de']],
  ['[]abc]de', ['de']],
  ['[^]abc]de', ['de']],
  ['[[:alpha:]]]de', undefined],
  ['[[:alpha:]x]de', ['de']],
  ['[\\]]de', ['de']],
  ['\\.\\./', ['../']],
  ['\\x41bc', undefined],
  ['\\Qab*\\E', undefined],
  ['\\p{Greek}ab', undefined],
  ['^/admin$', ['/admin']],
  ['\\bab\\b', ['ab']],
  ['(?P<name>abc)', ['abc']],
  ['(?<name>abc)', ['abc']],
  ['(?i)abc', ['abc']],
  ['(?i:abc)d', ['abc']],
  ['\xe9ab', ['ab']],
  ['a{,3}b', undefined],
  ['abc(?i){0,1}', undefined],
  ['((ab|cd)ef|gh)ij', ['ab', 'cd', 'gh']],
]

test('required literals: rows', () => {
  for (const [pattern, want] of required) assert.deepEqual(requiredLiterals(pattern), want, pattern)
  assert.equal(required.length, 35)
})

const atom = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'A', 'ab', 'abc', '/', '\\.') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '.',
      '\\d',
      '\\b',
      '^',
      '$',
      '[ab]',
      '[^a]',
      '[]a]',
      '[[:alpha:]]',
      '(?i)',
      '(?:)',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('\\x61', '\\Qa*\\E', '\\pL') },
)
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '',
  '?',
  '*',
  '+',
  '{2}',
  '{0,1}',
  '{1,}',
  '+?',
  '{,2}',
)
const joined = (parts: readonly string[]): string => parts.join('')
const pattern: fc.Arbitrary<string> = fc.letrec<{ piece: string; branch: string; any: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: atom },
    { weight: 1, arbitrary: tie('any').map((inner) => `(${inner})`) },
    { weight: 1, arbitrary: tie('any').map((inner) => `(?i:${inner})`) },
  ),
  branch: fc
    .array(fc.tuple(tie('piece'), quantifier).map(joined), { minLength: 2, maxLength: 5 })
    .map(joined),
  any: fc.oneof(
    { weight: 3, arbitrary: tie('branch') },
    {
      weight: 1,
      arbitrary: fc
        .array(tie('branch'), { minLength: 2, maxLength: 3 })
        .map((branches) => branches.join('|')),
    },
    { weight: 1, arbitrary: tie('branch').map((branch) => `${branch}|`) },
  ),
})).any

test('required literals: whatever matches has one', () => {
  let demanding = 0
  let matched = 0
  const text = fc
    .array(fc.constantFrom('a', 'b', 'A', 'B', 'ab', 'abc', 'aab', '/', '.', '1', '\xe9', 'abcabc'), {
      maxLength: 8,
    })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 4, maxLength: 4 }), (given, texts) => {
      fc.pre(checkRegex(given === '' ? 'a' : given).ok)
      const literals = requiredLiterals(given)
      if (literals === undefined) return
      demanding += 1
      const compiledPattern = RE2JS.compile(given)
      for (const one of texts) {
        if (!compiledPattern.test(one)) continue
        matched += 1
        assert.ok(
          literals.some((literal) => lowerAscii(one).includes(literal)),
          `${given} matches ${one} without ${literals.join()}`,
        )
      }
    }),
    { numRuns: 12_000 },
  )
  assert.ok(
    demanding > 500 && matched > 200,
    `${demanding} expressions demanded a literal, ${matched} texts matched`,
  )
})

test('regex sets: agree with each expression alone', () => {
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 5 }), few, (patterns, text) => {
      const valid = patterns.filter((one) => checkRegex(one).ok)
      const found = setMatcher(valid)(text)
      for (const [number, one] of valid.entries())
        assert.equal(found.includes(number), matcher(one)(text), one)
    }),
    { numRuns: 500 },
  )
})

const searches = [
  byteMatch({ UriPath: {} }, 'ab'),
  byteMatch({ UriPath: {} }, '/A', 'STARTS_WITH'),
  byteMatch({ UriPath: {} }, 'B/', 'ENDS_WITH'),
  byteMatch({ UriPath: {} }, '/', 'EXACTLY'),
  byteMatch({ UriPath: {} }, 'a', 'CONTAINS_WORD'),
  byteMatch({ UriPath: {} }, Uint8Array.of(0xe9)),
  byteMatch({ UriPath: {} }, Uint8Array.of(0xc9, 0x41)),
  regexMatch('a+b|/c'),
  regexMatch('(?i)ba'),
  regexMatch('^.?a'),
  regexMatch('[bc]$'),
]

test('a web ACL of many searches matches as each alone', () => {
  const counting = compiled(
    acl(searches.map((search, at) => rule(`r${at}`, at, search, { Action: { Count: {} } }))),
  )
  const alone = searches.map((search) => compiled(acl([rule('r', 0, search)])))
  fc.assert(
    fc.property(few, (text) => {
      const request = get('/', { path: `/${text}` })
      const together = new Set(counting.inspect(request, 0).nonTerminating.map((note) => note.rule))
      for (const [at, one] of alone.entries())
        assert.equal(together.has(`r${at}`), one.inspect(request, 0).action.type === 'BLOCK', `${at}`)
    }),
    { numRuns: 3000 },
  )
  assert.equal(searches.length, 11)
})

const words: readonly [searched: string, text: string, want: boolean][] = [
  ['BadBot', 'BadBot', true],
  ['BadBot', '-BadBot;', true],
  ['BadBot', 'aBadBot', false],
  ['BadBot', 'BadBot_', false],
  ['BadBot', 'BadBot1 BadBot', true],
  ['-x-', 'a-x-b', false],
  ['a', '\xe9a\xe9', true],
]

test('byte match: a word stands alone', () => {
  for (const [searched, text, want] of words)
    assert.equal(
      matches(byteMatch({ UriPath: {} }, searched, 'CONTAINS_WORD'), get('/', { path: text })),
      want,
      text,
    )
  assert.equal(words.length, 7)
})

const expressions: readonly [pattern: string, text: string, want: boolean][] = [
  ['^/admin', '/admin/x', true],
  ['^/admin', '/x/admin', false],
  ['caf\u00e9+$', 'caf\xc3\xa9\xc3\xa9', true],
  ['caf\u00e9', 'caf\xe9', false],
  ['\\xe9', 'caf\xe9', true],
  ['a.b', 'a\nb', false],
  ['(?s)a.b', 'a\nb', true],
  ['a.b', 'a\xffb', true],
  ['^$', '', true],
]

test('regex match: rows', () => {
  for (const [given, path, want] of expressions)
    assert.equal(matches(regexMatch(given), get('/', { path })), want, given)
  assert.equal(expressions.length, 9)
})

test('regex pattern set: any of its expressions, none of an empty one', () => {
  const set = (name: string): unknown => ({
    RegexPatternSetReferenceStatement: {
      ARN: arnOf('regexpatternset', name),
      FieldToMatch: { UriPath: {} },
      TextTransformations: noTransformation,
    },
  })
  for (const path of ['/admin', '/wp-login.php', '/12345x'])
    assert.equal(matches(set('admin'), get(path)), true, path)
  for (const path of ['/x/admin', '/123x']) assert.equal(matches(set('admin'), get(path)), false, path)
  assert.equal(matches(set('empty'), get('/')), false)
})

const bad: readonly [pattern: string, reason: RegExp][] = [
  ['', /1 to 512/],
  ['a'.repeat(513), /1 to 512/],
  ['(a)\\1', /not a regular expression/],
  ['a(?=b)', /not a regular expression/],
  ['(?<!a)b', /not a regular expression/],
  ['(', /not a regular expression/],
  ['a**', /not a regular expression/],
  ['(?:a{1000}){1000}', /not a regular expression|too large/],
  ['(?:(?:a{10}){10}b){150}', /too large|not a regular expression/],
  ['[\u00e9]', /not supported/],
  ['[]\u00e9]', /not supported/],
  ['\\\u00e9', /not supported/],
]

test('regex: what is none, or has no linear time, is refused', () => {
  for (const [given, reason] of bad) {
    const outcome = checkRegex(given)
    assert.ok(!outcome.ok, given)
    assert.equal(outcome.refusal.code, 'WAFInvalidParameterException')
    assert.match(outcome.refusal.reason, reason, given)
  }
  assert.equal(bad.length, 12)
})

test('regex: expressions that keep a backtracking engine busy for ages take linear time', () => {
  const hostile = ['(a+)+$', '(a|aa)+$', '(.*)*x', '([a-z]+)*1', '(?:a?){60}a{60}b', '(a|b|ab)*c$']
  const texts = [`${'a'.repeat(65_535)}!`, `${'ab'.repeat(32_000)}!`]
  const startMs = performance.now()
  for (const given of hostile) {
    assert.ok(checkRegex(given).ok, given)
    for (const text of texts) {
      matcher(given)(text)
      setMatcher(hostile)(text)
    }
  }
  // A quadratic engine would take minutes.
  assert.ok(performance.now() - startMs < 30_000)
})
