// Goal: roles behave as AWS's, in AWS's words; what is shown of them is what AWS shows in that place.
// Method: rows of calls with what must come of them, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { globalScope } from '#core/tables.ts'
import { roles } from './documents.ts'
import { account, foundedAtMs, pages, refusal, rig } from './rig.test.ts'
import { allowing, createRole, ec2Trust } from './role-rig.test.ts'

test('roles: each answer shows of a role what AWS shows there', async () => {
  const { admin } = await rig()
  const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const { Role: made } = await admin.createRole({
    RoleName: 'Deploy',
    Path: '/ci/',
    AssumeRolePolicyDocument: ec2Trust,
    Description: 'deploys',
    MaxSessionDuration: 7200,
    PermissionsBoundary: boundary,
    Tags: [{ Key: 'team', Value: 'ci' }],
  })
  const named = {
    Path: '/ci/',
    RoleName: 'Deploy',
    RoleId: made?.RoleId,
    Arn: `arn:aws:iam::${account}:role/ci/Deploy`,
    CreateDate: new Date(foundedAtMs),
    AssumeRolePolicyDocument: encodeURIComponent(ec2Trust),
  }
  const limits = {
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
    Tags: [{ Key: 'team', Value: 'ci' }],
  }
  assert.match(made?.RoleId ?? '', /^AROA[A-Z2-7]{17}$/)
  assert.deepEqual(made, { ...named, ...limits })
  const listed = { ...named, Description: 'deploys', MaxSessionDuration: 7200 }
  assert.deepEqual((await admin.getRole({ RoleName: 'dEPLOY' })).Role, {
    ...listed,
    ...limits,
    RoleLastUsed: {},
  })
  assert.deepEqual((await admin.listRoles({})).Roles, [listed])
  const { Role: described } = await admin.updateRoleDescription({ RoleName: 'deploy', Description: 'ships' })
  assert.deepEqual(described, { ...named, Description: 'ships' })
})

test('roles: the last use by a session is shown once it is written, in full views alone, and goes with the role', async () => {
  const { admin, as, clock, sessions, writeUses } = await rig()
  const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
  const make = async (): Promise<string> => {
    await createRole(admin, 'Ops')
    await admin.attachRolePolicy({ RoleName: 'Ops', PolicyArn })
    return (await admin.getRole({ RoleName: 'Ops' })).Role?.RoleId ?? ''
  }
  const useAs = (uniqueId: string, region: string) => {
    const times = { issuedAtMs: clock.nowMs, expiresAtMs: clock.nowMs + 3_600_000 }
    const of = { account, name: 'Ops', uniqueId, sessionName: 's' }
    return as(sessions.mint(account, { kind: 'assumed-role', ...of, ...times }), region).listUsers({})
  }
  const shown = async () => (await admin.getRole({ RoleName: 'Ops' })).Role?.RoleLastUsed

  const first = await make()
  await useAs(first, 'eu-west-1')
  clock.nowMs += 5000
  await useAs(first, 'ap-south-1')
  assert.deepEqual(await shown(), {})
  await writeUses()
  const want = { LastUsedDate: new Date(foundedAtMs + 5000), Region: 'ap-south-1' }
  assert.deepEqual(await shown(), want)
  const { RoleDetailList } = await admin.getAccountAuthorizationDetails({ Filter: ['Role'] })
  assert.deepEqual(RoleDetailList?.[0]?.RoleLastUsed, want)
  assert.equal((await admin.listRoles({})).Roles?.[0]?.RoleLastUsed, undefined)

  // A role of the same name was not used by its namesake's sessions, whether that use is written or not.
  await useAs(first, 'eu-west-1')
  await admin.detachRolePolicy({ RoleName: 'Ops', PolicyArn })
  await admin.deleteRole({ RoleName: 'Ops' })
  const second = await make()
  assert.deepEqual(await shown(), {})
  await writeUses()
  assert.deepEqual(await shown(), {})
  await useAs(second, 'eu-west-1')
  await writeUses()
  assert.equal((await shown())?.Region, 'eu-west-1')
})

