// Goal: instance profiles behave as AWS's, in AWS's words, and nobody hands a role to EC2 without leave to pass it.
// Method: rows of calls with what must come of them, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { globalScope } from '#core/tables.ts'
import { instanceProfiles } from './documents.ts'
import { account, foundedAtMs, pages, refusal, rig } from './rig.test.ts'
import { createRole, ec2Trust } from './role-rig.test.ts'

test('instance profiles: one is shown as it was made, with its role', async () => {
  const { admin } = await rig()
  const { InstanceProfile: made } = await admin.createInstanceProfile({
    InstanceProfileName: 'Web',
    Path: '/p/',
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  assert.match(made?.InstanceProfileId ?? '', /^AIPA[A-Z2-7]{17}$/)
  const listed = {
    Path: '/p/',
    InstanceProfileName: 'Web',
    InstanceProfileId: made?.InstanceProfileId,
    Arn: `arn:aws:iam::${account}:instance-profile/p/Web`,
    CreateDate: new Date(foundedAtMs),
    Roles: [],
  }
  const Tags = [{ Key: 'k', Value: 'v' }]
  const InstanceProfileName = 'web'
  const get = async () => (await admin.getInstanceProfile({ InstanceProfileName })).InstanceProfile
  assert.deepEqual(made, { ...listed, Tags })
  assert.deepEqual(await get(), { ...listed, Tags })

  const { Role } = await admin.createRole({ RoleName: 'Server', AssumeRolePolicyDocument: ec2Trust })
  await admin.addRoleToInstanceProfile({ InstanceProfileName, RoleName: 'SERVER' })
  assert.deepEqual(await get(), { ...listed, Roles: [Role], Tags })
  const ofRole = await admin.listInstanceProfilesForRole({ RoleName: 'server' })
  assert.deepEqual(ofRole.InstanceProfiles, [{ ...listed, Roles: [Role] }])
  await admin.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: 'server' })
  assert.deepEqual(await get(), { ...listed, Tags })
  assert.deepEqual((await admin.listInstanceProfilesForRole({ RoleName: 'server' })).InstanceProfiles, [])
})

const absent = 'NoSuchEntityException: Instance Profile Nothing cannot be found.'
const InstanceProfileName = 'Nothing'
const noRole = 'NoSuchEntityException: The role with name Nobody cannot be found.'
const make = (iam: IAM, name: string) => iam.createInstanceProfile({ InstanceProfileName: name })
const rows: readonly [sentence: string, call: (admin: IAM) => Promise<unknown>, want: string][] = [
  [
    'a name is taken in any case',
    async (iam) => {
      await make(iam, 'web')
      await make(iam, 'Web')
    },
    'EntityAlreadyExistsException: Instance Profile Web already exists.',
  ],
  ['none to show', (iam) => iam.getInstanceProfile({ InstanceProfileName }), absent],
  ['none to delete', (iam) => iam.deleteInstanceProfile({ InstanceProfileName }), absent],
  ['none to tag', (iam) => iam.tagInstanceProfile({ InstanceProfileName, Tags: [] }), absent],
  ['none to untag', (iam) => iam.untagInstanceProfile({ InstanceProfileName, TagKeys: [] }), absent],
  ['none whose tags to list', (iam) => iam.listInstanceProfileTags({ InstanceProfileName }), absent],
  [
    'none to put a role into',
    (iam) => iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: 'Nobody' }),
    absent,
  ],
  [
    'no role to put in',
    async (iam) => {
      await make(iam, 'p')
      await iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName: 'Nobody' })
    },
    noRole,
  ],
  [
    'no role to take out',
    async (iam) => {
      await make(iam, 'p')
      await iam.removeRoleFromInstanceProfile({ InstanceProfileName: 'p', RoleName: 'Nobody' })
    },
    noRole,
  ],
  [
    'no role whose profiles to list',
    (iam) => iam.listInstanceProfilesForRole({ RoleName: 'Nobody' }),
    noRole,
  ],
  [
    'a role that is not in it',
    async (iam) => {
      await make(iam, 'P')
      await createRole(iam, 'R')
      await iam.removeRoleFromInstanceProfile({ InstanceProfileName: 'p', RoleName: 'r' })
    },
    'NoSuchEntityException: Role R in Instance Profile P cannot be found.',
  ],
  [
    'a second role',
    async (iam) => {
      await make(iam, 'p')
      await createRole(iam, 'a')
      await createRole(iam, 'b')
      await iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName: 'a' })
      await iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName: 'b' })
    },
    'LimitExceededException: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
  ],
  [
    'a profile with a role stays',
    async (iam) => {
      await make(iam, 'p')
      await createRole(iam, 'a')
      await iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName: 'a' })
      await iam.deleteInstanceProfile({ InstanceProfileName: 'p' })
    },
    'DeleteConflictException: Cannot delete entity, must remove roles from instance profile first.',
  ],
  [
    'a profile without a role goes',
    async (iam) => {
      await make(iam, 'p')
      await iam.deleteInstanceProfile({ InstanceProfileName: 'P' })
      await make(iam, 'p')
    },
    'no refusal',
  ],
]

