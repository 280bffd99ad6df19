// Goal: nothing that is stored sealed is left behind when the root key is rotated.
// Method: every document that a first start and `--dev` store is searched for sealed texts that no collection declares, and so is
// what every test of a service stores (test/in-process.ts has each store watched). The rule is tried on documents that break it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSeal, rootKeyOf, sealedText } from '#core/seal/index.ts'
import { collection, createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { makeDevState, makeFirstAccount } from '../../src/cli/first-start.ts'
import { layGround } from '../in-process.ts'
import { assertSealedTextsDeclared, sealedTextsIn, undeclaredSealedTexts } from '../sealed-texts.ts'

const world = systemWorld()
const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 5)), randomBytes: world.randomBytes })

test('sealed texts: all that the first starts store are declared', async () => {
  const first = { world, seal }
  for (const [name, make, want] of [
    ['a first start', makeFirstAccount, 2],
    ['--dev', makeDevState, 1],
  ] as const) {
    const store = createMemoryStore()
    const settings = { partition: 'aws', dev: name === '--dev' ? [] : undefined }
    await store.transact((tx) => void make(tx, { ...first, settings }))
    const documents = store.snapshot()
    assert.equal(sealedTextsIn(documents).length, want, name)
    assert.deepEqual(documents.flatMap(undeclaredSealedTexts), [], name)
  }
})

interface Material {
  readonly sealed: string
}
const material = sealedText('test-material', (id) => id)
const nested = collection<{ readonly materials: readonly Material[]; readonly other?: string }>({
  service: 'test',
  type: 'nested',
  reseal: (document, id, move) => ({
    ...document,
    materials: document.materials.map((each) => ({ sealed: material.move(move, id, each.sealed) })),
  }),
})

test('sealed texts: the rule sees what a declaration leaves out, in lists too', async () => {
  const [one, two] = [material.seal(seal, 'id', 'one'), material.seal(seal, 'id', 'two')]
  const place = { account: '1', region: 'global', service: 'test', id: 'id' }
  const rows: readonly [document: object, type: string, want: readonly string[]][] = [
    [{ materials: [{ sealed: one }, { sealed: two }] }, 'nested', []],
    [{ materials: [{ sealed: one }], other: two }, 'nested', [two]],
    [{ materials: [{ sealed: one }] }, 'no-such-type', [one]],
  ]
  for (const [document, type, want] of rows)
    assert.deepEqual(undeclaredSealedTexts({ ...place, type, document }), want)
  assert.equal(rows.length, 3)

  const heard: unknown[] = []
  const store = createMemoryStore({ onBug: (error) => heard.push(error) })
  store.tail(assertSealedTextsDeclared)
  await store.transact((tx) => tx.put(nested, place, 'id', { materials: [{ sealed: one }] }))
  assert.equal(heard.length, 0)
  await store.transact((tx) => tx.put(nested, place, 'id', { materials: [], other: two }))
  assert.match(String(heard[0]), /test\/nested does not declare a sealed text/)
  assert.ok(layGround(1).store, "the services' tests use such a store")
})
