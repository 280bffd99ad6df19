// Goal: managed policies, their versions, tags and holders behave as AWS's, in AWS's words.
// Method: rows of calls with what must come of them, through AWS's own client (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  IAM,
  ListEntitiesForPolicyCommandInput,
  ListEntitiesForPolicyCommandOutput,
  ListPoliciesCommandInput,
} from '@aws-sdk/client-iam'
import { globalScope } from '#core/tables.ts'
import { policies } from './documents.ts'
import { account, foundedAtMs, pages, refusal, rig } from './rig.test.ts'
import { allowing, createRole, ofSize } from './role-rig.test.ts'

const policyArn = (name: string): string => `arn:aws:iam::${account}:policy/${name}`
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

async function createPolicy(iam: IAM, PolicyName: string, Path = '/'): Promise<string> {
  const { Policy } = await iam.createPolicy({ PolicyName, Path, PolicyDocument: allowing('s3:Get*') })
  return Policy?.Arn ?? ''
}

test('policies: a policy is shown as it was made; GetPolicy alone describes it', async () => {
  const { admin, clock } = await rig()
  const { Policy: made } = await admin.createPolicy({
    PolicyName: 'Reader',
    Path: '/p/',
    Description: 'reads',
    PolicyDocument: allowing('s3:Get*'),
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ],
  })
  assert.match(made?.PolicyId ?? '', /^ANPA[A-Z2-7]{17}$/)
  const listed = {
    PolicyName: 'Reader',
    PolicyId: made?.PolicyId,
    Arn: policyArn('p/Reader'),
    Path: '/p/',
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: new Date(foundedAtMs),
    UpdateDate: new Date(foundedAtMs),
  }
  const Tags = [
    { Key: 'A', Value: '2' },
    { Key: 'a', Value: '1' },
  ]
  assert.deepEqual(made, { ...listed, Tags })
  const PolicyArn = policyArn('p/Reader')
  assert.deepEqual((await admin.getPolicy({ PolicyArn })).Policy, { ...listed, Description: 'reads', Tags })
  assert.deepEqual((await admin.listPolicies({ Scope: 'Local' })).Policies, [listed])

  clock.nowMs += 5000
  await admin.attachUserPolicy({ UserName: 'admin', PolicyArn })
  await admin.createPolicyVersion({ PolicyArn, PolicyDocument: allowing('s3:*'), SetAsDefault: true })
  const { Policy: after } = await admin.getPolicy({ PolicyArn })
  assert.equal(after?.AttachmentCount, 1)
  assert.equal(after?.DefaultVersionId, 'v2')
  assert.deepEqual(after?.UpdateDate, new Date(foundedAtMs + 5000))
})

