// Goal: an ARN leads to the service that it names, and no other text leads anywhere. Method: rows, with services that say their names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from './arn.ts'
import { type Certificates, certificatesOf } from './certificates.ts'
import { createSeal, rootKeyOf } from './seal/index.ts'
import { createMemoryStore } from './store/index.ts'

const says = (name: string): Certificates => ({
  find: () => undefined,
  open: (_, __, arn) => ({ arn: arn as Arn, chain: name, privateKey: '', names: [] }), // Handed back as it came.
})

const rows: readonly (readonly [arn: string, want: string | undefined])[] = [
  ['arn:aws:acm:us-east-1:111122223333:certificate/a', 'acm'],
  ['arn:aws:iam::111122223333:server-certificate/a', 'iam'],
  ['arn:aws:kms:us-east-1:111122223333:key/a', undefined],
  ['arn:aws:constructor:us-east-1:111122223333:key/a', undefined],
  ['acm', undefined],
]

test('certificates: each ARN is asked of its service', () => {
  const certificates = certificatesOf({ acm: says('acm'), iam: says('iam') })
  const seal = createSeal({
    current: rootKeyOf(Buffer.alloc(32)),
    randomBytes: (length) => Buffer.alloc(length),
  })
  for (const [arn, want] of rows)
    assert.equal(certificates.open(createMemoryStore().read, seal, arn)?.chain, want, arn)
  assert.equal(rows.length, 5)
})
