// Goal: what a pattern is said to ask of a field is all that it lets through, whichever way it is read. Method: rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedTexts, parsePattern } from './index.ts'

const rows: readonly [
  why: string,
  pattern: string,
  path: readonly string[],
  want: readonly string[] | undefined,
][] = [
  ['values', '{"source":["a","b"]}', ['source'], ['a', 'b']],
  ['exactly a value', '{"source":[{"exactly":"a"}]}', ['source'], ['a']],
  ['nothing', '{"detail-type":["a"]}', ['source'], undefined],
  ['more than values', '{"source":["a",{"prefix":"b"}]}', ['source'], undefined],
  ['a number', '{"source":[1]}', ['source'], undefined],
  ['below', '{"detail":{"service":["a"]}}', ['detail', 'service'], ['a']],
  ['below, by a name with a dot', '{"detail.service":["a"]}', ['detail', 'service'], ['a']],
  [
    'twice, the last counts',
    '{"detail":{"service":["a"]},"detail.service":["b"]}',
    ['detail', 'service'],
    ['b'],
  ],
  ['each way of an $or', '{"$or":[{"source":["a"]},{"source":["b"]}]}', ['source'], ['a', 'b']],
  ['a way that asks for nothing', '{"$or":[{"source":["a"]},{"detail-type":["b"]}]}', ['source'], undefined],
  [
    'beside an $or that asks otherwise',
    '{"source":["a"],"$or":[{"source":["b"]},{"source":["c"]}]}',
    ['source'],
    ['b', 'c'],
  ],
  ['beside an $or of other fields', '{"source":["a"],"$or":[{"x":["b"]},{"y":["c"]}]}', ['source'], ['a']],
]

test('what a pattern asks a field to be', () => {
  for (const [why, text, path, want] of rows) {
    const read = parsePattern(text)
    assert(read.ok, why)
    assert.deepEqual(namedTexts(read.pattern, path), want, why)
  }
  assert.equal(rows.length, 12)
})
