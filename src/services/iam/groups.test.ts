// Goal: groups and memberships behave as AWS's, in AWS's words, and a group's name reaches every member.
// Method: rows of calls with what must come of them, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { globalScope } from '#core/tables.ts'
import { groups } from './documents.ts'
import { account, foundedAtMs, pages, refusal, rig } from './rig.test.ts'

test('groups: a group is shown as it was made, with its members', async () => {
  const { admin } = await rig()
  const { Group: made } = await admin.createGroup({ GroupName: 'Staff', Path: '/org/' })
  assert.match(made?.GroupId ?? '', /^AGPA[A-Z2-7]{17}$/)
  assert.deepEqual(made, {
    Path: '/org/',
    GroupName: 'Staff',
    GroupId: made?.GroupId,
    Arn: `arn:aws:iam::${account}:group/org/Staff`,
    CreateDate: new Date(foundedAtMs),
  })
  await admin.addUserToGroup({ GroupName: 'staff', UserName: 'ADMIN' })
  await admin.addUserToGroup({ GroupName: 'STAFF', UserName: 'admin' }) // A member already: stays one, once.
  const { Group, Users, IsTruncated } = await admin.getGroup({ GroupName: 'sTaff' })
  assert.deepEqual(Group, made)
  assert.deepEqual(
    Users?.map(({ UserName }) => UserName),
    ['admin'],
  )
  assert.equal(IsTruncated, false)
})

const absent = 'NoSuchEntityException: The group with name Nothing cannot be found.'
const GroupName = 'Nothing'
const rows: readonly [sentence: string, call: (admin: IAM) => Promise<unknown>, want: string][] = [
  [
    'a name is taken in any case',
    async (iam) => {
      await iam.createGroup({ GroupName: 'staff' })
      await iam.createGroup({ GroupName: 'Staff', Path: '/p/' })
    },
    'EntityAlreadyExistsException: Group with name Staff already exists.',
  ],
  [
    'the new name is taken',
    async (iam) => {
      await iam.createGroup({ GroupName: 'staff' })
      await iam.createGroup({ GroupName: 'other' })
      await iam.updateGroup({ GroupName: 'other', NewGroupName: 'STAFF' })
    },
    'EntityAlreadyExistsException: Group with name STAFF already exists.',
  ],
  ['no group to show', (iam) => iam.getGroup({ GroupName }), absent],
  ['no group to rename', (iam) => iam.updateGroup({ GroupName, NewPath: '/p/' }), absent],
  ['no group to delete', (iam) => iam.deleteGroup({ GroupName }), absent],
  ['no group to join', (iam) => iam.addUserToGroup({ GroupName, UserName: 'nobody' }), absent],
  ['no group to leave', (iam) => iam.removeUserFromGroup({ GroupName, UserName: 'admin' }), absent],
  [
    'nobody of that name to join',
    async (iam) => {
      await iam.createGroup({ GroupName: 'staff' })
      await iam.addUserToGroup({ GroupName: 'staff', UserName: 'nobody' })
    },
    'NoSuchEntityException: The user with name nobody cannot be found.',
  ],
  [
    'nobody of that name to list groups of',
    (iam) => iam.listGroupsForUser({ UserName: 'nobody' }),
    'NoSuchEntityException: The user with name nobody cannot be found.',
  ],
  [
    'eleven groups are too many',
    async (iam) => {
      for (let n = 0; n <= 10; n += 1) {
        await iam.createGroup({ GroupName: `g${n}` })
        await iam.addUserToGroup({ GroupName: `g${n}`, UserName: 'admin' })
      }
    },
    'LimitExceededException: Cannot exceed quota for GroupsPerUser: 10',
  ],
  [
    'a group with members stays',
    async (iam) => {
      await iam.createGroup({ GroupName: 'staff' })
      await iam.addUserToGroup({ GroupName: 'staff', UserName: 'admin' })
      await iam.deleteGroup({ GroupName: 'staff' })
    },
    'DeleteConflictException: Cannot delete entity, must remove users from group first.',
  ],
]

let ran = 0
for (const [sentence, call, want] of rows) {
  test(`groups: refused: ${sentence}`, async () => {
    const { admin } = await rig()
    assert.equal(await refusal(call(admin)), want)
    ran += 1
  })
}
test('groups: every row ran', () => assert.equal(ran, 11))