for (const [sentence, call, want] of rows) {
  test(`instance profiles: ${sentence}`, async () => {
    const { admin } = await rig()
    assert.equal(await refusal(call(admin)), want)
  })
}

test('instance profiles: every row ran', () => assert.equal(rows.length, 14))

test('instance profiles: who puts a role in must be allowed to pass it, to EC2', async () => {
  const { admin, user } = await rig()
  await make(admin, 'p')
  await createRole(admin, 'mine')
  await createRole(admin, 'other')
  const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`
  const clerk = await user(
    'clerk',
    { Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role('mine'),
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role('other'),
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  )
  const denied = (name: string): string =>
    `AccessDenied: User: arn:aws:iam::${account}:user/clerk is not authorized to perform: iam:PassRole on resource: ${role(name)} because no identity-based policy allows the iam:PassRole action`
  const add = (RoleName: string) => clerk.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName })
  assert.equal(await refusal(add('other')), denied('other'))
  assert.equal(await refusal(add('ghost')), denied('ghost')) // It does not learn that there is none.
  await add('mine')
})

test('instance profiles: pages are sorted by name, under a path; tags tell cases apart', async () => {
  const { admin } = await rig()
  for (const name of ['c', 'a', 'B']) {
    await admin.createInstanceProfile({ InstanceProfileName: name, Path: '/p/' })
  }
  await make(admin, 'elsewhere')
  const found = await pages(
    2,
    (page) => admin.listInstanceProfiles({ ...page, PathPrefix: '/p/' }),
    ({ InstanceProfiles }) => InstanceProfiles?.map((profile) => profile.InstanceProfileName),
  )
  assert.deepEqual(found, [['a', 'B'], ['c']])
  const tagged = { InstanceProfileName: 'a' }
  await admin.tagInstanceProfile({
    ...tagged,
    Tags: [
      { Key: 'k', Value: '1' },
      { Key: 'K', Value: '2' },
    ],
  })
  await admin.untagInstanceProfile({ ...tagged, TagKeys: ['k'] })
  assert.deepEqual((await admin.listInstanceProfileTags(tagged)).Tags, [{ Key: 'K', Value: '2' }])
})

test('instance profiles: a thousand are enough', async () => {
  const { admin, store } = await rig()
  await make(admin, 'p-0')
  const scope = globalScope(account)
  await store.transact((tx) => {
    const profile = tx.get(instanceProfiles, scope, 'p-0')
    assert.ok(profile)
    for (let i = 1; i < 1000; i += 1) tx.put(instanceProfiles, scope, `p-${i}`, profile)
  })
  assert.equal(
    await refusal(make(admin, 'one-more')),
    'LimitExceededException: Cannot exceed quota for InstanceProfilesPerAccount: 1000',
  )
})
