// Goal: managed policies are attached to users, groups and roles as AWS does, and take effect.
// Method: each test runs for the three kinds of holders, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM, ListAttachedUserPoliciesCommandOutput } from '@aws-sdk/client-iam'
import { account, pages, refusal, rig } from './rig.test.ts'
import { allowing, createRole } from './role-rig.test.ts'

interface Query {
  readonly MaxItems?: number
  readonly Marker?: string
  readonly PathPrefix?: string
}

type Attached = Pick<ListAttachedUserPoliciesCommandOutput, 'AttachedPolicies' | 'IsTruncated' | 'Marker'>

interface Kind {
  readonly kind: 'User' | 'Group' | 'Role'
  readonly create: (iam: IAM) => Promise<unknown>
  readonly attach: (iam: IAM, PolicyArn: string, name?: string) => Promise<unknown>
  readonly detach: (iam: IAM, PolicyArn: string, name?: string) => Promise<unknown>
  readonly list: (iam: IAM, query?: Query, name?: string) => Promise<Attached>
}

// prettier-ignore
const kinds: readonly Kind[] = [
  {
    kind: 'User',
    create: (iam) => iam.createUser({ UserName: 'Holder' }),
    attach: (iam, PolicyArn, UserName = 'holder') => iam.attachUserPolicy({ UserName, PolicyArn }),
    detach: (iam, PolicyArn, UserName = 'holder') => iam.detachUserPolicy({ UserName, PolicyArn }),
    list: (iam, query, UserName = 'holder') => iam.listAttachedUserPolicies({ UserName, ...query }),
  },
  {
    kind: 'Group',
    create: (iam) => iam.createGroup({ GroupName: 'Holder' }),
    attach: (iam, PolicyArn, GroupName = 'holder') => iam.attachGroupPolicy({ GroupName, PolicyArn }),
    detach: (iam, PolicyArn, GroupName = 'holder') => iam.detachGroupPolicy({ GroupName, PolicyArn }),
    list: (iam, query, GroupName = 'holder') => iam.listAttachedGroupPolicies({ GroupName, ...query }),
  },
  {
    kind: 'Role',
    create: (iam) => createRole(iam, 'Holder'),
    attach: (iam, PolicyArn, RoleName = 'holder') => iam.attachRolePolicy({ RoleName, PolicyArn }),
    detach: (iam, PolicyArn, RoleName = 'holder') => iam.detachRolePolicy({ RoleName, PolicyArn }),
    list: (iam, query, RoleName = 'holder') => iam.listAttachedRolePolicies({ RoleName, ...query }),
  },
]

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const own = (name: string): string => `arn:aws:iam::${account}:policy/${name}`

async function createPolicies(iam: IAM, names: readonly string[], Path = '/'): Promise<void> {
  for (const PolicyName of names) {
    await iam.createPolicy({ PolicyName, Path, PolicyDocument: allowing('s3:*') })
  }
}

test('attachments: three kinds of holders', () => assert.equal(kinds.length, 3))

