// Goal: material comes into a key as AWS's customers bring it, once and for all the same, for as long as it was meant to; nothing else
// comes in, and a refusal leaves nothing.
// Method: AWS's own client; material wrapped with node:crypto, not with our own code; a clock moved by hand.
import assert from 'node:assert/strict'
import { createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { AlgorithmSpec, KMS, WrappingKeySpec } from '@aws-sdk/client-kms'
import { keys } from './documents.ts'
import { importMaterial, importParameters } from './import-rig.test.ts'
import { here, newKey, refusal, region, rig, startMs } from './rig.test.ts'

const dayMs = 86_400_000
const secret = Buffer.from('attack at dawn')
const external = { Origin: 'EXTERNAL' } as const
const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const

async function stateOf(kms: KMS, KeyId: string) {
  return (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState
}

async function roundTrip(kms: KMS, KeyId: string): Promise<Uint8Array> {
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: secret })
  assert.ok(CiphertextBlob)
  assert.deepEqual(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext ?? ''), secret)
  return CiphertextBlob
}

test('import: every way of wrapping a symmetric key', async () => {
  const { admin } = await rig()
  const rows: readonly [algorithm: AlgorithmSpec, spec: WrappingKeySpec][] = [
    ['RSAES_OAEP_SHA_1', 'RSA_2048'],
    ['RSAES_OAEP_SHA_256', 'RSA_2048'],
    ['RSAES_OAEP_SHA_256', 'RSA_3072'],
    ['RSAES_OAEP_SHA_256', 'RSA_4096'],
  ]
  for (const [algorithm, wrappingKeySpec] of rows) {
    const { id, arn } = await newKey(admin, external)
    assert.equal(await stateOf(admin, id), 'PendingImport')
    const answer = await importMaterial(admin, id, randomBytes(32), { algorithm, wrappingKeySpec })
    assert.equal(answer.KeyId, arn)
    assert.match(answer.KeyMaterialId ?? '', /^[0-9a-f]{64}$/)
    const { KeyMetadata } = await admin.describeKey({ KeyId: id })
    assert.deepEqual(
      [KeyMetadata?.KeyState, KeyMetadata?.ExpirationModel, KeyMetadata?.CurrentKeyMaterialId],
      ['Enabled', 'KEY_MATERIAL_DOES_NOT_EXPIRE', answer.KeyMaterialId],
    )
    await roundTrip(admin, id)
  }
  assert.equal(rows.length, 4)
})

