// Goal: every use of a key leaves a record that says who, which key, and under which encryption context; and never what was encrypted,
// signed or made.
// Method: every kind of use through the real recorder; its record's parameters in the row, and every byte string that went in or came
// out looked for in all its usual spellings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KMS } from '@aws-sdk/client-kms'
import { createRecorder } from '#telemetry/index.ts'
import { outcome, rootArn, user, userArn } from './access-rig.test.ts'
import { here, newKey, type Rig, rig, there } from './rig.test.ts'

interface Written {
  readonly eventSource: string
  readonly eventName: string
  readonly userIdentity: Readonly<Record<string, unknown>>
  readonly requestParameters: Readonly<Record<string, unknown>> | null
  readonly responseElements: Readonly<Record<string, unknown>> | null
  readonly resources?: readonly unknown[]
  readonly readOnly: boolean
  readonly errorCode?: string
  readonly recipientAccountId: string
  readonly sharedEventID?: string
}

/** A rig whose records are the real ones, kept here as the lines that they are. */
async function recorded(): Promise<{ readonly r: Rig; readonly lines: string[] }> {
  const lines: string[] = []
  const r = await rig({
    audit: ({ world }) => ({
      keeps: () => true,
      record: createRecorder(world.randomBytes),
      recordEvent: () => assert.fail('nothing happens by itself here'),
      append: (line) => void lines.push(line),
      flush: () => {},
    }),
  })
  r.store.tail(({ records }) => void lines.push(...records))
  return { r, lines }
}

const read = (line: string | undefined) => JSON.parse(line ?? '') as Written // Written by the recorder.
const Plaintext = Buffer.from('attack at dawn, and tell nobody')
const Message = Plaintext
const EncryptionContext = { tenant: 'a', Purpose: 'test' }

/** All byte strings within a request or an answer. */
function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesIn) : []
}

