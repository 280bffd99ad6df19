// Goal: a pattern is refused in AWS's words, with the place that AWS tells, and limits hold.
// Method: rows; the reasons are event-ruler's own answers (bench/events.ts asks both for thousands more).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePattern } from '../index.ts'
import { placesMax } from './complexity.ts'
import { combinationsMax, patternCharactersMax } from './parse.ts'

const place = (source: string, column: number): string =>
  `\n at [Source: (String)"${source}"; line: 1, column: ${column}]`

/** Source: event-ruler 1.8.1, `JsonRuleCompiler.check`. */
const rows: readonly [pattern: string, reason: string, column: number][] = [
  ['[]', 'Filter is not an object', 2],
  ['{}', 'Empty objects are not allowed', 3],
  ['{"a":{}}', 'Empty objects are not allowed', 8],
  ['{"a":[]}', 'Empty arrays are not allowed', 8],
  ['{"a":1}', '"a" must be an object or an array', 7],
  ['{"slug": "some"}', '"slug" must be an object or an array', 11],
  ['{"a":[[1]]}', 'Match value must be String, number, true, false, or null', 8],
  ['{"a":[{"like":"x"}]}', 'Unrecognized match type like', 16],
  ['{"a":[{}]}', 'Match expression name not found', 9],
  ['{"a":[{"prefix":1}]}', 'prefix match pattern must be a string', 18],
  ['{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed in match expression', 31],
  ['{"a":[{"prefix":{"wildcard":"x"}}]}', 'Unsupported prefix pattern: wildcard', 30],
  ['{"a":[{"suffix":{}}]}', 'Suffix expression name not found', 19],
  ['{"a":[{"equals-ignore-case":["x"]}]}', 'equals-ignore-case match pattern must be a string', 30],
  ['{"a":[{"exists":"true"}]}', 'exists match pattern must be either true or false.', 18],
  ['{"a":[{"wildcard":"x**y"}]}', 'Consecutive wildcard characters at pos 2', 25],
  ['{"a":[{"wildcard":"ß\\\\x"}]}', 'Invalid escape character at pos 3', 25],
  ['{"a":[{"numeric":5}]}', 'Value of numeric must be an array.', 19],
  ['{"a":[{"numeric":[5]}]}', 'Invalid member in numeric match: 5', 20],
  ['{"a":[{"numeric":["!",5]}]}', 'Unrecognized numeric range operator: !', 24],
  ['{"a":[{"numeric":[">","5"]}]}', 'Value of > must be numeric', 24],
  ['{"a":[{"numeric":["=",5,6]}]}', 'Too many elements in numeric expression', 26],
  ['{"a":[{"numeric":[">",5,">",6]}]}', 'Bad numeric range operator: >', 28],
  ['{"a":[{"numeric":[">",5,"<",5]}]}', 'Bottom must be less than top', 31],
  ['{"a":[{"numeric":["<",12345678901234567890]}]}', 'Cannot compare number : 12345678901234567890', 44],
  [
    '{"a":[{"anything-but":true}]}',
    'Value of anything-but must be an array or single string/number value.',
    27,
  ],
  ['{"a":[{"anything-but":{"numeric":["=",1]}}]}', 'Unsupported anything-but pattern: numeric', 35],
  ['{"a":[{"anything-but":{"prefix":""}}]}', 'Null prefix/suffix not allowed', 35],
  [
    '{"a":[{"anything-but":["x",1]}]}',
    'Inside anything but list, either all values are number or string, mixed type is not supported',
    30,
  ],
  [
    '{"a":[{"anything-but":[]}]}',
    'Inside anything but list, either all values are number or string, mixed type is not supported',
    25,
  ],
]

test('a pattern is refused in AWS’s words and place', () => {
  for (const [pattern, reason, column] of rows)
    assert.deepEqual(parsePattern(pattern), { ok: false, reason: reason + place(pattern, column) }, pattern)
  assert.equal(rows.length, 30)
})

