// Goal: SortedIds is a sorted set. Method: random histories against an array that is sorted anew each time, large enough that
// blocks split, empty and merge.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SortedIds } from './sorted-ids.ts'

const counts = { histories: 0, blocksSplit: 0 }

/** Ids that come in order, in reverse, or anyhow; then some of them go, in one of these orders. */
const history = fc.record({
  size: fc.integer({ min: 0, max: 4000 }),
  arrival: fc.constantFrom('ascending', 'descending', 'shuffled'),
  leaving: fc.constantFrom('ascending', 'descending', 'shuffled'),
  leave: fc.double({ min: 0, max: 1, noNaN: true }),
  salt: fc.integer({ min: 1, max: 1_000_000 }),
})

function arranged(ids: readonly string[], order: string, salt: number): string[] {
  if (order === 'ascending') return [...ids]
  if (order === 'descending') return ids.toReversed()
  const key = (id: string): number => (Number(id.slice(2)) * 7919 + salt * 104_729) % 99_991
  return ids.toSorted((a, b) => key(a) - key(b))
}

test('a set of ids reads as a sorted array does, from any start', () => {
  fc.assert(
    fc.property(history, ({ size, arrival, leaving, leave, salt }) => {
      const ids = Array.from({ length: size }, (_, n) => `id${String(n * 2).padStart(6, '0')}`)
      const set = new SortedIds()
      for (const id of arranged(ids, arrival, salt)) set.add(id)
      for (const id of ids.slice(0, 10)) set.add(id) // A second time: nothing happens.
      const gone = new Set(arranged(ids, leaving, salt).slice(0, Math.floor(size * leave)))
      for (const id of gone) set.delete(id)
      for (const id of gone) set.delete(id)
      set.delete('never there')

      const left = ids.filter((id) => !gone.has(id))
      assert.equal(set.size, left.length)
      assert.deepEqual([...set.from('')], left)
      for (const start of [
        'id000000',
        'id000001',
        `id${String(size).padStart(6, '0')}`,
        ids.at(-1) ?? 'id',
        'z',
      ]) {
        assert.deepEqual(
          [...set.from(start)],
          left.filter((id) => id >= start),
        )
      }
      counts.histories++
      if (size > 512) counts.blocksSplit++
    }),
    { numRuns: 150 },
  )
  assert.equal(counts.histories, 150)
  assert.ok(counts.blocksSplit > 50)
})

test('ids are ordered by UTF-16 code units, whatever they are', () => {
  let ran = 0
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 })), (ids) => {
      const set = new SortedIds()
      for (const id of ids) set.add(id)
      assert.deepEqual([...set.from('')], [...new Set(ids)].sort())
      ran++
    }),
  )
  assert.equal(ran, 100)
})
