// Goal: a set answers as its patterns do one by one, and an event costs what it leads to, not what there is.
// Method: random patterns and events from few names and values, so that they meet; then many rules that share no value.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createPatternSet, type EventPattern, matchesPattern, parsePattern } from '../index.ts'
import { keyFields } from './key-field.ts'
import { Intervals } from './intervals.ts'

const names = fc.constantFrom('a', 'b', 'c')
const texts = fc.constantFrom(
  '',
  'x',
  'X',
  'xy',
  'yx',
  'xyx',
  'ß',
  'SS',
  '10.0.0.1',
  '::1',
  'K',
  'K',
  'İ',
  'Σ',
  'ς',
)
const numbers = fc.constantFrom(-2.5, 0, 1, 5, 10)
const scalars = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null))
const wildcards = fc.constantFrom('*', 'x*', '*x', 'x*x', '*y*', 'x\\*')
const valueTests: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: scalars },
  texts.map((text) => ({ prefix: text })),
  texts.map((text) => ({ suffix: text })),
  texts.map((text) => ({ prefix: { 'equals-ignore-case': text } })),
  texts.map((text) => ({ suffix: { 'equals-ignore-case': text } })),
  texts.map((text) => ({ 'equals-ignore-case': text })),
  wildcards.map((text) => ({ wildcard: text })),
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), numbers).map((numeric) => ({ numeric })),
  fc.constantFrom({ numeric: ['>', 0, '<=', 5] }, { numeric: ['>=', -2.5, '<', 1] }),
  fc.constantFrom({ cidr: '10.0.0.0/24' }, { cidr: '::/64' }, { cidr: '0.0.0.0/0' }),
  fc.boolean().map((exists) => ({ exists })),
  fc.array(texts, { minLength: 1, maxLength: 2 }).map((list) => ({ 'anything-but': list })),
  wildcards.map((text) => ({ 'anything-but': { wildcard: text } })),
)
const lists = fc.array(valueTests, { minLength: 1, maxLength: 3 })
const { pattern: patterns } = fc.letrec<{ pattern: object }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.dictionary(names, lists, { minKeys: 1, maxKeys: 2 }),
    fc.dictionary(names, fc.oneof(lists, tie('pattern')), { minKeys: 1, maxKeys: 3 }),
    fc
      .tuple(
        fc.array(tie('pattern'), { minLength: 2, maxLength: 3 }),
        fc.dictionary(names, lists, { maxKeys: 1 }),
      )
      .map(([$or, rest]) => ({ $or, ...rest })),
  ),
}))
const { object: events } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalars,
    fc.oneof(tie('object'), fc.array(tie('value'), { maxLength: 3 })),
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 3 }),
}))

function parse(json: unknown): EventPattern | undefined {
  const parsed = parsePattern(JSON.stringify(json), 100_000)
  return parsed.ok ? parsed.pattern : undefined
}

test('a set answers as one pattern after the other', () => {
  let found = 0
  fc.assert(
    fc.property(fc.array(patterns, { maxLength: 12 }), fc.array(events, { maxLength: 6 }), (given, asked) => {
      const entries = given
        .map((json, value) => ({ pattern: parse(json), value }))
        .filter((entry): entry is { pattern: EventPattern; value: number } => entry.pattern !== undefined)
      const set = createPatternSet(entries)
      for (const event of asked) {
        const want = entries.filter(({ pattern }) => matchesPattern(pattern, event)).map(({ value }) => value)
        assert.deepEqual(set.match(event), want)
        found += want.length
      }
    }),
    { numRuns: 1500 },
  )
  assert(found > 500, `${found} matches`)
})

test('the empty set matches nothing, and nothing matches what is no object', () => {
  assert.deepEqual(createPatternSet([]).match({ a: 1 }), [])
  const absent = parse({ a: [{ exists: false }] })
  assert(absent !== undefined)
  const set = createPatternSet([{ pattern: absent, value: 1 }])
  assert.deepEqual(set.match({}), [1])
  assert.deepEqual(set.match([]), [])
  assert.deepEqual(set.match('x'), [])
})

