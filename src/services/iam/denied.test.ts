// Goal: nobody does anything without leave, and who has none does not learn what exists.
// Method: every operation of users, groups, keys, passwords and the account, called by a user without a policy, on things that
// exist and on things that do not; the answer must be the denial either way, on the resource that AWS names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import * as accessKeys from './access-keys.ts'
import * as accountAliases from './account-aliases.ts'
import * as accountSummary from './account-summary.ts'
import * as groups from './groups.ts'
import * as loginProfiles from './login-profiles.ts'
import * as memberships from './memberships.ts'
import * as passwordPolicy from './password-policy.ts'
import { account, refusal, rig } from './rig.test.ts'
import * as users from './users.ts'

const files = [
  accessKeys,
  accountAliases,
  accountSummary,
  groups,
  loginProfiles,
  memberships,
  passwordPolicy,
  users,
]
const operations = files.flatMap((file) => Object.keys(file)).filter((name) => /^[A-Z]/.test(name))

/** What a call names: a user, a group and a key that are there, or that are not. */
interface Named {
  readonly user: string
  readonly group: string
  readonly key: string
}

type Row = readonly [operation: string, resource: string, call: (iam: IAM, named: Named) => Promise<unknown>]

const rows: readonly Row[] = [
  ['CreateUser', 'user/p/new', (iam) => iam.createUser({ UserName: 'new', Path: '/p/' })],
  ['GetUser', 'user/USER', (iam, { user: UserName }) => iam.getUser({ UserName })],
  ['ListUsers', 'user/', (iam) => iam.listUsers({})],
  ['UpdateUser', 'user/USER', (iam, { user: UserName }) => iam.updateUser({ UserName, NewPath: '/p/' })],
  ['DeleteUser', 'user/USER', (iam, { user: UserName }) => iam.deleteUser({ UserName })],
  [
    'TagUser',
    'user/USER',
    (iam, { user: UserName }) => iam.tagUser({ UserName, Tags: [{ Key: 'k', Value: 'v' }] }),
  ],
  ['UntagUser', 'user/USER', (iam, { user: UserName }) => iam.untagUser({ UserName, TagKeys: ['k'] })],
  ['ListUserTags', 'user/USER', (iam, { user: UserName }) => iam.listUserTags({ UserName })],
  ['CreateGroup', 'group/new', (iam) => iam.createGroup({ GroupName: 'new' })],
  ['GetGroup', 'group/GROUP', (iam, { group: GroupName }) => iam.getGroup({ GroupName })],
  ['ListGroups', 'group/p/', (iam) => iam.listGroups({ PathPrefix: '/p/' })],
  [
    'UpdateGroup',
    'group/GROUP',
    (iam, { group: GroupName }) => iam.updateGroup({ GroupName, NewGroupName: 'x' }),
  ],
  ['DeleteGroup', 'group/GROUP', (iam, { group: GroupName }) => iam.deleteGroup({ GroupName })],
  [
    'AddUserToGroup',
    'group/GROUP',
    (iam, { user, group }) => iam.addUserToGroup({ UserName: user, GroupName: group }),
  ],
  [
    'RemoveUserFromGroup',
    'group/GROUP',
    (iam, { user, group }) => iam.removeUserFromGroup({ UserName: user, GroupName: group }),
  ],
  ['ListGroupsForUser', 'user/USER', (iam, { user: UserName }) => iam.listGroupsForUser({ UserName })],
  ['CreateAccessKey', 'user/USER', (iam, { user: UserName }) => iam.createAccessKey({ UserName })],
  ['ListAccessKeys', 'user/USER', (iam, { user: UserName }) => iam.listAccessKeys({ UserName })],
  [
    'UpdateAccessKey',
    'user/USER',
    (iam, { user: UserName, key: AccessKeyId }) =>
      iam.updateAccessKey({ UserName, AccessKeyId, Status: 'Inactive' }),
  ],
  [
    'DeleteAccessKey',
    'user/USER',
    (iam, { user: UserName, key: AccessKeyId }) => iam.deleteAccessKey({ UserName, AccessKeyId }),
  ],
  [
    'GetAccessKeyLastUsed',
    'user/KEYOWNER',
    (iam, { key: AccessKeyId }) => iam.getAccessKeyLastUsed({ AccessKeyId }),
  ],
  [
    'CreateLoginProfile',
    'user/USER',
    (iam, { user: UserName }) => iam.createLoginProfile({ UserName, Password: 'Correct-Horse-9' }),
  ],
  ['GetLoginProfile', 'user/USER', (iam, { user: UserName }) => iam.getLoginProfile({ UserName })],
  [
    'UpdateLoginProfile',
    'user/USER',
    (iam, { user: UserName }) => iam.updateLoginProfile({ UserName, Password: 'Correct-Horse-9' }),
  ],
  ['DeleteLoginProfile', 'user/USER', (iam, { user: UserName }) => iam.deleteLoginProfile({ UserName })],
  ['ChangePassword', 'user/clerk', (iam) => iam.changePassword({ OldPassword: 'a', NewPassword: 'b' })],
  ['CreateAccountAlias', '*', (iam) => iam.createAccountAlias({ AccountAlias: 'abc' })],
  ['DeleteAccountAlias', '*', (iam) => iam.deleteAccountAlias({ AccountAlias: 'abc' })],
  ['ListAccountAliases', '*', (iam) => iam.listAccountAliases({})],
  ['GetAccountSummary', '*', (iam) => iam.getAccountSummary({})],
  ['UpdateAccountPasswordPolicy', '*', (iam) => iam.updateAccountPasswordPolicy({})],
  ['GetAccountPasswordPolicy', '*', (iam) => iam.getAccountPasswordPolicy({})],
  ['DeleteAccountPasswordPolicy', '*', (iam) => iam.deleteAccountPasswordPolicy({})],
]

test('denied: there is a row for every operation', () => {
  assert.deepEqual(rows.map(([operation]) => operation).toSorted(), operations.toSorted())
  assert.equal(rows.length, 33)
})

for (const exists of [true, false]) {
  test(`denied: every operation, on what ${exists ? 'exists' : 'does not exist'}`, async () => {
    const { user, admin, audited, adminKey, store } = await rig()
    const clerk = await user('clerk')
    await admin.createGroup({ GroupName: 'staff' })
    const named: Named = exists
      ? { user: 'admin', group: 'staff', key: adminKey.accessKeyId }
      : { user: 'ghost', group: 'nothing', key: 'AKIAAAAAAAAAAAAAAAAA' }
    const before = store.seq
    let denied = 0
    for (const [operation, resource, call] of rows) {
      const where = resource
        .replace('KEYOWNER', exists ? 'admin' : '*')
        .replace('USER', named.user)
        .replace('GROUP', named.group)
      const on = where === '*' ? '*' : `arn:aws:iam::${account}:${where}`
      assert.equal(
        await refusal(call(clerk, named)),
        `AccessDenied: User: arn:aws:iam::${account}:user/clerk is not authorized to perform: iam:${operation} on resource: ${on} because no identity-based policy allows the iam:${operation} action`,
      )
      const record = audited.at(-1)
      assert.equal(record?.envelope.operation, operation)
      assert.equal(record?.fault?.code, 'AccessDenied')
      denied += 1
    }
    assert.equal(denied, 33)
    assert.equal(store.seq, before) // Nothing changed.
  })
}
