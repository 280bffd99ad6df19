// Goal: keys sign while they are active, are shown once, and are each their owner's alone.
// Method: keys made through AWS's own client sign calls themselves (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globalScope } from '#core/tables.ts'
import { accessKeys, accessKeyUses, users } from './documents.ts'
import { account, foundedAtMs, refusal, rig, type Rig } from './rig.test.ts'

async function keyOf({ admin }: Rig, UserName: string) {
  const { AccessKey } = await admin.createAccessKey({ UserName })
  assert.ok(AccessKey?.AccessKeyId && AccessKey.SecretAccessKey)
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

const invalidToken = 'InvalidClientTokenId: The security token included in the request is invalid.'

test('access keys: a key signs until it is made inactive or deleted', async () => {
  const cloud = await rig()
  const { admin, as } = cloud
  const key = await keyOf(cloud, 'admin')
  assert.match(key.accessKeyId, /^AKIA[A-Z2-7]{16}$/)
  assert.match(key.secretAccessKey, /^[A-Za-z0-9+/]{40}$/)
  const client = as(key)
  const set = (Status: 'Active' | 'Inactive') =>
    admin.updateAccessKey({ UserName: 'ADMIN', AccessKeyId: key.accessKeyId, Status })
  assert.equal(await refusal(client.getUser({})), 'no refusal')
  await set('Inactive')
  assert.equal(await refusal(client.getUser({})), invalidToken)
  await set('Active')
  assert.equal(await refusal(client.getUser({})), 'no refusal')
  await client.deleteAccessKey({ AccessKeyId: key.accessKeyId })
  assert.equal(await refusal(client.getUser({})), invalidToken)
})

test('access keys: the secret is shown once and stored sealed', async () => {
  const cloud = await rig()
  const key = await keyOf(cloud, 'admin')
  const stored = cloud.store.read.get(accessKeys, globalScope(account), key.accessKeyId)
  assert.ok(stored)
  const text = JSON.stringify([stored, await cloud.admin.listAccessKeys({})])
  assert.ok(!text.includes(key.secretAccessKey))
  assert.ok(!text.includes(Buffer.from(key.secretAccessKey).toString('base64url')))
})

test('access keys: a new key takes no other one’s id, though that was drawn', async () => {
  const ids = [7, 7, 9]
  let drawing = false
  // An id draws five bytes.
  const cloud = await rig('aws', undefined, (bytes) =>
    drawing && bytes.length === 5 ? bytes.fill(ids.shift() ?? 0) : bytes,
  )
  await cloud.admin.createUser({ UserName: 'bob' })
  drawing = true
  const first = await keyOf(cloud, 'admin')
  const second = await keyOf(cloud, 'bob')
  assert.deepEqual(ids, [])
  assert.notEqual(second.accessKeyId, first.accessKeyId)
  assert.equal((await cloud.as(first).getUser({})).User?.UserName, 'admin')
})

test('access keys: two keys an owner, inactive ones included, root too', async () => {
  const { admin, root, adminKey } = await rig()
  const want = 'LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2'
  await admin.updateAccessKey({ AccessKeyId: adminKey.accessKeyId, Status: 'Active' })
  const { AccessKey: second } = await admin.createAccessKey({})
  assert.equal(second?.UserName, 'admin')
  await admin.updateAccessKey({ AccessKeyId: second?.AccessKeyId, Status: 'Inactive' })
  assert.equal(await refusal(admin.createAccessKey({})), want)
  const { AccessKey: rootsSecond } = await root.createAccessKey({})
  assert.equal(rootsSecond?.UserName, undefined)
  assert.equal(await refusal(root.createAccessKey({})), want)
})

test('access keys: root lists and deletes its own, and no user can name them', async () => {
  const { root, admin, rootKey } = await rig()
  const { AccessKeyMetadata } = await root.listAccessKeys({})
  assert.deepEqual(AccessKeyMetadata, [
    { AccessKeyId: rootKey.accessKeyId, Status: 'Active', CreateDate: new Date(foundedAtMs) },
  ])
  assert.equal(
    await refusal(admin.deleteAccessKey({ AccessKeyId: rootKey.accessKeyId })),
    `NoSuchEntityException: The Access Key with id ${rootKey.accessKeyId} cannot be found.`,
  )
  await root.deleteAccessKey({ AccessKeyId: rootKey.accessKeyId })
  assert.equal(await refusal(root.getUser({})), invalidToken)
})

test('access keys: a key is found with its owner only', async () => {
  const cloud = await rig()
  const { admin } = cloud
  await admin.createUser({ UserName: 'bob' })
  const { accessKeyId: AccessKeyId } = await keyOf(cloud, 'bob')
  const absent = `NoSuchEntityException: The Access Key with id ${AccessKeyId} cannot be found.`
  assert.equal(await refusal(admin.deleteAccessKey({ AccessKeyId })), absent)
  assert.equal(await refusal(admin.updateAccessKey({ AccessKeyId, Status: 'Inactive' })), absent)
  assert.equal(
    await refusal(admin.updateAccessKey({ AccessKeyId, UserName: 'nobody', Status: 'Inactive' })),
    'NoSuchEntityException: The user with name nobody cannot be found.',
  )
  assert.equal(
    await refusal(admin.updateAccessKey({ AccessKeyId, UserName: 'bob', Status: 'Expired' })),
    'InvalidInputException: The status of an access key cannot be set to Expired.',
  )
  assert.equal(await refusal(admin.deleteAccessKey({ AccessKeyId, UserName: 'Bob' })), 'no refusal')
})

test('access keys: the last use is shown once it is written, and goes with its key', async () => {
  const { admin, as, clock, store, sessions, adminKey, rootKey, writeUses } = await rig()
  const AccessKeyId = adminKey.accessKeyId
  const shown = async () => (await admin.getAccessKeyLastUsed({ AccessKeyId })).AccessKeyLastUsed
  assert.deepEqual(await shown(), { ServiceName: 'N/A', Region: 'N/A' })
  clock.nowMs += 60_000
  await shown() // A read, which does not write.
  assert.deepEqual(await shown(), { ServiceName: 'N/A', Region: 'N/A' })
  await writeUses()
  const want = { LastUsedDate: new Date(foundedAtMs + 60_000), ServiceName: 'iam', Region: 'us-east-1' }
  assert.deepEqual(await shown(), want)
  assert.equal((await admin.getAccessKeyLastUsed({ AccessKeyId })).UserName, 'admin')
  assert.equal((await admin.getAccessKeyLastUsed({ AccessKeyId: rootKey.accessKeyId })).UserName, undefined)

  // A session of the same user is no use of its key, and has no record of its own.
  const name = 'admin'
  const uniqueId = store.read.get(users, globalScope(account), name)?.userId ?? ''
  const times = { issuedAtMs: clock.nowMs, expiresAtMs: clock.nowMs + 3_600_000 }
  await writeUses()
  const before = store.seq
  await as(sessions.mint(account, { kind: 'session', account, name, uniqueId, ...times }))
    .listUsers({})
    .catch(() => {})
  await writeUses()
  assert.equal(store.seq, before)

  await admin.createAccessKey({})
  await writeUses()
  assert.ok(store.read.get(accessKeyUses, globalScope(account), AccessKeyId))
  await admin.deleteAccessKey({ AccessKeyId }) // By this very key.
  await writeUses()
  assert.equal(store.read.get(accessKeyUses, globalScope(account), AccessKeyId), undefined)
})

test('access keys: who may not ask about everybody is not told whether a key exists', async () => {
  const { user, adminKey } = await rig()
  const Resource = `arn:aws:iam::${account}:user/clerk`
  const clerk = await user('clerk', { Effect: 'Allow', Action: 'iam:GetAccessKeyLastUsed', Resource })
  const ask = (AccessKeyId: string) => refusal(clerk.getAccessKeyLastUsed({ AccessKeyId }))
  assert.match(await ask(adminKey.accessKeyId), /^AccessDenied/)
  assert.match(await ask('AKIAAAAAAAAAAAAAAAAA'), /^AccessDenied/)
  const all = await user('all', { Effect: 'Allow', Action: 'iam:GetAccessKeyLastUsed', Resource: '*' })
  assert.equal(
    await refusal(all.getAccessKeyLastUsed({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })),
    'NoSuchEntityException: The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found.',
  )
})
