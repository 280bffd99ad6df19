// Goal: inline policies of users, groups and roles are written, shown and weighed as AWS does, the same for all three.
// Method: each test runs for the three kinds of holders, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM, ListUserPoliciesCommandOutput } from '@aws-sdk/client-iam'
import { refusal, pages, rig } from './rig.test.ts'
import { allowing, createRole, ofSize } from './role-rig.test.ts'

interface Page {
  readonly MaxItems?: number
  readonly Marker?: string
}

/** The four operations, whoever holds the policy. */
interface Kind {
  readonly kind: string
  readonly sizeMax: number
  readonly create: (iam: IAM) => Promise<unknown>
  readonly put: (iam: IAM, PolicyName: string, PolicyDocument: string, name?: string) => Promise<unknown>
  readonly get: (
    iam: IAM,
    PolicyName: string,
    name?: string,
  ) => Promise<{ PolicyDocument?: string | undefined }>
  readonly list: (
    iam: IAM,
    page?: Page,
    name?: string,
  ) => Promise<Pick<ListUserPoliciesCommandOutput, 'PolicyNames' | 'IsTruncated' | 'Marker'>>
  readonly remove: (iam: IAM, PolicyName: string, name?: string) => Promise<unknown>
}

// prettier-ignore
const kinds: readonly Kind[] = [
  {
    kind: 'user',
    sizeMax: 2048,
    create: (iam) => iam.createUser({ UserName: 'Holder' }),
    put: (iam, PolicyName, PolicyDocument, UserName = 'holder') => iam.putUserPolicy({ UserName, PolicyName, PolicyDocument }),
    get: (iam, PolicyName, UserName = 'holder') => iam.getUserPolicy({ UserName, PolicyName }),
    list: (iam, page, UserName = 'holder') => iam.listUserPolicies({ UserName, ...page }),
    remove: (iam, PolicyName, UserName = 'holder') => iam.deleteUserPolicy({ UserName, PolicyName }),
  },
  {
    kind: 'group',
    sizeMax: 5120,
    create: (iam) => iam.createGroup({ GroupName: 'Holder' }),
    put: (iam, PolicyName, PolicyDocument, GroupName = 'holder') => iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument }),
    get: (iam, PolicyName, GroupName = 'holder') => iam.getGroupPolicy({ GroupName, PolicyName }),
    list: (iam, page, GroupName = 'holder') => iam.listGroupPolicies({ GroupName, ...page }),
    remove: (iam, PolicyName, GroupName = 'holder') => iam.deleteGroupPolicy({ GroupName, PolicyName }),
  },
  {
    kind: 'role',
    sizeMax: 10_240,
    create: (iam) => createRole(iam, 'Holder'),
    put: (iam, PolicyName, PolicyDocument, RoleName = 'holder') => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument }),
    get: (iam, PolicyName, RoleName = 'holder') => iam.getRolePolicy({ RoleName, PolicyName }),
    list: (iam, page, RoleName = 'holder') => iam.listRolePolicies({ RoleName, ...page }),
    remove: (iam, PolicyName, RoleName = 'holder') => iam.deleteRolePolicy({ RoleName, PolicyName }),
  },
]

test('inline policies: three kinds of holders', () => assert.equal(kinds.length, 3))

