// Goal: a permissions boundary limits at once, is shown, and is taken away only by who may.
// Method: rows of calls for users and roles, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { account, refusal, rig } from './rig.test.ts'
import { allowing, createRole } from './role-rig.test.ts'

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const none = `arn:aws:iam::${account}:policy/none`

interface Kind {
  readonly kind: 'User' | 'Role'
  readonly create: (iam: IAM) => Promise<unknown>
  readonly put: (iam: IAM, PermissionsBoundary: string, name?: string) => Promise<unknown>
  readonly remove: (iam: IAM, name?: string) => Promise<unknown>
  readonly shown: (iam: IAM) => Promise<unknown>
}

const kinds: readonly Kind[] = [
  {
    kind: 'User',
    create: (iam) => iam.createUser({ UserName: 'Holder' }),
    put: (iam, PermissionsBoundary, UserName = 'holder') =>
      iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary }),
    remove: (iam, UserName = 'holder') => iam.deleteUserPermissionsBoundary({ UserName }),
    shown: async (iam) => (await iam.getUser({ UserName: 'holder' })).User?.PermissionsBoundary,
  },
  {
    kind: 'Role',
    create: (iam) => createRole(iam, 'Holder'),
    put: (iam, PermissionsBoundary, RoleName = 'holder') =>
      iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary }),
    remove: (iam, RoleName = 'holder') => iam.deleteRolePermissionsBoundary({ RoleName }),
    shown: async (iam) => (await iam.getRole({ RoleName: 'holder' })).Role?.PermissionsBoundary,
  },
]

test('boundaries: two kinds of holders', () => assert.equal(kinds.length, 2))

for (const { kind, create, put, remove, shown } of kinds) {
  const lower = kind.toLowerCase()

  test(`boundaries: a ${lower}'s is set, replaced, shown and taken away`, async () => {
    const { admin } = await rig()
    await create(admin)
    const { Policy } = await admin.createPolicy({ PolicyName: 'p', PolicyDocument: allowing('s3:*') })
    const arn = Policy?.Arn ?? ''
    await put(admin, arn)
    await put(admin, readOnly)
    const want = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: readOnly }
    assert.deepEqual(await shown(admin), want)
    await admin.deletePolicy({ PolicyArn: arn }) // Replaced: not in use any more.
    await remove(admin)
    assert.equal(await shown(admin), undefined)
    const gone = `NoSuchEntityException: The ${lower} with name Holder does not have a permissions boundary.`
    assert.equal(await refusal(remove(admin)), gone)
    const nobody = `NoSuchEntityException: The ${lower} with name Nobody cannot be found.`
    assert.equal(await refusal(put(admin, readOnly, 'Nobody')), nobody)
    assert.equal(await refusal(remove(admin, 'Nobody')), nobody)
    const noPolicy = `NoSuchEntityException: Scope ARN: ${none} does not exist or is not attachable.`
    assert.equal(await refusal(put(admin, none)), noPolicy)
  })

  test(`boundaries: a delegate keeps a ${lower} within the boundary that it may give`, async () => {
    const { admin, user } = await rig()
    await create(admin)
    const within = { StringEquals: { 'iam:PermissionsBoundary': readOnly } }
    const clerk = await user(
      'clerk',
      { Effect: 'Allow', Action: `iam:Put${kind}PermissionsBoundary`, Resource: '*', Condition: within },
      { Effect: 'Allow', Action: `iam:Attach${kind}Policy`, Resource: '*', Condition: within },
    )
    const attach = (): Promise<unknown> =>
      kind === 'User'
        ? clerk.attachUserPolicy({ UserName: 'holder', PolicyArn: readOnly })
        : clerk.attachRolePolicy({ RoleName: 'holder', PolicyArn: readOnly })
    assert.match(await refusal(attach()), /^AccessDenied: /) // It has no boundary yet.
    const powerUser = 'arn:aws:iam::aws:policy/PowerUserAccess'
    assert.match(await refusal(put(clerk, powerUser)), /^AccessDenied: /)
    assert.match(await refusal(put(clerk, none)), /^AccessDenied: /)
    await put(clerk, readOnly)
    await attach()
    const denied =
      /not authorized to perform: iam:Delete\w+PermissionsBoundary on resource: arn:aws:iam::\d+:\w+\/Holder because no identity/
    assert.match(await refusal(remove(clerk)), denied)
  })
}

test('boundaries: a boundary limits at once, and grants nothing', async () => {
  const { admin, user } = await rig()
  const clerk = await user('clerk', { Effect: 'Allow', Action: 'iam:*', Resource: '*' })
  await clerk.createGroup({ GroupName: 'before' })
  await admin.putUserPermissionsBoundary({ UserName: 'clerk', PermissionsBoundary: readOnly })
  await clerk.listGroups({})
  assert.match(
    await refusal(clerk.createGroup({ GroupName: 'after' })),
    /because no permissions boundary allows the iam:CreateGroup action$/,
  )
  await admin.deleteUserPolicy({ UserName: 'clerk', PolicyName: 'only' })
  assert.match(await refusal(clerk.listGroups({})), /because no identity-based policy allows/)
})
