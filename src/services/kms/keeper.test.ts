// Goal: what happens to keys by itself happens on its day, wholly, once, after restarts and failures of the disk too; and what is not
// due is left alone.
// Method: a clock moved by hand; the keeper asked to work; stores that are opened anew or fail.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import { CommitFailed, createMemoryStore } from '#core/store/index.ts'
import type { LogEntry } from '#core/log.ts'
import {
  type AliasDocument,
  aliases,
  type GrantDocument,
  grants,
  type KeyDocument,
  keys,
  keyUses,
} from './documents.ts'
import { importMaterial } from './import-rig.test.ts'
import { createKeeper } from './keeper.ts'
import { here, newKey, refusal, region, rig, startMs } from './rig.test.ts'

const dayMs = 86_400_000
const scope = { account: here, region }
const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 9)), randomBytes })
const secret = Buffer.from('attack at dawn')

/** A grant on a key, as documents have them. */
function grantOn(key: KeyDocument): GrantDocument {
  return {
    grantId: 'f'.repeat(64),
    keyId: key.keyId,
    keyArn: key.arn,
    name: '',
    createdAtMs: startMs,
    issuingAccount: here,
    grantee: { type: 'AWS', name: 'AIDAX' },
    operations: ['Decrypt'],
  }
}

test('keeper: a deletion takes effect to the millisecond, and then takes everything along', async () => {
  const { admin, clock, keeper, store, events, writeUses } = await rig()
  const { id, arn } = await newKey(admin)
  const { id: other } = await newKey(admin)
  await admin.createAlias({ AliasName: 'alias/a', TargetKeyId: id })
  await admin.createAlias({ AliasName: 'alias/b', TargetKeyId: other })
  const { CiphertextBlob } = await admin.encrypt({ KeyId: id, Plaintext: secret })
  await writeUses()
  await store.transact((tx) => {
    const key = tx.get(keys, scope, id)
    assert.ok(key)
    tx.put(grants, scope, 'f'.repeat(64), grantOn(key))
  })
  await admin.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })

  clock.nowMs = startMs + 7 * dayMs - 1
  assert.equal(await keeper.sweep(), 0)
  assert.equal((await admin.describeKey({ KeyId: id })).KeyMetadata?.KeyState, 'PendingDeletion')
  clock.nowMs += 1
  // Gone before any sweep.
  for (const answer of [
    await refusal(admin.describeKey({ KeyId: id })),
    await refusal(admin.cancelKeyDeletion({ KeyId: id })),
    await refusal(admin.decrypt({ CiphertextBlob, KeyId: id })),
  ])
    assert.equal(answer, `NotFoundException: Key '${arn}' does not exist`)
  assert.match(await refusal(admin.describeKey({ KeyId: 'alias/a' })), /^NotFoundException/)
  assert.ok(store.read.get(keys, scope, id))

  assert.equal(await keeper.sweep(), 1)
  assert.equal(store.read.get(keys, scope, id), undefined)
  assert.equal(store.read.get(keyUses, scope, id), undefined)
  assert.deepEqual(store.read.find(grants, scope, 'key', id), [])
  assert.deepEqual(
    store.read.list<AliasDocument>(aliases, scope).map(({ id: name }) => name),
    ['alias/b'],
  )
  assert.deepEqual(events, [
    {
      service: 'kms',
      name: 'DeleteKey',
      account: here,
      region,
      nowMs: clock.nowMs,
      resource: arn,
      details: { keyId: id },
    },
  ])
  assert.equal(await keeper.sweep(), 0)
  assert.match(await refusal(admin.decrypt({ CiphertextBlob })), /^AccessDenied/)
})