test('intervals hold what a scan finds', () => {
  const ends = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
  fc.assert(
    fc.property(fc.array(ends), fc.integer({ min: -1, max: 21 }), (pairs, point) => {
      const intervals = pairs.map(([one, other], value) => ({
        first: Math.min(one, other),
        last: Math.max(one, other),
        value,
      }))
      const found: number[] = []
      new Intervals(intervals).holding(point, (value) => found.push(value))
      const want = intervals.filter(({ first, last }) => first <= point && point <= last)
      assert.deepEqual(
        found.sort((one, other) => one - other),
        want.map(({ value }) => value),
      )
    }),
  )
})

test('a branch is found by the field that it shares with the fewest', () => {
  const branches = Array.from({ length: 10 }, (_, index) =>
    parse({ source: ['app'], id: [`i${index}`], kind: [{ exists: true }] }),
  ).flatMap((pattern) => pattern?.branches ?? [])
  const keys = keyFields(branches.map(({ fields }) => fields))
  assert.deepEqual(new Set(keys.map((key) => key?.path.join('.'))), new Set(['id']))
  const only = parse({ kind: [{ exists: false }] })?.branches ?? []
  assert.deepEqual(keyFields(only.map(({ fields }) => fields)), [undefined])
})

/** What the last of many rounds took, so that the code is warm. Units: milliseconds. */
function cost(match: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now()
    for (let call = 0; call < 200; call += 1) match()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

/** Per kind of test one that tells its rule from every other. */
const distinct: Readonly<Record<string, (index: number) => unknown>> = {
  exact: (index) => `v${index}`,
  prefix: (index) => ({ prefix: `v${index}-` }),
  suffix: (index) => ({ suffix: `-${index}v` }),
  anyCase: (index) => ({ 'equals-ignore-case': `V${index}` }),
  wildcard: (index) => ({ wildcard: `v${index}-*` }),
  number: (index) => index,
  range: (index) => ({ numeric: ['>=', index, '<', index + 1] }),
  cidr: (index) => ({ cidr: `10.${index >> 8}.${index & 255}.0/24` }),
}
const asked: Readonly<Record<string, unknown>> = {
  exact: 'v7',
  prefix: 'v7-x',
  suffix: 'x-7v',
  anyCase: 'v7',
  wildcard: 'v7-x',
  number: 7,
  range: 7.5,
  cidr: '10.0.7.1',
}

test('rules that share no value with an event cost it nothing', () => {
  for (const [kind, value] of Object.entries(distinct)) {
    const set = (count: number): (() => readonly number[]) => {
      const built = createPatternSet(
        Array.from({ length: count }, (_, index) => ({
          pattern: parse({ source: ['app'], a: [value(index)] }),
          value: index,
        })).flatMap(({ pattern, value: rule }) => (pattern === undefined ? [] : [{ pattern, value: rule }])),
      )
      return () => built.match({ source: 'app', a: asked[kind], b: 1 })
    }
    const [few, many] = [set(20), set(4000)]
    assert.deepEqual(few(), [7], kind)
    assert.deepEqual(many(), [7], kind)
    // 200 times the rules: a scan would take that many times as long.
    assert(cost(many) < 20 * cost(few) + 1, kind)
  }
})

test('patterns of as many alternatives as may be take bounded time and memory', () => {
  const or = (name: string): string =>
    `"${name}":{"$or":[${Array.from({ length: 10 }, (_, index) => `{"x":[${index}]}`).join()}]}`
  const fields = Array.from({ length: 100 }, (_, index) => `"f${index}":[1]`).join()
  const largest = `{${or('a')},${or('b')},${or('c')},${fields}}`
  const start = performance.now()
  const before = process.memoryUsage().heapUsed
  const entries = Array.from({ length: 10 }, (_, value) => {
    const parsed = parsePattern(largest)
    assert(parsed.ok)
    return { pattern: parsed.pattern, value }
  })
  const set = createPatternSet(entries)
  const event = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, 1]))
  for (let call = 0; call < 20; call += 1) {
    assert.deepEqual(set.match({ ...event, a: { x: 9 }, b: { x: 9 }, c: { x: 10 } }), [])
    assert.equal(set.match({ ...event, a: { x: 9 }, b: { x: 9 }, c: { x: 9 } }).length, 10)
  }
  assert(performance.now() - start < 10_000)
  // Each branch as a tree of its own would take ten times that.
  assert(process.memoryUsage().heapUsed - before < 200e6)
})
