// Goal: everything moves to the new root key while others write and seal; old keys stay as long as they are needed and no longer.
// Method: a store in memory, a note in a throw-away directory, and several seals that stand for workers; what each could open is
// asked at every step.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CustodyStopped, RootKeyCustody } from './root-key-custody.ts'
import {
  createRotatingSeal,
  loadRootKey,
  type RootKeys,
  rootKeysOf,
  type RootKeySource,
  sealedText,
} from './seal/index.ts'
import { ResealFailed, resealDocuments } from './sealed-documents.ts'
import { collection, createMemoryStore } from './store/index.ts'
import { systemWorld, type World } from './world.ts'

const source: RootKeySource = { kind: 'file' }
const scope = { account: '111111111111', region: 'global' }
const hour = 3_600_000
const material = sealedText('test-material', (id) => id)

interface Box {
  readonly list: readonly { readonly sealed: string }[]
  readonly turn: number
}
const boxes = collection<Box>({
  service: 'test',
  type: 'box',
  reseal: (box, id, move) => ({
    ...box,
    list: box.list.map(({ sealed }) => ({ sealed: material.move(move, id, sealed) })),
  }),
})

async function vault(t: TestContext, count = 200) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-custody-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const clock = { nowMs: 1000 * hour }
  const world: World = { ...systemWorld(), nowMs: () => clock.nowMs }
  const state = loadRootKey(source, directory, world.randomBytes)
  const store = createMemoryStore()
  const workers = [0, 1, 2].map(() => createRotatingSeal(rootKeysOf(state), world.randomBytes))
  const [first] = workers
  assert.ok(first)
  const events: string[] = []
  const spread = async (keys: RootKeys): Promise<void> => {
    for (const worker of workers) {
      await new Promise(setImmediate) // One after another, so that for a while they differ.
      worker.use(keys)
      for (const { seal } of workers) {
        const text = seal.seal('p', 'c', 'text')
        for (const other of workers) assert.ok(other.seal.tryOpen('p', 'c', text), 'every worker opens it')
      }
    }
    const noted = notedId(directory)
    events.push(`${keys.current.id === noted ? 'noted' : 'not noted'}, ${keys.previous.length} previous`)
  }
  const parts = { directory, store, seal: first.seal, spread, world, log: () => undefined }
  const custody = () =>
    new RootKeyCustody({ ...parts, source, state: loadRootKey(source, directory, world.randomBytes) })
  await store.transact((tx) => {
    for (let n = 0; n < count; n += 1) tx.put(boxes, scope, `box-${n}`, boxOf(first.seal, `box-${n}`))
  })
  const read = () => store.read.list(boxes, scope)
  return { directory, clock, store, workers, seal: first.seal, events, custody, read, state }
}

/** Read as it is: a start would settle what it finds. */
function notedId(directory: string): unknown {
  if (!statSync(join(directory, 'root-key.json')).isFile()) return undefined // A test put a directory there.
  const note = JSON.parse(readFileSync(join(directory, 'root-key.json'), 'utf8')) as { keyId: string } // Our own.
  return note.keyId
}

function boxOf(seal: Parameters<typeof material.seal>[0], id: string): Box {
  return {
    turn: 0,
    list: [{ sealed: material.seal(seal, id, 'one') }, { sealed: material.seal(seal, id, 'two') }],
  }
}

test('custody: every text moves, all workers open at all times, and the note comes before the first use', async (t) => {
  const { custody, events, read, seal, state } = await vault(t)
  const told: number[] = []
  const { keyId, resumed, resealed, kept } = await custody().rotate(undefined, (one) =>
    told.push(one.resealed),
  )
  assert.notEqual(keyId, state.current.id)
  assert.deepEqual({ resumed, resealed, kept }, { resumed: false, resealed: 200, kept: 1 })
  assert.deepEqual(told, [0, 64, 128, 192, 200])
  // First known to all while the old one is noted and used, then noted, then used.
  assert.deepEqual(events, ['noted, 1 previous', 'noted, 1 previous'])
  for (const { id, document } of read())
    for (const [position, { sealed }] of document.list.entries()) {
      assert.ok(sealed.startsWith(`rs1.${keyId}.`))
      assert.equal(material.open(seal, id, sealed).toString(), ['one', 'two'][position])
    }
  assert.equal(read().length, 200)
})

test('custody: writes meanwhile are kept, and what they sealed before moves too', async (t) => {
  const { custody, read, seal, store, workers, state } = await vault(t)
  const slow = workers[1]
  assert.ok(slow)
  const early = boxOf(slow.seal, 'late') // Sealed before the rotation, stored in its midst.
  let wrote = 0
  const { keyId } = await custody().rotate(undefined, () => {
    wrote += 1
    const n = wrote
    void store.transact((tx) => {
      const box = tx.get(boxes, scope, `box-${n}`)
      assert.ok(box)
      tx.put(boxes, scope, `box-${n}`, { ...box, turn: n })
      tx.delete(boxes, scope, `box-${100 + n}`)
      if (n === 2) tx.put(boxes, scope, 'late', early)
    })
  })
  assert.ok(wrote >= 5)
  const found = new Map(read().map(({ id, document }) => [id, document]))
  for (let n = 1; n < 5; n += 1) {
    assert.equal(found.get(`box-${n}`)?.turn, n)
    assert.equal(found.has(`box-${100 + n}`), false, 'what was deleted stays so')
  }
  const late = found.get('late')?.list[0]?.sealed ?? ''
  assert.equal(material.open(seal, 'late', late).toString(), 'one')
  for (const { list } of found.values()) assert.ok(list.every(({ sealed }) => sealed.includes(keyId)))
  assert.notEqual(keyId, state.current.id)
})