test('keeper: after a restart, what became due while nobody ran is done, the latest and the oldest', async () => {
  const { admin, store } = await rig()
  const { id: deleted } = await newKey(admin)
  const { id: rotated } = await newKey(admin)
  const { id: expired } = await newKey(admin, { Origin: 'EXTERNAL' })
  const { id: cancelled } = await newKey(admin)
  await admin.scheduleKeyDeletion({ KeyId: deleted, PendingWindowInDays: 7 })
  await admin.enableKeyRotation({ KeyId: rotated, RotationPeriodInDays: 90 })
  await importMaterial(admin, expired, randomBytes(32), {
    ExpirationModel: 'KEY_MATERIAL_EXPIRES',
    ValidTo: new Date(startMs + 30 * dayMs),
  })
  await admin.scheduleKeyDeletion({ KeyId: cancelled })
  await admin.cancelKeyDeletion({ KeyId: cancelled })

  const later = createMemoryStore()
  await later.reset(store.snapshot())
  const nowMs = startMs + 2000 * dayMs
  const records: string[] = []
  later.tail((change) => records.push(...change.records))
  const keeper = createKeeper({
    store: later,
    seal,
    world: { nowMs: () => nowMs, randomBytes, every: () => () => {} },
    recordEvent: (event) => event.name,
    log: () => assert.fail('nothing goes wrong'),
  })
  const [first, same] = [keeper.sweep(), keeper.sweep()]
  assert.equal(first, same) // One sweep at a time.
  assert.equal(await first, 3)
  assert.equal(await keeper.sweep(), 0)
  assert.equal(later.read.get(keys, scope, deleted), undefined)
  assert.equal(later.read.get(keys, scope, rotated)?.materials.length, 2)
  assert.ok((later.read.get(keys, scope, rotated)?.rotation?.nextAtMs ?? 0) > nowMs)
  assert.equal(later.read.get(keys, scope, expired)?.materials[0]?.sealed, undefined)
  assert.equal(later.read.get(keys, scope, cancelled)?.materials.length, 1)
  // The records are in the change log, with the changes.
  assert.deepEqual(records.toSorted(), ['DeleteExpiredKeyMaterial', 'DeleteKey', 'RotateKey'])
  await keeper.close()
})

/** A store of many keys, of which every hundredth is due. */
async function crowd(count: number) {
  const { admin, store } = await rig()
  const { id } = await newKey(admin)
  const model = store.read.get(keys, scope, id)
  assert.ok(model)
  const many = createMemoryStore()
  await many.transact((tx) => {
    for (let at = 0; at < count; at += 1) {
      const keyId = `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000`
      const isDue = at % 100 === 0
      tx.put(keys, scope, keyId, {
        ...model,
        keyId,
        rotation: { periodDays: 365, nextAtMs: startMs + (isDue ? -1 : at) * 3_600_000 },
      })
    }
  })
  return many
}

test('keeper: of very many keys it looks at those that are due', async () => {
  const store = await crowd(20_000)
  let looked = 0
  const read = new Proxy(store.read, {
    get(target, name) {
      if (name !== 'findAnywhere') return Reflect.get(target, name) as unknown
      return (...args: Parameters<typeof target.findAnywhere<KeyDocument>>) => {
        const found = target.findAnywhere(...args)
        looked += found.length
        return found
      }
    },
  })
  const keeper = createKeeper({
    store: { read, transact: (run) => store.transact(run) },
    seal,
    world: { nowMs: () => startMs, randomBytes, every: () => () => {} },
    recordEvent: (event) => event.name,
    log: () => assert.fail('nothing goes wrong'),
  })
  assert.equal(await keeper.sweep(), 200)
  assert.ok(looked <= 202, `${looked} keys looked at`)
  assert.equal(await keeper.sweep(), 0)
})

test('keeper: a disk that fails stops the sweep, and the next one goes on; a key that is broken stops no other', async () => {
  const store = await crowd(1000)
  let broken = true
  const logged: LogEntry[] = []
  let recorded = 0
  const keeper = createKeeper({
    store: {
      read: store.read,
      transact: (run) =>
        broken ? Promise.reject(new CommitFailed(new Error('disk full'))) : store.transact(run),
    },
    seal,
    world: { nowMs: () => startMs, randomBytes, every: () => () => {} },
    recordEvent({ name, details }) {
      assert.ok(details['keyId']?.startsWith('00000300') !== true, 'planted')
      recorded += 1
      return name
    },
    log: (entry) => logged.push(entry),
  })
  assert.equal(await keeper.sweep(), 0)
  assert.deepEqual(logged, [])
  broken = false
  assert.equal(await keeper.sweep(), 9)
  assert.equal(recorded, 9)
  assert.deepEqual(
    logged.map(({ event }) => event),
    ['bug'],
  )
  // What failed changed nothing.
  const key = store.read.get(keys, scope, '00000300-0000-4000-8000-000000000000')
  assert.equal(key?.materials.length, 1)
})

test('keeper: it works at intervals until it is stopped', async () => {
  const store = await crowd(300)
  const tasks: (() => void)[] = []
  let stopped = 0
  const keeper = createKeeper({
    store,
    seal,
    world: {
      nowMs: () => startMs,
      randomBytes,
      every: (everyMs, task) => (assert.equal(everyMs, 30_000), tasks.push(task), () => (stopped += 1)),
    },
    recordEvent: (event) => event.name,
    log: () => assert.fail('nothing goes wrong'),
  })
  assert.equal(tasks.length, 1)
  tasks[0]?.()
  await keeper.close()
  assert.equal(stopped, 1)
  assert.equal(store.read.get(keys, scope, '00000000-0000-4000-8000-000000000000')?.materials.length, 2)
})
