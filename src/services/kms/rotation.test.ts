// Goal: rotations come when they should, to the keys that can have them; what was encrypted before still decrypts, also after a restart.
// Method: AWS's own client, a clock moved by hand, the keeper asked to work when the test says so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KMS, RotationsListEntry } from '@aws-sdk/client-kms'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import { keys } from './documents.ts'
import { createKeyRing } from './key-ring.ts'
import { here, newKey, refusal, region, rig, startMs } from './rig.test.ts'

const dayMs = 86_400_000
const secret = Buffer.from('attack at dawn')

/** What is encrypted under the current material, and the material's id. */
async function encrypted(kms: KMS, KeyId: string) {
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: secret })
  assert.ok(CiphertextBlob)
  return { CiphertextBlob, id: await materialOf(kms, CiphertextBlob) }
}

async function materialOf(kms: KMS, CiphertextBlob: Uint8Array): Promise<string | undefined> {
  const { Plaintext, KeyMaterialId } = await kms.decrypt({ CiphertextBlob })
  assert.deepEqual(Buffer.from(Plaintext ?? ''), secret)
  return KeyMaterialId
}

async function rotations(kms: KMS, KeyId: string, all = false): Promise<readonly RotationsListEntry[]> {
  const IncludeKeyMaterial = all ? 'ALL_KEY_MATERIAL' : 'ROTATIONS_ONLY'
  return (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial })).Rotations ?? []
}

test('rotation: periods, their default, and the last one that is kept', async () => {
  const { admin, clock } = await rig()
  const { id: KeyId } = await newKey(admin)
  const status = async () => {
    const { $metadata: _, ...shown } = await admin.getKeyRotationStatus({ KeyId })
    return shown
  }
  assert.deepEqual(await status(), { KeyId, KeyRotationEnabled: false })
  const on = (days: number, sinceMs: number) => ({
    KeyId,
    KeyRotationEnabled: true,
    RotationPeriodInDays: days,
    NextRotationDate: new Date(sinceMs + days * dayMs),
  })
  await admin.enableKeyRotation({ KeyId })
  assert.deepEqual(await status(), on(365, startMs))
  clock.nowMs += dayMs
  await admin.enableKeyRotation({ KeyId }) // The same once more: the schedule stays.
  assert.deepEqual(await status(), on(365, startMs))
  await admin.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
  assert.deepEqual(await status(), on(90, startMs + dayMs))
  await admin.disableKeyRotation({ KeyId })
  assert.deepEqual(await status(), { KeyId, KeyRotationEnabled: false })
  await admin.enableKeyRotation({ KeyId })
  assert.deepEqual(await status(), on(90, startMs + dayMs))
  for (const RotationPeriodInDays of [89, 2561, 0, -1]) {
    assert.match(
      await refusal(admin.enableKeyRotation({ KeyId, RotationPeriodInDays })),
      /^ValidationException/,
    )
  }
  assert.deepEqual(await status(), on(90, startMs + dayMs))

  await admin.scheduleKeyDeletion({ KeyId })
  assert.deepEqual(await status(), { KeyId, KeyRotationEnabled: false })
  await admin.cancelKeyDeletion({ KeyId })
  assert.deepEqual(await status(), on(90, startMs + dayMs))
})

test('rotation: it comes on its day, and not before; old ciphertexts decrypt, new ones are under the new material', async () => {
  const { admin, clock, keeper, events, store } = await rig()
  const { id: KeyId, arn } = await newKey(admin)
  await admin.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
  const first = await encrypted(admin, KeyId)
  clock.nowMs = startMs + 90 * dayMs - 1
  assert.equal(await keeper.sweep(), 0)
  clock.nowMs += 1
  assert.equal(await keeper.sweep(), 1)
  assert.equal(await keeper.sweep(), 0)
  const second = await encrypted(admin, KeyId)
  assert.notEqual(first.id, second.id)
  assert.equal(await materialOf(admin, first.CiphertextBlob), first.id)

  const moved = await admin.reEncrypt({ CiphertextBlob: first.CiphertextBlob, DestinationKeyId: KeyId })
  assert.deepEqual([moved.SourceKeyMaterialId, moved.DestinationKeyMaterialId], [first.id, second.id])

  assert.deepEqual(await rotations(admin, KeyId), [
    {
      KeyId,
      KeyMaterialId: second.id,
      KeyMaterialState: 'CURRENT',
      RotationDate: new Date(clock.nowMs),
      RotationType: 'AUTOMATIC',
    },
  ])
  const all = await rotations(admin, KeyId, true)
  assert.deepEqual(
    all.map(({ KeyMaterialId, KeyMaterialState }) => [KeyMaterialId, KeyMaterialState]),
    [
      [first.id, 'NON_CURRENT'],
      [second.id, 'CURRENT'],
    ],
  )
  assert.deepEqual(events, [
    {
      service: 'kms',
      name: 'RotateKey',
      account: here,
      region,
      nowMs: clock.nowMs,
      resource: arn,
      details: { keyId: KeyId, rotationType: 'AUTOMATIC' },
    },
  ])

  // After a restart: a new ring, over the same documents.
  const { randomBytes } = await import('node:crypto')
  const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 9)), randomBytes })
  const ring = createKeyRing({ store, seal })
  const key = store.read.get(keys, { account: here, region }, KeyId)
  assert.ok(key)
  for (const { id } of [first, second]) assert.equal(ring.open(key, id).materialId, id)
  ring.stop()
})

