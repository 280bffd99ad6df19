// Goal: what a key of an external key store encrypts, neither KMS nor the external key manager decrypts alone; whatever the proxy does, it
// is told truly and changes nothing; a disconnected store's keys are of no use at once.
// Method: AWS's own client, a real proxy whose keys the test holds; rows of failures; every byte of a ciphertext changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KMS } from '@aws-sdk/client-kms'
import { heldKey } from '../../../test/kms/xks-proxy/keys.ts'
import { answer, type TestProxy } from '../../../test/kms/xks-proxy/proxy.ts'
import { decrypt as decryptInner, readBlob, readExternalBlob } from './cryptography/index.ts'
import { keys } from './documents.ts'
import { here, newKey, refusal, region, there } from './rig.test.ts'
import {
  credential,
  described,
  externalKey,
  hostnames,
  meanwhile,
  type StoresRig,
  storesRig,
} from './stores-rig.test.ts'

const Plaintext = Buffer.from('attack at dawn, by the northern gate')

/** What the proxy was sent, newest last. */
function sent({ received }: TestProxy) {
  return received.map(({ path, members }) => ({
    path,
    members,
    metadata: members['requestMetadata'] as Readonly<Record<string, unknown>>, // KMS always sends it.
  }))
}

test('external keys: double encryption; the proxy never sees a plaintext, and neither side decrypts alone', async (t) => {
  const { admin, connected, proxy, ring, store } = await storesRig(t)
  const KeyId = await externalKey(admin, await connected())
  const EncryptionContext = { tenant: 'a' }
  proxy.received.length = 0
  const { CiphertextBlob = new Uint8Array() } = await admin.encrypt({ KeyId, Plaintext, EncryptionContext })
  const { Plaintext: opened } = await admin.decrypt({ CiphertextBlob, EncryptionContext })
  assert.deepEqual(Buffer.from(opened ?? ''), Plaintext)

  // The external key manager's side: what it was given, and what it could decrypt by itself, is a ciphertext of KMS.
  const [encryption, decryption] = sent(proxy)
  const inner = Buffer.from(String(encryption?.members['plaintext']), 'base64')
  assert.equal(readBlob(inner)?.keyId, KeyId)
  for (const { members } of sent(proxy)) {
    const bytes = Object.values(members).map((value) => Buffer.from(String(value), 'base64'))
    assert.ok(!bytes.some((each) => each.includes(Plaintext)))
  }
  assert.ok(!JSON.stringify(proxy.received).includes('tenant'), 'the encryption context stays here')
  assert.match(
    await refusal(admin.decrypt({ KeyId, CiphertextBlob: inner, EncryptionContext })),
    /^InvalidCiphertextException/,
  )

  // The side of KMS: with the key's own material, the outer blob is nothing.
  const key = store.read.get(keys, { account: here, region }, KeyId)
  assert.ok(key)
  const { material } = ring.open(key)
  assert.ok(material.kind === 'aes')
  const outer = readExternalBlob(CiphertextBlob)
  assert.equal(outer?.keyId, KeyId)
  for (const blob of [CiphertextBlob, outer.ciphertext]) {
    assert.equal(decryptInner({ key: material.key, blob, context: EncryptionContext }), undefined)
  }
  const whole = decryptInner({ key: material.key, blob: inner, context: EncryptionContext })
  assert.deepEqual(whole, Plaintext, 'both together are all there is')

  // The header is the external key's additional authenticated data.
  assert.deepEqual(decryption?.members['additionalAuthenticatedData'], outer.header.toString('base64'))
})

