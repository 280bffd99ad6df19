// Goal: every operation on a key does in every state of the key what AWS's table says, and what is refused changes nothing.
// Method: the table once more, as the Developer Guide has it; against the code for every cell, and through AWS's own client for every
// state that a key can be brought into here, for keys of each kind.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { CreateKeyCommandInput, KeyState, KMS } from '@aws-sdk/client-kms'
import { Fault } from '#core/fault.ts'
import { customKeyStores, type KeyDocument, keys } from './documents.ts'
import { importMaterial, importParameters } from './import-rig.test.ts'
import { assertAllowed, type KeyOperation, keyStates, states } from './key-states.ts'
import { here, newKey, refusal, region, rig } from './rig.test.ts'

// Source: KMS Developer Guide, "Key states of AWS KMS keys", key state table and its footnotes:
//   .  succeeds          D  DisabledException [1]                 P  pending deletion [3]     N  not pending deletion [4]
//   I  pending import [5]  U  unavailable [11], or does not apply   C  creating [14]            X  updating [15]
// Columns: Enabled, Disabled, PendingImport, PendingDeletion, PendingReplicaDeletion, Unavailable, Creating, Updating.
const guide: Readonly<Record<KeyOperation, string>> = {
  CancelKeyDeletion: 'NNN..NNN',
  CreateAlias: '...PP...',
  CreateGrant: '.DIPP.C.',
  Decapsulate: '.DIPPUC.',
  Decrypt: '.DIPPUC.',
  DeleteAlias: '........',
  DeleteImportedKeyMaterial: '.....UCX',
  DeriveSharedSecret: '.DIPPUC.',
  DescribeKey: '........',
  DisableKey: '..IPP.CX',
  DisableKeyRotation: '.DIPPUC.',
  EnableKey: '..IPP.CX',
  EnableKeyRotation: '.DIPPUC.',
  Encapsulate: '.DIPPUC.',
  Encrypt: '.DIPPUC.',
  GenerateDataKey: '.DIPPUC.',
  GenerateDataKeyPair: '.DIPPUC.',
  GenerateDataKeyPairWithoutPlaintext: '.DIPPUC.',
  GenerateDataKeyWithoutPlaintext: '.DIPPUC.',
  GenerateMac: '.DIPPUC.',
  GetKeyLastUsage: '........',
  GetKeyPolicy: '........',
  GetKeyRotationStatus: '........',
  GetParametersForImport: '...PPUCX',
  GetPublicKey: '.DIPPUC.',
  ImportKeyMaterial: '...PPUC.',
  ListGrants: '........',
  ListKeyPolicies: '........',
  ListKeyRotations: '........',
  ListResourceTags: '........',
  PutKeyPolicy: '........',
  ReEncryptFrom: '.DIPPUC.',
  ReEncryptTo: '.DIPPUC.',
  ReplicateKey: '.DIPPUCX',
  RetireGrant: '........',
  RevokeGrant: '........',
  RotateKeyOnDemand: '.DIPPUCX',
  ScheduleKeyDeletion: '...PP..X',
  Sign: '.DIPPUC.',
  TagResource: '...PP...',
  UntagResource: '...PP...',
  UpdateAlias: '...PP...',
  UpdateKeyDescription: '...PP...',
  UpdatePrimaryRegion: '.DIPPUC.',
  Verify: '.DIPPUC.',
  VerifyMac: '.DIPPUC.',
}

