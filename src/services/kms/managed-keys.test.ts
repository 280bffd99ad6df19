// Goal: an AWS managed key exists from the first use on, once, and what was encrypted under it that first time can be decrypted.
// Method: AWS's own client; calls at the same time, of operations that wait and of some that do not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { here, refusal, region, rig } from './rig.test.ts'

test('managed keys: made when first named, and the same ever after', async () => {
  const { admin } = await rig()
  const first = await admin.describeKey({ KeyId: 'alias/aws/lambda' })
  const again = await admin.describeKey({ KeyId: `arn:aws:kms:${region}:${here}:alias/aws/lambda` })
  assert.deepEqual(again.KeyMetadata, first.KeyMetadata)
  assert.deepEqual([first.KeyMetadata?.KeyManager, first.KeyMetadata?.KeyState], ['AWS', 'Enabled'])
  assert.match(
    await refusal(admin.describeKey({ KeyId: 'alias/aws/nothing' })),
    /^NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias\/aws\/nothing is not found\.$/,
  )
})

test('managed keys: nobody uses one directly, changes it, or takes its alias', async () => {
  const { admin } = await rig()
  const { KeyMetadata } = await admin.describeKey({ KeyId: 'alias/aws/sqs' })
  const KeyId = KeyMetadata?.KeyId ?? ''
  const rows: readonly [what: string, call: () => Promise<unknown>, want: RegExp][] = [
    [
      'use',
      () => admin.encrypt({ KeyId, Plaintext: Buffer.from('x') }),
      /^AccessDeniedException: .* kms:Encrypt .*no resource-based policy/,
    ],
    ['disable', () => admin.disableKey({ KeyId }), /^AccessDeniedException/],
    ['delete', () => admin.scheduleKeyDeletion({ KeyId }), /^AccessDeniedException/],
    ['change the policy', () => admin.putKeyPolicy({ KeyId, Policy: '{}' }), /^AccessDeniedException/],
    [
      'make such an alias',
      () => admin.createAlias({ AliasName: 'alias/aws/mine', TargetKeyId: KeyId }),
      /^(?:NotAuthorized|AccessDenied)Exception/,
    ],
    [
      'delete the alias',
      () => admin.deleteAlias({ AliasName: 'alias/aws/sqs' }),
      /^(?:NotAuthorized|AccessDenied)Exception/,
    ],
  ]
  for (const [what, call, want] of rows) assert.match(await refusal(call()), want, what)
  assert.equal(rows.length, 6)
})