test('external keys: every use of a symmetric key, and what the proxy learns of who asks', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const KeyId = await externalKey(admin, await connected())
  const { id: plain } = await newKey(admin)
  const { arn: KeyArn } = { arn: `arn:aws:kms:${region}:${here}:key/${KeyId}` }
  const open = async (CiphertextBlob: Uint8Array | undefined) =>
    Buffer.from((await admin.decrypt({ CiphertextBlob })).Plaintext ?? '')
  proxy.received.length = 0

  const { CiphertextBlob } = await admin.encrypt({ KeyId, Plaintext: Buffer.alloc(4096, 7) })
  assert.deepEqual(await open(CiphertextBlob), Buffer.alloc(4096, 7))
  const dataKey = await admin.generateDataKey({ KeyId, KeySpec: 'AES_256' })
  assert.deepEqual(await open(dataKey.CiphertextBlob), Buffer.from(dataKey.Plaintext ?? ''))
  const silent = await admin.generateDataKeyWithoutPlaintext({ KeyId, NumberOfBytes: 1024 })
  assert.equal((await open(silent.CiphertextBlob)).length, 1024)
  const pair = await admin.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })
  assert.deepEqual(await open(pair.PrivateKeyCiphertextBlob), Buffer.from(pair.PrivateKeyPlaintext ?? ''))
  const half = await admin.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: 'ECC_NIST_P384' })
  assert.ok((await open(half.PrivateKeyCiphertextBlob)).length > 100)

  const out = await admin.reEncrypt({ CiphertextBlob, DestinationKeyId: plain })
  assert.equal(readExternalBlob(out.CiphertextBlob ?? Buffer.alloc(0)), undefined)
  const back = await admin.reEncrypt({ CiphertextBlob: out.CiphertextBlob, DestinationKeyId: KeyId })
  assert.equal(readExternalBlob(back.CiphertextBlob ?? Buffer.alloc(0))?.keyId, KeyId)
  assert.deepEqual(await open(back.CiphertextBlob), Buffer.alloc(4096, 7))

  const asked = sent(proxy)
  assert.deepEqual(
    asked.map(({ path, metadata }) => [path.split('/').at(-1), metadata['kmsOperation']]),
    [
      ['encrypt', 'Encrypt'],
      ['decrypt', 'Decrypt'],
      ['encrypt', 'GenerateDataKey'],
      ['decrypt', 'Decrypt'],
      ['encrypt', 'GenerateDataKeyWithoutPlaintext'],
      ['decrypt', 'Decrypt'],
      ['encrypt', 'GenerateDataKeyPair'],
      ['decrypt', 'Decrypt'],
      ['encrypt', 'GenerateDataKeyPairWithoutPlaintext'],
      ['decrypt', 'Decrypt'],
      ['decrypt', 'ReEncrypt'],
      ['encrypt', 'ReEncrypt'],
      ['decrypt', 'Decrypt'],
    ],
  )
  for (const { metadata } of asked) {
    const { kmsOperation: _, kmsRequestId, ...rest } = metadata
    assert.match(String(kmsRequestId), /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, { awsPrincipalArn: `arn:aws:iam::${here}:user/admin`, kmsKeyArn: KeyArn })
  }
  assert.equal(proxy.connections(), 1 + 2, 'one for each health check, and one for all uses')
})

test('Decrypt: no changed byte of an external key’s ciphertext goes unnoticed', async (t) => {
  const metadata = Buffer.from('key_version=1')
  const { admin, connected } = await storesRig(t, { 'key-1': heldKey({ ciphertextMetadata: metadata }) })
  const KeyId = await externalKey(admin, await connected())
  const { CiphertextBlob = new Uint8Array() } = await admin.encrypt({ KeyId, Plaintext: Buffer.from('x') })
  assert.deepEqual(readExternalBlob(CiphertextBlob)?.ciphertextMetadata, metadata)
  const changed = (at: number, byte: number) =>
    Uint8Array.from(CiphertextBlob, (old, index) => (index === at ? old ^ byte : old))
  const blobs = Array.from(CiphertextBlob, (_, at) => changed(at, 1))
  // Lengths that are possible ones move the bounds of what follows.
  blobs.push(
    changed(21, 12 ^ 16),
    ...Array.from({ length: 21 }, (_, length) => changed(22, metadata.length ^ length)),
  )
  let refused = 0
  for (const blob of blobs) {
    if (Buffer.compare(blob, CiphertextBlob) === 0) continue
    for (const named of [{}, { KeyId }]) {
      const told = await refusal(admin.decrypt({ CiphertextBlob: blob, ...named }))
      assert.match(told, /^InvalidCiphertextException/, `${refused}`)
    }
    refused += 1
  }
  assert.equal(refused, CiphertextBlob.length + 21)
  for (const length of [0, 1, 22, 60, CiphertextBlob.length - 1]) {
    const told = await refusal(admin.decrypt({ CiphertextBlob: CiphertextBlob.subarray(0, length), KeyId }))
    assert.match(
      told,
      length === 0 ? /^ValidationException/ : /^InvalidCiphertextException/,
      `cut to ${length}`,
    )
  }
  const other = await refusal(admin.decrypt({ CiphertextBlob, EncryptionContext: { a: 'b' } }))
  assert.match(other, /^InvalidCiphertextException/)
  await admin.decrypt({ CiphertextBlob })
})

