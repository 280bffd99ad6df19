// Goal: patterns match as AWS documents, arrays and missing fields included, whatever an event holds.
// Method: rows, each with its source; the set must answer as the pattern alone does in each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPatternSet, matchesPattern, parsePattern } from '../index.ts'
import type { EventPattern } from '../index.ts'

function pattern(json: unknown): EventPattern {
  const parsed = parsePattern(typeof json === 'string' ? json : JSON.stringify(json))
  assert(parsed.ok, parsed.ok ? '' : parsed.reason)
  return parsed.pattern
}

function matches(json: unknown, event: unknown): boolean {
  const one = pattern(json)
  const alone = matchesPattern(one, event)
  assert.deepEqual(createPatternSet([{ pattern: one, value: 'found' }]).match(event), alone ? ['found'] : [])
  return alone
}

type Row = readonly [why: string, tests: readonly unknown[], yes: readonly unknown[], no: readonly unknown[]]

/** Source: EventBridge User Guide, "Comparison operators"; where it is silent, event-ruler 1.8.1. */
const values: readonly Row[] = [
  ['a string, by each character', ['x'], ['x'], ['X', 'xx', '', 1, null, {}, []]],
  ['a number, by value', [300], [300, 300.0, 3e2], [301, '300', true]],
  ['true is no text', [true], [true], ['true', false, 1]],
  ['null is a value', [null], [null], ['null', '', 0, {}]],
  ['the empty string', [''], [''], [null, ' ']],
  ['any of the values', ['x', 1, null], ['x', 1, null], ['y', 2, false]],
  ['an address, in whatever spelling', ['::1'], ['::1', '0:0:0:0:0:0:0:1'], ['::2', '1']],
  ['exactly an address is its text', [{ exactly: '::1' }], ['::1'], ['0:0:0:0:0:0:0:1']],
  ['prefix', [{ prefix: 'us-' }], ['us-', 'us-east-1'], ['US-east-1', 'eu-us-', 5, null]],
  ['a prefix of nothing is any text', [{ prefix: '' }], ['', 'x'], [1, null]],
  [
    'prefix in any case',
    [{ prefix: { 'equals-ignore-case': 'EventB' } }],
    ['eventbridge', 'EVENTB'],
    ['event'],
  ],
  ['suffix', [{ suffix: '.png' }], ['.png', 'a.png'], ['a.PNG', '.png.gif', 1]],
  ['suffix in any case', [{ suffix: { 'equals-ignore-case': '.png' } }], ['a.PnG'], ['png']],
  ['any case', [{ 'equals-ignore-case': 'alice' }], ['ALICE', 'alice'], ['alic', 'alicee', 1]],
  [
    'any case of characters that grow',
    [{ 'equals-ignore-case': 'straße' }],
    ['STRASSE', 'Straße'],
    ['strase'],
  ],
  ['wildcard', [{ wildcard: 'dir/*.png' }], ['dir/.png', 'dir/a/b.png'], ['dir/a.jpg', 'adir/a.png', 1]],
  ['wildcards do not overlap', [{ wildcard: 'a*a' }], ['aa', 'aba'], ['a', 'ab']],
  ['several wildcards', [{ wildcard: '*x*y*' }], ['xy', 'axbyc'], ['yx', 'x']],
  ['escapes', [{ wildcard: 'a\\*b\\\\*' }], ['a*b\\', 'a*b\\c'], ['aXb\\', 'a*b']],
  ['numeric =', [{ numeric: ['=', 3.018e2] }], [301.8], [301, '301.8']],
  ['numeric <', [{ numeric: ['<', 10] }], [9.99, -1e300], [10, '9', null]],
  ['numeric >=', [{ numeric: ['>=', 10] }], [10, 1e300], [9]],
  ['a range', [{ numeric: ['>', 0, '<=', 5] }], [0.1, 5], [0, 5.1, -1]],
  [
    'IPv4 CIDR',
    [{ cidr: '10.0.0.0/24' }],
    ['10.0.0.0', '10.0.0.255'],
    ['10.0.1.0', '10.0.0', 'x', 10, '::1'],
  ],
  ['IPv4 CIDR, of IPv4 as IPv6', [{ cidr: '10.0.0.0/24' }], ['::ffff:a00:1'], ['::a00:1']],
  ['IPv6 CIDR', [{ cidr: '2001:db8::/32' }], ['2001:db8::1', '2001:DB8:0:0::1'], ['2001:db9::', '10.0.0.1']],
  ['a block may have host bits', [{ cidr: '10.0.0.77/24' }], ['10.0.0.1'], ['10.0.1.77']],
  ['exists', [{ exists: true }], ['', 0, null, false, ['x']], [{}, [], { b: 1 }]],
  ['exists not', [{ exists: false }], [{}, [], [[]], { b: 1 }], ['', 0, null, [1]]],
  ['exists not, or a value', [{ exists: false }, 'x'], [{}, 'x', ['y', 'x']], ['y', ['y']]],
  ['anything but', [{ 'anything-but': 'x' }], ['y', 1, null, true, ['x', 'y']], ['x', {}, [], ['x']]],
  ['anything but a list', [{ 'anything-but': ['x', 'y'] }], ['z', 1], ['x', 'y']],
  ['anything but numbers', [{ 'anything-but': [1, 2] }], [3, '1'], [1, 2.0]],
  ['anything but prefix', [{ 'anything-but': { prefix: 'us-' } }], ['eu-', 1], ['us-east-1']],
  ['anything but prefixes', [{ 'anything-but': { prefix: ['a', 'b'] } }], ['c'], ['ax', 'bx']],
  ['anything but suffix', [{ 'anything-but': { suffix: '.png' } }], ['.gif'], ['a.png']],
  ['anything but any case', [{ 'anything-but': { 'equals-ignore-case': ['a', 'b'] } }], ['c'], ['A', 'b']],
  ['anything but wildcard', [{ 'anything-but': { wildcard: '*/lib/*' } }], ['/bin/'], ['/lib/x']],
]

