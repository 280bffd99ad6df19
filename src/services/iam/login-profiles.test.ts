// Goal: passwords are as strong as the account asks, are kept as hashes only, and are changed by who knows them.
// Method: rows of passwords under policies; the operations through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { verifyPassword } from '#core/seal/index.ts'
import { globalScope } from '#core/tables.ts'
import { loginProfiles, type PasswordPolicy } from './documents.ts'
import { conforms, isExpired } from './passwords.ts'
import { account, foundedAtMs, refusal, rig, type Rig } from './rig.test.ts'

const lax: PasswordPolicy = {
  minimumPasswordLength: 6,
  requireSymbols: false,
  requireNumbers: false,
  requireUppercaseCharacters: false,
  requireLowercaseCharacters: false,
  allowUsersToChangePassword: false,
}
const strict: PasswordPolicy = {
  minimumPasswordLength: 10,
  requireSymbols: true,
  requireNumbers: true,
  requireUppercaseCharacters: true,
  requireLowercaseCharacters: true,
  allowUsersToChangePassword: false,
}

const strengths: readonly [
  sentence: string,
  policy: PasswordPolicy | undefined,
  password: string,
  want: boolean,
][] = [
  ['by default, three kinds of four', undefined, 'abcdEF12', true],
  ['by default, symbols are a kind', undefined, 'abcdef1!', true],
  ['by default, two kinds are too few', undefined, 'abcdefG-'.toLowerCase(), false],
  ['by default, seven characters are too few', undefined, 'abcEF1!', false],
  ['a letter with an accent is of no kind', undefined, 'ÀÉÎÕabcde1', false],
  ['a lax policy asks for length alone', lax, 'aaaaaa', true],
  ['a lax policy still asks for length', lax, 'aaaaa', false],
  ['a strict policy asks for all', strict, 'Abcdefgh1!', true],
  ['no symbol', strict, 'Abcdefghi1', false],
  ['no number', strict, 'Abcdefghi!', false],
  ['no upper case', strict, 'abcdefgh1!', false],
  ['no lower case', strict, 'ABCDEFGH1!', false],
  ['too short', strict, 'Abcdefg1!', false],
  ['a symbol that does not count', strict, 'Abcdefgh1;', false],
]

test('passwords: rows', () => {
  for (const [sentence, policy, password, want] of strengths)
    assert.equal(conforms(password, policy), want, sentence)
  assert.equal(strengths.length, 14)
})

test('passwords: what a policy accepts, one that asks for less accepts', () => {
  const flags = fc.record({
    requireSymbols: fc.boolean(),
    requireNumbers: fc.boolean(),
    requireUppercaseCharacters: fc.boolean(),
    requireLowercaseCharacters: fc.boolean(),
  })
  const password = fc.string({ unit: fc.constantFrom('a', 'B', '1', '!', 'é'), minLength: 6, maxLength: 12 })
  fc.assert(
    fc.property(flags, fc.integer({ min: 6, max: 12 }), password, (asked, minimumPasswordLength, text) => {
      const accepted = conforms(text, { ...lax, ...asked, minimumPasswordLength })
      const kinds = {
        requireSymbols: '!',
        requireNumbers: '1',
        requireUppercaseCharacters: 'B',
        requireLowercaseCharacters: 'a',
      }
      const want =
        text.length >= minimumPasswordLength &&
        Object.entries(kinds).every(
          ([flag, mark]) => !asked[flag as keyof typeof asked] || text.includes(mark),
        )
      assert.equal(accepted, want)
    }),
  )
})

test('passwords: a password expires a day count after it was set', () => {
  const profile = { passwordChangedAtMs: 0 }
  const dayMs = 86_400_000
  assert.equal(isExpired(profile, { ...lax, maxPasswordAge: 3 }, 3 * dayMs), false)
  assert.equal(isExpired(profile, { ...lax, maxPasswordAge: 3 }, 3 * dayMs + 1), true)
  assert.equal(isExpired(profile, lax, 999 * dayMs), false)
  assert.equal(isExpired(profile, undefined, 999 * dayMs), false)
})

const weak = 'PasswordPolicyViolationException: Password does not conform to the account password policy.'

function storedProfile({ store }: Rig, userName: string) {
  const profile = store.read.get(loginProfiles, globalScope(account), userName)
  assert.ok(profile)
  return profile
}