const arn = `arn:aws:kms:${region}:${here}:key/k`
const answers: Readonly<Record<string, (arn: string, state: KeyState) => string>> = {
  D: (arn) => `DisabledException: ${arn} is disabled.`,
  P: (arn, state) =>
    `KMSInvalidStateException: ${arn} is pending ${state === 'PendingReplicaDeletion' ? 'replica ' : ''}deletion.`,
  N: (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
  I: (arn) => `KMSInvalidStateException: ${arn} is pending import.`,
  U: (arn) => `KMSInvalidStateException: ${arn} is unavailable.`,
  C: (arn) => `KMSInvalidStateException: ${arn} is creating.`,
  X: (arn) => `KMSInvalidStateException: ${arn} is updating.`,
}

const allowed = 'no refusal'

function answerOf(operation: KeyOperation, state: KeyState, keyArn: string): string {
  const ruling = guide[operation][states.findIndex((one) => one === state)] ?? ''
  return ruling === '.' ? allowed : (answers[ruling]?.(keyArn, state) ?? `no ruling ${ruling}`)
}

test('key states: every cell of the table', () => {
  let cells = 0
  for (const operation of Object.keys(keyStates) as KeyOperation[]) {
    // Its own keys.
    for (const state of states) {
      let answer = allowed
      try {
        assertAllowed(operation, { arn } as KeyDocument, state) // All that it looks at.
      } catch (error) {
        assert.ok(error instanceof Fault)
        answer = `${error.code}: ${error.message}`
      }
      assert.equal(answer, answerOf(operation, state, arn), `${operation} ${state}`)
      cells += 1
    }
  }
  assert.equal(Object.keys(guide).length, 46)
  assert.equal(cells, 46 * 8)
})

type KindName =
  | 'symmetric'
  | 'imported'
  | 'signing'
  | 'mac'
  | 'agreement'
  | 'encapsulation'
  | 'primary'
  | 'replica'
  | 'external'

interface Kind {
  readonly input: CreateKeyCommandInput
  readonly states: readonly KeyState[]
  /** Uses that keys of this kind are for. */
  readonly uses: readonly KeyOperation[]
}

const three: readonly KeyState[] = ['Enabled', 'Disabled', 'PendingDeletion']
const symmetricUses: readonly KeyOperation[] = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
]

const kinds: Readonly<Record<KindName, Kind>> = {
  symmetric: { input: {}, states: three, uses: symmetricUses },
  imported: { input: { Origin: 'EXTERNAL' }, states: [...three, 'PendingImport'], uses: symmetricUses },
  signing: {
    input: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    states: three,
    uses: ['Sign', 'Verify'],
  },
  mac: {
    input: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    states: three,
    uses: ['GenerateMac', 'VerifyMac'],
  },
  agreement: {
    input: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
    states: three,
    uses: ['DeriveSharedSecret'],
  },
  encapsulation: {
    input: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
    states: three,
    uses: ['Encapsulate', 'Decapsulate'],
  },
  primary: {
    input: { MultiRegion: true },
    states: ['Enabled', 'Disabled', 'PendingReplicaDeletion'],
    uses: symmetricUses,
  },
  replica: { input: { MultiRegion: true }, states: three, uses: symmetricUses },
  external: { input: {}, states: ['Unavailable', 'PendingDeletion'], uses: symmetricUses },
}

const uses: ReadonlySet<KeyOperation> = new Set(
  Object.values(kinds)
    .flatMap((kind) => kind.uses)
    .concat('GetPublicKey'),
)
const asymmetric: readonly KindName[] = ['signing', 'agreement', 'encapsulation']

/** Whom an operation is for, where that comes before the key's state. Source: footnotes [6], [7] and [9]; API Reference. */
const onlyFor: Readonly<Partial<Record<KeyOperation, readonly KindName[]>>> = {
  DeleteImportedKeyMaterial: ['imported'],
  DisableKeyRotation: ['symmetric', 'primary'],
  EnableKeyRotation: ['symmetric', 'primary'],
  GetKeyRotationStatus: ['symmetric', ...asymmetric, 'mac', 'primary', 'replica'],
  GetParametersForImport: ['imported'],
  GetPublicKey: asymmetric,
  ImportKeyMaterial: ['imported'],
  ListKeyRotations: ['symmetric', 'imported', 'primary', 'replica'],
  ReplicateKey: ['primary'],
  RotateKeyOnDemand: ['symmetric', 'imported', 'primary'],
  UpdatePrimaryRegion: ['primary'],
}

/** What AWS answers, by its code alone where the message is the operation's matter. */
function wanted(operation: KeyOperation, kind: KindName, state: KeyState, keyArn: string): string {
  if (onlyFor[operation]?.includes(kind) === false) return 'UnsupportedOperationException'
  const byState = answerOf(operation, state, keyArn)
  if (byState !== allowed || !uses.has(operation) || operation === 'GetPublicKey') return byState
  if (kinds[kind].uses.includes(operation)) return allowed
  return operation === 'Decrypt' || operation === 'ReEncryptFrom'
    ? 'IncorrectKeyException'
    : 'InvalidKeyUsageException'
}