test('records: what each kind of use leaves, and what it does not', async () => {
  const { r, lines } = await recorded()
  const { admin } = r
  const key = await newKey(admin)
  const other = await newKey(admin)
  const rsa = await newKey(admin, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
  const signing = await newKey(admin, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  const agreeing = await newKey(admin, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  const mac = await newKey(admin, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  await admin.createAlias({ AliasName: 'alias/app', TargetKeyId: key.id })
  const { CiphertextBlob } = await admin.encrypt({ KeyId: key.id, Plaintext, EncryptionContext })
  const SigningAlgorithm = 'ECDSA_SHA_256'
  const MacAlgorithm = 'HMAC_SHA_256'
  const { Signature } = await admin.sign({ KeyId: signing.id, Message, SigningAlgorithm })
  const { Mac } = await admin.generateMac({ KeyId: mac.id, Message, MacAlgorithm })
  const { PublicKey } = await admin.getPublicKey({ KeyId: agreeing.id })

  type Row<Name extends keyof KMS> = readonly [
    name: Name,
    input: object,
    keys: readonly string[],
    shown: object,
  ]
  const encryptionContext = EncryptionContext
  const keyId = key.id
  const SourceEncryptionContext = EncryptionContext
  const DestinationEncryptionContext = { tenant: 'b' }
  const spec = { KeyId: key.id, KeySpec: 'AES_256', EncryptionContext }
  const pair = { KeyId: key.id, KeyPairSpec: 'ECC_NIST_P256', EncryptionContext }
  const pairShown = { keyId, keyPairSpec: 'ECC_NIST_P256', encryptionContext }
  const specShown = { keyId, keySpec: 'AES_256', encryptionContext }
  const rsaAlgorithm = 'RSAES_OAEP_SHA_256'
  const rows = [
    ['encrypt', { KeyId: key.id, Plaintext, EncryptionContext }, [key.arn], { keyId, encryptionContext }],
    ['encrypt', { KeyId: 'alias/app', Plaintext }, [key.arn], { keyId: 'alias/app' }],
    [
      'encrypt',
      { KeyId: rsa.id, Plaintext, EncryptionAlgorithm: rsaAlgorithm },
      [rsa.arn],
      { keyId: rsa.id, encryptionAlgorithm: rsaAlgorithm },
    ],
    ['decrypt', { CiphertextBlob, EncryptionContext }, [key.arn], { encryptionContext }],
    [
      'decrypt',
      { CiphertextBlob, EncryptionContext, KeyId: key.arn },
      [key.arn],
      { keyId: key.arn, encryptionContext },
    ],
    [
      'reEncrypt',
      { CiphertextBlob, SourceEncryptionContext, DestinationKeyId: other.id, DestinationEncryptionContext },
      [key.arn, other.arn],
      {
        sourceEncryptionContext: EncryptionContext,
        destinationKeyId: other.id,
        destinationEncryptionContext: DestinationEncryptionContext,
      },
    ],
    ['generateDataKey', spec, [key.arn], specShown],
    ['generateDataKeyWithoutPlaintext', spec, [key.arn], specShown],
    ['generateDataKeyPair', pair, [key.arn], pairShown],
    ['generateDataKeyPairWithoutPlaintext', pair, [key.arn], pairShown],
    ['generateRandom', { NumberOfBytes: 32 }, [], { numberOfBytes: 32 }],
    [
      'sign',
      { KeyId: signing.id, Message, SigningAlgorithm, MessageType: 'RAW' },
      [signing.arn],
      { keyId: signing.id, messageType: 'RAW', signingAlgorithm: SigningAlgorithm },
    ],
    [
      'verify',
      { KeyId: signing.id, Message, SigningAlgorithm, Signature },
      [signing.arn],
      { keyId: signing.id, signingAlgorithm: SigningAlgorithm },
    ],
    [
      'generateMac',
      { KeyId: mac.id, Message, MacAlgorithm },
      [mac.arn],
      { keyId: mac.id, macAlgorithm: MacAlgorithm },
    ],
    [
      'verifyMac',
      { KeyId: mac.id, Message, MacAlgorithm, Mac },
      [mac.arn],
      { keyId: mac.id, macAlgorithm: MacAlgorithm },
    ],
    [
      'deriveSharedSecret',
      { KeyId: agreeing.id, PublicKey, KeyAgreementAlgorithm: 'ECDH' },
      [agreeing.arn],
      { keyId: agreeing.id, keyAgreementAlgorithm: 'ECDH' },
    ],
    ['getPublicKey', { KeyId: agreeing.id }, [agreeing.arn], { keyId: agreeing.id }],
  ] as const satisfies readonly Row<keyof KMS>[]

  for (const [name, input, keys, shown] of rows) {
    const call = admin[name].bind(admin) as (input: object) => Promise<object> // The row's own input, which tsc cannot pair.
    lines.length = 0
    const output = await call(input)
    const [line, more] = lines
    assert.ok(line !== undefined && more === undefined, name)
    const record = read(line)
    assert.equal(record.eventName.toLowerCase(), name.toLowerCase())
    assert.equal(record.eventSource, 'kms.amazonaws.com')
    assert.equal(record.userIdentity['arn'], userArn('admin'))
    assert.deepEqual(record.requestParameters, shown, name)
    assert.deepEqual([record.responseElements, record.readOnly], [null, true], name)
    assert.deepEqual(
      record.resources ?? [],
      keys.map((ARN) => ({ accountId: here, type: 'AWS::KMS::Key', ARN })),
    )
    const secrets = [...bytesIn(input), ...bytesIn(output)]
    assert.ok(secrets.length > 0, name)
    for (const secret of secrets) {
      const bytes = Buffer.from(secret)
      for (const spelling of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        assert.ok(!line.includes(bytes.toString(spelling).slice(0, 24)), `${name} tells in ${spelling}`)
      }
      assert.ok(
        !line.includes(JSON.stringify([...bytes].slice(0, 8)).slice(1, -1)),
        `${name} tells in numbers`,
      )
    }
  }
  assert.equal(rows.length, 17)
})

test('records: uses that failed say so, and tell no more', async () => {
  const { r, lines } = await recorded()
  const { id, arn } = await newKey(r.admin)
  const none = await user(r, 'none')
  const { CiphertextBlob } = await r.admin.encrypt({ KeyId: id, Plaintext, EncryptionContext })
  await newKey(r.admin).then(({ id: KeyId }) => r.admin.disableKey({ KeyId }))
  const rows: readonly [name: string, use: () => Promise<unknown>, code: string, keys: readonly string[]][] =
    [
      ['denied', () => none.encrypt({ KeyId: id, Plaintext }), 'AccessDenied', [arn]],
      [
        'another context',
        () => r.admin.decrypt({ CiphertextBlob, EncryptionContext: { tenant: 'b' } }),
        'InvalidCiphertextException',
        [arn],
      ],
      [
        'the wrong usage',
        () => r.admin.sign({ KeyId: id, Message, SigningAlgorithm: 'ECDSA_SHA_256' }),
        'InvalidKeyUsageException',
        [arn],
      ],
      [
        'no such key',
        () => r.admin.encrypt({ KeyId: arn.replace(id, unknown), Plaintext }),
        'NotFoundException',
        [arn.replace(id, unknown)],
      ],
      [
        'a dry run',
        () => r.admin.encrypt({ KeyId: id, Plaintext, DryRun: true }),
        'DryRunOperationException',
        [arn],
      ],
    ]
  for (const [name, use, code, keys] of rows) {
    lines.length = 0
    assert.notEqual(await outcome(use()), 'ok')
    assert.equal(lines.length, 1, name)
    const record = read(lines[0])
    assert.equal(record.errorCode, code, name)
    assert.equal(record.responseElements, null)
    assert.deepEqual(
      record.resources,
      keys.map((ARN) => ({ accountId: here, type: 'AWS::KMS::Key', ARN })),
      name,
    )
    assert.ok(!lines[0]?.includes(Plaintext.toString('base64').slice(0, 24)), name)
  }
  assert.equal(rows.length, 5)
})

const unknown = '00000000-0000-4000-8000-000000000000'

test('records: a use across accounts stands in both trails', async () => {
  const { r, lines } = await recorded()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const { arn } = await newKey(r.admin)
  const { GrantId } = await r.admin.createGrant({
    KeyId: arn,
    GranteePrincipal: rootArn(there),
    Operations: ['Encrypt'],
  })
  lines.length = 0
  await foreign.encrypt({ KeyId: arn, Plaintext, EncryptionContext })
  const records = lines.map(read)
  assert.deepEqual(records.map(({ recipientAccountId }) => recipientAccountId).sort(), [here, there])
  assert.equal(new Set(records.map(({ sharedEventID }) => sharedEventID)).size, 1)
  for (const { requestParameters } of records) {
    assert.deepEqual(requestParameters, { keyId: arn, encryptionContext: EncryptionContext })
  }
  // Who is refused fills nobody's trail but its own account's.
  await r.admin.revokeGrant({ KeyId: arn, GrantId })
  lines.length = 0
  assert.notEqual(await outcome(foreign.encrypt({ KeyId: arn, Plaintext })), 'ok')
  assert.deepEqual(
    lines.map((line) => read(line).recipientAccountId),
    [there],
  )
})

test('records: grants', async () => {
  const { r, lines } = await recorded()
  const { id, arn } = await newKey(r.admin)
  const grant = {
    KeyId: id,
    GranteePrincipal: userArn('admin'),
    Operations: ['Encrypt' as const],
    Constraints: { EncryptionContextSubset: { tenant: 'a' } },
  }
  lines.length = 0
  const { GrantId } = await r.admin.createGrant(grant)
  await r.admin.retireGrant({ KeyId: arn, GrantId })
  const [created, retired] = lines.map(read)
  assert.deepEqual(created?.requestParameters, {
    keyId: id,
    granteePrincipal: userArn('admin'),
    operations: ['Encrypt'],
    constraints: { encryptionContextSubset: { tenant: 'a' } },
  })
  assert.equal(created.responseElements?.['grantId'], GrantId)
  assert.equal(created.readOnly, false)
  assert.deepEqual(retired?.requestParameters, { keyId: arn, grantId: GrantId })
  assert.deepEqual(retired.resources, [{ accountId: here, type: 'AWS::KMS::Key', ARN: arn }])
})