test('import: ways of wrapping that do not suit the key are refused', async () => {
  const { admin } = await rig()
  const { id: symmetric } = await newKey(admin, external)
  const { id: rsa } = await newKey(admin, { ...external, KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
  const { id: own } = await newKey(admin)
  const rows: readonly [KeyId: string, WrappingAlgorithm: AlgorithmSpec, WrappingKeySpec: WrappingKeySpec][] =
    [
      [symmetric, 'RSAES_PKCS1_V1_5', 'RSA_2048'],
      [symmetric, 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_2048'],
      [symmetric, 'SM2PKE', 'SM2'],
      [rsa, 'RSAES_OAEP_SHA_256', 'RSA_4096'],
      [own, 'RSAES_OAEP_SHA_256', 'RSA_2048'],
    ]
  for (const [KeyId, WrappingAlgorithm, WrappingKeySpec] of rows) {
    const answer = await refusal(admin.getParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec }))
    assert.match(answer, /^UnsupportedOperationException/, WrappingAlgorithm)
  }
  assert.equal(rows.length, 5)
})

test('import: an asymmetric key signs as its owner would, an HMAC key as its owner', async () => {
  const { admin } = await rig()
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { id } = await newKey(admin, { ...external, KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
  const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
  const way = { algorithm: 'RSA_AES_KEY_WRAP_SHA_256' } as const
  const { KeyMaterialId } = await importMaterial(admin, id, pkcs8, way)
  assert.equal(KeyMaterialId, undefined)
  const { Signature } = await admin.sign({
    KeyId: id,
    Message: secret,
    SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
  })
  assert.ok(
    createVerify('sha256')
      .update(secret)
      .verify(pair.publicKey, Signature ?? new Uint8Array()),
  )
  const own = createSign('sha256').update(secret).sign(pair.privateKey)
  assert.deepEqual(Buffer.from(Signature ?? ''), own)

  // One material, ever.
  const another = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'der',
    type: 'pkcs8',
  })
  assert.match(await refusal(importMaterial(admin, id, another, way)), /^IncorrectKeyMaterialException/)
  await admin.deleteImportedKeyMaterial({ KeyId: id })
  assert.equal(await stateOf(admin, id), 'PendingImport')
  assert.match(await refusal(importMaterial(admin, id, another, way)), /^IncorrectKeyMaterialException/)
  await importMaterial(admin, id, pkcs8, way)
  assert.equal(await stateOf(admin, id), 'Enabled')
  for (const members of [
    { ImportType: 'NEW_KEY_MATERIAL' },
    { ImportType: 'EXISTING_KEY_MATERIAL' },
    { KeyMaterialDescription: 'mine' },
    { KeyMaterialId: '0'.repeat(64) },
  ] as const)
    assert.match(
      await refusal(importMaterial(admin, id, pkcs8, { ...way, ...members })),
      /^UnsupportedOperationException/,
    )

  const { id: hmac } = await newKey(admin, {
    ...external,
    KeySpec: 'HMAC_256',
    KeyUsage: 'GENERATE_VERIFY_MAC',
  })
  const material = randomBytes(32)
  await importMaterial(admin, hmac, material)
  const { Mac } = await admin.generateMac({ KeyId: hmac, Message: secret, MacAlgorithm: 'HMAC_SHA_256' })
  const { createHmac } = await import('node:crypto')
  assert.deepEqual(Buffer.from(Mac ?? ''), createHmac('sha256', material).update(secret).digest())
})

test('import: what must not come in is refused in AWS’s words, and nothing is stored', async () => {
  const { admin, as, administrators, clock, store } = await rig()
  const { id } = await newKey(admin, external)
  const { id: other } = await newKey(admin, external)
  const { id: ec } = await newKey(admin, { ...external, KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  const { id: mrk } = await newKey(admin, { ...external, MultiRegion: true })
  const mine = await importParameters(admin, id)
  const theirs = await importParameters(admin, other)
  const pairs = await importParameters(admin, ec)
  const ecPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const pkcs8 = { format: 'der', type: 'pkcs8' } as const
  const material = randomBytes(32)
  const { ImportToken } = mine
  const EncryptedKeyMaterial = mine.wrap(material)
  const good = { KeyId: id, ImportToken, EncryptedKeyMaterial, ...forever }
  const flip = (bytes: Uint8Array | undefined, at: number) =>
    Uint8Array.from(bytes ?? [], (byte, index) => (index === at ? byte ^ 1 : byte))
  const onEc = { KeyId: ec, ImportToken: pairs.ImportToken, ...forever }
  const ended = new Date(startMs)

  const rows: readonly [name: string, input: Parameters<KMS['importKeyMaterial']>[0], want: RegExp][] = [
    ['another key’s token', { ...good, ImportToken: theirs.ImportToken }, /^InvalidImportTokenException/],
    ['a changed token', { ...good, ImportToken: flip(ImportToken, 60) }, /^InvalidImportTokenException/],
    ['no token at all', { ...good, ImportToken: Buffer.from('token') }, /^InvalidImportTokenException/],
    [
      'a changed wrapping',
      { ...good, EncryptedKeyMaterial: flip(EncryptedKeyMaterial, 9) },
      /^InvalidCiphertext/,
    ],
    [
      'a short wrapping',
      { ...good, EncryptedKeyMaterial: EncryptedKeyMaterial.slice(1) },
      /^InvalidCiphertext/,
    ],
    ['wrapped for another', { ...good, EncryptedKeyMaterial: theirs.wrap(material) }, /^InvalidCiphertext/],
    [
      'too short a key',
      { ...good, EncryptedKeyMaterial: mine.wrap(randomBytes(31)) },
      /^IncorrectKeyMaterial/,
    ],
    [
      'too long a key',
      { ...good, EncryptedKeyMaterial: mine.wrap(randomBytes(33)) },
      /^IncorrectKeyMaterial/,
    ],
    ['no key', { ...onEc, EncryptedKeyMaterial: pairs.wrap(randomBytes(138)) }, /^IncorrectKeyMaterial/],
    [
      'a public key',
      { ...onEc, EncryptedKeyMaterial: pairs.wrap(ecPair.publicKey.export({ format: 'der', type: 'spki' })) },
      /^IncorrectKeyMaterial/,
    ],
    [
      'a key of another curve',
      { ...onEc, EncryptedKeyMaterial: pairs.wrap(p384.privateKey.export(pkcs8)) },
      /^IncorrectKeyMaterial/,
    ],
    [
      'no end, by default one',
      { ...good, ExpirationModel: undefined },
      /^ValidationException: A validTo date/,
    ],
    ['an end, and none', { ...good, ValidTo: new Date(startMs + 1) }, /^ValidationException/],
    [
      'an end that is over',
      { ...good, ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: ended },
      /^ValidationEx/,
    ],
    [
      'an end beyond a year',
      { ...good, ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(startMs + 366 * dayMs) },
      /^ValidationException/,
    ],
    ['known, but nothing is', { ...good, ImportType: 'EXISTING_KEY_MATERIAL' }, /^IncorrectKeyMaterial/],
    [
      'new, with an id',
      { ...good, ImportType: 'NEW_KEY_MATERIAL', KeyMaterialId: '0'.repeat(64) },
      /^ValidationException/,
    ],
  ]
  const before = store.snapshot()
  for (const [name, input, want] of rows) {
    assert.match(await refusal(admin.importKeyMaterial(input)), want, name)
    assert.deepEqual(store.snapshot(), before, name)
  }
  assert.equal(rows.length, 17)

  // A token of another region's key of the same id.
  const credentials = administrators.get(here)
  assert.ok(credentials)
  await importMaterial(admin, mrk, material)
  await admin.replicateKey({ KeyId: mrk, ReplicaRegion: 'eu-west-1' })
  const primary = await importParameters(admin, mrk)
  const there = as(credentials, 'eu-west-1')
  assert.match(
    await refusal(
      there.importKeyMaterial({
        KeyId: mrk,
        ImportToken: primary.ImportToken,
        EncryptedKeyMaterial: primary.wrap(material),
        ...forever,
      }),
    ),
    /^InvalidImportTokenException/,
  )

  // A token lives a day, to the millisecond.
  assert.deepEqual(mine.ParametersValidTo, new Date(startMs + dayMs))
  clock.nowMs = startMs + dayMs
  assert.match(await refusal(admin.importKeyMaterial(good)), /^ExpiredImportTokenException/)
  clock.nowMs -= 1
  await admin.importKeyMaterial(good)
  await admin.importKeyMaterial(good) // Once more does no harm.
})

test('import: expiry takes effect to the millisecond, destroys the material, and the same can come again', async () => {
  const { admin, clock, keeper, events, store } = await rig()
  const { id } = await newKey(admin, external)
  const material = randomBytes(32)
  const ValidTo = new Date(startMs + 10 * dayMs)
  await importMaterial(admin, id, material, { ValidTo, ExpirationModel: 'KEY_MATERIAL_EXPIRES' })
  const { KeyMetadata } = await admin.describeKey({ KeyId: id })
  assert.deepEqual([KeyMetadata?.ExpirationModel, KeyMetadata?.ValidTo], ['KEY_MATERIAL_EXPIRES', ValidTo])
  const CiphertextBlob = await roundTrip(admin, id)
  const sealed = () =>
    store.read.get(keys, { account: here, region }, id)?.materials.filter((one) => one.sealed !== undefined)
      .length

  clock.nowMs = Number(ValidTo) - 1
  assert.equal(await keeper.sweep(), 0)
  await roundTrip(admin, id)
  clock.nowMs += 1
  // Before any sweep.
  assert.equal(await stateOf(admin, id), 'PendingImport')
  assert.match(
    await refusal(admin.decrypt({ CiphertextBlob })),
    /^KMSInvalidStateException: .* is pending import\.$/,
  )
  assert.equal(sealed(), 1)
  assert.equal(await keeper.sweep(), 1)
  assert.equal(sealed(), 0)
  assert.deepEqual(
    events.map(({ name, details }) => [name, details]),
    [['DeleteExpiredKeyMaterial', { keyId: id }]],
  )

  assert.match(await refusal(importMaterial(admin, id, randomBytes(32))), /^IncorrectKeyMaterialException/)
  await importMaterial(admin, id, material)
  const again = await admin.decrypt({ CiphertextBlob })
  assert.deepEqual(Buffer.from(again.Plaintext ?? ''), secret)
  assert.equal(await keeper.sweep(), 0)
})

test('import: deletion, descriptions, and ids of material', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin, external)
  const material = randomBytes(32)
  const first = await importMaterial(admin, id, material, { KeyMaterialDescription: 'from the safe' })
  const entry = async () =>
    (await admin.listKeyRotations({ KeyId: id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations?.map(
      (one) => [
        one.KeyMaterialId,
        one.KeyMaterialState,
        one.ImportState,
        one.KeyMaterialDescription,
        one.ExpirationModel,
      ],
    )
  const { KeyMaterialId } = first
  const shown = [KeyMaterialId, 'CURRENT', 'IMPORTED', 'from the safe', 'KEY_MATERIAL_DOES_NOT_EXPIRE']
  assert.deepEqual(await entry(), [shown])
  assert.match(
    await refusal(admin.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: '0'.repeat(64) })),
    /^NotFoundException/,
  )
  const deleted = await admin.deleteImportedKeyMaterial({ KeyId: id })
  assert.equal(deleted.KeyMaterialId, KeyMaterialId)
  assert.deepEqual(await entry(), [[KeyMaterialId, 'CURRENT', 'PENDING_IMPORT', 'from the safe', undefined]])
  assert.match(
    await refusal(importMaterial(admin, id, material, { KeyMaterialId: '0'.repeat(64) })),
    /^IncorrectKeyMaterialException/,
  )
  const again = await importMaterial(
    admin,
    id,
    material,
    KeyMaterialId === undefined ? {} : { KeyMaterialId },
  )
  assert.equal(again.KeyMaterialId, KeyMaterialId)
  assert.deepEqual(await entry(), [shown])

  await admin.scheduleKeyDeletion({ KeyId: id })
  await admin.deleteImportedKeyMaterial({ KeyId: id }) // AWS lets it, and the state stays.
  assert.equal(await stateOf(admin, id), 'PendingDeletion')
  await admin.cancelKeyDeletion({ KeyId: id })
  assert.equal(await stateOf(admin, id), 'PendingImport')
})

test('import: new material waits for its rotation; the key needs all that it ever used', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin, external)
  const [one, two, three] = [randomBytes(32), randomBytes(32), randomBytes(32)]
  const NEW = { ImportType: 'NEW_KEY_MATERIAL' } as const
  const first = await importMaterial(admin, id, one)
  const old = await roundTrip(admin, id)
  assert.match(await refusal(admin.rotateKeyOnDemand({ KeyId: id })), /^KMSInvalidStateException/)
  assert.match(await refusal(importMaterial(admin, id, two)), /^IncorrectKeyMaterialException/) // EXISTING by default.
  assert.match(await refusal(importMaterial(admin, id, one, NEW)), /^IncorrectKeyMaterialException/)
  const second = await importMaterial(admin, id, two, NEW)
  const states = async () =>
    (await admin.listKeyRotations({ KeyId: id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations?.map(
      ({ KeyMaterialId, KeyMaterialState }) => [KeyMaterialId, KeyMaterialState],
    )
  assert.deepEqual(await states(), [
    [first.KeyMaterialId, 'CURRENT'],
    [second.KeyMaterialId, 'PENDING_ROTATION'],
  ])
  assert.match(
    await refusal(importMaterial(admin, id, three, NEW)),
    /^KMSInvalidStateException: .*pending rotation/,
  )

  // What waits can be taken away, and another come in its place; the key works all the while.
  await admin.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: second.KeyMaterialId })
  assert.equal(await stateOf(admin, id), 'Enabled')
  const third = await importMaterial(admin, id, three, NEW)
  await admin.rotateKeyOnDemand({ KeyId: id })
  assert.deepEqual(await states(), [
    [first.KeyMaterialId, 'NON_CURRENT'],
    [third.KeyMaterialId, 'CURRENT'],
  ])
  const fresh = await roundTrip(admin, id)
  assert.equal((await admin.decrypt({ CiphertextBlob: fresh })).KeyMaterialId, third.KeyMaterialId)
  assert.equal((await admin.decrypt({ CiphertextBlob: old })).KeyMaterialId, first.KeyMaterialId)

  await admin.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId: first.KeyMaterialId })
  assert.equal(await stateOf(admin, id), 'PendingImport')
  assert.match(await refusal(admin.decrypt({ CiphertextBlob: fresh })), /^KMSInvalidStateException/)
  await importMaterial(admin, id, one)
  assert.equal((await admin.decrypt({ CiphertextBlob: old })).KeyMaterialId, first.KeyMaterialId)
})

test('import: policies see how material is wrapped and how long it lives', async () => {
  const { admin, user, as } = await rig()
  const { id } = await newKey(admin, external)
  const importer = as(
    await user('importer', [
      {
        Effect: 'Allow',
        Action: 'kms:GetParametersForImport',
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256', 'kms:WrappingKeySpec': 'RSA_2048' },
        },
      },
      {
        Effect: 'Allow',
        Action: 'kms:ImportKeyMaterial',
        Resource: '*',
        Condition: { DateLessThan: { 'kms:ValidTo': new Date(startMs + 2 * dayMs).toISOString() } },
      },
    ]),
  )
  const other = { wrappingKeySpec: 'RSA_3072' } as const
  assert.match(await refusal(importParameters(importer, id, other)), /^AccessDenied/)
  const material = randomBytes(32)
  const expires = (days: number) => ({
    ExpirationModel: 'KEY_MATERIAL_EXPIRES' as const,
    ValidTo: new Date(startMs + days * dayMs),
  })
  assert.match(await refusal(importMaterial(importer, id, material)), /^AccessDenied/)
  assert.match(await refusal(importMaterial(importer, id, material, expires(3))), /^AccessDenied/)
  await importMaterial(importer, id, material, expires(1))
})
