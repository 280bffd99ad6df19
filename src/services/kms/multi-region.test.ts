// Goal: the keys of a set are one key in many regions: what one encrypts all decrypt, what is shared is alike on all of them after
// every change, and nobody makes or moves one without leave in both places.
// Method: AWS's own clients in several regions; the membership of every key compared after each step.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { KMS } from '@aws-sdk/client-kms'
import { importMaterial } from './import-rig.test.ts'
import { here, newKey, refusal, region, rig, startMs, type Statement } from './rig.test.ts'

const dayMs = 86_400_000
const secret = Buffer.from('attack at dawn')
const regions = [region, 'eu-west-1', 'ap-south-1'] as const

/** The administrator's clients in three regions. */
async function regional() {
  const made = await rig()
  const credentials = made.administrators.get(here)
  assert.ok(credentials)
  const [first, second, third] = regions
  const clients = new Map<string, KMS>([
    [first, made.admin],
    [second, made.as(credentials, second)],
    [third, made.as(credentials, third)],
  ])
  const at = (where: string): KMS => {
    const found = clients.get(where)
    assert.ok(found, where)
    return found
  }
  return { ...made, at }
}

const arnIn = (where: string, id: string) => `arn:aws:kms:${where}:${here}:key/${id}`

/** What a key says of its set. */
async function setOf(kms: KMS, KeyId: string) {
  const { KeyMetadata } = await kms.describeKey({ KeyId })
  const set = KeyMetadata?.MultiRegionConfiguration
  return {
    type: set?.MultiRegionKeyType,
    primary: set?.PrimaryKey?.Arn,
    replicas: set?.ReplicaKeys?.map(({ Arn }) => Arn),
  }
}

async function opens(kms: KMS, CiphertextBlob: Uint8Array | undefined): Promise<string | undefined> {
  const { Plaintext, KeyMaterialId } = await kms.decrypt({ CiphertextBlob })
  assert.deepEqual(Buffer.from(Plaintext ?? ''), secret)
  return KeyMaterialId
}

test('multi-Region: a replica has the same id and material, and everything else of its own', async () => {
  const { admin, at } = await regional()
  const tags = [{ TagKey: 'team', TagValue: 'red' }]
  const { id } = await newKey(admin, { MultiRegion: true, Description: 'first', Tags: tags })
  assert.match(id, /^mrk-[0-9a-f]{32}$/)
  await admin.createAlias({ AliasName: 'alias/a', TargetKeyId: id })
  const { ReplicaKeyMetadata, ReplicaPolicy, ReplicaTags } = await admin.replicateKey({
    KeyId: id,
    ReplicaRegion: 'eu-west-1',
    Description: 'second',
    Tags: [{ TagKey: 'team', TagValue: 'blue' }],
  })
  const eu = at('eu-west-1')
  assert.deepEqual(
    [ReplicaKeyMetadata?.Arn, ReplicaKeyMetadata?.KeyState, ReplicaKeyMetadata?.Description],
    [arnIn('eu-west-1', id), 'Enabled', 'second'],
  )
  assert.deepEqual(ReplicaTags, [{ TagKey: 'team', TagValue: 'blue' }])
  assert.equal(ReplicaPolicy, (await eu.getKeyPolicy({ KeyId: id })).Policy)
  assert.deepEqual((await eu.listAliases({ KeyId: id })).Aliases, [])
  assert.deepEqual((await admin.listResourceTags({ KeyId: id })).Tags, tags)

  const primary = arnIn(region, id)
  const replicas = [arnIn('eu-west-1', id)]
  assert.deepEqual(await setOf(admin, id), { type: 'PRIMARY', primary, replicas })
  assert.deepEqual(await setOf(eu, id), { type: 'REPLICA', primary, replicas })

  for (const [from, to] of [
    [admin, eu],
    [eu, admin],
  ] as const) {
    const { CiphertextBlob } = await from.encrypt({ KeyId: id, Plaintext: secret })
    await opens(to, CiphertextBlob)
  }
  // Each is switched off for itself.
  await eu.disableKey({ KeyId: id })
  await admin.encrypt({ KeyId: id, Plaintext: secret })
  assert.match(await refusal(eu.encrypt({ KeyId: id, Plaintext: secret })), /^DisabledException/)
})