/** What goes wrong with a key in use, and what is told of it. */
const failures: readonly [name: string, arrange: (rig: StoresRig) => unknown, want: RegExp][] = [
  [
    'the external key is gone',
    ({ proxy }) => proxy.keys.delete('key-1'),
    /was not found in its external key manager/,
  ],
  [
    'it is disabled',
    ({ proxy }) => hold(proxy, { keyStatus: 'DISABLED' }),
    /is not enabled in the external key manager/,
  ],
  [
    'it may neither encrypt nor decrypt',
    ({ proxy }) => hold(proxy, { keyUsage: ['SIGN'] }),
    /does not support the requested operation/,
  ],
  [
    'the credentials are others',
    ({ proxy }) => (proxy.credentials = { accessKeyId: 'A', secretAccessKey: 'B' }),
    /could not authenticate AWS KMS/,
  ],
  [
    'the proxy refuses the principal',
    ({ proxy }) => proxy.refused.add(`arn:aws:iam::${here}:user/admin`),
    /denied access to the operation/,
  ],
  [
    'garbage',
    ({ proxy }) => (proxy.instead = (response) => void response.end('{"cipher')),
    /cannot interpret the response/,
  ],
  [
    'a right answer of the wrong kind',
    ({ proxy }) => (proxy.instead = (response) => answer(response, 200, {})),
    /cannot interpret the response/,
  ],
  ['silence', ({ proxy, fire }) => (proxy.instead = () => fire()), /did not respond in time/],
  [
    'an error of the key manager',
    ({ proxy }) => (proxy.instead = (response) => answer(response, 500, { errorName: 'InternalException' })),
    /cannot communicate with the external key manager/,
  ],
  [
    'too much to do',
    ({ proxy }) =>
      (proxy.instead = (response) => answer(response, 429, { errorName: 'ThrottlingException' })),
    /very high request rate/,
  ],
]

function hold(proxy: TestProxy, differences: Parameters<typeof heldKey>[0]) {
  const held = proxy.keys.get('key-1')
  assert.ok(held)
  proxy.keys.set('key-1', { ...held, ...differences })
}

test('external keys: a proxy that fails is told as KMS tells it, and changes nothing', async (t) => {
  const rig = await storesRig(t)
  const { admin, connected, proxy } = rig
  const KeyId = await externalKey(admin, await connected())
  const { CiphertextBlob } = await admin.encrypt({ KeyId, Plaintext })
  const [key, credentials] = [proxy.keys.get('key-1'), proxy.credentials]
  assert.ok(key)
  const uses: readonly (() => Promise<unknown>)[] = [
    () => admin.encrypt({ KeyId, Plaintext }),
    () => admin.decrypt({ CiphertextBlob }),
    () => admin.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
    () => admin.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }),
  ]
  for (const [name, arrange, want] of failures) {
    arrange(rig)
    for (const use of uses) {
      const told = await refusal(use())
      assert.match(told, /^KMSInvalidStateException: /, name)
      assert.match(told, want, name)
    }
    proxy.instead = undefined
    proxy.credentials = credentials
    proxy.refused.clear()
    proxy.keys.set('key-1', key)
    await admin.decrypt({ CiphertextBlob })
    assert.equal((await admin.describeKey({ KeyId })).KeyMetadata?.KeyState, 'Enabled')
  }
  assert.equal(failures.length, 10)

  await proxy.close()
  for (const use of uses)
    assert.match(await refusal(use()), /^KMSInvalidStateException: .*cannot communicate/)
  assert.equal(uses.length, 4)
})

test('external keys: another external key of the same name opens nothing', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const KeyId = await externalKey(admin, await connected())
  const { CiphertextBlob } = await admin.encrypt({ KeyId, Plaintext })
  proxy.keys.set('key-1', heldKey())
  assert.match(await refusal(admin.decrypt({ CiphertextBlob })), /^InvalidCiphertextException/)
})