for (const { kind, create, attach, detach, list } of kinds) {
  const lower = kind.toLowerCase()

  test(`attachments: a ${lower}'s are attached once, listed and detached`, async () => {
    const { admin } = await rig()
    await create(admin)
    await createPolicies(admin, ['Mine'], '/p/')
    await attach(admin, own('p/Mine'))
    await attach(admin, readOnly)
    await attach(admin, readOnly)
    assert.deepEqual((await list(admin)).AttachedPolicies, [
      { PolicyName: 'Mine', PolicyArn: own('p/Mine') },
      { PolicyName: 'ReadOnlyAccess', PolicyArn: readOnly },
    ])
    const under = await list(admin, { PathPrefix: '/p/' })
    assert.deepEqual(under.AttachedPolicies, [{ PolicyName: 'Mine', PolicyArn: own('p/Mine') }])
    await detach(admin, own('p/Mine'))
    assert.deepEqual((await list(admin)).AttachedPolicies, [
      { PolicyName: 'ReadOnlyAccess', PolicyArn: readOnly },
    ])
  })

  test(`attachments: what cannot be attached to a ${lower}, or detached`, async () => {
    const { admin } = await rig()
    await create(admin)
    await createPolicies(admin, ['Mine'])
    const nobody = `NoSuchEntityException: The ${lower} with name Nobody cannot be found.`
    const notValid = 'InvalidInputException: ARN longpolicynamebutnoarn is not valid.'
    const linked = 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy'
    const rows: readonly [() => Promise<unknown>, string][] = [
      [() => attach(admin, 'longpolicynamebutnoarn'), notValid],
      [() => detach(admin, 'longpolicynamebutnoarn'), notValid],
      [
        () => attach(admin, own('Mine1')),
        `NoSuchEntityException: Policy ${own('Mine1')} does not exist or is not attachable.`,
      ],
      [
        () => attach(admin, own('p/Mine')),
        `NoSuchEntityException: Policy ${own('p/Mine')} does not exist or is not attachable.`,
      ],
      [
        () => attach(admin, linked),
        'PolicyNotAttachableException: Cannot attach a Service Role Policy to a Customer Role.',
      ],
      [() => detach(admin, own('Mine')), `NoSuchEntityException: Policy ${own('Mine')} was not found.`],
      [() => attach(admin, readOnly, 'Nobody'), nobody],
      [() => detach(admin, readOnly, 'Nobody'), nobody],
      [() => list(admin, {}, 'Nobody'), nobody],
    ]
    for (const [call, want] of rows) assert.equal(await refusal(call()), want)
    assert.equal(rows.length, 9)
    assert.deepEqual((await list(admin)).AttachedPolicies, [])
  })

  test(`attachments: ten are enough for a ${lower}`, async () => {
    const { admin } = await rig()
    await create(admin)
    const names = Array.from({ length: 11 }, (_, i) => `p${String(i).padStart(2, '0')}`)
    await createPolicies(admin, names)
    for (const name of names.slice(0, 10)) await attach(admin, own(name))
    const tooMany = `LimitExceededException: Cannot exceed quota for PoliciesPer${kind}: 10`
    assert.equal(await refusal(attach(admin, own('p10'))), tooMany)
    await attach(admin, own('p00')) // It is attached already.
    const found = await pages(
      4,
      (page) => list(admin, page),
      ({ AttachedPolicies }) => AttachedPolicies?.map(({ PolicyName }) => PolicyName),
      () => detach(admin, own('p03')).catch(() => undefined),
    )
    assert.deepEqual(found, [names.slice(0, 4), names.slice(4, 8), names.slice(8, 10)])
  })

  test(`attachments: leave may hang on the policy that is attached to a ${lower}`, async () => {
    const { admin, user } = await rig()
    await create(admin)
    const clerk = await user('clerk', {
      Effect: 'Allow',
      Action: [`iam:Attach${kind}Policy`, `iam:Detach${kind}Policy`],
      Resource: '*',
      Condition: { ArnEquals: { 'iam:PolicyARN': readOnly } },
    })
    await attach(clerk, readOnly)
    await detach(clerk, readOnly)
    const denied = `AccessDenied: User: arn:aws:iam::${account}:user/clerk is not authorized to perform: iam:Attach${kind}Policy on resource: arn:aws:iam::${account}:${lower}/Holder because no identity-based policy allows the iam:Attach${kind}Policy action`
    assert.equal(await refusal(attach(clerk, 'arn:aws:iam::aws:policy/AdministratorAccess')), denied)
    assert.equal(await refusal(attach(clerk, own('nothing'))), denied) // It does not learn that there is none.
    assert.match(await refusal(detach(clerk, own('nothing'))), /^AccessDenied: /)
  })
}

test('attachments: what is attached takes effect at once', async () => {
  const { admin, user } = await rig()
  const clerk = await user('clerk')
  assert.match(await refusal(clerk.listUsers({})), /^AccessDenied: /)
  await admin.attachUserPolicy({ UserName: 'clerk', PolicyArn: readOnly })
  await clerk.listUsers({})
  assert.match(await refusal(clerk.createUser({ UserName: 'x' })), /^AccessDenied: /)
  await admin.detachUserPolicy({ UserName: 'clerk', PolicyArn: readOnly })
  assert.match(await refusal(clerk.listUsers({})), /^AccessDenied: /)
})
