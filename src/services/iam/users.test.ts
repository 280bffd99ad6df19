// Goal: users are made, shown, renamed, tagged and deleted as AWS does it, in AWS's words.
// Method: rows of calls with what must come of them, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { globalScope } from '#core/tables.ts'
import { idOf, users } from './documents.ts'
import { account, foundedAtMs, pages, refusal, rig } from './rig.test.ts'

const userArn = (rest: string) => `arn:aws:iam::${account}:user/${rest}`

test('users: a user is shown as it was made', async () => {
  const { admin, audited } = await rig()
  const given = { UserName: 'Bob', Path: '/division/', Tags: [{ Key: 'Team', Value: 'a' }] }
  const { User: made } = await admin.createUser(given)
  assert.match(made?.UserId ?? '', /^AIDA[A-Z2-7]{17}$/)
  const want = {
    ...given,
    UserId: made?.UserId,
    Arn: userArn('division/Bob'),
    CreateDate: new Date(foundedAtMs),
  }
  assert.deepEqual(made, want)
  assert.deepEqual((await admin.getUser({ UserName: 'bOB' })).User, want)
  assert.deepEqual(
    audited.map(({ envelope, fault }) => [envelope.operation, fault]),
    [
      ['CreateUser', undefined],
      ['GetUser', undefined],
    ],
  )
})

test('users: without a name, GetUser shows whoever calls', async () => {
  const { admin, root } = await rig()
  assert.equal((await admin.getUser({})).User?.UserName, 'admin')
  assert.deepEqual((await root.getUser({})).User, {
    UserId: account,
    Arn: `arn:aws:iam::${account}:root`,
    CreateDate: new Date(foundedAtMs),
  })
})