test('values', () => {
  let ran = 0
  for (const [why, tests, yes, no] of values) {
    for (const value of yes)
      assert.equal(matches({ a: tests }, { a: value }), true, `${why}: ${JSON.stringify(value)}`)
    for (const value of no)
      assert.equal(matches({ a: tests }, { a: value }), false, `${why}: ${JSON.stringify(value)}`)
    ran += yes.length + no.length
  }
  assert.equal(values.length, 38)
  assert.equal(ran, 165)
})

const elements = {
  a: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
}

type EventRow = readonly [why: string, pattern: unknown, event: unknown, want: boolean]

/** Source: EventBridge User Guide, "Arrays" and "Exists matching"; event-ruler, "Array consistency". */
const events: readonly EventRow[] = [
  ['other fields are ignored', { a: [1] }, { a: 1, b: 2 }, true],
  ['every field of the pattern must be there', { a: [1], b: [2] }, { a: 1 }, false],
  ['nested as in the event', { a: { b: [1] } }, { a: { b: 1 } }, true],
  ['a name with a dot', { 'a.b': [1] }, { 'a.b': 1 }, true],
  ['a dot in the pattern', { a: { 'b.c': [1] } }, { a: { b: { c: 1 } } }, true],
  ['a dot in the event', { a: { b: { c: [1] } } }, { a: { 'b.c': 1 } }, true],
  ['dots in both, apart', { 'a.b': { c: [1] } }, { a: { 'b.c': 1 } }, true],
  ['a dot too many', { a: { b: [1] } }, { 'a.b': { b: 1 } }, false],
  ['both ways in one event, the first', { a: { b: [1] } }, { a: { b: 1 }, 'a.b': 2 }, true],
  ['both ways in one event, the second', { a: { b: [2] } }, { a: { b: 1 }, 'a.b': 2 }, true],
  ['objects that dots join are one', { a: { b: [1], c: [2] } }, { 'a.b': 1, a: { c: 2 } }, true],
  ['a dot within an element', { a: { b: { c: [1] }, d: [2] } }, { a: [{ 'b.c': 1 }, { d: 2 }] }, false],
  ['a missing name with a dot', { a: { b: [{ exists: false }] } }, { 'a.b': 1 }, false],
  ['dots and nothing between', { a: { '': { b: [1] } } }, { 'a..b': 1 }, true],
  ['a dotted prototype', '{"a":{"__proto__":["x"]}}', { 'a.__proto__': 'x' }, true],
  ['any element of an array', { a: [1, 2] }, { a: [3, 2] }, true],
  ['arrays within arrays', { a: [1] }, { a: [[3], [[1]]] }, true],
  ['no element', { a: [1] }, { a: [] }, false],
  ['fields of one element', { a: { x: [1], y: [2] } }, elements, true],
  ['fields of two elements', { a: { x: [1], y: [4] } }, elements, false],
  ['any of the values, of one element', { a: { x: [1, 3], y: [4] } }, elements, true],
  [
    'an array in an element',
    { a: { x: [1], y: { z: [2] } } },
    { a: [{ x: 1, y: [{ z: 3 }, { z: 2 }] }] },
    true,
  ],
  [
    'an array in another element',
    { a: { x: [1], y: { z: [2] } } },
    { a: [{ x: 1 }, { y: [{ z: 2 }] }] },
    false,
  ],
  [
    'arrays of different fields are independent',
    { a: { x: [1] }, b: { x: [2] } },
    { a: [{ x: 0 }, { x: 1 }], b: [{ x: 2 }] },
    true,
  ],
  ['an object among scalars', { a: { x: [1] } }, { a: [5, { x: 1 }] }, true],
  ['missing from an object that is missing', { a: { x: [{ exists: false }] } }, {}, true],
  ['missing from a scalar', { a: { x: [{ exists: false }] } }, { a: 1 }, true],
  ['missing from every element', { a: { x: [{ exists: false }] } }, { a: [{ y: 1 }, { y: 2 }] }, true],
  [
    'missing from one element is not missing',
    { a: { x: [{ exists: false }] } },
    { a: [{ y: 1 }, { x: 2 }] },
    false,
  ],
  [
    'missing from the element that an earlier field chose',
    { a: { w: [1], x: [{ exists: false }] } },
    { a: [{ w: 1 }, { x: 2 }] },
    true,
  ],
  [
    'an earlier field asks before any element is chosen',
    { a: { x: [{ exists: false }], y: [1] } },
    { a: [{ y: 1 }, { x: 2 }] },
    false,
  ],
  ['a value and fields below one name', '{"a":[1],"a":{"b":[2]}}', { a: [1, { b: 2 }] }, true],
  ['$or, the first', { $or: [{ a: [1] }, { b: [1] }] }, { a: 1 }, true],
  ['$or, the second', { $or: [{ a: [1] }, { b: [1] }] }, { b: 1 }, true],
  ['$or, none', { $or: [{ a: [1] }, { b: [1] }] }, { a: 2, b: 2 }, false],
  ['$or and a field', { c: [1], $or: [{ a: [1] }, { b: [1] }] }, { a: 1 }, false],
  ['$or below a field', { d: { $or: [{ a: [1] }, { b: [1] }] } }, { d: { b: 1 } }, true],
  ['$or as a field', { $or: ['x'] }, { $or: 'x' }, true],
  ['what objects inherit is no field', { constructor: { name: [{ exists: true }] } }, {}, false],
  ['nor is the prototype', '{"__proto__":{"toString":[{"exists":true}]}}', {}, false],
  ['a field named as the prototype', '{"__proto__":["x"]}', JSON.parse('{"__proto__":"x"}'), true],
  ['what is no object matches nothing', { a: [{ exists: false }] }, [], false],
  ['nor does null', { a: [{ exists: false }] }, null, false],
]