/** Source: answers of TestEventPattern. */
const noJson: readonly [pattern: string, reason: string, column: number][] = [
  [
    'this is valid json but not a dict',
    "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
    5,
  ],
  [
    '{"not": closed mark"',
    "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
    15,
  ],
  [
    "{'bad': 'quotation'}",
    "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
    2,
  ],
  ['["not", "a", "dict"]', 'Filter is not an object', 2],
]

test('what is no JSON is refused in AWS’s words too', () => {
  for (const [pattern, reason, column] of noJson)
    assert.deepEqual(parsePattern(pattern), { ok: false, reason: reason + place(pattern, column) }, pattern)
  assert.equal(noJson.length, 4)
})

test('the place is told by line, and a long pattern is cut', () => {
  const lines = '{\n  "pipeline": {\n      "slug": "some-pipeline"\n  }\n}'
  assert.deepEqual(parsePattern(lines), {
    ok: false,
    reason: `"slug" must be an object or an array\n at [Source: (String)"${lines}"; line: 3, column: 16]`,
  })
  const long = `{"a":"${'x'.repeat(600)}"}`
  const refused = parsePattern(long)
  assert(!refused.ok)
  assert.match(refused.reason, /x"\[truncated 108 chars\]; line: 1, column: 7\]$/)
})

test('what stands in a list of anything-but has its place told twice, as AWS does', () => {
  const pattern = '{"a":[{"anything-but":[true]}]}'
  const reason = 'Inside anything but list, start|null|boolean is not supported.'
  assert.deepEqual(parsePattern(pattern), {
    ok: false,
    reason: reason + place(pattern, 28) + place(pattern, 28),
  })
})

const blocks: readonly [block: string, reason: string][] = [
  ['10.0.0.0', "Malformed CIDR, one '/' required"],
  ['10.0.0.0/8/8', "Malformed CIDR, one '/' required"],
  ['10.0.0.0/x', 'Malformed CIDR, mask bits must be an integer'],
  ['10.0.0.0/-1', 'Malformed CIDR, mask bits must not be negative'],
  ['10.0.0.0/32', 'IPv4 mask bits must be < 32'],
  ['::/128', 'IPv6 mask bits must be < 128'],
  ['example.org/8', 'Nonstandard IP address: example.org'],
]

test('a CIDR block is refused in AWS’s words, without a place', () => {
  for (const [block, reason] of blocks)
    assert.deepEqual(parsePattern(JSON.stringify({ a: [{ cidr: block }] })), { ok: false, reason })
  assert.equal(blocks.length, 7)
})

test('what is no JSON is refused', () => {
  const broken = [
    '',
    '{',
    '{"a"',
    '{"a":[1}',
    '{"a":[1 2]}',
    '{a:[1]}',
    '{"a":["\n"]}',
    '{"a":[1],}',
    '{"a":[01]}',
    '{"a":[1]} x',
  ]
  for (const text of broken) assert.equal(parsePattern(text).ok, false, text)
})

test('a name that comes twice replaces the field, and objects of one name are one', () => {
  const parsed = parsePattern('{"a":[1],"a":[2],"b":{"c":[1]},"b":{"d":[1]}}')
  assert(parsed.ok)
  assert.deepEqual(
    parsed.pattern.branches.map(({ fields }) => fields.map(({ path, tests }) => [path.join('.'), tests])),
    [
      [
        ['a', [{ kind: 'equals', value: 2 }]],
        ['b.c', [{ kind: 'equals', value: 1 }]],
        ['b.d', [{ kind: 'equals', value: 1 }]],
      ],
    ],
  )
})

/** Source: event-ruler, `GenericMachine.addRule`: read with `$or` as operator, else as a field. */
const ors: readonly [name: string, pattern: string, want: number | string][] = [
  ['two alternatives', '{"$or":[{"a":[1]},{"b":[1]}]}', 2],
  ['alternatives multiply', '{"$or":[{"a":[1]},{"b":[1]}],"c":{"$or":[{"d":[1]},{"e":[1]},{"f":[1]}]}}', 6],
  ['alternatives nest', '{"$or":[{"a":[1]},{"$or":[{"b":[1]},{"c":[1]}]}]}', 3],
  ['a list of values is a field', '{"$or":["a","b"]}', 1],
  ['a list of one expression is a field', '{"$or":[{"prefix":"a"}]}', 1],
  ['a list of expressions is a field', '{"$or":[{"prefix":"a"},{"suffix":"b"}]}', 1],
  ['an object is a field', '{"$or":{"a":[1]}}', 1],
  ['one alternative', '{"$or":[{"a":[1]}]}', 'There must have at least 2 Objects in $or relationship.'],
  ['no alternative', '{"$or":[]}', 'There must have at least 2 Objects in $or relationship.'],
  [
    'an alternative that is no object',
    '{"$or":[{"a":[1]},1]}',
    'Only JSON object is allowed in array of $or relationship.',
  ],
  [
    'a reserved name',
    '{"$or":[{"a":[1]},{"regex":[1]}]}',
    'regex is Ruler reserved fieldName which cannot be used inside $or.',
  ],
]

test('$or is an operator where it can be one', () => {
  for (const [name, pattern, want] of ors) {
    const parsed = parsePattern(pattern)
    assert.equal(parsed.ok ? parsed.pattern.branches.length : parsed.reason.split('\n')[0], want, name)
  }
  assert.equal(ors.length, 11)
})

test('limits', () => {
  const or = (count: number, name: string): string =>
    `"$or":[${Array.from({ length: count }, (_, index) => `{"${name}":[${index}]}`).join()}]`
  const ofLength = (length: number): string => `{"a":["${'x'.repeat(length - 10)}"]}`
  assert.equal(ofLength(patternCharactersMax).length, 2048)
  assert.equal(parsePattern(ofLength(patternCharactersMax)).ok, true)
  assert.equal(parsePattern(ofLength(patternCharactersMax + 1)).ok, false)
  const combined = (third: number): string =>
    `{"a":{${or(10, 'x')}},"b":{${or(10, 'x')}},"c":{${or(third, 'x')}}}`
  const most = parsePattern(combined(10))
  assert(most.ok)
  assert.equal(most.pattern.branches.length, combinationsMax)
  assert.equal(parsePattern(combined(11)).ok, false)
  assert.equal(parsePattern(`${'{"a":'.repeat(1000)}[1]${'}'.repeat(1000)}`, 10_000).ok, false)
})

test('wildcards that keep too many places in mind are refused', () => {
  const tooComplex =
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character'
  const stacks = (count: number): string =>
    JSON.stringify({
      a: Array.from({ length: count }, (_, index) => ({ wildcard: `*:stack/Stack${index}/*` })),
    })
  // Of a rule that PutRule took, and of one that it refused.
  assert.equal(parsePattern(stacks(3)).ok, true)
  assert.deepEqual(parsePattern(stacks(4)), { ok: false, reason: tooComplex })
  const repeated = (count: number): string => JSON.stringify({ a: [{ wildcard: `*${'a'.repeat(count)}` }] })
  assert.equal(parsePattern(repeated(placesMax - 1)).ok, true)
  assert.deepEqual(parsePattern(repeated(placesMax)), { ok: false, reason: tooComplex })
  const hidden = JSON.stringify({ a: [{ 'anything-but': { wildcard: `*${'a'.repeat(placesMax)}` } }] })
  assert.deepEqual(parsePattern(hidden), { ok: false, reason: tooComplex })
})

test('wildcards are found too complex in bounded time', () => {
  // No character comes twice, so that only the order of the pieces matters.
  const piece = (number: number): string =>
    String.fromCharCode(...Array.from({ length: 328 }, (_, index) => 0x4e00 + number * 328 + index))
  const start = performance.now()
  // Few places at once, but in more ways than are looked at.
  const many = JSON.stringify({
    a: [0, 3].map((first) => ({ wildcard: `*${[0, 1, 2].map((next) => piece(first + next)).join('*')}*` })),
  })
  assert(many.length <= patternCharactersMax)
  const parsed = parsePattern(many)
  assert(!parsed.ok)
  assert.match(parsed.reason, /^Rule is too complex/)
  assert(performance.now() - start < 5000)
})