/** What the calls on a key need. */
interface Scene {
  readonly kms: KMS
  readonly id: string
  readonly keyArn: string
  readonly grantId: string
  readonly other: string
  /** Made with the key where it can encrypt, else with the other. */
  readonly ciphertext: Uint8Array
  readonly foreign: Uint8Array
  readonly signature: Uint8Array
  readonly mac: Uint8Array
  readonly peer: Uint8Array
  readonly encapsulated: Uint8Array
  readonly imported: { readonly ImportToken: Uint8Array; readonly EncryptedKeyMaterial: Uint8Array }
}

const adminArn = `arn:aws:iam::${here}:user/admin`
const Message = Buffer.from('attack at dawn')
const SigningAlgorithm = 'ECDSA_SHA_256'
const MacAlgorithm = 'HMAC_SHA_256'
const EncapsulationAlgorithm = 'ML_KEM'

type Calls = Readonly<Record<string, (scene: Scene) => Promise<unknown>>>
const calls: Calls = {
  CancelKeyDeletion: ({ kms, id: KeyId }) => kms.cancelKeyDeletion({ KeyId }),
  CreateAlias: ({ kms, id }) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: id }),
  CreateGrant: ({ kms, id: KeyId }) =>
    kms.createGrant({ KeyId, GranteePrincipal: adminArn, Operations: ['DescribeKey'] }),
  Decapsulate: ({ kms, id: KeyId, encapsulated }) =>
    kms.decapsulate({ KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: encapsulated }),
  Decrypt: ({ kms, id: KeyId, ciphertext }) => kms.decrypt({ KeyId, CiphertextBlob: ciphertext }),
  DeleteAlias: ({ kms }) => kms.deleteAlias({ AliasName: 'alias/a' }),
  DeleteImportedKeyMaterial: ({ kms, id: KeyId }) => kms.deleteImportedKeyMaterial({ KeyId }),
  DeriveSharedSecret: ({ kms, id: KeyId, peer }) =>
    kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: peer }),
  DescribeKey: ({ kms, id: KeyId }) => kms.describeKey({ KeyId }),
  DisableKey: ({ kms, id: KeyId }) => kms.disableKey({ KeyId }),
  DisableKeyRotation: ({ kms, id: KeyId }) => kms.disableKeyRotation({ KeyId }),
  EnableKey: ({ kms, id: KeyId }) => kms.enableKey({ KeyId }),
  EnableKeyRotation: ({ kms, id: KeyId }) => kms.enableKeyRotation({ KeyId }),
  Encapsulate: ({ kms, id: KeyId }) => kms.encapsulate({ KeyId, EncapsulationAlgorithm }),
  Encrypt: ({ kms, id: KeyId }) => kms.encrypt({ KeyId, Plaintext: Message }),
  GenerateDataKey: ({ kms, id: KeyId }) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
  GenerateDataKeyPair: ({ kms, id: KeyId }) =>
    kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  GenerateDataKeyPairWithoutPlaintext: ({ kms, id: KeyId }) =>
    kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  GenerateDataKeyWithoutPlaintext: ({ kms, id: KeyId }) =>
    kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' }),
  GenerateMac: ({ kms, id: KeyId }) => kms.generateMac({ KeyId, Message, MacAlgorithm }),
  GetKeyLastUsage: ({ kms, id: KeyId }) => kms.getKeyLastUsage({ KeyId }),
  GetKeyPolicy: ({ kms, id: KeyId }) => kms.getKeyPolicy({ KeyId }),
  GetKeyRotationStatus: ({ kms, id: KeyId }) => kms.getKeyRotationStatus({ KeyId }),
  GetParametersForImport: ({ kms, id: KeyId }) =>
    kms.getParametersForImport({
      KeyId,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  GetPublicKey: ({ kms, id: KeyId }) => kms.getPublicKey({ KeyId }),
  ImportKeyMaterial: ({ kms, id: KeyId, imported }) =>
    kms.importKeyMaterial({ KeyId, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE', ...imported }),
  ListGrants: ({ kms, id: KeyId }) => kms.listGrants({ KeyId }),
  ListKeyPolicies: ({ kms, id: KeyId }) => kms.listKeyPolicies({ KeyId }),
  ListKeyRotations: ({ kms, id: KeyId }) => kms.listKeyRotations({ KeyId }),
  ListResourceTags: ({ kms, id: KeyId }) => kms.listResourceTags({ KeyId }),
  PutKeyPolicy: async ({ kms, id: KeyId }) => {
    const { Policy } = await kms.getKeyPolicy({ KeyId })
    return kms.putKeyPolicy({ KeyId, Policy })
  },
  ReEncryptFrom: ({ kms, id, other, ciphertext }) =>
    kms.reEncrypt({ SourceKeyId: id, DestinationKeyId: other, CiphertextBlob: ciphertext }),
  ReEncryptTo: ({ kms, id, foreign }) => kms.reEncrypt({ DestinationKeyId: id, CiphertextBlob: foreign }),
  ReplicateKey: ({ kms, id: KeyId }) => kms.replicateKey({ KeyId, ReplicaRegion: 'ap-south-1' }),
  RetireGrant: ({ kms, keyArn: KeyId, grantId: GrantId }) => kms.retireGrant({ KeyId, GrantId }),
  RevokeGrant: ({ kms, id: KeyId, grantId: GrantId }) => kms.revokeGrant({ KeyId, GrantId }),
  RotateKeyOnDemand: ({ kms, id: KeyId }) => kms.rotateKeyOnDemand({ KeyId }),
  ScheduleKeyDeletion: ({ kms, id: KeyId }) => kms.scheduleKeyDeletion({ KeyId }),
  Sign: ({ kms, id: KeyId }) => kms.sign({ KeyId, Message, SigningAlgorithm }),
  TagResource: ({ kms, id: KeyId }) => kms.tagResource({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
  UntagResource: ({ kms, id: KeyId }) => kms.untagResource({ KeyId, TagKeys: ['a'] }),
  UpdateAlias: ({ kms, id }) => kms.updateAlias({ AliasName: 'alias/a', TargetKeyId: id }),
  UpdateKeyDescription: ({ kms, id: KeyId }) => kms.updateKeyDescription({ KeyId, Description: 'new' }),
  UpdatePrimaryRegion: ({ kms, id: KeyId }) => kms.updatePrimaryRegion({ KeyId, PrimaryRegion: 'eu-west-1' }),
  Verify: ({ kms, id: KeyId, signature: Signature }) =>
    kms.verify({ KeyId, Message, SigningAlgorithm, Signature }),
  VerifyMac: ({ kms, id: KeyId, mac: Mac }) => kms.verifyMac({ KeyId, Message, MacAlgorithm, Mac }),
} satisfies Partial<Record<KeyOperation, Calls[string]>>

type Rig = Awaited<ReturnType<typeof rig>>

/** A key of a kind, enabled (or unavailable), with what the calls need; made in `region` or, a replica, in another. */
async function stage({ admin, as, administrators, store }: Rig, name: KindName): Promise<Scene> {
  const { id: other } = await newKey(admin)
  const { id } = await newKey(admin, kinds[name].input)
  const credentials = administrators.get(here)
  assert.ok(credentials)
  if (name === 'primary' || name === 'replica')
    await admin.replicateKey({ KeyId: id, ReplicaRegion: 'eu-west-1' })
  const kms = name === 'replica' ? as(credentials, 'eu-west-1') : admin
  const otherHere = kms === admin ? other : (await newKey(kms)).id

  const none = new Uint8Array(1)
  let imported: Scene['imported'] = { ImportToken: none, EncryptedKeyMaterial: none }
  if (name === 'imported') {
    const material = randomBytes(32)
    await importMaterial(kms, id, material)
    await importMaterial(kms, id, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' }) // Pending rotation.
    const { ImportToken = none, wrap } = await importParameters(kms, id)
    imported = { ImportToken, EncryptedKeyMaterial: wrap(material) }
  }
  const blob = async (KeyId: string) =>
    (await kms.encrypt({ KeyId, Plaintext: Message })).CiphertextBlob ?? none
  const foreign = await blob(otherHere)
  const { GrantId: grantId = '' } = await kms.createGrant({
    KeyId: id,
    GranteePrincipal: adminArn,
    RetiringPrincipal: adminArn,
    Operations: ['DescribeKey'],
  })
  const can = (use: KeyOperation) => kinds[name].uses.includes(use)
  const scene: Scene = {
    kms,
    id,
    keyArn: (await kms.describeKey({ KeyId: id })).KeyMetadata?.Arn ?? '',
    grantId,
    other: otherHere,
    foreign,
    imported,
    ciphertext: can('Encrypt') ? await blob(id) : foreign,
    signature: can('Sign')
      ? ((await kms.sign({ KeyId: id, Message, SigningAlgorithm })).Signature ?? none)
      : none,
    mac: can('GenerateMac')
      ? ((await kms.generateMac({ KeyId: id, Message, MacAlgorithm })).Mac ?? none)
      : none,
    peer: can('DeriveSharedSecret') ? ((await kms.getPublicKey({ KeyId: id })).PublicKey ?? none) : none,
    encapsulated: can('Encapsulate')
      ? ((await kms.encapsulate({ KeyId: id, EncapsulationAlgorithm })).SharedSecretCiphertextBlob ?? none)
      : none,
  }
  await kms.createAlias({ AliasName: 'alias/a', TargetKeyId: id })
  if (name === 'external') {
    await store.transact((tx) => {
      const scope = { account: here, region }
      const key = tx.get(keys, scope, id)
      assert.ok(key)
      tx.put(keys, scope, id, {
        ...key,
        origin: 'EXTERNAL_KEY_STORE',
        customKeyStoreId: 'cks-1',
        xksKeyId: 'x',
      })
      tx.put(customKeyStores, scope, 'cks-1', {
        customKeyStoreId: 'cks-1',
        name: 'store',
        createdAtMs: 0,
        connection: { state: 'DISCONNECTED' },
        proxy: {
          connectivity: 'PUBLIC_ENDPOINT',
          uriEndpoint: 'https://xks.example',
          uriPath: '/kms/xks/v1',
          accessKeyId: 'A',
          sealedSecret: '',
        },
      })
    })
  }
  return scene
}

/** Brings an enabled key into a state. */
async function bring({ kms, id: KeyId }: Scene, state: KeyState): Promise<void> {
  if (state === 'Disabled') await kms.disableKey({ KeyId })
  if (state === 'PendingImport') await kms.deleteImportedKeyMaterial({ KeyId })
  if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion')
    await kms.scheduleKeyDeletion({ KeyId })
  const { KeyMetadata } = await kms.describeKey({ KeyId })
  assert.equal(KeyMetadata?.KeyState, state)
}

let cases = 0
for (const name of Object.keys(kinds) as KindName[]) {
  // Its own keys.
  test(`key states: every operation on a key that is ${name}`, async () => {
    const made = await rig()
    const scene = await stage(made, name)
    const enabled = made.store.snapshot()
    for (const state of kinds[name].states) {
      await made.store.reset(enabled)
      await bring(scene, state)
      const before = made.store.snapshot()
      const { KeyMetadata } = await scene.kms.describeKey({ KeyId: scene.id })
      for (const [operation, call] of Object.entries(calls)) {
        const want = wanted(operation as KeyOperation, name, state, KeyMetadata?.Arn ?? '') // A key of `calls`.
        const answer = await refusal(call(scene))
        const label = `${operation} of ${name}, ${state}: ${answer}`
        assert.equal(want.includes(' ') ? answer : answer.split(':')[0], want, label)
        if (want === allowed) await made.store.reset(before)
        else assert.deepEqual(made.store.snapshot(), before, label)
        cases += 1
      }
    }
  })
}

test('key states: all of them ran', () => {
  assert.equal(Object.keys(calls).length, Object.keys(guide).length)
  const stateCount = Object.values(kinds).reduce((sum, kind) => sum + kind.states.length, 0)
  assert.equal(stateCount, 27)
  assert.equal(cases, 27 * 46)
})
