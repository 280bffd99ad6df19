// An account with a key, a function with a secret and a certificate, and what must be true of it wherever it is.
import assert from 'node:assert/strict'
import { makeCertificate } from '../certificates.ts'
import type { Client } from '../clients/client.ts'
import { allowed } from '../clients/expect.ts'
import { zip } from '../functions/zip.ts'
import type { Credentials } from '../server.ts'

/** What its file must not show. */
export const functionSecret = 'nobody else'

/** An account, by what it holds. */
export interface Furnished {
  readonly account: string
  /** Asserts that its administrator signs there, and that all that it holds opens, runs and is recorded. */
  readonly assertWorks: (there: Client) => Promise<void>
}

/** Makes all of it in the administrator's account. */
export async function furnish(client: Client, administrator: Credentials): Promise<Furnished> {
  const { Account: account = '' } = allowed(await client.call('sts', 'GetCallerIdentity', {}, administrator))
  const { KeyMetadata } = allowed(await client.call('kms', 'CreateKey', {}, administrator))
  const Plaintext = Buffer.from('what must be readable there')
  const { CiphertextBlob } = allowed(
    await client.call('kms', 'Encrypt', { KeyId: KeyMetadata?.KeyId ?? '', Plaintext }, administrator),
  )
  const role = {
    RoleName: 'runs',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }),
  }
  const { Role } = allowed(await client.call('iam', 'CreateRole', role, administrator))
  const ZipFile = zip({
    name: 'index.mjs',
    content: 'export const handler = async () => `told ${process.env.SECRET}`',
  })
  const made = { FunctionName: 'teller', Runtime: 'nodejs24.x', Handler: 'index.handler' } as const
  allowed(
    await client.call(
      'lambda',
      'CreateFunction',
      {
        ...made,
        Role: Role?.Arn ?? '',
        Code: { ZipFile },
        Environment: { Variables: { SECRET: functionSecret } },
      },
      administrator,
    ),
  )
  const issued = makeCertificate({
    commonName: 'shop.test',
    notBeforeMs: Date.now() - 60_000,
    notAfterMs: Date.now() + 86_400_000,
  })
  const { CertificateArn = '' } = allowed(
    await client.call(
      'acm',
      'ImportCertificate',
      { Certificate: Buffer.from(issued.certificate), PrivateKey: Buffer.from(issued.privateKey) },
      administrator,
    ),
  )
  return { account, assertWorks }

  async function assertWorks(there: Client): Promise<void> {
    assert.equal(allowed(await there.call('sts', 'GetCallerIdentity', {}, administrator)).Account, account)
    const decrypted = allowed(await there.call('kms', 'Decrypt', { CiphertextBlob }, administrator))
    assert.equal(Buffer.from(decrypted.Plaintext ?? []).toString(), Plaintext.toString())
    const { Payload, FunctionError } = allowed(
      await there.call('lambda', 'Invoke', { FunctionName: 'teller' }, administrator),
    )
    assert.deepEqual(
      [Buffer.from(Payload ?? []).toString(), FunctionError],
      [`"told ${functionSecret}"`, undefined],
    )
    const certificate = allowed(await there.call('acm', 'GetCertificate', { CertificateArn }, administrator))
    assert.equal(certificate.Certificate?.trim(), issued.certificate.trim())
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'ImportCertificate' }]
    const { Events = [] } = allowed(
      await there.call('cloudtrail', 'LookupEvents', { LookupAttributes }, administrator),
    )
    assert.equal(Events.length, 1, 'its records came along')
  }
}