/** What CreateKey is told of an external key. */
const unfit: readonly [name: string, key: Parameters<typeof heldKey>[0], want: RegExp][] = [
  ['another spec', { keySpec: 'AES_128' }, /^XksKeyInvalidConfigurationException: .*AES-256/],
  ['disabled', { keyStatus: 'DISABLED' }, /^XksKeyInvalidConfigurationException: .*not enabled/],
  ['only encrypts', { keyUsage: ['ENCRYPT'] }, /^XksKeyInvalidConfigurationException/],
  ['only decrypts', { keyUsage: ['DECRYPT'] }, /^XksKeyInvalidConfigurationException/],
]

test('CreateKey: only over an external key that fits, is nobody else’s, and in a connected store', async (t) => {
  const rig = await storesRig(t)
  const { admin, connected, proxy } = rig
  const CustomKeyStoreId = await connected()
  for (const [name, key, want] of unfit) {
    proxy.keys.set('unfit', heldKey(key))
    assert.match(await refusal(externalKey(admin, CustomKeyStoreId, 'unfit')), want, name)
  }
  assert.equal(unfit.length, 4)
  const create = (differences: Parameters<KMS['createKey']>[0]) =>
    refusal(
      admin.createKey({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId: 'key-1', ...differences }),
    )
  const rows: readonly [given: Parameters<KMS['createKey']>[0], want: RegExp][] = [
    [{ XksKeyId: 'unknown' }, /^XksKeyNotFoundException/],
    [{ XksKeyId: '..' }, /^XksKeyNotFoundException/],
    [{ XksKeyId: 'a/b' }, /^ValidationException/],
    [{ XksKeyId: undefined }, /^ValidationException/],
    [{ CustomKeyStoreId: undefined }, /^ValidationException/],
    [{ CustomKeyStoreId: 'cks-unknown' }, /^CustomKeyStoreNotFoundException/],
    [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, /^UnsupportedOperationException/],
    [{ MultiRegion: true }, /^UnsupportedOperationException/],
    [{ Origin: 'AWS_KMS' }, /^ValidationException/],
    [{ Origin: 'AWS_CLOUDHSM' }, /^UnsupportedOperationException/],
  ]
  for (const [given, want] of rows) assert.match(await create(given), want, JSON.stringify(given))
  assert.equal(rows.length, 10)
  assert.deepEqual((await admin.listKeys({})).Keys, [])

  // Two at once ask the proxy; one gets the external key.
  proxy.received.length = 0
  const both = await Promise.all([create({}), create({})])
  assert.deepEqual(
    new Set(both.map((told) => told.split(':')[0])),
    new Set(['XksKeyAlreadyInUseException', 'no refusal']),
  )
  assert.deepEqual(
    sent(proxy).map(({ metadata }) => [metadata['kmsOperation'], 'kmsKeyArn' in metadata]),
    [
      ['CreateKey', false],
      ['CreateKey', false],
    ],
  )
  assert.match(await create({}), /^XksKeyAlreadyInUseException/)
  const other = await connected({
    CustomKeyStoreName: 'other',
    XksProxyUriEndpoint: `https://${hostnames[0]}:${proxy.port}`,
  })
  assert.equal(
    await create({ CustomKeyStoreId: other }),
    'no refusal',
    'in another key store it is another key',
  )
})

test('CreateKey: once a KMS key is deleted its external key is free; the external key stays', async (t) => {
  const rig = await storesRig(t)
  const CustomKeyStoreId = await rig.connected()
  const KeyId = await externalKey(rig.admin, CustomKeyStoreId)
  await rig.admin.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  const { KeyMetadata } = await rig.admin.describeKey({ KeyId })
  assert.equal(KeyMetadata?.KeyState, 'PendingDeletion')
  assert.match(await refusal(externalKey(rig.admin, CustomKeyStoreId)), /^XksKeyAlreadyInUseException/)
  rig.clock.nowMs += 7 * 24 * 3600 * 1000
  assert.ok(rig.proxy.keys.has('key-1'))
  assert.notEqual(await externalKey(rig.later(), CustomKeyStoreId), KeyId)
})