test('custody: cut off, it goes on without another key; twice more does nothing or rotates again', async (t) => {
  const { custody, read, events } = await vault(t)
  const cut = custody()
  await assert.rejects(
    cut.rotate(undefined, ({ resealed }) => void (resealed >= 64 && cut.stop())),
    CustodyStopped,
  )
  const ids = () =>
    new Set(read().flatMap(({ document }) => document.list.map((one) => one.sealed.slice(4, 20))))
  assert.equal(ids().size, 2)
  await assert.rejects(
    cut.rotate(undefined, () => undefined),
    CustodyStopped,
  )

  const again = custody()
  const [joined, alsoJoined] = await Promise.all([
    again.rotate(undefined, () => undefined),
    again.rotate(undefined, () => undefined),
  ])
  assert.deepEqual([joined.resumed, joined.resealed, alsoJoined.resealed], [true, 72, 0])
  assert.deepEqual([...ids()], [joined.keyId])
  const spreads = events.length
  await again.tend()
  assert.equal(events.length, spreads, 'there is nothing to tend')
  const next = await again.rotate(undefined, () => undefined)
  assert.notEqual(next.keyId, joined.keyId)
  assert.equal(next.kept, 2)
})

test('custody: a start finishes what was cut off by itself', async (t) => {
  const { custody, read } = await vault(t)
  const cut = custody()
  await assert.rejects(
    cut.rotate(undefined, () => void cut.stop()),
    CustodyStopped,
  )
  const next = custody()
  await next.tend()
  const { keyId } = await next.rotate(undefined, () => undefined)
  assert.ok(read().every(({ document }) => document.list.every(({ sealed }) => sealed.includes(keyId))))
})

test('custody: a retired key opens session tokens for 37 hours, and is then forgotten by all', async (t) => {
  const { custody, clock, workers, seal, directory, state } = await vault(t)
  const token = seal.seal('session-token', 'ASIA', 'statement')
  const one = custody()
  await one.rotate(undefined, () => undefined)
  const opens = () =>
    workers.map((worker) => worker.seal.tryOpen('session-token', 'ASIA', token) !== undefined)
  clock.nowMs += 37 * hour - 1
  await one.tend()
  assert.deepEqual(opens(), [true, true, true])
  clock.nowMs += 1
  await one.tend()
  assert.deepEqual(opens(), [false, false, false])
  const { retired, current } = loadRootKey(source, directory, systemWorld().randomBytes)
  assert.equal(retired.length, 0)
  assert.notEqual(current.id, state.current.id)
})

test('custody: a text that straggled in holds its key back until it has moved', async (t) => {
  const { custody, clock, store, seal, read } = await vault(t, 1)
  const straggler = boxOf(seal, 'straggler')
  const one = custody()
  const { keyId } = await one.rotate(undefined, () => undefined)
  await store.transact((tx) => tx.put(boxes, scope, 'straggler', straggler))
  clock.nowMs += 40 * hour
  await one.tend()
  assert.ok(read().every(({ document }) => document.list.every(({ sealed }) => sealed.includes(keyId))))
})

test('custody: what does not open is named, stays, and keeps the rotation unfinished', async (t) => {
  const { custody, store, seal, read, directory } = await vault(t)
  const wrong = { turn: 0, list: [{ sealed: material.seal(seal, 'elsewhere', 'one') }] }
  await store.transact((tx) => tx.put(boxes, scope, 'wrong', wrong))
  const one = custody()
  await assert.rejects(
    one.rotate(undefined, () => undefined),
    (error) =>
      error instanceof ResealFailed &&
      /^1 sealed documents do not open.*: test\/box wrong of 111111111111\/global; restore or delete/.test(
        error.message,
      ),
  )
  const { current, unfinished } = loadRootKey(source, directory, systemWorld().randomBytes)
  assert.ok(unfinished)
  for (const { id, document } of read())
    if (id !== 'wrong') assert.ok(document.list.every(({ sealed }) => sealed.includes(current.id)))
  await store.transact((tx) => tx.delete(boxes, scope, 'wrong'))
  assert.equal((await one.rotate(undefined, () => undefined)).resumed, true)
})

test('custody: documents of a type that nobody declared are not left behind in silence', async (t) => {
  const { store, seal } = await vault(t, 1)
  await store.reset([
    ...store.snapshot(),
    { ...scope, service: 'later', type: 'thing', id: 'x', document: { a: 1 } },
  ])
  await assert.rejects(
    resealDocuments(store, seal, () => undefined),
    /documents of the type later\/thing, which this version of Redoubt does not know/,
  )
})

test('custody: should noting fail, no further key is made before a start has looked', async (t) => {
  const { custody, directory, read, state } = await vault(t, 1)
  const one = custody()
  rmSync(join(directory, 'root-key.json'))
  mkdirSync(join(directory, 'root-key.json')) // What a rename cannot replace.
  await assert.rejects(one.rotate(undefined, () => undefined))
  await assert.rejects(
    one.rotate(undefined, () => undefined),
    /restart the server first/,
  )
  assert.ok(
    read().every(({ document }) => document.list.every(({ sealed }) => sealed.includes(state.current.id))),
  )
})