for (const { kind, sizeMax, create, put, get, list, remove } of kinds) {
  const absent = `NoSuchEntityException: The ${kind} policy with name p cannot be found.`
  const nobody = `NoSuchEntityException: The ${kind} with name Nobody cannot be found.`

  test(`inline policies: a ${kind}'s are written, replaced, shown, listed and deleted`, async () => {
    const { admin } = await rig()
    await create(admin)
    const text = async (name: string) => decodeURIComponent((await get(admin, name)).PolicyDocument ?? '')
    await put(admin, 'p', allowing('s3:Get*'))
    await put(admin, '__proto__', allowing('s3:List*'))
    await put(admin, 'p', allowing('s3:Put*'))
    assert.equal(await text('p'), allowing('s3:Put*'))
    assert.equal(await text('__proto__'), allowing('s3:List*'))
    assert.deepEqual((await list(admin)).PolicyNames, ['__proto__', 'p'])
    await remove(admin, '__proto__')
    assert.deepEqual((await list(admin)).PolicyNames, ['p'])
    const { PolicyDocument, ...rest } = await get(admin, 'p')
    const named = Object.entries(rest).filter(([key]) => key !== '$metadata')
    assert.equal(PolicyDocument, encodeURIComponent(allowing('s3:Put*')).replaceAll('*', '%2A'))
    assert.deepEqual(new Set(named.map(([, value]) => value)), new Set(['Holder', 'p']))
  })

  test(`inline policies: what a ${kind} lacks`, async () => {
    const { admin } = await rig()
    await create(admin)
    assert.equal(await refusal(get(admin, 'p')), absent)
    assert.equal(await refusal(remove(admin, 'p')), absent)
    assert.match(await refusal(get(admin, '__proto__')), /^NoSuchEntityException: /)
    assert.match(await refusal(remove(admin, 'constructor')), /^NoSuchEntityException: /)
    assert.equal(await refusal(put(admin, 'p', allowing('s3:*'), 'Nobody')), nobody)
    assert.equal(await refusal(get(admin, 'p', 'Nobody')), nobody)
    assert.equal(await refusal(list(admin, {}, 'Nobody')), nobody)
    assert.equal(await refusal(remove(admin, 'p', 'Nobody')), nobody)
    assert.equal(
      await refusal(put(admin, 'p', '{"Version":"2012-10-17"')),
      'MalformedPolicyDocumentException: Syntax errors in policy.',
    )
    assert.deepEqual((await list(admin)).PolicyNames, [])
  })

  test(`inline policies: all of a ${kind}'s together count ${sizeMax} characters`, async () => {
    const { admin } = await rig()
    await create(admin)
    const half = sizeMax / 2
    const tooLong = `LimitExceededException: Maximum policy size of ${sizeMax} bytes exceeded for ${kind} Holder`
    assert.equal(await refusal(put(admin, 'p', ofSize(sizeMax + 1))), tooLong)
    await put(admin, 'p', ofSize(sizeMax))
    await put(admin, 'p', ofSize(half)) // In place of itself.
    assert.equal(await refusal(put(admin, 'q', ofSize(half + 1))), tooLong)
    await put(admin, 'q', ` \n${ofSize(half)}\t`)
    assert.deepEqual((await list(admin)).PolicyNames, ['p', 'q'])
  })

  test(`inline policies: white space does not count, but all of a ${kind}'s together has an end`, async () => {
    const { admin } = await rig()
    await create(admin)
    const spacious = (blanks: number): string => allowing('s3:*') + ' '.repeat(blanks)
    await put(admin, 'p', spacious(65_000))
    await put(admin, 'q', spacious(65_000))
    const tooLong = `LimitExceededException: Maximum policy size of 131072 bytes exceeded for ${kind} Holder`
    assert.equal(await refusal(put(admin, 'r', spacious(1000))), tooLong)
    await put(admin, 'q', spacious(0))
    await put(admin, 'r', spacious(65_000))
  })

  test(`inline policies: pages of a ${kind}'s names`, async () => {
    const { admin } = await rig()
    await create(admin)
    for (const name of ['d', 'b', 'c', 'a']) await put(admin, name, allowing('s3:*'))
    const found = await pages(
      2,
      (page) => list(admin, page),
      ({ PolicyNames }) => PolicyNames,
      () => remove(admin, 'b'),
    )
    assert.deepEqual(found, [
      ['a', 'b'],
      ['c', 'd'],
    ])
  })
}

test('inline policies: what is written takes effect at once, for members of a group too', async () => {
  const { admin, user } = await rig()
  const clerk = await user('clerk')
  await admin.createGroup({ GroupName: 'g' })
  await admin.addUserToGroup({ GroupName: 'g', UserName: 'clerk' })
  assert.match(await refusal(clerk.listUsers({})), /^AccessDenied: /)
  await admin.putGroupPolicy({ GroupName: 'g', PolicyName: 'p', PolicyDocument: allowing('iam:ListUsers') })
  await clerk.listUsers({})
  const denial = allowing('iam:*').replace('Allow', 'Deny')
  await admin.putUserPolicy({ UserName: 'clerk', PolicyName: 'p', PolicyDocument: denial })
  assert.match(await refusal(clerk.listUsers({})), /with an explicit deny in an identity-based policy$/)
  await admin.deleteUserPolicy({ UserName: 'clerk', PolicyName: 'p' })
  await clerk.listUsers({})
})

test('inline policies: a document of 2008 is still taken', async () => {
  const { admin } = await rig()
  const PolicyDocument = allowing('s3:*').replace('2012', '2008')
  await admin.putUserPolicy({ UserName: 'admin', PolicyName: 'p', PolicyDocument })
})