test('multi-Region: what cannot be replicated or moved, and that nothing is left of it', async () => {
  const { admin, at, store } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true })
  const { id: single } = await newKey(admin)
  await admin.replicateKey({ KeyId: id, ReplicaRegion: 'eu-west-1' })
  const eu = at('eu-west-1')
  const nobody = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${here}:root` },
        Action: 'kms:Encrypt',
        Resource: '*',
      },
    ],
  })
  const ap = { KeyId: id, ReplicaRegion: 'ap-south-1' }
  const rows: readonly [name: string, call: () => Promise<unknown>, want: RegExp][] = [
    [
      'a single-Region key',
      () => admin.replicateKey({ ...ap, KeyId: single }),
      /^Unsupported.*not a multi-Region primary key/,
    ],
    ['a replica', () => eu.replicateKey(ap), /^Unsupported.*not a multi-Region primary key/],
    [
      'a region that has one',
      () => admin.replicateKey({ ...ap, ReplicaRegion: 'eu-west-1' }),
      /^AlreadyExists/,
    ],
    [
      'the primary’s own region',
      () => admin.replicateKey({ ...ap, ReplicaRegion: region }),
      /^AlreadyExists/,
    ],
    ['no region', () => admin.replicateKey({ ...ap, ReplicaRegion: 'Europe!' }), /^ValidationException/],
    [
      'a key that is not there',
      () => admin.replicateKey({ ...ap, KeyId: `mrk-${'0'.repeat(32)}` }),
      /^NotFound/,
    ],
    [
      'a policy that locks out',
      () => admin.replicateKey({ ...ap, Policy: nobody }),
      /^MalformedPolicyDocument/,
    ],
    ['a policy that is none', () => admin.replicateKey({ ...ap, Policy: '{' }), /^MalformedPolicyDocument/],
    [
      'a tag of AWS’s',
      () => admin.replicateKey({ ...ap, Tags: [{ TagKey: 'aws:x', TagValue: '' }] }),
      /^TagException/,
    ],
    [
      'to where no replica is',
      () => admin.updatePrimaryRegion({ KeyId: id, PrimaryRegion: 'ap-south-1' }),
      /^NotFound/,
    ],
    [
      'to where it is',
      () => admin.updatePrimaryRegion({ KeyId: id, PrimaryRegion: region }),
      /^ValidationException/,
    ],
    ['by a replica', () => eu.updatePrimaryRegion({ KeyId: id, PrimaryRegion: 'eu-west-1' }), /^Unsupported/],
    [
      'of a single-Region key',
      () => admin.updatePrimaryRegion({ KeyId: single, PrimaryRegion: 'eu-west-1' }),
      /^Unsupported/,
    ],
    ['a replica’s rotation', () => eu.enableKeyRotation({ KeyId: id }), /^Unsupported.*primary/],
    ['a replica’s rotation on demand', () => eu.rotateKeyOnDemand({ KeyId: id }), /^Unsupported.*primary/],
  ]
  const before = store.snapshot()
  for (const [name, call, want] of rows) {
    assert.match(await refusal(call()), want, name)
    assert.deepEqual(store.snapshot(), before, name)
  }
  assert.equal(rows.length, 15)
  await admin.replicateKey({ ...ap, Policy: nobody, BypassPolicyLockoutSafetyCheck: true })

  // Both must be Enabled.
  await eu.disableKey({ KeyId: id })
  const move = { KeyId: id, PrimaryRegion: 'eu-west-1' }
  assert.match(await refusal(admin.updatePrimaryRegion(move)), /^DisabledException: .*eu-west-1/)
  await eu.enableKey({ KeyId: id })
  await admin.disableKey({ KeyId: id })
  assert.match(await refusal(admin.updatePrimaryRegion(move)), /^DisabledException: .*us-east-1/)
})

test('multi-Region: leave is needed on the primary key and in the replica’s region', async () => {
  const { admin, user, as } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true })
  const { id: tagged } = await newKey(admin, { MultiRegion: true })
  await admin.replicateKey({ KeyId: tagged, ReplicaRegion: 'eu-west-1' })
  const allow = (Action: string, Condition?: Statement['Condition']): Statement => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...(Condition && { Condition }),
  })
  const inRegion = (where: string) => ({ StringEquals: { 'aws:RequestedRegion': where } })
  const put = allow('kms:PutKeyPolicy')
  const replicate = allow('kms:ReplicateKey', { StringEquals: { 'kms:ReplicaRegion': 'eu-west-1' } })
  const create = allow('kms:CreateKey', inRegion('eu-west-1'))
  const asked = { KeyId: id, ReplicaRegion: 'eu-west-1' }
  const root = { AWS: `arn:aws:iam::${here}:root` }
  const open = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }],
  })
  const Tags = [{ TagKey: 'team', TagValue: 'red' }]
  const move = { KeyId: tagged, PrimaryRegion: 'eu-west-1' }
  const rows: readonly [
    name: string,
    statements: readonly Statement[],
    call: (kms: KMS) => Promise<unknown>,
    want: RegExp,
  ][] = [
    ['nothing', [], (kms) => kms.replicateKey(asked), /^AccessDenied.*kms:ReplicateKey/],
    [
      'the primary key alone',
      [replicate, put],
      (kms) => kms.replicateKey(asked),
      /^AccessDenied.*kms:CreateKey/,
    ],
    [
      'another region',
      [replicate, create, put],
      (kms) => kms.replicateKey({ ...asked, ReplicaRegion: 'ap-south-1' }),
      /^AccessDenied/,
    ],
    [
      'keys in the primary’s region',
      [replicate, allow('kms:CreateKey', inRegion(region)), put],
      (kms) => kms.replicateKey(asked),
      /^AccessDenied.*kms:CreateKey/,
    ],
    [
      'primary keys only',
      [replicate, allow('kms:CreateKey', { StringEquals: { 'kms:MultiRegionKeyType': 'PRIMARY' } }), put],
      (kms) => kms.replicateKey(asked),
      /^AccessDenied.*kms:CreateKey/,
    ],
    [
      'no tagging',
      [replicate, create, put],
      (kms) => kms.replicateKey({ ...asked, Tags }),
      /^AccessDenied.*kms:TagResource/,
    ],
    [
      'no change of the policy later',
      [replicate, create],
      (kms) => kms.replicateKey({ ...asked, Policy: open }),
      /^MalformedPolicyDocument/,
    ],
    [
      'all of it',
      [replicate, create, put, allow('kms:TagResource', inRegion('eu-west-1'))],
      (kms) => kms.replicateKey({ ...asked, Tags }),
      /^no refusal/,
    ],
    [
      'to move: the primary key alone',
      [allow('kms:UpdatePrimaryRegion', inRegion(region))],
      (kms) => kms.updatePrimaryRegion(move),
      /^AccessDenied.*eu-west-1/,
    ],
    [
      'to move: the replica alone',
      [allow('kms:UpdatePrimaryRegion', inRegion('eu-west-1'))],
      (kms) => kms.updatePrimaryRegion(move),
      /^AccessDenied.*us-east-1/,
    ],
    [
      'to move: elsewhere',
      [allow('kms:UpdatePrimaryRegion', { StringEquals: { 'kms:PrimaryRegion': 'ap-south-1' } })],
      (kms) => kms.updatePrimaryRegion(move),
      /^AccessDenied/,
    ],
    [
      'to move: both',
      [allow('kms:UpdatePrimaryRegion', { StringEquals: { 'kms:PrimaryRegion': 'eu-west-1' } })],
      (kms) => kms.updatePrimaryRegion(move),
      /^no refusal/,
    ],
  ]
  for (const [index, [name, statements, call, want]] of rows.entries()) {
    const kms = as(await user(`user${index}`, statements))
    assert.match(await refusal(call(kms)), want, name)
  }
  assert.equal(rows.length, 12)
})

test('multi-Region: another region becomes the primary one, and all of the set know', async () => {
  const { admin, at } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true })
  await admin.replicateKey({ KeyId: id, ReplicaRegion: 'eu-west-1' })
  await admin.replicateKey({ KeyId: id, ReplicaRegion: 'ap-south-1' })
  await admin.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
  const check = async (primary: string) => {
    const replicas = regions
      .filter((one) => one !== primary)
      .toSorted()
      .map((one) => arnIn(one, id))
    for (const where of regions) {
      const type = where === primary ? 'PRIMARY' : 'REPLICA'
      assert.deepEqual(await setOf(at(where), id), { type, primary: arnIn(primary, id), replicas }, where)
      const { NextRotationDate } = await at(where).getKeyRotationStatus({ KeyId: id })
      assert.deepEqual(NextRotationDate, new Date(startMs + 90 * dayMs), where)
    }
  }
  await check(region)
  await admin.updatePrimaryRegion({ KeyId: id, PrimaryRegion: 'eu-west-1' })
  await check('eu-west-1')
  await at('eu-west-1').updatePrimaryRegion({ KeyId: id, PrimaryRegion: 'ap-south-1' })
  await check('ap-south-1')
  assert.match(await refusal(admin.disableKeyRotation({ KeyId: id })), /^UnsupportedOperation/)
})

test('multi-Region: a rotation reaches all of the set, by itself and on demand', async () => {
  const { admin, at, clock, keeper } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true })
  await admin.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
  await admin.replicateKey({ KeyId: id, ReplicaRegion: 'eu-west-1' })
  const eu = at('eu-west-1')
  const first = (await eu.encrypt({ KeyId: id, Plaintext: secret })).CiphertextBlob
  clock.nowMs = startMs + 90 * dayMs
  assert.equal(await keeper.sweep(), 1) // The replica is not rotated on its own.
  const second = (await eu.encrypt({ KeyId: id, Plaintext: secret })).CiphertextBlob
  await admin.rotateKeyOnDemand({ KeyId: id })
  const third = (await eu.encrypt({ KeyId: id, Plaintext: secret })).CiphertextBlob
  const ids = [await opens(admin, first), await opens(admin, second), await opens(admin, third)]
  assert.equal(new Set(ids).size, 3)
  const listed = async (kms: KMS) =>
    (await kms.listKeyRotations({ KeyId: id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations
  assert.deepEqual(await listed(eu), await listed(admin))
  assert.deepEqual(
    (await listed(eu))?.map(({ KeyMaterialId }) => KeyMaterialId),
    ids,
  )
})

test('multi-Region: a primary key waits for its replicas; then its own waiting period begins', async () => {
  const { admin, at, clock, keeper, events } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true })
  const eu = at('eu-west-1')
  const ap = at('ap-south-1')
  for (const ReplicaRegion of ['eu-west-1', 'ap-south-1'])
    await admin.replicateKey({ KeyId: id, ReplicaRegion })
  const state = async () => {
    const { KeyMetadata } = await admin.describeKey({ KeyId: id })
    return [KeyMetadata?.KeyState, KeyMetadata?.DeletionDate, KeyMetadata?.PendingDeletionWindowInDays]
  }
  const scheduled = await admin.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 10 })
  assert.deepEqual([scheduled.KeyState, scheduled.DeletionDate], ['PendingReplicaDeletion', undefined])
  await eu.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
  await ap.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 20 })

  clock.nowMs = startMs + 7 * dayMs
  assert.equal(await keeper.sweep(), 1)
  assert.deepEqual(await state(), ['PendingReplicaDeletion', undefined, 10])
  assert.deepEqual((await setOf(admin, id)).replicas, [arnIn('ap-south-1', id)])
  assert.deepEqual((await setOf(ap, id)).replicas, [arnIn('ap-south-1', id)])
  clock.nowMs = startMs + 20 * dayMs
  assert.equal(await keeper.sweep(), 1)
  assert.deepEqual(await state(), ['PendingDeletion', new Date(startMs + 30 * dayMs), undefined])
  clock.nowMs = startMs + 30 * dayMs
  assert.equal(await keeper.sweep(), 1)
  assert.match(await refusal(admin.describeKey({ KeyId: id })), /^NotFound/)
  assert.deepEqual(
    events.map(({ name, region: where }) => [name, where]),
    [
      ['DeleteKey', 'eu-west-1'],
      ['DeleteKey', 'ap-south-1'],
      ['DeleteKey', region],
    ],
  )
})

test('multi-Region: a replica whose time is over makes room at once, swept or not', async () => {
  const { admin, at, clock } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true })
  const eu = at('eu-west-1')
  const again = { KeyId: id, ReplicaRegion: 'eu-west-1' }
  await admin.replicateKey(again)
  await eu.createAlias({ AliasName: 'alias/a', TargetKeyId: id })
  await eu.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
  assert.match(await refusal(admin.replicateKey(again)), /^AlreadyExistsException/)
  clock.nowMs = startMs + 7 * dayMs
  await admin.replicateKey(again)
  assert.equal((await eu.describeKey({ KeyId: id })).KeyMetadata?.KeyState, 'Enabled')
  assert.deepEqual((await eu.listAliases()).Aliases, [])
  assert.deepEqual((await setOf(admin, id)).replicas, [arnIn('eu-west-1', id)])
})

test('multi-Region, imported: each region imports the same material itself, and all rotate at once', async () => {
  const { admin, at } = await regional()
  const { id } = await newKey(admin, { MultiRegion: true, Origin: 'EXTERNAL' })
  const eu = at('eu-west-1')
  const replicate = { KeyId: id, ReplicaRegion: 'eu-west-1' }
  assert.match(
    await refusal(admin.replicateKey(replicate)),
    /^KMSInvalidStateException: .* is pending import\.$/,
  )
  const [one, two] = [randomBytes(32), randomBytes(32)]
  const first = await importMaterial(admin, id, one)
  const { ReplicaKeyMetadata } = await admin.replicateKey(replicate)
  assert.equal(ReplicaKeyMetadata?.KeyState, 'PendingImport')
  assert.match(await refusal(importMaterial(eu, id, two)), /^IncorrectKeyMaterialException/)
  const NEW = { ImportType: 'NEW_KEY_MATERIAL' } as const
  assert.match(await refusal(importMaterial(eu, id, two, NEW)), /^UnsupportedOperationException.*primary/)
  const { KeyMaterialId } = await importMaterial(eu, id, one)
  assert.equal(KeyMaterialId, first.KeyMaterialId)
  const { CiphertextBlob } = await eu.encrypt({ KeyId: id, Plaintext: secret })
  assert.equal(await opens(admin, CiphertextBlob), first.KeyMaterialId)

  // New material: first the primary key, then the replica; both work meanwhile.
  const second = await importMaterial(admin, id, two, NEW)
  const pending = async (kms: KMS) =>
    (await kms.listKeyRotations({ KeyId: id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations?.map(
      ({ KeyMaterialState, ImportState }) => [KeyMaterialState, ImportState],
    )
  const current = ['CURRENT', 'IMPORTED']
  assert.deepEqual(await pending(admin), [current, ['PENDING_MULTI_REGION_IMPORT_AND_ROTATION', 'IMPORTED']])
  assert.deepEqual(await pending(eu), [
    current,
    ['PENDING_MULTI_REGION_IMPORT_AND_ROTATION', 'PENDING_IMPORT'],
  ])
  assert.match(await refusal(admin.rotateKeyOnDemand({ KeyId: id })), /^KMSInvalidStateException/)
  await eu.encrypt({ KeyId: id, Plaintext: secret })
  await importMaterial(eu, id, two)
  for (const kms of [admin, eu])
    assert.deepEqual(await pending(kms), [current, ['PENDING_ROTATION', 'IMPORTED']])

  // Taken away at the primary key, it is gone from both.
  await admin.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: second.KeyMaterialId })
  for (const kms of [admin, eu]) assert.deepEqual(await pending(kms), [current])
  const third = await importMaterial(admin, id, two, NEW)
  await importMaterial(eu, id, two)
  await admin.rotateKeyOnDemand({ KeyId: id })
  const fresh = await eu.encrypt({ KeyId: id, Plaintext: secret })
  assert.equal(await opens(admin, fresh.CiphertextBlob), third.KeyMaterialId)
  assert.equal(await opens(eu, CiphertextBlob), first.KeyMaterialId)

  // What one region loses, the other keeps.
  await eu.deleteImportedKeyMaterial({ KeyId: id })
  assert.match(await refusal(eu.encrypt({ KeyId: id, Plaintext: secret })), /is pending import/)
  await admin.encrypt({ KeyId: id, Plaintext: secret })
})