test('groups: a group with policies stays', async () => {
  const { admin, store } = await rig()
  await admin.createGroup({ GroupName: 'staff' })
  const scope = globalScope(account)
  const group = store.read.get(groups, scope, 'staff')
  assert.ok(group)
  const remove = () => refusal(admin.deleteGroup({ GroupName: 'staff' }))
  await store.transact((tx) => tx.put(groups, scope, 'staff', { ...group, inline: { p: '{}' } }))
  assert.equal(await remove(), 'DeleteConflictException: Cannot delete entity, must delete policies first.')
  await store.transact((tx) => tx.put(groups, scope, 'staff', { ...group, attached: [group.arn] }))
  assert.equal(
    await remove(),
    'DeleteConflictException: Cannot delete entity, must detach all policies first.',
  )
  await store.transact((tx) => tx.put(groups, scope, 'staff', group))
  assert.equal(await remove(), 'no refusal')
})

test('groups: members follow a new name, and the old name is nobody’s', async () => {
  const { admin } = await rig()
  await admin.createGroup({ GroupName: 'staff' })
  await admin.createGroup({ GroupName: 'other' })
  await admin.addUserToGroup({ GroupName: 'other', UserName: 'admin' })
  await admin.addUserToGroup({ GroupName: 'staff', UserName: 'admin' })
  await admin.updateGroup({ GroupName: 'STAFF', NewGroupName: 'Crew', NewPath: '/p/' })
  const { Groups } = await admin.listGroupsForUser({ UserName: 'admin' })
  assert.deepEqual(
    Groups?.map(({ Arn }) => Arn),
    [`arn:aws:iam::${account}:group/p/Crew`, `arn:aws:iam::${account}:group/other`],
  )
  await admin.createGroup({ GroupName: 'staff' })
  assert.deepEqual((await admin.getGroup({ GroupName: 'staff' })).Users, [])
  await admin.removeUserFromGroup({ GroupName: 'crew', UserName: 'admin' })
  assert.deepEqual((await admin.getGroup({ GroupName: 'crew' })).Users, [])
  await admin.removeUserFromGroup({ GroupName: 'crew', UserName: 'admin' }) // No member any more: no error.
  assert.equal((await admin.listGroupsForUser({ UserName: 'admin' })).Groups?.length, 1)
})

test('groups: pages of groups, of members and of memberships hold everything once', async () => {
  const { admin } = await rig()
  const names = ['a', 'b', 'c', 'd', 'e']
  for (const name of names) {
    await admin.createGroup({ GroupName: `g-${name}`, Path: name < 'd' ? '/p/' : '/q/' })
    await admin.createUser({ UserName: `u-${name}` })
    await admin.addUserToGroup({ GroupName: `g-${name}`, UserName: 'admin' })
    await admin.addUserToGroup({ GroupName: 'g-a', UserName: `u-${name}` })
  }
  assert.deepEqual(
    await pages(
      2,
      (page) => admin.listGroups({ PathPrefix: '/p/', ...page }),
      ({ Groups }) => Groups?.map(named),
    ),
    [['g-a', 'g-b'], ['g-c']],
  )
  assert.deepEqual(
    await pages(
      2,
      (page) => admin.listGroupsForUser({ UserName: 'admin', ...page }),
      ({ Groups }) => Groups?.map(named),
    ),
    [['g-a', 'g-b'], ['g-c', 'g-d'], ['g-e']],
  )
  assert.deepEqual(
    await pages(
      4,
      (page) => admin.getGroup({ GroupName: 'g-a', ...page }),
      ({ Users }) => Users?.map(({ UserName }) => UserName),
    ),
    [
      ['admin', 'u-a', 'u-b', 'u-c'],
      ['u-d', 'u-e'],
    ],
  )
})

test('groups: three hundred groups are enough', async () => {
  const { admin, store } = await rig()
  await admin.createGroup({ GroupName: 'staff' })
  const scope = globalScope(account)
  await store.transact((tx) => {
    const one = tx.get(groups, scope, 'staff')
    assert.ok(one)
    for (let n = 1; n < 300; n += 1) tx.put(groups, scope, `g${n}`, { ...one, groupName: `g${n}` })
  })
  assert.equal(
    await refusal(admin.createGroup({ GroupName: 'more' })),
    'LimitExceededException: Cannot exceed quota for GroupsPerAccount: 300',
  )
})

function named({ GroupName }: { GroupName?: string | undefined }) {
  return GroupName
}
