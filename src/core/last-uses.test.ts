// Goal: the last use of a thing reaches its document: the latest one, whoever noted it, and never after the thing is gone.
// Method: recorders of several workers over one store in memory, whose disk may be full, with the timer in the test's hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLastUses } from './last-uses.ts'
import { collection, CommitFailed, createMemoryStore, type Store } from './store/index.ts'

const here = { account: '123456789012', region: 'eu-west-1' }
const there = { account: '123456789012', region: 'us-east-1' }
const keys = collection<{ readonly keyId: string }>({ service: 'test', type: 'key' })
const keyUses = collection<{ readonly lastUsedAtMs: number; readonly operation: string }>({
  service: 'test',
  type: 'key-use',
})
const named = collection<{ readonly id: string }>({ service: 'test', type: 'named' })
const namedUses = collection<{ readonly lastUsedAtMs: number; readonly id: string }>({
  service: 'test',
  type: 'named-use',
})

async function stage() {
  const store = createMemoryStore()
  await store.transact((tx) => {
    for (const scope of [here, there]) tx.put(keys, scope, 'k', { keyId: 'k' })
    tx.put(named, here, 'n', { id: 'first' })
  })
  const timers: (() => void)[] = []
  const world = { every: (_: number, task: () => void) => (timers.push(task), () => void timers.pop()) }
  const worker = (over: Pick<Store, 'transact'> = store) => {
    const uses = createLastUses({ store: over, world })
    return {
      uses,
      noteKey: uses.of({ things: keys, uses: keyUses }),
      noteNamed: uses.of({ things: named, uses: namedUses, isOf: (use, thing) => use.id === thing.id }),
    }
  }
  return { store, timers, worker, lastOf: (scope = here) => store.read.get(keyUses, scope, 'k') }
}

test('last uses: they are written at intervals, the latest of each thing', async () => {
  const { store, timers, worker, lastOf } = await stage()
  const { uses, noteKey } = worker()
  noteKey(here, 'k', { lastUsedAtMs: 1000, operation: 'Encrypt' })
  noteKey(here, 'k', { lastUsedAtMs: 3000, operation: 'Decrypt' })
  noteKey(there, 'k', { lastUsedAtMs: 2000, operation: 'Sign' })
  const before = store.seq
  assert.equal(lastOf(), undefined, 'noting writes nothing')
  for (const timer of timers) timer()
  for (let turns = 0; store.seq === before && turns < 100; turns += 1) await new Promise(setImmediate)
  assert.deepEqual(lastOf(), { lastUsedAtMs: 3000, operation: 'Decrypt' })
  assert.deepEqual(lastOf(there), { lastUsedAtMs: 2000, operation: 'Sign' })
  assert.equal(store.seq, before + 1, 'one change for all')
  await uses.flush()
  assert.equal(store.seq, before + 1, 'what was written is not written again')
  uses.stop()
  assert.equal(timers.length, 0)
})

test('last uses: of two workers the later use stays', async () => {
  const { worker, lastOf } = await stage()
  const [one, other] = [worker(), worker()]
  one.noteKey(here, 'k', { lastUsedAtMs: 3000, operation: 'late' })
  other.noteKey(here, 'k', { lastUsedAtMs: 2000, operation: 'early' })
  await one.uses.flush()
  await other.uses.flush()
  assert.equal(lastOf()?.operation, 'late')
})

test('last uses: what the disk did not take is written the next time, but for what is newer by then', async () => {
  const { store, worker, lastOf } = await stage()
  let full = true
  const { uses, noteKey } = worker({
    async transact(run) {
      if (full) throw new CommitFailed(new Error('no space left on device'))
      return await store.transact(run)
    },
  })
  noteKey(here, 'k', { lastUsedAtMs: 1000, operation: 'old' })
  noteKey(there, 'k', { lastUsedAtMs: 1000, operation: 'kept' })
  const failing = uses.flush()
  noteKey(here, 'k', { lastUsedAtMs: 2000, operation: 'new' })
  await failing
  full = false
  await uses.flush()
  assert.equal(lastOf()?.operation, 'new')
  assert.equal(lastOf(there)?.operation, 'kept')
})

test('last uses: a bug is not taken for a full disk', async () => {
  const { worker } = await stage()
  const { uses, noteKey } = worker({ transact: () => Promise.reject(new Error('a bug')) })
  noteKey(here, 'k', { lastUsedAtMs: 1000, operation: 'Sign' })
  await assert.rejects(uses.flush(), /a bug/)
})

test('last uses: what was deleted stays so, and a namesake inherits nothing', async () => {
  const { store, worker, lastOf } = await stage()
  const { uses, noteKey, noteNamed } = worker()
  noteKey(here, 'k', { lastUsedAtMs: 1000, operation: 'Sign' })
  noteNamed(here, 'n', { lastUsedAtMs: 1000, id: 'first' })
  await store.transact((tx) => {
    tx.delete(keys, here, 'k')
    tx.put(named, here, 'n', { id: 'second' })
  })
  await uses.flush()
  assert.equal(lastOf(), undefined)
  assert.equal(store.read.get(namedUses, here, 'n'), undefined)
  noteNamed(here, 'n', { lastUsedAtMs: 500, id: 'second' })
  await uses.flush()
  assert.equal(store.read.get(namedUses, here, 'n')?.id, 'second')
})
