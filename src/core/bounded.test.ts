// Goal: what is kept stays within its number and its weight, and what was set last is kept.
// Method: rows of what is set, one after another, with what is left; then a history of changes against the rule in short.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Bounded } from './bounded.ts'

const letters = 'abcdef'.split('')
const left = (kept: Bounded<string, string>): string =>
  letters.flatMap((key) => kept.get(key) ?? []).join(' ')

const rows: readonly [name: string, max: number, weightMax: number, set: readonly string[], want: string][] =
  [
    ['all of it', 3, 9, ['a', 'b', 'c'], 'a b c'],
    ['one too many: the oldest goes', 2, 9, ['a', 'b', 'c'], 'b c'],
    ['one too heavy: as many go as must', 9, 4, ['a', 'b', 'ccc'], 'b ccc'],
    ['what is set again counts once, and as new', 9, 4, ['aa', 'b', 'aaa', 'c'], 'aaa c'],
    ['what is too heavy by itself is kept until the next comes', 9, 4, ['a', 'bbbbb'], 'bbbbb'],
    ['and no longer', 9, 4, ['bbbbb', 'a'], 'a'],
  ]

test('bounded: what is left', () => {
  for (const [name, max, weightMax, set, want] of rows) {
    const kept = new Bounded<string, string>(max, { weightMax, weigh: ({ length }) => length })
    for (const value of set) kept.set(value.charAt(0), value)
    assert.equal(left(kept), want, name)
  }
  assert.equal(rows.length, 6)
})

test('bounded: a history of changes leaves the newest that fit', () => {
  const change = fc.tuple(fc.constantFrom(...letters), fc.integer({ min: 0, max: 4 }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const kept = new Bounded<string, string>(4, { weightMax: 8, weigh: ({ length }) => length })
      let model: string[] = []
      for (const [key, length] of changes) {
        model = model.filter((value) => !value.startsWith(key))
        if (length === 0) kept.delete(key)
        else {
          kept.set(key, key.repeat(length))
          model.push(key.repeat(length))
        }
        while (model.length > 4 || model.join('').length > 8) model.shift()
        assert.equal(left(kept), model.toSorted().join(' '))
      }
    }),
    { seed: 11 },
  )
})