test('login profiles: a password is hashed, shown never, and belongs to one user', async () => {
  const cloud = await rig()
  const { admin } = cloud
  await admin.createUser({ UserName: 'Bob' })
  assert.equal(await refusal(admin.createLoginProfile({ UserName: 'bob', Password: 'weak' })), weak)
  const { LoginProfile } = await admin.createLoginProfile({
    UserName: 'bob',
    Password: 'Correct-Horse-9',
    PasswordResetRequired: true,
  })
  const want = { UserName: 'Bob', CreateDate: new Date(foundedAtMs), PasswordResetRequired: true }
  assert.deepEqual(LoginProfile, want)
  assert.deepEqual((await admin.getLoginProfile({ UserName: 'BOB' })).LoginProfile, want)
  const { passwordHash } = storedProfile(cloud, 'bob')
  assert.match(passwordHash, /^\$scrypt\$/)
  assert.ok(await verifyPassword('Correct-Horse-9', passwordHash))
  assert.equal(
    await refusal(admin.createLoginProfile({ UserName: 'bob', Password: 'Correct-Horse-9' })),
    'EntityAlreadyExistsException: Login Profile for user Bob already exists.',
  )
  await admin.deleteLoginProfile({ UserName: 'bob' })
  assert.equal(
    await refusal(admin.getLoginProfile({ UserName: 'bob' })),
    'NoSuchEntityException: Login Profile for User Bob cannot be found.',
  )
  assert.equal(
    await refusal(admin.updateLoginProfile({ UserName: 'bob', Password: 'Correct-Horse-9' })),
    'NoSuchEntityException: Login Profile for User Bob cannot be found.',
  )
  assert.equal(
    await refusal(admin.createLoginProfile({ UserName: 'bob' })),
    'ValidationError: Must specify a password for the login profile.',
  )
  assert.equal(
    await refusal(admin.getLoginProfile({ UserName: 'nobody' })),
    'NoSuchEntityException: The user with name nobody cannot be found.',
  )
})

test('login profiles: an administrator may change the password, or only whether it must be changed', async () => {
  const cloud = await rig()
  const { admin } = cloud
  await admin.createLoginProfile({ Password: 'Correct-Horse-9' })
  const first = storedProfile(cloud, 'admin')
  await admin.updateLoginProfile({ UserName: 'admin', PasswordResetRequired: true })
  assert.deepEqual(storedProfile(cloud, 'admin'), { ...first, passwordResetRequired: true })
  await admin.updateLoginProfile({ UserName: 'admin', Password: 'Battery-Staple-8' })
  const second = storedProfile(cloud, 'admin')
  assert.equal(second.passwordResetRequired, true)
  assert.ok(await verifyPassword('Battery-Staple-8', second.passwordHash))
  assert.deepEqual(second.earlierHashes, []) // No policy asks to remember.
})

test('ChangePassword: who knows the old password sets a new one, within the policy', async () => {
  const cloud = await rig()
  const { admin, clock } = cloud
  await admin.updateAccountPasswordPolicy({ PasswordReusePrevention: 2, MaxPasswordAge: 1, HardExpiry: true })
  const change = (OldPassword: string, NewPassword: string) =>
    refusal(admin.changePassword({ OldPassword, NewPassword }))
  assert.equal(
    await change('aaaaaa', 'bbbbbb'),
    'NoSuchEntityException: Login Profile for User admin cannot be found.',
  )
  await admin.createLoginProfile({ Password: 'first!', PasswordResetRequired: true })
  assert.equal(await change('wrong!', 'second'), 'AccessDenied: The old password was incorrect.')
  assert.equal(await change('first!', 'short'), weak)
  assert.equal(await change('first!', 'first!'), weak)
  assert.equal(await change('first!', 'second'), 'no refusal')
  assert.equal(storedProfile(cloud, 'admin').passwordResetRequired, false)
  assert.equal(await change('second', 'first!'), weak) // One of the last two.
  assert.equal(await change('second', 'third!'), 'no refusal')
  assert.equal(await change('third!', 'first!'), 'no refusal') // Long enough ago.
  clock.nowMs += 86_400_001
  const later = cloud.as(cloud.adminKey)
  assert.equal(
    await refusal(later.changePassword({ OldPassword: 'first!', NewPassword: 'fourth' })),
    'AccessDenied: The password has expired and can only be reset by an administrator.',
  )
  assert.equal(
    await refusal(cloud.as(cloud.rootKey).changePassword({ OldPassword: 'first!', NewPassword: 'fourth' })),
    'InvalidUserTypeException: Only IAM Users can change their own password.',
  )
})

test('ChangePassword: of two changes at once, one is told to try again', async () => {
  const { admin } = await rig()
  await admin.createLoginProfile({ Password: 'Correct-Horse-9' })
  const change = (NewPassword: string) =>
    refusal(admin.changePassword({ OldPassword: 'Correct-Horse-9', NewPassword }))
  const answers = await Promise.all([change('Battery-Staple-8'), change('Battery-Staple-7')])
  assert.deepEqual(answers.toSorted(), [
    'EntityTemporarilyUnmodifiableException: The password of user admin is being changed. Try again.',
    'no refusal',
  ])
})