test('roles: one hour unless told; an update changes what it names', async () => {
  const { admin } = await rig()
  await createRole(admin, 'r')
  const shown = async () => {
    const { Role } = await admin.getRole({ RoleName: 'r' })
    return [Role?.Description, Role?.MaxSessionDuration]
  }
  assert.deepEqual(await shown(), [undefined, 3600])
  await admin.updateRole({ RoleName: 'r', Description: 'd' })
  assert.deepEqual(await shown(), ['d', 3600])
  await admin.updateRole({ RoleName: 'r', MaxSessionDuration: 43200 })
  assert.deepEqual(await shown(), ['d', 43200])
})

const absent = 'NoSuchEntityException: The role with name Nothing cannot be found.'
const RoleName = 'Nothing'
const rows: readonly [sentence: string, call: (admin: IAM) => Promise<unknown>, want: string][] = [
  [
    'a name is taken in any case',
    async (iam) => {
      await createRole(iam, 'deploy')
      await createRole(iam, 'Deploy', '/p/')
    },
    'EntityAlreadyExistsException: Role with name Deploy already exists.',
  ],
  [
    'the path of service-linked roles',
    (iam) => createRole(iam, 'r', '/aws-service-role/ec2.amazonaws.com/'),
    'InvalidInputException: The path /aws-service-role/ec2.amazonaws.com/ is reserved for service-linked roles.',
  ],
  [
    'a boundary that does not exist',
    (iam) =>
      iam.createRole({
        RoleName: 'r',
        AssumeRolePolicyDocument: ec2Trust,
        PermissionsBoundary: `arn:aws:iam::${account}:policy/none`,
      }),
    `NoSuchEntityException: Scope ARN: arn:aws:iam::${account}:policy/none does not exist or is not attachable.`,
  ],
  [
    'tags that differ in case only',
    (iam) =>
      iam.createRole({
        RoleName: 'r',
        AssumeRolePolicyDocument: ec2Trust,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      }),
    'InvalidInputException: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  ],
  ['no role to show', (iam) => iam.getRole({ RoleName }), absent],
  ['no role to update', (iam) => iam.updateRole({ RoleName }), absent],
  ['no role to describe', (iam) => iam.updateRoleDescription({ RoleName, Description: 'd' }), absent],
  [
    'no role to trust with',
    (iam) => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: ec2Trust }),
    absent,
  ],
  ['no role to delete', (iam) => iam.deleteRole({ RoleName }), absent],
  ['no role to tag', (iam) => iam.tagRole({ RoleName, Tags: [] }), absent],
  ['no role to untag', (iam) => iam.untagRole({ RoleName, TagKeys: [] }), absent],
  ['no role whose tags to list', (iam) => iam.listRoleTags({ RoleName }), absent],
  [
    'a role with an attached policy stays',
    async (iam) => {
      await createRole(iam, 'r')
      await iam.attachRolePolicy({ RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })
      await iam.deleteRole({ RoleName: 'r' })
    },
    'DeleteConflictException: Cannot delete entity, must detach all policies first.',
  ],
  [
    'a role with an inline policy stays',
    async (iam) => {
      await createRole(iam, 'r')
      await iam.putRolePolicy({
        RoleName: 'r',
        PolicyName: 'p',
        PolicyDocument: allowing('*'),
      })
      await iam.deleteRole({ RoleName: 'r' })
    },
    'DeleteConflictException: Cannot delete entity, must delete policies first.',
  ],
  [
    'a role in an instance profile stays',
    async (iam) => {
      await createRole(iam, 'r')
      await iam.createInstanceProfile({ InstanceProfileName: 'p' })
      await iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName: 'r' })
      await iam.deleteRole({ RoleName: 'r' })
    },
    'DeleteConflictException: Cannot delete entity, must remove roles from instance profile first.',
  ],
  [
    'a role that nothing belongs to goes',
    async (iam) => {
      await createRole(iam, 'r')
      await iam.deleteRole({ RoleName: 'R' })
    },
    'no refusal',
  ],
]

for (const [sentence, call, want] of rows) {
  test(`roles: ${sentence}`, async () => {
    const { admin } = await rig()
    assert.equal(await refusal(call(admin)), want)
  })
}

test('roles: every row ran', () => assert.equal(rows.length, 16))

