import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import type { Contender } from '../http/contenders.ts'

/** A key that was made on a contender, and who uses it. */
export interface KeyInUse {
  readonly contender: Contender
  readonly keyArn: string
  /** Base64 of 1 KiB, and what Encrypt made of it. */
  readonly plaintext: string
  readonly ciphertext: string
}

/** What the benchmark encrypts. */
export const plaintext = randomBytes(1024)

const users = 10
const grants = 20

/**
 * Makes a key as a team would have one: its policy names ten users, and each of them has two grants besides. The contender that comes
 * back signs as one of the users.
 */
export async function withKey(contender: Contender): Promise<KeyInUse> {
  const { port, credentials } = contender
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { ...credentials },
  }
  const [iam, kms] = [new IAM(options), new KMS(options)]
  const arns: string[] = []
  for (let number = 0; number < users; number += 1) {
    const { User } = await iam.createUser({ UserName: `user-${number}` })
    arns.push(User?.Arn ?? '')
  }
  const [caller = ''] = arns
  const { AccessKey } = await iam.createAccessKey({ UserName: 'user-0' })
  const root = caller.replace(/:user\/.*/, ':root')
  const actions = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']
  const statements = [
    { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
    { Effect: 'Allow', Principal: { AWS: arns }, Action: actions, Resource: '*' },
  ]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  const { KeyMetadata } = await kms.createKey({ Policy })
  const KeyId = KeyMetadata?.Arn ?? ''
  for (let number = 0; number < grants; number += 1) {
    await kms.createGrant({
      KeyId,
      Name: `grant-${number}`,
      GranteePrincipal: arns[number % users],
      Operations: ['Encrypt', 'Decrypt', 'GenerateDataKey'],
      // Of a user's two grants one allows what is measured, the other does not.
      ...(number >= users && { Constraints: { EncryptionContextSubset: { grant: String(number) } } }),
    })
  }
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: plaintext })
  assert.ok(CiphertextBlob && AccessKey, 'the key encrypts, and the user signs')
  iam.destroy()
  kms.destroy()
  return {
    contender: {
      ...contender,
      credentials: {
        accessKeyId: AccessKey.AccessKeyId ?? '',
        secretAccessKey: AccessKey.SecretAccessKey ?? '',
      },
    },
    keyArn: KeyId,
    plaintext: plaintext.toString('base64'),
    ciphertext: Buffer.from(CiphertextBlob).toString('base64'),
  }
}
