// Goal: the reader takes exactly JSON without duplicate names, in one pass, and says where things stand.
// Method: rows; agreement with JSON.parse on random values; random damage never throws; time grows with the text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { depthMax, readJson, type JsonNode } from './json.ts'

const refused: readonly [name: string, text: string, reason: RegExp, line: number, column: number][] = [
  ['nothing', '', /expected a value/, 1, 1],
  ['two documents', '{} {}', /after the end/, 1, 4],
  ['a name twice', '{"a":1,\n "a":2}', /"a" appears twice/, 2, 2],
  ['a name twice, once escaped', '{"a":1,"\\u0061":2}', /appears twice/, 1, 8],
  ['a trailing comma in an object', '{"a":1,}', /member name/, 1, 8],
  ['a trailing comma in a list', '[1,]', /expected a value/, 1, 4],
  ['single quotes', "{'a':1}", /member name/, 1, 2],
  ['a comment', '{/**/}', /member name/, 1, 2],
  ['a leading zero', '01', /after the end/, 1, 2],
  ['a bare dot', '.5', /expected a value/, 1, 1],
  ['NaN', 'NaN', /expected a value/, 1, 1],
  ['a line break in a string', '"a\nb"', /control character/, 1, 1],
  ['an endless string', '["abc', /no end/, 1, 2],
  ['an unknown escape', '"\\x41"', /unknown escape/, 1, 2],
  ['half a unicode escape', '"\\u00"', /unknown escape/, 1, 2],
  ['too deep', '['.repeat(depthMax + 1), /nested deeper/, 1, depthMax + 1],
  ['a missing colon', '{"a" 1}', /expected ':'/, 1, 6],
  ['a missing comma', '[1 2]', /expected ','/, 1, 4],
]

test('json: what is refused, why and where', () => {
  for (const [name, text, reason, line, column] of refused) {
    const read = readJson(text)
    assert.ok('problem' in read, name)
    assert.match(read.problem.reason, reason, name)
    assert.deepEqual(read.problem.at, { line, column }, name)
  }
  assert.equal(refused.length, 18)
})

test('json: positions count from one, over line breaks of both kinds', () => {
  const read = readJson('{\r\n  "a": [true,\n\tnull]}')
  assert.ok('node' in read && read.node.kind === 'object')
  const [member] = read.node.members
  assert.deepEqual(member?.at, { line: 2, column: 3 })
  assert.ok(member.value.kind === 'array')
  assert.deepEqual(
    member.value.items.map(({ at }) => at),
    [
      { line: 2, column: 9 },
      { line: 3, column: 2 },
    ],
  )
})

test('json: __proto__ is a name like any other', () => {
  const read = readJson('{"__proto__":{"x":1}}')
  assert.ok('node' in read && read.node.kind === 'object')
  assert.equal(read.node.members[0]?.key, '__proto__')
})

test('json: agrees with JSON.parse on whatever JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const read = readJson(text)
      assert.ok('node' in read, text)
      assert.deepEqual(plain(read.node), JSON.parse(text))
    }),
    { numRuns: 2000 },
  )
})

test('json: never throws, and accepts nothing that JSON.parse refuses', () => {
  const soup = fc.string({
    unit: fc.constantFrom(...'{}[]":,\\ntrue0.1eE-+ \n\u0000\ud800'.split('')),
    maxLength: 40,
  })
  fc.assert(
    fc.property(soup, (text) => {
      const read = readJson(text)
      if ('node' in read) assert.deepEqual(plain(read.node), JSON.parse(text))
    }),
    { numRuns: 5000 },
  )
})

test('json: a megabyte of anything is read in linear time', () => {
  const long = [
    '"'.padEnd(1e6, 'a'),
    '['.repeat(1e6),
    `["${'\\n'.repeat(5e5)}"]`,
    `[${'1,'.repeat(3e5)}1]`,
    ' '.repeat(1e6),
  ]
  for (const text of long) {
    const start = performance.now()
    readJson(text)
    assert.ok(performance.now() - start < 2000, text.slice(0, 10))
  }
})

function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'array':
      return node.items.map(plain)
    case 'object': {
      const entries = node.members.map(({ key, value }) => [key, plain(value)] as const)
      return Object.fromEntries(entries)
    }
    case 'number':
      return Number(node.text)
    case 'null':
      return null
    case 'string':
    case 'boolean':
    default:
      return node.value
  }
}