test('rotation: periods that went by are not made up for; a disabled key waits until it is enabled', async () => {
  const { admin, clock, keeper } = await rig()
  const { id: KeyId } = await newKey(admin)
  await admin.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 })
  await admin.disableKey({ KeyId })
  clock.nowMs = startMs + 250 * dayMs
  assert.equal(await keeper.sweep(), 0)
  await admin.enableKey({ KeyId })
  assert.equal(await keeper.sweep(), 1)
  assert.equal((await rotations(admin, KeyId)).length, 1)
  const { NextRotationDate } = await admin.getKeyRotationStatus({ KeyId })
  assert.deepEqual(NextRotationDate, new Date(startMs + 300 * dayMs))
})

test('rotation on demand: 25 of them, beside the schedule, and not just before it', async () => {
  const { admin, clock, events } = await rig()
  const { id: KeyId } = await newKey(admin)
  await admin.enableKeyRotation({ KeyId })
  const { NextRotationDate: scheduled } = await admin.getKeyRotationStatus({ KeyId })
  const made = [await encrypted(admin, KeyId)]
  for (let count = 0; count < 25; count += 1) {
    clock.nowMs += 1000
    assert.equal((await admin.rotateKeyOnDemand({ KeyId })).KeyId, KeyId)
    made.push(await encrypted(admin, KeyId))
  }
  assert.equal(new Set(made.map(({ id }) => id)).size, 26)
  for (const { CiphertextBlob, id } of made) assert.equal(await materialOf(admin, CiphertextBlob), id)
  assert.match(await refusal(admin.rotateKeyOnDemand({ KeyId })), /^LimitExceededException/)
  assert.deepEqual((await admin.getKeyRotationStatus({ KeyId })).NextRotationDate, scheduled)
  assert.equal(events.filter(({ name }) => name === 'RotateKey').length, 25)

  const { id: other } = await newKey(admin)
  await admin.enableKeyRotation({ KeyId: other, RotationPeriodInDays: 90 })
  const { NextRotationDate } = await admin.getKeyRotationStatus({ KeyId: other })
  clock.nowMs = Number(NextRotationDate) - 20 * 60_000
  assert.match(await refusal(admin.rotateKeyOnDemand({ KeyId: other })), /^ConflictException/)
  clock.nowMs -= 1
  await admin.rotateKeyOnDemand({ KeyId: other })

  // All of them, page by page.
  const shown: (string | undefined)[] = []
  let pages = 0
  for (let Marker: string | undefined; ; pages += 1) {
    const page = await admin.listKeyRotations({
      KeyId,
      Limit: 10,
      IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
      Marker,
    })
    shown.push(...(page.Rotations ?? []).map(({ KeyMaterialId }) => KeyMaterialId))
    if (page.Truncated !== true) break
    Marker = page.NextMarker
  }
  assert.deepEqual(
    shown,
    made.map(({ id }) => id),
  )
  assert.equal(pages, 2)
  assert.match(await refusal(admin.listKeyRotations({ KeyId, Marker: 'x' })), /^InvalidMarkerException/)
})

test('rotation: an AWS managed key rotates every year by itself, and nobody can stop it', async () => {
  const { admin, clock, keeper } = await rig()
  const { KeyMetadata } = await admin.describeKey({ KeyId: 'alias/aws/lambda' })
  const KeyId = KeyMetadata?.KeyId ?? ''
  const status = await admin.getKeyRotationStatus({ KeyId })
  assert.deepEqual([status.KeyRotationEnabled, status.RotationPeriodInDays], [true, 365])
  for (const change of [
    admin.disableKeyRotation({ KeyId }),
    admin.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 }),
    admin.rotateKeyOnDemand({ KeyId }),
  ])
    assert.match(await refusal(change), /^AccessDenied/)
  clock.nowMs = startMs + 365 * dayMs
  assert.equal(await keeper.sweep(), 1)
  assert.equal((await rotations(admin, KeyId)).length, 1)
})

test('rotation: leave is asked with the period', async () => {
  const { admin, user, as } = await rig()
  const { id: KeyId } = await newKey(admin)
  const credentials = await user('rotator', [
    {
      Effect: 'Allow',
      Action: 'kms:EnableKeyRotation',
      Resource: '*',
      Condition: { NumericLessThanEquals: { 'kms:RotationPeriodInDays': '180' } },
    },
  ])
  const rotator = as(credentials)
  for (const RotationPeriodInDays of [181, undefined]) {
    assert.match(await refusal(rotator.enableKeyRotation({ KeyId, RotationPeriodInDays })), /^AccessDenied/)
  }
  await rotator.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 })
})