test('policies: one of AWS’s, in the account’s own partition', async () => {
  const { admin } = await rig('aws-cn')
  const PolicyArn = 'arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess'
  const { Policy } = await admin.getPolicy({ PolicyArn })
  assert.equal(Policy?.Arn, PolicyArn)
  assert.equal(Policy?.Path, '/job-function/')
  assert.deepEqual(Policy?.Tags, [])
  const { Versions } = await admin.listPolicyVersions({ PolicyArn })
  assert.equal(Versions?.length, 1)
  assert.equal(Versions[0]?.IsDefaultVersion, true)
  const VersionId = Versions[0]?.VersionId ?? ''
  const { PolicyVersion } = await admin.getPolicyVersion({ PolicyArn, VersionId })
  assert.match(decodeURIComponent(PolicyVersion?.Document ?? ''), /^\{"Version":"2012-10-17"/)
  const elsewhere = PolicyArn.replace('aws-cn', 'aws')
  assert.equal(
    await refusal(admin.getPolicy({ PolicyArn: elsewhere })),
    `NoSuchEntityException: Policy ${elsewhere} was not found.`,
  )
})

const none = policyArn('none')
const notFound = `NoSuchEntityException: Policy ${none} was not found.`
const notAttachable = `NoSuchEntityException: Policy ${none} does not exist or is not attachable.`
const noVersion = `NoSuchEntityException: Policy ${none} version v1 does not exist or is not attachable.`
const ofAws = `AccessDenied: Policy ${readOnly} is managed by AWS: it can be attached, and not be changed.`
const PolicyDocument = allowing('s3:*')
const Tags = [{ Key: 'k', Value: 'v' }]
const rows: readonly [sentence: string, call: (admin: IAM) => Promise<unknown>, want: string][] = [
  [
    'a name is taken in any case and under any path',
    async (iam) => {
      await createPolicy(iam, 'reader')
      await createPolicy(iam, 'Reader', '/p/')
    },
    'EntityAlreadyExistsException: A policy called Reader already exists. Duplicate names are not allowed.',
  ],
  [
    'a document that is none',
    (iam) => iam.createPolicy({ PolicyName: 'p', PolicyDocument: '{"Version":"2012-10-17"}' }),
    'MalformedPolicyDocumentException: Syntax errors in policy.',
  ],
  [
    'a document of 2008',
    (iam) => iam.createPolicy({ PolicyName: 'p', PolicyDocument: PolicyDocument.replace('2012', '2008') }),
    'MalformedPolicyDocumentException: Policy document must be version 2012-10-17 or greater.',
  ],
  [
    'a document with a principal',
    (iam) =>
      iam.createPolicy({
        PolicyName: 'p',
        PolicyDocument: PolicyDocument.replace('"Effect"', '"Principal":"*","Effect"'),
      }),
    'MalformedPolicyDocumentException: Policy document should not specify a principal.',
  ],
  [
    '6144 characters',
    (iam) => iam.createPolicy({ PolicyName: 'p', PolicyDocument: ofSize(6144) }),
    'no refusal',
  ],
  [
    '6144 characters and white space',
    (iam) => iam.createPolicy({ PolicyName: 'p', PolicyDocument: ` \n\t${ofSize(6144)}\r\n` }),
    'no refusal',
  ],
  [
    '6145 characters',
    (iam) => iam.createPolicy({ PolicyName: 'p', PolicyDocument: ofSize(6145) }),
    'LimitExceededException: Cannot exceed quota for PolicySize: 6144',
  ],
  [
    '6145 characters in a version',
    async (iam) =>
      iam.createPolicyVersion({ PolicyArn: await createPolicy(iam, 'p'), PolicyDocument: ofSize(6145) }),
    'LimitExceededException: Cannot exceed quota for PolicySize: 6144',
  ],
  [
    'what is no ARN',
    (iam) => iam.getPolicy({ PolicyArn: 'longpolicynamebutnoarn' }),
    'InvalidInputException: ARN longpolicynamebutnoarn is not valid.',
  ],
  [
    'the ARN of something else',
    (iam) => iam.getPolicy({ PolicyArn: `arn:aws:iam::${account}:user/admin` }),
    `InvalidInputException: ARN arn:aws:iam::${account}:user/admin is not valid.`,
  ],
  ['no policy to show', (iam) => iam.getPolicy({ PolicyArn: none }), notFound],
  ['no policy to delete', (iam) => iam.deletePolicy({ PolicyArn: none }), notFound],
  ['no policy to tag', (iam) => iam.tagPolicy({ PolicyArn: none, Tags }), notFound],
  ['no policy to untag', (iam) => iam.untagPolicy({ PolicyArn: none, TagKeys: ['k'] }), notFound],
  ['no policy whose tags to list', (iam) => iam.listPolicyTags({ PolicyArn: none }), notFound],
  ['no policy whose versions to list', (iam) => iam.listPolicyVersions({ PolicyArn: none }), notFound],
  ['no policy whose holders to list', (iam) => iam.listEntitiesForPolicy({ PolicyArn: none }), notAttachable],
  [
    'no policy to write',
    (iam) => iam.createPolicyVersion({ PolicyArn: none, PolicyDocument }),
    notAttachable,
  ],
  ['no version to show', (iam) => iam.getPolicyVersion({ PolicyArn: none, VersionId: 'v1' }), noVersion],
  ['no version to delete', (iam) => iam.deletePolicyVersion({ PolicyArn: none, VersionId: 'v1' }), noVersion],
  [
    'no version to set',
    (iam) => iam.setDefaultPolicyVersion({ PolicyArn: none, VersionId: 'v1' }),
    noVersion,
  ],
  [
    'a version that there never was',
    async (iam) => iam.setDefaultPolicyVersion({ PolicyArn: await createPolicy(iam, 'p'), VersionId: 'v9' }),
    `NoSuchEntityException: Policy ${policyArn('p')} version v9 does not exist or is not attachable.`,
  ],
  [
    'another path',
    async (iam) => {
      await createPolicy(iam, 'none', '/p/')
      await iam.getPolicy({ PolicyArn: none })
    },
    notFound,
  ],
  [
    'the default version stays',
    async (iam) => iam.deletePolicyVersion({ PolicyArn: await createPolicy(iam, 'p'), VersionId: 'v1' }),
    'DeleteConflictException: Cannot delete the default version of a policy.',
  ],
  ['AWS’s are not deleted', (iam) => iam.deletePolicy({ PolicyArn: readOnly }), ofAws],
  ['AWS’s are not tagged', (iam) => iam.tagPolicy({ PolicyArn: readOnly, Tags }), ofAws],
  ['AWS’s are not untagged', (iam) => iam.untagPolicy({ PolicyArn: readOnly, TagKeys: ['k'] }), ofAws],
  ['AWS’s are not written', (iam) => iam.createPolicyVersion({ PolicyArn: readOnly, PolicyDocument }), ofAws],
  ['AWS’s keep versions', (iam) => iam.deletePolicyVersion({ PolicyArn: readOnly, VersionId: 'v1' }), ofAws],
  [
    'AWS’s default stays',
    (iam) => iam.setDefaultPolicyVersion({ PolicyArn: readOnly, VersionId: 'v1' }),
    ofAws,
  ],
  [
    'an attached policy stays',
    async (iam) => {
      const PolicyArn = await createPolicy(iam, 'p')
      await iam.createGroup({ GroupName: 'g' })
      await iam.attachGroupPolicy({ GroupName: 'g', PolicyArn })
      await iam.deletePolicy({ PolicyArn })
    },
    'DeleteConflictException: Cannot delete a policy attached to entities.',
  ],
  [
    'a boundary stays',
    async (iam) => {
      const PolicyArn = await createPolicy(iam, 'p')
      await createRole(iam, 'r')
      await iam.putRolePermissionsBoundary({ RoleName: 'r', PermissionsBoundary: PolicyArn })
      await iam.deletePolicy({ PolicyArn })
    },
    'DeleteConflictException: Cannot delete a policy attached to entities.',
  ],
  [
    'a policy with two versions stays',
    async (iam) => {
      const PolicyArn = await createPolicy(iam, 'p')
      await iam.createPolicyVersion({ PolicyArn, PolicyDocument })
      await iam.deletePolicy({ PolicyArn })
    },
    "DeleteConflictException: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  ],
  [
    'a policy that nobody uses goes',
    async (iam) => {
      const PolicyArn = await createPolicy(iam, 'p')
      await iam.deletePolicy({ PolicyArn })
      await createPolicy(iam, 'p')
    },
    'no refusal',
  ],
]

for (const [sentence, call, want] of rows) {
  test(`policies: ${sentence}`, async () => {
    const { admin } = await rig()
    assert.equal(await refusal(call(admin)), want)
  })
}

test('policies: every row ran', () => assert.equal(rows.length, 34))

test('policies: five versions at a time, numbers never used twice, one of them in force', async () => {
  const { admin } = await rig()
  const PolicyArn = await createPolicy(admin, 'p')
  const versions = async (): Promise<string[]> => {
    const { Versions } = await admin.listPolicyVersions({ PolicyArn })
    return Versions?.map((one) => `${one.VersionId}${one.IsDefaultVersion === true ? '*' : ''}`) ?? []
  }
  const { PolicyVersion: second } = await admin.createPolicyVersion({
    PolicyArn,
    PolicyDocument,
    SetAsDefault: true,
  })
  assert.deepEqual(second, { VersionId: 'v2', IsDefaultVersion: true, CreateDate: new Date(foundedAtMs) })
  for (let i = 0; i < 3; i += 1) await admin.createPolicyVersion({ PolicyArn, PolicyDocument })
  assert.equal(
    await refusal(admin.createPolicyVersion({ PolicyArn, PolicyDocument })),
    'LimitExceededException: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
  )
  assert.deepEqual(await versions(), ['v5', 'v4', 'v3', 'v2*', 'v1'])
  await admin.deletePolicyVersion({ PolicyArn, VersionId: 'v5' })
  await admin.createPolicyVersion({ PolicyArn, PolicyDocument })
  await admin.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v1' })
  assert.deepEqual(await versions(), ['v6', 'v4', 'v3', 'v2', 'v1*'])
  for (let number = 7; number <= 12; number += 1) {
    await admin.deletePolicyVersion({ PolicyArn, VersionId: `v${number - 1}` })
    await admin.createPolicyVersion({ PolicyArn, PolicyDocument })
  }
  assert.deepEqual(await versions(), ['v12', 'v4', 'v3', 'v2', 'v1*']) // By number, not by spelling.
  const found = await pages(
    2,
    (page) => admin.listPolicyVersions({ PolicyArn, ...page }),
    (answer) => answer.Versions?.map(({ VersionId }) => VersionId),
  )
  assert.deepEqual(found, [['v12', 'v4'], ['v3', 'v2'], ['v1']])
  const { PolicyVersion: first } = await admin.getPolicyVersion({ PolicyArn, VersionId: 'v1' })
  assert.equal(decodeURIComponent(first?.Document ?? ''), allowing('s3:Get*'))
})

test('policies: white space does not count, but all of the versions together has an end', async () => {
  const { admin } = await rig()
  const spacious = allowing('s3:*') + ' '.repeat(65_000)
  const { Policy } = await admin.createPolicy({ PolicyName: 'p', PolicyDocument: spacious })
  const add = () => admin.createPolicyVersion({ PolicyArn: Policy?.Arn, PolicyDocument: spacious })
  await add()
  assert.equal(await refusal(add()), 'LimitExceededException: Cannot exceed quota for PolicySize: 131072')
  await admin.deletePolicyVersion({ PolicyArn: Policy?.Arn, VersionId: 'v2' })
  await add()
})

test('policies: a document is shown URL-encoded as RFC 3986 has it', async () => {
  const { admin } = await rig()
  const document = `{ "Version": "2012-10-17", "Statement": { "Sid": "A1", "Effect": "Allow", "Action": ["s3:Get*"],\n "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": "it's (a) ~ té!"}} } }`
  const { Policy } = await admin.createPolicy({ PolicyName: 'p', PolicyDocument: document })
  const { PolicyVersion } = await admin.getPolicyVersion({ PolicyArn: Policy?.Arn, VersionId: 'v1' })
  assert.match(PolicyVersion?.Document ?? '', /^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/)
  assert.equal(decodeURIComponent(PolicyVersion?.Document ?? ''), document)
})

test('policies: a change of the version in force takes effect at once', async () => {
  const { admin, user } = await rig()
  const clerk = await user('clerk')
  const { Policy } = await admin.createPolicy({ PolicyName: 'p', PolicyDocument: allowing('iam:ListUsers') })
  const PolicyArn = Policy?.Arn
  await admin.attachUserPolicy({ UserName: 'clerk', PolicyArn })
  await clerk.listUsers({})
  await admin.createPolicyVersion({
    PolicyArn,
    PolicyDocument: allowing('iam:ListRoles'),
    SetAsDefault: true,
  })
  assert.match(await refusal(clerk.listUsers({})), /^AccessDenied: /)
  await clerk.listRoles({})
  await admin.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v1' })
  await clerk.listUsers({})
})

test('policies: lists by scope, path and use', async () => {
  const { admin } = await rig()
  const attached = await createPolicy(admin, 'Attached', '/p/')
  const bounding = await createPolicy(admin, 'bounding')
  await createPolicy(admin, 'unused', '/p/')
  await admin.createGroup({ GroupName: 'g' })
  await admin.attachGroupPolicy({ GroupName: 'g', PolicyArn: attached })
  await createRole(admin, 'r')
  await admin.putRolePermissionsBoundary({ RoleName: 'r', PermissionsBoundary: bounding })
  await admin.putUserPermissionsBoundary({
    UserName: 'admin',
    PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })

  type Query = ListPoliciesCommandInput
  const names = async (query: Query): Promise<unknown> => {
    const found = await pages(
      1000,
      (page) => admin.listPolicies({ ...query, ...page }),
      ({ Policies }) => Policies,
    )
    const all = found.flat().map(({ PolicyName }) => PolicyName)
    return all.length > 10 ? all.length : all
  }
  const queries: readonly [Query, unknown][] = [
    [{ Scope: 'Local' }, ['Attached', 'bounding', 'unused']],
    [{ Scope: 'AWS' }, 1594],
    [{}, 1597],
    [{ PathPrefix: '/p/' }, ['Attached', 'unused']],
    [{ OnlyAttached: true }, ['Attached', 'AdministratorAccess']], // The administrator of the rig holds it.
    [{ PolicyUsageFilter: 'PermissionsBoundary' }, ['bounding', 'AdministratorAccess']],
    [{ PolicyUsageFilter: 'PermissionsPolicy', Scope: 'Local' }, ['Attached']],
    [{ PolicyUsageFilter: 'PermissionsBoundary', OnlyAttached: true }, ['AdministratorAccess']],
    [{ Scope: 'AWS', PathPrefix: '/job-function/' }, 11],
  ]
  for (const [query, want] of queries) assert.deepEqual(await names(query), want, JSON.stringify(query))
  assert.equal(queries.length, 9)
})

test('policies: pages go from the account’s to AWS’s, whatever comes between', async () => {
  const { admin } = await rig()
  for (const name of ['b', 'c', 'd']) await createPolicy(admin, name)
  const found = await pages(
    800,
    (page) => admin.listPolicies(page),
    ({ Policies }) => Policies?.map(({ PolicyName = '' }) => PolicyName),
    () => createPolicy(admin, 'a'), // Before the marker: not seen any more.
  )
  assert.deepEqual(
    found.map((page) => page.length),
    [800, 797],
  )
  assert.equal(new Set(found.flat()).size, 1597)
  const two = await admin.listPolicies({ MaxItems: 2 })
  assert.deepEqual(
    two.Policies?.map(({ PolicyName }) => PolicyName),
    ['a', 'b'],
  )
  await admin.deletePolicy({ PolicyArn: policyArn('b') }) // The marker itself.
  const next = await admin.listPolicies({ MaxItems: 3, Marker: two.Marker })
  assert.deepEqual(next.Policies?.map(({ PolicyName }) => PolicyName).slice(0, 2), ['c', 'd'])
  assert.match(await refusal(admin.listPolicies({ Marker: 'bm9uZQ' })), /^ValidationError: /)
})

test('policies: who holds a policy, by kind, path and use', async () => {
  const { admin } = await rig()
  const PolicyArn = await createPolicy(admin, 'p')
  for (const UserName of ['u1', 'u2']) await admin.createUser({ UserName, Path: '/x/' })
  await admin.createGroup({ GroupName: 'g' })
  await createRole(admin, 'r')
  await createRole(admin, 'bounded')
  await admin.attachUserPolicy({ UserName: 'u1', PolicyArn })
  await admin.putUserPermissionsBoundary({ UserName: 'u1', PermissionsBoundary: PolicyArn })
  await admin.attachUserPolicy({ UserName: 'u2', PolicyArn })
  await admin.attachGroupPolicy({ GroupName: 'g', PolicyArn })
  await admin.attachRolePolicy({ RoleName: 'r', PolicyArn })
  await admin.putRolePermissionsBoundary({ RoleName: 'bounded', PermissionsBoundary: PolicyArn })

  type Query = Omit<ListEntitiesForPolicyCommandInput, 'PolicyArn'>
  type Answer = ListEntitiesForPolicyCommandOutput
  const holders = ({ PolicyGroups = [], PolicyRoles = [], PolicyUsers = [] }: Answer): string[] => [
    ...PolicyGroups.map(({ GroupName = '', GroupId = '' }) => `${GroupName} ${GroupId.slice(0, 4)}`),
    ...PolicyRoles.map(({ RoleName = '', RoleId = '' }) => `${RoleName} ${RoleId.slice(0, 4)}`),
    ...PolicyUsers.map(({ UserName = '', UserId = '' }) => `${UserName} ${UserId.slice(0, 4)}`),
  ]
  const queries: readonly [Query, readonly string[]][] = [
    [{}, ['g AGPA', 'bounded AROA', 'r AROA', 'u1 AIDA', 'u2 AIDA']],
    [{ EntityFilter: 'User' }, ['u1 AIDA', 'u2 AIDA']],
    [{ EntityFilter: 'Group' }, ['g AGPA']],
    [{ EntityFilter: 'Role' }, ['bounded AROA', 'r AROA']],
    [{ EntityFilter: 'LocalManagedPolicy' }, []],
    [{ PathPrefix: '/x/' }, ['u1 AIDA', 'u2 AIDA']],
    [{ PolicyUsageFilter: 'PermissionsBoundary' }, ['bounded AROA', 'u1 AIDA']],
    [{ PolicyUsageFilter: 'PermissionsPolicy' }, ['g AGPA', 'r AROA', 'u1 AIDA', 'u2 AIDA']],
  ]
  for (const [query, want] of queries) {
    const answer = await admin.listEntitiesForPolicy({ PolicyArn, ...query })
    assert.deepEqual(holders(answer), want, JSON.stringify(query))
  }
  assert.equal(queries.length, 8)
  const found = await pages(2, (page) => admin.listEntitiesForPolicy({ PolicyArn, ...page }), holders)
  assert.deepEqual(found, [['g AGPA', 'bounded AROA'], ['r AROA', 'u1 AIDA'], ['u2 AIDA']])

  const { Policy } = await admin.getPolicy({ PolicyArn })
  assert.deepEqual([Policy?.AttachmentCount, Policy?.PermissionsBoundaryUsageCount], [4, 2])
})

test('policies: tags, whose keys differ by case', async () => {
  const { admin } = await rig()
  const PolicyArn = await createPolicy(admin, 'p')
  await admin.tagPolicy({ PolicyArn, Tags: [{ Key: 'a', Value: '1' }] })
  await admin.tagPolicy({
    PolicyArn,
    Tags: [
      { Key: 'A', Value: '2' },
      { Key: 'a', Value: '' },
    ],
  })
  const want = [
    { Key: 'A', Value: '2' },
    { Key: 'a', Value: '' },
  ]
  assert.deepEqual((await admin.listPolicyTags({ PolicyArn })).Tags, want)
  await admin.untagPolicy({ PolicyArn, TagKeys: ['a'] })
  assert.deepEqual((await admin.listPolicyTags({ PolicyArn })).Tags, [{ Key: 'A', Value: '2' }])
  assert.deepEqual((await admin.listPolicyTags({ PolicyArn: readOnly })).Tags, [])
})

test('policies: fifteen hundred policies are enough', async () => {
  const { admin, store } = await rig()
  await createPolicy(admin, 'policy-0')
  const scope = globalScope(account)
  await store.transact((tx) => {
    const policy = tx.get(policies, scope, 'policy-0')
    assert.ok(policy)
    for (let i = 1; i < 1500; i += 1) tx.put(policies, scope, `policy-${i}`, policy)
  })
  assert.equal(
    await refusal(createPolicy(admin, 'one-more')),
    'LimitExceededException: Cannot exceed quota for PoliciesPerAccount: 1500',
  )
})
