// Goal: what was computed from documents is kept exactly as long as they read the same.
// Method: count how often a computation runs while documents that it read, and others, change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDerived } from './derived.ts'
import { collection, createMemoryStore, type Reader, type Transaction } from './store/index.ts'

const notes = collection<{ readonly text: string; readonly topic: string }>({
  service: 'test',
  type: 'note',
  indexes: { topic: ({ topic }) => topic },
})
const here = { account: '123456789012', region: 'global' }
const there = { account: '999999999999', region: 'global' }

interface Row {
  readonly name: string
  readonly reads: (reader: Reader) => unknown
  readonly write: (tx: Transaction) => void
  readonly recomputed: boolean
}

const put = (tx: Transaction, id: string, topic = 'x', scope = here) =>
  tx.put(notes, scope, id, { text: 'new', topic })
const rows: readonly Row[] = [
  {
    name: 'a document that was read changes',
    reads: (r) => r.get(notes, here, 'a'),
    write: (tx) => put(tx, 'a'),
    recomputed: true,
  },
  {
    name: 'it is deleted',
    reads: (r) => r.get(notes, here, 'a'),
    write: (tx) => tx.delete(notes, here, 'a'),
    recomputed: true,
  },
  {
    name: 'one that was missing appears',
    reads: (r) => r.get(notes, here, 'z'),
    write: (tx) => put(tx, 'z'),
    recomputed: true,
  },
  {
    name: 'another one changes',
    reads: (r) => r.get(notes, here, 'a'),
    write: (tx) => put(tx, 'b'),
    recomputed: false,
  },
  {
    name: 'its namesake in another account changes',
    reads: (r) => r.get(notes, here, 'a'),
    write: (tx) => put(tx, 'a', 'x', there),
    recomputed: false,
  },
  {
    name: 'the list gains a document',
    reads: (r) => r.list(notes, here),
    write: (tx) => put(tx, 'z'),
    recomputed: true,
  },
  {
    name: 'what an index found gains a document',
    reads: (r) => r.find(notes, here, 'topic', 'y'),
    write: (tx) => put(tx, 'z', 'y'),
    recomputed: true,
  },
  {
    name: 'another value of the index does',
    reads: (r) => r.find(notes, here, 'topic', 'y'),
    write: (tx) => put(tx, 'z', 'w'),
    recomputed: false,
  },
]

for (const { name, reads, write, recomputed } of rows) {
  test(`derived: ${name}`, async () => {
    const store = createMemoryStore()
    await store.transact((tx) => ['a', 'b'].forEach((id) => put(tx, id)))
    let runs = 0
    const compute = createDerived(store)<undefined, string>((reader) => {
      runs += 1
      return JSON.stringify(reads(reader)) ?? 'nothing'
    })
    const first = compute('key', undefined)
    assert.equal(compute('key', undefined), first)
    assert.equal(runs, 1, 'nothing was written: it is kept')

    await store.transact(write)
    const second = compute('key', undefined)
    assert.equal(runs, recomputed ? 2 : 1)
    assert.equal(second === first, !recomputed || name === 'a document that was read changes')
    await store.transact((tx) => put(tx, 'unrelated', 'q', there))
    compute('key', undefined)
    assert.equal(runs, recomputed ? 2 : 1, 'what was computed anew is kept in turn')
  })
}

test('derived: all rows ran', () => assert.equal(rows.length, 8))

test('derived: what weighs too much together is computed again, and what weighs nothing is not', () => {
  const store = createMemoryStore()
  const runs: string[] = []
  const read = (reader: Reader, key: string): string => {
    runs.push(key)
    return JSON.stringify(reader.get(notes, here, key)) ?? 'nothing'
  }
  const heavy = createDerived(store)<string, string>(read, () => 5_000_000)
  const light = createDerived(store)<string, string>(read)
  for (const key of ['a', 'b', 'a']) heavy(key, key)
  assert.deepEqual(runs.splice(0), ['a', 'b', 'a'])
  for (const key of ['a', 'b', 'a']) light(key, key)
  assert.deepEqual(runs, ['a', 'b'])
})