test('roles: tags are set, replaced in any case, removed and listed', async () => {
  const { admin } = await rig()
  await createRole(admin, 'r')
  await admin.tagRole({
    RoleName: 'r',
    Tags: [
      { Key: 'Team', Value: 'a' },
      { Key: '__proto__', Value: 'b' },
    ],
  })
  await admin.tagRole({ RoleName: 'r', Tags: [{ Key: 'TEAM', Value: 'c' }] })
  const { Tags, IsTruncated } = await admin.listRoleTags({ RoleName: 'r' })
  assert.deepEqual(Tags, [
    { Key: 'TEAM', Value: 'c' },
    { Key: '__proto__', Value: 'b' },
  ])
  assert.equal(IsTruncated, false)
  await admin.untagRole({ RoleName: 'r', TagKeys: ['team', 'none'] })
  assert.deepEqual((await admin.listRoleTags({ RoleName: 'r' })).Tags, [{ Key: '__proto__', Value: 'b' }])
})

test('roles: pages are sorted by name, under a path, and survive what comes between', async () => {
  const { admin } = await rig()
  for (const name of ['Delta', 'alpha', 'Charlie', 'bravo']) await createRole(admin, name, '/p/')
  await createRole(admin, 'elsewhere')
  let made = 0
  const found = await pages(
    2,
    (page) => admin.listRoles({ ...page, PathPrefix: '/p/' }),
    ({ Roles }) => Roles?.map(({ RoleName: name }) => name),
    async () => {
      made += 1
      await createRole(admin, 'aaa', '/p/') // Before the marker: not seen any more.
      await admin.deleteRole({ RoleName: 'bravo' }) // The marker itself.
    },
  )
  assert.deepEqual(found, [
    ['alpha', 'bravo'],
    ['Charlie', 'Delta'],
  ])
  assert.equal(made, 1)
})

test('roles: conditions see tags and boundary, and a tag at creation needs leave to tag', async () => {
  const { user } = await rig()
  const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const clerk = await user(
    'clerk',
    {
      Effect: 'Allow',
      Action: 'iam:CreateRole',
      Resource: `arn:aws:iam::${account}:role/p/*`,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    {
      Effect: 'Allow',
      Action: 'iam:TagRole',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestTag/team': 'ci' } },
    },
    {
      Effect: 'Allow',
      Action: ['iam:DeleteRole', 'iam:UpdateAssumeRolePolicy'],
      Resource: '*',
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary, 'aws:ResourceTag/team': 'ci' } },
    },
  )
  const base = { RoleName: 'r', Path: '/p/', AssumeRolePolicyDocument: ec2Trust }
  const tagged = (Value: string) => ({
    ...base,
    PermissionsBoundary: boundary,
    Tags: [{ Key: 'team', Value }],
  })
  const denied = /^AccessDenied: .*because no identity-based policy allows the (iam:\w+) action$/
  const attempts: [ReturnType<typeof tagged> | typeof base, string][] = [
    [base, 'iam:CreateRole'],
    [{ ...tagged('ci'), Path: '/q/' }, 'iam:CreateRole'],
    [tagged('other'), 'iam:TagRole'],
  ]
  for (const [input, action] of attempts) {
    assert.equal(denied.exec(await refusal(clerk.createRole(input)))?.[1], action)
  }
  await clerk.createRole(tagged('ci'))
  await clerk.updateAssumeRolePolicy({ RoleName: 'r', PolicyDocument: ec2Trust })
  await clerk.deleteRole({ RoleName: 'r' })
})

test('roles: a thousand roles are enough', async () => {
  const { admin, store } = await rig()
  await createRole(admin, 'role-0')
  const scope = globalScope(account)
  await store.transact((tx) => {
    const role = tx.get(roles, scope, 'role-0')
    assert.ok(role)
    for (let i = 1; i < 1000; i += 1) tx.put(roles, scope, `role-${i}`, { ...role, roleId: `AROA${i}` })
  })
  assert.equal(
    await refusal(createRole(admin, 'one-more')),
    'LimitExceededException: Cannot exceed quota for RolesPerAccount: 1000',
  )
  await admin.deleteRole({ RoleName: 'role-7' })
  await createRole(admin, 'one-more')
})
