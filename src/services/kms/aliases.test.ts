// Goal: what is no name of an alias is refused before it is authorized as something else; an alias names a key where AWS lets it; a key has
// so many. Method: an administrator, whom nothing is denied.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policy, rootArn, userArn, allow, aws } from './access-rig.test.ts'
import { quotas } from './quotas.ts'
import { here, newKey, refusal, region, rig } from './rig.test.ts'

test('a name that is not one of an alias is refused as such', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin)
  for (const AliasName of [`key/${id}`, 'other', 'ALIAS/a']) {
    const refused = [
      await refusal(admin.createAlias({ AliasName, TargetKeyId: id })),
      await refusal(admin.updateAlias({ AliasName, TargetKeyId: id })),
      await refusal(admin.deleteAlias({ AliasName })),
    ]
    for (const one of refused) assert.match(one, /^Validation\w+: Alias must start with the prefix "alias\/"/)
  }
})

test('an alias names a key to DescribeKey and to uses of the key, and to nothing that manages it', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin)
  const alias = 'alias/a'
  await admin.createAlias({ AliasName: alias, TargetKeyId: id })
  const Plaintext = Buffer.from('attack at dawn')
  const Policy = policy(allow('kms:*', aws(rootArn())))
  const { GrantId } = await admin.createGrant({
    KeyId: id,
    GranteePrincipal: userArn('admin'),
    Operations: ['Encrypt'],
  })
  for (const KeyId of [alias, `arn:aws:kms:${region}:${here}:${alias}`]) {
    const taken: readonly (() => Promise<unknown>)[] = [
      () => admin.describeKey({ KeyId }),
      () => admin.encrypt({ KeyId, Plaintext }),
      () => admin.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
    ]
    for (const call of taken) assert.equal(await refusal(call()), 'no refusal')
    const refused: readonly [name: string, call: () => Promise<unknown>][] = [
      ['CancelKeyDeletion', () => admin.cancelKeyDeletion({ KeyId })],
      ['CreateGrant', () => admin.createGrant({ KeyId, GranteePrincipal: here, Operations: ['Encrypt'] })],
      ['DisableKey', () => admin.disableKey({ KeyId })],
      ['EnableKey', () => admin.enableKey({ KeyId })],
      ['EnableKeyRotation', () => admin.enableKeyRotation({ KeyId })],
      ['GetKeyPolicy', () => admin.getKeyPolicy({ KeyId })],
      ['GetKeyRotationStatus', () => admin.getKeyRotationStatus({ KeyId })],
      ['ListGrants', () => admin.listGrants({ KeyId })],
      ['ListResourceTags', () => admin.listResourceTags({ KeyId })],
      ['PutKeyPolicy', () => admin.putKeyPolicy({ KeyId, Policy })],
      ['RetireGrant', () => admin.retireGrant({ KeyId, GrantId })],
      ['RevokeGrant', () => admin.revokeGrant({ KeyId, GrantId })],
      ['ScheduleKeyDeletion', () => admin.scheduleKeyDeletion({ KeyId })],
      ['TagResource', () => admin.tagResource({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })],
      ['UpdateKeyDescription', () => admin.updateKeyDescription({ KeyId, Description: 'b' })],
    ]
    for (const [name, call] of refused)
      assert.equal(await refusal(call()), `NotFoundException: Invalid keyId '${KeyId}'`, name)
    assert.deepEqual([taken.length, refused.length], [3, 15])
  }
})

test('a key has so many aliases, however they come to it', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin)
  const { id: other } = await newKey(admin)
  for (let at = 0; at < quotas.aliasesPerKey; at += 1)
    await admin.createAlias({ AliasName: `alias/${at}`, TargetKeyId: id })
  await admin.createAlias({ AliasName: 'alias/other', TargetKeyId: other })
  const onto = (AliasName: string) => refusal(admin.updateAlias({ AliasName, TargetKeyId: id }))
  assert.match(
    await refusal(admin.createAlias({ AliasName: 'alias/more', TargetKeyId: id })),
    /^LimitExceededException/,
  )
  assert.match(await onto('alias/other'), /^LimitExceededException: A KMS key can have up to 50 aliases\./)
  assert.equal(await onto('alias/0'), 'no refusal', 'it has this one already')
  await admin.updateAlias({ AliasName: 'alias/0', TargetKeyId: other })
  assert.equal(await onto('alias/other'), 'no refusal')
})

test('an alias goes with its key, to the millisecond, and its name is free', async () => {
  const { admin, clock, keeper } = await rig()
  const { id } = await newKey(admin)
  const { id: other } = await newKey(admin)
  const AliasName = 'alias/a'
  const listed = async () => (await admin.listAliases({})).Aliases?.map(({ TargetKeyId }) => TargetKeyId)
  await admin.createAlias({ AliasName, TargetKeyId: id })
  await admin.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
  clock.nowMs += 7 * 86_400_000 - 1
  assert.deepEqual(await listed(), [id])
  clock.nowMs += 1
  assert.deepEqual(await listed(), [])
  for (const call of [admin.updateAlias({ AliasName, TargetKeyId: other }), admin.deleteAlias({ AliasName })])
    assert.match(await refusal(call), /^NotFoundException: Alias .* is not found/)
  await admin.createAlias({ AliasName, TargetKeyId: other })
  assert.equal(await keeper.sweep(), 1)
  assert.deepEqual(await listed(), [other], 'what is removed of the key is not the new alias')
})