const refusals: readonly [sentence: string, call: (admin: IAM) => Promise<unknown>, want: string][] = [
  [
    'a name is taken in any case',
    (iam) => iam.createUser({ UserName: 'ADMIN' }),
    'EntityAlreadyExistsException: User with name ADMIN already exists.',
  ],
  [
    'another path does not make another name',
    (iam) => iam.createUser({ UserName: 'admin', Path: '/other/' }),
    'EntityAlreadyExistsException: User with name admin already exists.',
  ],
  [
    'nobody of that name to show',
    (iam) => iam.getUser({ UserName: 'Nobody' }),
    'NoSuchEntityException: The user with name Nobody cannot be found.',
  ],
  [
    'nobody of that name to rename',
    (iam) => iam.updateUser({ UserName: 'Nobody', NewUserName: 'x' }),
    'NoSuchEntityException: The user with name Nobody cannot be found.',
  ],
  [
    'nobody of that name to delete',
    (iam) => iam.deleteUser({ UserName: 'Nobody' }),
    'NoSuchEntityException: The user with name Nobody cannot be found.',
  ],
  [
    'the new name is taken',
    async (iam) => {
      await iam.createUser({ UserName: 'bob' })
      await iam.updateUser({ UserName: 'bob', NewUserName: 'Admin' })
    },
    'EntityAlreadyExistsException: User with name Admin already exists.',
  ],
  [
    'a boundary that does not exist',
    (iam) =>
      iam.createUser({ UserName: 'bob', PermissionsBoundary: 'arn:aws:iam::123456789012:policy/nothing' }),
    'NoSuchEntityException: Scope ARN: arn:aws:iam::123456789012:policy/nothing does not exist or is not attachable.',
  ],
  [
    'a boundary of another account',
    (iam) =>
      iam.createUser({ UserName: 'bob', PermissionsBoundary: 'arn:aws:iam::210987654321:policy/theirs' }),
    'NoSuchEntityException: Scope ARN: arn:aws:iam::210987654321:policy/theirs does not exist or is not attachable.',
  ],
  [
    'a marker that no answer held',
    (iam) => iam.listUsers({ Marker: 'made up' }),
    'ValidationError: Invalid Marker.',
  ],
  [
    'one tag key in two spellings',
    (iam) => iam.tagUser({ UserName: 'admin', Tags: [tag('a'), tag('A')] }),
    'InvalidInputException: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  ],
  [
    "a tag of AWS's own",
    (iam) => iam.tagUser({ UserName: 'admin', Tags: [tag('AWS:x')] }),
    'InvalidInputException: Your tag keys cannot begin with the reserved prefix aws:.',
  ],
  [
    'more than fifty tags over several calls',
    async (iam) => {
      await iam.tagUser({ UserName: 'admin', Tags: tags(0, 50) })
      await iam.tagUser({ UserName: 'admin', Tags: tags(10, 20) }) // The same keys again are within the quota.
      await iam.tagUser({ UserName: 'admin', Tags: tags(50, 51) })
    },
    'LimitExceededException: Cannot exceed quota for TagsPerUser: 50',
  ],
]

let refused = 0
for (const [sentence, call, want] of refusals) {
  test(`users: refused: ${sentence}`, async () => {
    const { admin } = await rig()
    assert.equal(await refusal(call(admin)), want)
    refused += 1
  })
}
test('users: every row ran', () => assert.equal(refused, 12))

test('users: pages hold everything once, whatever comes and goes meanwhile', async () => {
  const { admin } = await rig()
  for (const name of ['c', 'A', 'e', 'B', 'd']) await admin.createUser({ UserName: name })
  let round = 0
  const found = await pages(
    2,
    (page) => admin.listUsers(page),
    ({ Users }) => Users?.map(({ UserName }) => UserName),
    async () => {
      round += 1
      if (round > 1) return
      await admin.deleteUser({ UserName: 'A' }) // The marker's own user.
      await admin.createUser({ UserName: '0' }) // Before the marker: not shown any more.
      await admin.createUser({ UserName: 'Bb' }) // Behind it: shown.
    },
  )
  assert.deepEqual(found, [['A', 'admin'], ['B', 'Bb'], ['c', 'd'], ['e']])
})

test('users: lists keep to a path, and leave tags and boundary out', async () => {
  const { admin } = await rig()
  await admin.createUser({ UserName: 'x', Path: '/a/b/', Tags: [tag('k')] })
  await admin.createUser({ UserName: 'y', Path: '/a/' })
  const listed = async (PathPrefix: string) =>
    (await admin.listUsers({ PathPrefix })).Users?.map(({ UserName, Tags }) => [UserName, Tags])
  assert.deepEqual(await listed('/a/b'), [['x', undefined]])
  assert.deepEqual(await listed('/a/'), [
    ['x', undefined],
    ['y', undefined],
  ])
  assert.deepEqual(await listed('/c/'), [])
})

test('users: what belongs to a user follows its new name', async () => {
  const { admin, as } = await rig()
  await admin.createGroup({ GroupName: 'staff' })
  const { User: before } = await admin.createUser({ UserName: 'bob', Tags: [tag('k')] })
  await admin.addUserToGroup({ UserName: 'bob', GroupName: 'staff' })
  const { AccessKey: key } = await admin.createAccessKey({ UserName: 'bob' })
  await admin.createLoginProfile({ UserName: 'bob', Password: 'Correct-Horse-9' })

  await admin.updateUser({ UserName: 'bob', NewUserName: 'Robert', NewPath: '/new/' })

  const { User: after } = await admin.getUser({ UserName: 'robert' })
  assert.deepEqual(after, { ...before, UserName: 'Robert', Path: '/new/', Arn: userArn('new/Robert') })
  assert.equal((await admin.getGroup({ GroupName: 'staff' })).Users?.[0]?.UserName, 'Robert')
  assert.equal((await admin.getLoginProfile({ UserName: 'Robert' })).LoginProfile?.UserName, 'Robert')
  const { AccessKeyMetadata: keys } = await admin.listAccessKeys({ UserName: 'Robert' })
  assert.deepEqual(
    keys?.map(({ UserName, AccessKeyId }) => [UserName, AccessKeyId]),
    [['Robert', key?.AccessKeyId]],
  )
  const robert = as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' })
  assert.match(
    await refusal(robert.getUser({})),
    /^AccessDenied: User: arn:aws:iam::123456789012:user\/new\/Robert is not/,
  )
  assert.equal(
    await refusal(admin.getUser({ UserName: 'bob' })),
    'NoSuchEntityException: The user with name bob cannot be found.',
  )
})

test('users: a name may change in case only, and a path alone', async () => {
  const { admin } = await rig()
  await admin.createUser({ UserName: 'bob' })
  await admin.updateUser({ UserName: 'BOB', NewUserName: 'Bob' })
  await admin.updateUser({ UserName: 'bob', NewPath: '/p/' })
  assert.equal((await admin.getUser({ UserName: 'bob' })).User?.Arn, userArn('p/Bob'))
})

test('users: renaming needs leave for the old name and for the new one', async () => {
  const { admin, user } = await rig()
  await admin.createUser({ UserName: 'bob' })
  const clerk = await user('clerk', {
    Effect: 'Allow',
    Action: 'iam:UpdateUser',
    Resource: [userArn('bob'), userArn('rob')],
  })
  assert.equal(
    await refusal(clerk.updateUser({ UserName: 'bob', NewUserName: 'root' })),
    `AccessDenied: User: ${userArn('clerk')} is not authorized to perform: iam:UpdateUser on resource: ${userArn('root')} because no identity-based policy allows the iam:UpdateUser action`,
  )
  await clerk.updateUser({ UserName: 'bob', NewUserName: 'rob' })
})

test('users: a user is deleted once nothing belongs to it, and told what does', async () => {
  const { admin, store } = await rig()
  await admin.createUser({ UserName: 'bob' })
  await admin.createGroup({ GroupName: 'staff' })
  await admin.addUserToGroup({ UserName: 'bob', GroupName: 'staff' })
  const { AccessKey: key } = await admin.createAccessKey({ UserName: 'bob' })
  await admin.createLoginProfile({ UserName: 'bob', Password: 'Correct-Horse-9' })
  const change = (more: object) =>
    store.transact((tx) => {
      const user = tx.get(users, globalScope(account), idOf('bob'))
      assert.ok(user)
      tx.put(users, globalScope(account), idOf('bob'), { ...user, ...more })
    })
  await change({ attached: [`arn:aws:iam::aws:policy/AdministratorAccess`], inline: { p: '{}' } })

  const steps: readonly [undo: () => Promise<unknown>, want: string][] = [
    [() => change({ attached: [] }), 'must detach all policies first.'],
    [() => change({ inline: {} }), 'must delete policies first.'],
    [
      () => admin.removeUserFromGroup({ UserName: 'bob', GroupName: 'staff' }),
      'must remove users from group first.',
    ],
    [
      () => admin.deleteAccessKey({ UserName: 'bob', AccessKeyId: key?.AccessKeyId }),
      'must delete access keys first.',
    ],
    [() => admin.deleteLoginProfile({ UserName: 'bob' }), 'must delete login profile first.'],
  ]
  for (const [undo, want] of steps) {
    assert.equal(
      await refusal(admin.deleteUser({ UserName: 'bob' })),
      `DeleteConflictException: Cannot delete entity, ${want}`,
    )
    await undo()
  }
  await admin.deleteUser({ UserName: 'bob' })
  assert.equal(steps.length, 5)
})

test('users: tags keep their spelling, count keys without case, and survive any name', async () => {
  const { admin, store } = await rig()
  await admin.createUser({ UserName: 'bob', Tags: [tag('Team', 'a'), tag('__proto__', 'b')] })
  await admin.tagUser({
    UserName: 'bob',
    Tags: [tag('TEAM', 'c'), tag('constructor', 'd'), tag('empty', '')],
  })
  const listed = [tag('TEAM', 'c'), tag('__proto__', 'b'), tag('constructor', 'd'), tag('empty', '')]
  assert.deepEqual((await admin.listUserTags({ UserName: 'bob' })).Tags, listed)
  assert.deepEqual((await admin.getUser({ UserName: 'bob' })).User?.Tags, listed)
  assert.deepEqual(
    await pages(
      3,
      (page) => admin.listUserTags({ UserName: 'bob', ...page }),
      ({ Tags }) => Tags,
    ),
    [listed.slice(0, 3), listed.slice(3)],
  )
  const stored = store.read.get(users, globalScope(account), 'bob')?.tags ?? {}
  assert.equal(Object.getPrototypeOf(stored), Object.prototype)
  await admin.untagUser({ UserName: 'bob', TagKeys: ['team', '__PROTO__', 'constructor', 'empty', 'absent'] })
  assert.deepEqual((await admin.listUserTags({ UserName: 'bob' })).Tags, [])
})

test('users: tags at creation need leave to tag, and conditions see them', async () => {
  const { user } = await rig()
  const onlyTeamA = { StringEquals: { 'aws:RequestTag/team': 'a' } }
  const clerk = await user(
    'clerk',
    { Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*', Condition: onlyTeamA },
    { Effect: 'Allow', Action: 'iam:TagUser', Resource: userArn('yes'), Condition: onlyTeamA },
  )
  const create = (UserName: string, Value: string) =>
    clerk.createUser({ UserName, Tags: [tag('team', Value)] })
  await create('yes', 'a')
  assert.match(
    await refusal(create('no', 'a')),
    /perform: iam:TagUser on resource: .*user\/no because no identity-based/,
  )
  assert.match(
    await refusal(create('yes', 'b')),
    /perform: iam:CreateUser on resource: .*user\/yes because no identity-based/,
  )
})

test('users: a boundary holds from the start, and conditions see it', async () => {
  const { user } = await rig()
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': PermissionsBoundary } }
  const clerk = await user(
    'clerk',
    { Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*', Condition: bounded },
    { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' },
  )
  const { User } = await clerk.createUser({ UserName: 'bob', PermissionsBoundary })
  const want = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PermissionsBoundary }
  assert.deepEqual(User?.PermissionsBoundary, want)
  assert.deepEqual((await clerk.getUser({ UserName: 'bob' })).User?.PermissionsBoundary, want)
  assert.match(
    await refusal(clerk.createUser({ UserName: 'free' })),
    /because no identity-based policy allows/,
  )
})

test('users: five thousand users are enough', async () => {
  const { admin, store } = await rig()
  const scope = globalScope(account)
  await store.transact((tx) => {
    const one = tx.get(users, scope, 'admin')
    assert.ok(one)
    for (let n = 1; n < 5000; n += 1)
      tx.put(users, scope, `u${n}`, { ...one, userName: `u${n}`, userId: `AIDA${n}` })
  })
  assert.equal(
    await refusal(admin.createUser({ UserName: 'bob' })),
    'LimitExceededException: Cannot exceed quota for UsersPerAccount: 5000',
  )
  await admin.updateUser({ UserName: 'u1', NewUserName: 'bob' })
})

function tag(Key: string, Value = '') {
  return { Key, Value }
}

function tags(from: number, to: number) {
  return Array.from({ length: to - from }, (_, n) => tag(`key${from + n}`))
}
