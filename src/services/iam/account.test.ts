// Goal: what an account sets for itself is kept, and its summary counts what there is.
// Method: rows of calls through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globalScope } from '#core/tables.ts'
import { accountSettings, settingsId } from './documents.ts'
import { account, refusal, rig } from './rig.test.ts'

test('aliases: an account has one, which nobody else has', async () => {
  const { admin, store } = await rig()
  const listed = async () => (await admin.listAccountAliases({})).AccountAliases
  assert.deepEqual(await listed(), [])
  await admin.createAccountAlias({ AccountAlias: 'first' })
  await admin.createAccountAlias({ AccountAlias: 'second' })
  assert.deepEqual(await listed(), ['second'])
  assert.equal(
    await refusal(admin.createAccountAlias({ AccountAlias: 'second' })),
    'EntityAlreadyExistsException: The account alias second already exists.',
  )
  const elsewhere = { ...globalScope(account), account: '210987654321' }
  await store.transact((tx) => tx.put(accountSettings, elsewhere, settingsId, { alias: 'theirs' }))
  assert.equal(
    await refusal(admin.createAccountAlias({ AccountAlias: 'theirs' })),
    'EntityAlreadyExistsException: The account alias theirs already exists.',
  )
  assert.equal(
    await refusal(admin.deleteAccountAlias({ AccountAlias: 'theirs' })),
    'NoSuchEntityException: The account alias theirs cannot be found.',
  )
  await admin.deleteAccountAlias({ AccountAlias: 'second' })
  assert.deepEqual(await listed(), [])
  await admin.createAccountAlias({ AccountAlias: 'first' }) // Free since it was replaced.
})

test('password policy: set as a whole, shown, and deleted', async () => {
  const { admin } = await rig()
  const none = `NoSuchEntityException: The Password Policy with domain name ${account} cannot be found.`
  assert.equal(await refusal(admin.getAccountPasswordPolicy({})), none)
  assert.equal(await refusal(admin.deleteAccountPasswordPolicy({})), none)
  await admin.createAccountAlias({ AccountAlias: 'kept' })
  const all = {
    MinimumPasswordLength: 12,
    RequireSymbols: true,
    RequireNumbers: true,
    RequireUppercaseCharacters: true,
    RequireLowercaseCharacters: true,
    AllowUsersToChangePassword: true,
    MaxPasswordAge: 90,
    PasswordReusePrevention: 5,
    HardExpiry: true,
  }
  await admin.updateAccountPasswordPolicy(all)
  const shown = async () => (await admin.getAccountPasswordPolicy({})).PasswordPolicy
  assert.deepEqual(await shown(), { ...all, ExpirePasswords: true })
  await admin.updateAccountPasswordPolicy({ RequireNumbers: true })
  assert.deepEqual(await shown(), {
    MinimumPasswordLength: 6,
    RequireSymbols: false,
    RequireNumbers: true,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: false,
    ExpirePasswords: false,
  })
  await admin.deleteAccountPasswordPolicy({})
  assert.equal(await refusal(admin.getAccountPasswordPolicy({})), none)
  assert.deepEqual((await admin.listAccountAliases({})).AccountAliases, ['kept'])
})

test('summary: counts what there is, and says what there may be', async () => {
  const { admin, root, rootKey } = await rig()
  await admin.createUser({ UserName: 'bob' })
  await admin.createGroup({ GroupName: 'staff' })
  const { SummaryMap: before = {} } = await admin.getAccountSummary({})
  assert.equal(Object.keys(before).length, 34)
  assert.deepEqual(
    [before['Users'], before['Groups'], before['UsersQuota'], before['AccountAccessKeysPresent']],
    [2, 1, 5000, 1],
  )
  await root.deleteAccessKey({ AccessKeyId: rootKey.accessKeyId })
  await admin.deleteUser({ UserName: 'bob' })
  const { SummaryMap: after } = await admin.getAccountSummary({})
  assert.deepEqual(after, { ...before, Users: 1, AccountAccessKeysPresent: 0 })
})