test('DisconnectCustomKeyStore: its keys are Unavailable at once, and nothing reaches the proxy', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const CustomKeyStoreId = await connected()
  const KeyId = await externalKey(admin, CustomKeyStoreId)
  const { CiphertextBlob } = await admin.encrypt({ KeyId, Plaintext })
  await admin.disconnectCustomKeyStore({ CustomKeyStoreId })
  const { KeyMetadata } = await admin.describeKey({ KeyId })
  assert.deepEqual([KeyMetadata?.KeyState, KeyMetadata?.Enabled], ['Unavailable', false])
  proxy.received.length = 0
  const uses: readonly Promise<unknown>[] = [
    admin.encrypt({ KeyId, Plaintext }),
    admin.decrypt({ CiphertextBlob }),
    admin.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
    admin.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
    admin.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }),
  ]
  for (const use of uses) assert.match(await refusal(use), /^KMSInvalidStateException: .* is unavailable\./)
  assert.equal(uses.length, 5)
  assert.deepEqual(proxy.received, [])
  await admin.connectCustomKeyStore({ CustomKeyStoreId })
  await admin.decrypt({ CiphertextBlob })
})

const underWay: readonly [
  name: string,
  begin: (admin: KMS, CustomKeyStoreId: string, KeyId: string) => Promise<unknown>,
  want: RegExp,
][] = [
  [
    'Encrypt',
    (admin, _, KeyId) => admin.encrypt({ KeyId, Plaintext }),
    /^KMSInvalidStateException: .* is unavailable/,
  ],
  [
    'GenerateDataKey',
    (admin, _, KeyId) => admin.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
    /^KMSInvalidStateException: .* is unavailable/,
  ],
  [
    'CreateKey',
    (admin, id) => externalKey(admin, id, 'key-2'),
    /^CustomKeyStoreInvalidStateException: .*DISCONNECTED/,
  ],
]

test('DisconnectCustomKeyStore: what the proxy is being asked for does not outlive it', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const CustomKeyStoreId = await connected()
  const KeyId = await externalKey(admin, CustomKeyStoreId)
  for (const [name, begin, want] of underWay) {
    const told = await meanwhile(
      proxy,
      () => begin(admin, CustomKeyStoreId, KeyId),
      () => disconnect(admin, CustomKeyStoreId),
    )
    assert.match(told, want, name)
    await admin.connectCustomKeyStore({ CustomKeyStoreId })
  }
  assert.equal(underWay.length, 3)
  assert.equal((await admin.listKeys({})).Keys?.length, 1)
})

test('a use by an alias gives nothing of the key that it led to, once it leads to another', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const KeyId = await externalKey(admin, await connected())
  const { id: other } = await newKey(admin)
  const { CiphertextBlob } = await admin.encrypt({ KeyId, Plaintext })
  const { CiphertextBlob: plain } = await admin.encrypt({ KeyId: other, Plaintext })
  const AliasName = 'alias/moving'
  await admin.createAlias({ AliasName, TargetKeyId: KeyId })
  const uses: readonly [name: string, use: () => Promise<unknown>][] = [
    ['Encrypt', () => admin.encrypt({ KeyId: AliasName, Plaintext })],
    ['Decrypt', () => admin.decrypt({ KeyId: AliasName, CiphertextBlob })],
    ['GenerateDataKey', () => admin.generateDataKey({ KeyId: AliasName, KeySpec: 'AES_256' })],
    [
      'ReEncrypt from it',
      () => admin.reEncrypt({ SourceKeyId: AliasName, CiphertextBlob, DestinationKeyId: other }),
    ],
    ['ReEncrypt to it', () => admin.reEncrypt({ CiphertextBlob: plain, DestinationKeyId: AliasName })],
  ]
  for (const [name, use] of uses) {
    const move = async () => {
      await admin.updateAlias({ AliasName, TargetKeyId: other })
      await admin.disableKey({ KeyId }) // Whoever may use the other key is not let at this one any more.
    }
    assert.match(await meanwhile(proxy, use, move), /^KMSInternalException: The alias was pointed/, name)
    await admin.enableKey({ KeyId })
    await admin.updateAlias({ AliasName, TargetKeyId: KeyId })
    assert.equal(await refusal(use()), 'no refusal', name)
  }
  assert.equal(uses.length, 5)
})

