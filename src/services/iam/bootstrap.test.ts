// Goal: a first start makes identities that work, in every partition, and the same start twice makes the same.
// Method: documents put into a store, and calls signed with what was handed out (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountId } from '#core/arn.ts'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { systemWorld } from '#core/world.ts'
import { type Founding, putAdministrator, putRootKey } from './bootstrap.ts'
import { accessKeys, users } from './documents.ts'
import { account, refusal, rig } from './rig.test.ts'

for (const partition of ['aws', 'aws-cn', 'aws-us-gov']) {
  test(`bootstrap: root and administrator may everything in ${partition}`, async () => {
    const { root, admin } = await rig(partition)
    assert.equal((await root.getUser({})).User?.Arn, `arn:${partition}:iam::${account}:root`)
    assert.equal((await admin.getUser({})).User?.Arn, `arn:${partition}:iam::${account}:user/admin`)
    assert.equal(await refusal(admin.createAccountAlias({ AccountAlias: 'ours' })), 'no refusal')
  })
}

function founding(owner: string): Founding {
  const { randomBytes } = systemWorld()
  const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 9)), randomBytes })
  return { account: owner as AccountId, partition: 'aws', nowMs: 1, randomBytes, seal } // Twelve digits, given below.
}

test('bootstrap: known credentials, twice, are the same administrator', async () => {
  const store = createMemoryStore()
  const known = { userName: 'Test', accessKeyId: 'test', secretAccessKey: 'test' }
  const put = () => store.transact((tx) => putAdministrator(tx, founding('000000000000'), known))
  assert.deepEqual(await put(), { accessKeyId: 'test', secretAccessKey: 'test' })
  const scope = globalScope('000000000000' as AccountId) // Twelve digits.
  const first = store.read.get(users, scope, 'test')
  await put()
  assert.deepEqual(store.read.get(users, scope, 'test'), first)
  assert.equal(store.read.count(accessKeys, scope), 1)
  const { sealedSecret } = store.read.get(accessKeys, scope, 'test') ?? { sealedSecret: '' }
  assert.equal(founding('000000000000').seal.open('access-key', 'test', sealedSecret).toString(), 'test')
})

test('bootstrap: a key id is one account’s', async () => {
  const store = createMemoryStore()
  const known = { userName: 'test', accessKeyId: 'test', secretAccessKey: 'test' }
  await store.transact((tx) => putAdministrator(tx, founding('000000000000'), known))
  await assert.rejects(
    store.transact((tx) => putAdministrator(tx, founding('111111111111'), known)),
    /The access key id test belongs to account 000000000000 already/,
  )
})

test('bootstrap: made-up credentials differ each time and carry their account', async () => {
  const store = createMemoryStore()
  const one = await store.transact((tx) => putRootKey(tx, founding(account)))
  const two = await store.transact((tx) => putRootKey(tx, founding(account)))
  assert.match(one.accessKeyId, /^AKIA[A-Z2-7]{16}$/)
  assert.notEqual(one.accessKeyId, two.accessKeyId)
  assert.notEqual(one.secretAccessKey, two.secretAccessKey)
})
