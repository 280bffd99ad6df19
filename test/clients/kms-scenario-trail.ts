import assert from 'node:assert/strict'
import { encryptionContext, type KmsStage } from './kms-scenario.ts'
import { everyRecord } from './scenario-trail.ts'

/** A record of KMS as LookupEvents carries it, the members that the scenario looks at. */
interface KmsRecord {
  readonly eventSource: string
  readonly eventName: string
  readonly errorCode?: string
  readonly userIdentity: { readonly arn?: string }
  readonly requestParameters: { readonly encryptionContext?: Readonly<Record<string, string>> } | null
  readonly resources?: readonly { readonly ARN: string; readonly type?: string }[]
}

type Deed = readonly [who: 'bob' | 'administrator', eventName: string, errorCode: string | undefined]

/** What was done with the key that encrypts: each use once, allowed or not. */
const uses: readonly Deed[] = [
  ['administrator', 'Encrypt', undefined],
  ['administrator', 'Decrypt', undefined],
  ['administrator', 'Decrypt', 'InvalidCiphertextException'],
  ['administrator', 'Decrypt', 'InvalidCiphertextException'],
  ['bob', 'Decrypt', 'AccessDenied'],
  ['bob', 'Decrypt', undefined],
  ['bob', 'Encrypt', 'AccessDenied'],
  ['bob', 'Decrypt', 'DisabledException'],
  ['administrator', 'Decrypt', 'DisabledException'],
  ['bob', 'Decrypt', undefined],
  ['administrator', 'GenerateDataKey', undefined],
  ['administrator', 'Decrypt', undefined],
  ['bob', 'Decrypt', 'KMSInvalidStateException'],
  ['bob', 'Decrypt', 'DisabledException'],
  ['bob', 'Decrypt', undefined],
]

/** What was done with each further key. */
const usesOfFurther: ReadonlyMap<string, readonly string[]> = new Map([
  ['ECC_NIST_P256', ['Sign', 'GetPublicKey', 'Verify', 'Verify']],
  ['RSA_2048', ['Sign', 'GetPublicKey', 'Verify', 'Verify']],
  ['HMAC_256', ['GenerateMac', 'VerifyMac', 'VerifyMac']],
  [
    'SYMMETRIC_DEFAULT',
    [
      ...['Encrypt', 'CreateGrant', 'Encrypt', 'RevokeGrant', 'Encrypt'],
      ...['Encrypt', 'RotateKeyOnDemand', 'RotateKey', 'ListKeyRotations', 'Decrypt'],
    ],
  ],
])

const usesWithContext = /^(?:Encrypt|Decrypt|GenerateDataKey)$/

/** Reads the whole trail through LookupEvents: each use of each key, with its key and encryption context, and no plaintext. */
export async function assertKmsTrail(stage: KmsStage): Promise<void> {
  const texts = await everyRecord(stage)
  const records = texts
    .map((text) => JSON.parse(text) as KmsRecord) // Checked member by member below.
    .filter(({ eventSource }) => eventSource === 'kms.amazonaws.com')
  const recordsOf = (arn: string): readonly KmsRecord[] =>
    records.filter(({ resources = [] }) => resources.some(({ ARN }) => ARN === arn))

  const done = recordsOf(stage.keyArn).filter(({ eventName }) => usesWithContext.test(eventName))
  const seen = done.map(({ userIdentity, eventName, errorCode }) => [
    userIdentity.arn === stage.bobArn ? 'bob' : 'administrator',
    eventName,
    errorCode,
  ])
  assert.deepEqual(inAnyOrder(seen), inAnyOrder(uses))
  for (const { resources, requestParameters, errorCode } of done) {
    assert.deepEqual(
      resources?.map(({ ARN, type }) => [ARN, type]),
      [[stage.keyArn, 'AWS::KMS::Key']],
    )
    if (errorCode === undefined) assert.deepEqual(requestParameters?.encryptionContext, encryptionContext)
  }
  const wrong = done.filter(
    ({ requestParameters }) => requestParameters?.encryptionContext?.['tenant'] === 'red',
  )
  assert.equal(wrong.length, 2, 'refused contexts are recorded too: one that does not open, one not allowed')

  assert.equal(stage.furtherArns.size, usesOfFurther.size)
  for (const [spec, names] of usesOfFurther) {
    const ofKey = recordsOf(stage.furtherArns.get(spec) ?? '')
    assert.deepEqual(inAnyOrder(ofKey.map(({ eventName }) => eventName)), inAnyOrder(names), spec)
  }

  assert.equal(stage.secrets.length, 2, 'the plaintext and the data key')
  for (const secret of stage.secrets.map((bytes) => Buffer.from(bytes))) {
    for (const form of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      const told = secret.toString(form)
      assert.ok(!texts.some((text) => text.includes(told)), `no record holds a plaintext as ${form}`)
    }
  }
}

/** Of two records within one second nobody can tell which was first. */
function inAnyOrder(list: readonly unknown[]): readonly string[] {
  return list.map((each) => JSON.stringify(each)).sort()
}