test('custom key stores: what is known of a proxy that was changed meanwhile is not kept', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const CustomKeyStoreId = await connected()
  const KeyId = await externalKey(admin, CustomKeyStoreId)
  const change = () => update(admin, CustomKeyStoreId)
  const rename = () => admin.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' })
  const connect = () => admin.connectCustomKeyStore({ CustomKeyStoreId })
  const encrypt = () => admin.encrypt({ KeyId, Plaintext })
  assert.match(
    await meanwhile(proxy, change, change),
    /^CustomKeyStoreInvalidStateException: .*was changed while/,
  )
  assert.equal(await meanwhile(proxy, change, rename), 'no refusal', 'a name is no matter of the proxy')
  assert.equal((await described(admin, CustomKeyStoreId))?.CustomKeyStoreName, 'renamed')
  assert.equal(
    await meanwhile(proxy, encrypt, change),
    'no refusal',
    'a use goes on over the connection that it has',
  )
  await disconnect(admin, CustomKeyStoreId)
  assert.match(
    await meanwhile(proxy, connect, change),
    /^CustomKeyStoreInvalidStateException: .*was changed while/,
  )
  assert.equal((await described(admin, CustomKeyStoreId))?.ConnectionState, 'DISCONNECTED')
  const move = () =>
    admin.updateCustomKeyStore({
      CustomKeyStoreId,
      XksProxyUriEndpoint: `https://${hostnames[0]}:${proxy.port}`,
    })
  assert.match(
    await meanwhile(proxy, move, connect),
    /^CustomKeyStoreInvalidStateException: .*is CONNECTED/,
    'a connected store stays where it is',
  )
  await disconnect(admin, CustomKeyStoreId)
  assert.equal(await meanwhile(proxy, connect, connect), 'no refusal', 'both wanted the same')
  await disconnect(admin, CustomKeyStoreId)
  const connectAndFail = async () => {
    await connect()
    proxy.instead = (response) => void response.end('garbage')
  }
  assert.equal(await meanwhile(proxy, connect, connectAndFail), 'no refusal')
  assert.equal(
    (await described(admin, CustomKeyStoreId))?.ConnectionState,
    'CONNECTED',
    'who connected first counts',
  )
})

function disconnect(admin: KMS, CustomKeyStoreId: string) {
  return admin.disconnectCustomKeyStore({ CustomKeyStoreId })
}

function update(admin: KMS, CustomKeyStoreId: string) {
  return admin.updateCustomKeyStore({ CustomKeyStoreId, XksProxyAuthenticationCredential: credential })
}

test('external keys: no rotation, no import, no replica', async (t) => {
  const { admin, connected } = await storesRig(t)
  const KeyId = await externalKey(admin, await connected())
  const calls: readonly [name: string, call: () => Promise<unknown>][] = [
    ['EnableKeyRotation', () => admin.enableKeyRotation({ KeyId })],
    ['RotateKeyOnDemand', () => admin.rotateKeyOnDemand({ KeyId })],
    [
      'GetParametersForImport',
      () =>
        admin.getParametersForImport({
          KeyId,
          WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
          WrappingKeySpec: 'RSA_2048',
        }),
    ],
    ['DeleteImportedKeyMaterial', () => admin.deleteImportedKeyMaterial({ KeyId })],
    ['ReplicateKey', () => admin.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' })],
  ]
  for (const [name, call] of calls)
    assert.match(await refusal(call()), /^UnsupportedOperationException/, name)
  assert.equal(calls.length, 5)
})

test('external keys: an account that the key policy lets in uses the key through its owner’s store', async (t) => {
  const { admin, connected, as, administrators, proxy } = await storesRig(t)
  const KeyId = await externalKey(admin, await connected())
  const KeyArn = `arn:aws:kms:${region}:${here}:key/${KeyId}`
  const policy = (await admin.getKeyPolicy({ KeyId })).Policy ?? ''
  const parsed = JSON.parse(policy) as { Statement: object[] } // KMS shows its own default policy.
  const Principal = { AWS: `arn:aws:iam::${there}:root` }
  parsed.Statement.push({ Effect: 'Allow', Principal, Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: '*' })
  await admin.putKeyPolicy({ KeyId, Policy: JSON.stringify(parsed) })
  const credentials = administrators.get(there)
  assert.ok(credentials)
  const foreign = as(credentials)
  const { CiphertextBlob } = await foreign.encrypt({ KeyId: KeyArn, Plaintext })
  const { Plaintext: opened } = await foreign.decrypt({ CiphertextBlob })
  assert.deepEqual(Buffer.from(opened ?? ''), Plaintext)
  assert.equal(sent(proxy).at(-1)?.metadata['awsPrincipalArn'], `arn:aws:iam::${there}:user/admin`)
})