test('events', () => {
  for (const [why, given, event, want] of events) assert.equal(matches(given, event), want, why)
  assert.equal(events.length, 43)
})

/** Source: EventBridge User Guide, "Complex example with multiple matching". */
test('the example of the documentation', () => {
  const example = {
    time: [{ prefix: '2017-10-02' }],
    detail: {
      state: [{ 'anything-but': 'initializing' }],
      'c-count': [{ numeric: ['>', 0, '<=', 5] }],
      'd-count': [{ numeric: ['<', 10] }],
      'x-limit': [{ 'anything-but': [100, 200, 300] }],
    },
  }
  const event = (detail: object): object => ({ time: '2017-10-02T18:43:48Z', detail })
  assert(matches(example, event({ state: 'running', 'c-count': 5, 'd-count': 9, 'x-limit': 301.8 })))
  assert(!matches(example, event({ state: 'running', 'c-count': 5, 'd-count': 9, 'x-limit': 200 })))
})

const secondsMax = 2

/** Of the processor, which others use too. */
function seconds(run: () => void): number {
  const start = process.cpuUsage()
  run()
  return process.cpuUsage(start).user / 1_000_000
}

test('hostile patterns and events take bounded time', () => {
  const long = 'a'.repeat(250_000)
  const elementCount = 20_000
  const objects = { a: Array.from({ length: elementCount }, () => ({ x: 1, y: 1, z: 1 })) }
  const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown
  const nested = JSON.parse(`{"a":${'['.repeat(100_000)}1${']'.repeat(100_000)}}`) as unknown
  const below = (depth: number): string => `${'{"a":'.repeat(depth)}[1]${'}'.repeat(depth)}`
  const cases: readonly [name: string, pattern: unknown, event: unknown][] = [
    ['repeats behind wildcards', { a: [{ wildcard: '*aab*aab*aac' }] }, { a: long }],
    ['a long piece', { a: [{ wildcard: `*b${'xyz'.repeat(600)}*` }] }, { a: long }],
    [
      'an affix of any case',
      { a: [{ suffix: { 'equals-ignore-case': `b${'A'.repeat(1900)}` } }] },
      { a: long },
    ],
    ['fields that elements share out', { a: { x: [1], y: [1], z: [2] } }, objects],
    [
      'fields that must be missing',
      { a: { w: [{ exists: false }], x: [{ exists: false }, 1], z: [2] } },
      objects,
    ],
    [
      'arrays side by side',
      { a: { x: [1] }, b: { x: [1] }, c: { x: [2] } },
      { a: objects.a, b: objects.a, c: objects.a },
    ],
    ['a deep event', below(300), deep],
    ['deep arrays', { a: [2] }, nested],
    ['names of nothing but dots', { a: { b: [1] } }, { ['a.'.repeat(100_000)]: 1, a: { b: 1 } }],
    [
      'many names that dots join',
      { a: { b: { x: [1] } } },
      Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`a.b.c${index}`, index])),
    ],
    ['no address', { a: [{ cidr: '::/8' }] }, { a: '1:'.repeat(125_000) }],
    ['deep arrays beside a name with a dot', { a: [2] }, { 'x.y': 1, ...(nested as object) }],
    ['deep arrays and a missing field', { a: { b: [{ exists: false }] } }, nested],
  ]
  for (const [name, given, event] of cases) {
    const took = seconds(() => assert.equal(typeof matches(given, event), 'boolean'))
    assert(took < secondsMax, `${name}: ${took} s`)
  }
  assert.equal(cases.length, 13)
})
