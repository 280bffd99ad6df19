// Goal: a trust policy names who exists, keeps them by their unique ids, and shows them as AWS does.
// Method: rows of documents with AWS's answer, through AWS's own client (rig.test.ts); what is kept is read from the store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { parsePolicy } from '#engines/policy/index.ts'
import { globalScope } from '#core/tables.ts'
import { roles } from './documents.ts'
import { account, refusal, rig } from './rig.test.ts'
import { createRole, ec2Trust, trusting } from './role-rig.test.ts'

const iamArn = (resource: string): string => `arn:aws:iam::${account}:${resource}`

/** The trust policy that GetRole shows. */
async function shown(iam: IAM, RoleName: string): Promise<{ Statement: { Principal: unknown }[] }> {
  const { Role } = await iam.getRole({ RoleName })
  return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))
}

const other = '999999999999'
const accepted: readonly [sentence: string, given: unknown, want: unknown][] = [
  ['everyone', '*', '*'],
  ['everyone by name', { AWS: '*' }, { AWS: '*' }],
  ['an account by id', { AWS: account }, { AWS: iamArn('root') }],
  ['an account by ARN', { AWS: iamArn('root') }, { AWS: iamArn('root') }],
  ['any account', { AWS: [other] }, { AWS: [`arn:aws:iam::${other}:root`] }],
  ['a user', { AWS: iamArn('user/admin') }, { AWS: iamArn('user/admin') }],
  [
    'a role, with an account',
    { AWS: [iamArn('role/p/known'), other] },
    { AWS: [iamArn('role/p/known'), `arn:aws:iam::${other}:root`] },
  ],
  [
    'a session',
    { AWS: `arn:aws:sts::${account}:assumed-role/known/s` },
    { AWS: `arn:aws:sts::${account}:assumed-role/known/s` },
  ],
  [
    'services',
    { Service: ['ec2.amazonaws.com', 'edgelambda.amazonaws.com'] },
    { Service: ['ec2.amazonaws.com', 'edgelambda.amazonaws.com'] },
  ],
  ['a service of China', { Service: 'ec2.amazonaws.com.cn' }, { Service: 'ec2.amazonaws.com.cn' }],
  [
    'an identity provider',
    { Federated: iamArn('saml-provider/p') },
    { Federated: iamArn('saml-provider/p') },
  ],
]

test('trust: who may be named, and how it is shown', async () => {
  const { admin } = await rig()
  await createRole(admin, 'known', '/p/')
  await createRole(admin, 'r')
  for (const [sentence, given, want] of accepted) {
    await admin.updateAssumeRolePolicy({ RoleName: 'r', PolicyDocument: trusting(given) })
    assert.deepEqual((await shown(admin, 'r')).Statement[0]?.Principal, want, sentence)
  }
  assert.equal(accepted.length, 11)
})

const invalid = (principal: string): string =>
  `MalformedPolicyDocumentException: Invalid principal in policy: ${principal}`
const refused: readonly [sentence: string, document: string, want: string][] = [
  ['no JSON', '{', 'MalformedPolicyDocumentException: This policy contains invalid Json'],
  [
    'another action',
    ec2Trust.replace('sts:AssumeRole', 's3:GetObject'),
    'MalformedPolicyDocumentException: AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'a resource',
    ec2Trust.replace('"Effect"', '"Resource":"*","Effect"'),
    'MalformedPolicyDocumentException: Has prohibited field Resource',
  ],
  ['no such user', trusting({ AWS: iamArn('user/ghost') }), invalid(`"AWS":"${iamArn('user/ghost')}"`)],
  ['no such role', trusting({ AWS: iamArn('role/ghost') }), invalid(`"AWS":"${iamArn('role/ghost')}"`)],
  [
    'a user of another case',
    trusting({ AWS: iamArn('user/Admin') }),
    invalid(`"AWS":"${iamArn('user/Admin')}"`),
  ],
  [
    'a user of another path',
    trusting({ AWS: iamArn('user/p/admin') }),
    invalid(`"AWS":"${iamArn('user/p/admin')}"`),
  ],
  ['a user as a role', trusting({ AWS: iamArn('role/admin') }), invalid(`"AWS":"${iamArn('role/admin')}"`)],
  ['a role of another path', trusting({ AWS: iamArn('role/r') }), invalid(`"AWS":"${iamArn('role/r')}"`)],
  [
    'a user of another account',
    trusting({ AWS: `arn:aws:iam::${other}:user/admin` }),
    invalid(`"AWS":"arn:aws:iam::${other}:user/admin"`),
  ],
  [
    'another partition',
    trusting({ AWS: `arn:aws-cn:iam::${account}:root` }),
    invalid(`"AWS":"arn:aws-cn:iam::${account}:root"`),
  ],
  [
    'nobody has this id',
    trusting({ AWS: 'AIDAAAAAAAAAAAAAAAAAA' }),
    invalid('"AWS":"AIDAAAAAAAAAAAAAAAAAA"'),
  ],
  [
    'one of two',
    trusting({ AWS: [account, iamArn('user/ghost')] }),
    invalid(`"AWS":"${iamArn('user/ghost')}"`),
  ],
  ['no service', trusting({ Service: 'ec2.example.com' }), invalid('"SERVICE":"ec2.example.com"')],
  ['no service by its short name', trusting({ Service: 'ec2' }), invalid('"SERVICE":"ec2"')],
  [
    'too long',
    trusting({ Service: Array.from({ length: 80 }, (_, i) => `service-number-${i}.amazonaws.com`) }),
    'LimitExceededException: Cannot exceed quota for ACLSizePerRole: 2048',
  ],
]

test('trust: what is refused, at creation and later, and changes nothing', async () => {
  const { admin } = await rig()
  await createRole(admin, 'r', '/p/')
  for (const [sentence, document, want] of refused) {
    const created = admin.createRole({ RoleName: 'new', AssumeRolePolicyDocument: document })
    assert.equal(await refusal(created), want, sentence)
    const updated = admin.updateAssumeRolePolicy({ RoleName: 'r', PolicyDocument: document })
    assert.equal(await refusal(updated), want, sentence)
  }
  assert.equal(refused.length, 16)
  assert.deepEqual(await shown(admin, 'r'), JSON.parse(ec2Trust))
  assert.equal((await admin.listRoles({})).Roles?.length, 1)
})

test('trust: white space does not count', async () => {
  const { admin } = await rig()
  const spacious = JSON.stringify(JSON.parse(ec2Trust), undefined, 10).replaceAll('\n', '\n'.repeat(200))
  assert.ok(spacious.length > 2048)
  await admin.createRole({ RoleName: 'r', AssumeRolePolicyDocument: spacious })
})

test('trust: who is made anew under the same name is not trusted', async () => {
  const { admin, store } = await rig()
  const kept = () => store.read.get(roles, globalScope(account), 'r')?.trustPolicy ?? ''
  const { User } = await admin.createUser({ UserName: 'bob' })
  await createRole(admin, 'caller')
  const { Role } = await admin.getRole({ RoleName: 'caller' })
  const principal = { AWS: [iamArn('user/bob'), iamArn('role/caller')] }
  await admin.createRole({ RoleName: 'r', AssumeRolePolicyDocument: trusting(principal) })
  const ids = [User?.UserId, Role?.RoleId]
  assert.deepEqual(JSON.parse(kept()).Statement[0].Principal, { AWS: ids })

  await admin.updateUser({ UserName: 'bob', NewUserName: 'robert', NewPath: '/p/' }) // Still the same user.
  const moved = { AWS: [iamArn('user/p/robert'), iamArn('role/caller')] }
  assert.deepEqual((await shown(admin, 'r')).Statement[0]?.Principal, moved)

  await admin.deleteUser({ UserName: 'robert' })
  await admin.deleteRole({ RoleName: 'caller' })
  await admin.createUser({ UserName: 'bob' })
  await createRole(admin, 'caller')
  assert.deepEqual((await shown(admin, 'r')).Statement[0]?.Principal, { AWS: ids })
  assert.ok('policy' in parsePolicy(kept(), 'trust'))

  // AWS refuses to write back what it shows of those who are gone.
  const again = admin.updateAssumeRolePolicy({ RoleName: 'r', PolicyDocument: trusting({ AWS: ids }) })
  assert.equal(await refusal(again), invalid(`"AWS":"${User?.UserId}"`))
})

test('trust: an id of one who exists may be written', async () => {
  const { admin } = await rig()
  const { User } = await admin.getUser({ UserName: 'admin' })
  await admin.createRole({ RoleName: 'r', AssumeRolePolicyDocument: trusting({ AWS: User?.UserId }) })
  assert.deepEqual((await shown(admin, 'r')).Statement[0]?.Principal, { AWS: iamArn('user/admin') })
})

test('trust: nothing but principals is rewritten', async () => {
  const { admin, store } = await rig()
  const user = iamArn('user/admin')
  const numbers = '"NumericLessThan":{"aws:MultiFactorAuthAge":[3600,12345678901234567890,1e400,1.50]}'
  const document = `{"Version":"2012-10-17","Id":"${user}","Statement":{"Sid":"a","Effect":"Deny","NotPrincipal":{"AWS":"${user}"},"Action":"sts:*","Condition":{"ArnEquals":{"aws:PrincipalArn":"${user}"},${numbers}}}}`
  await admin.createRole({ RoleName: 'r', AssumeRolePolicyDocument: document })
  const { Role } = await admin.getRole({ RoleName: 'r' })
  const want = document.replace(
    '[3600,12345678901234567890,1e400,1.50]',
    '[3600,"12345678901234567890","1e400","1.50"]',
  )
  assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''), want)
  const kept = store.read.get(roles, globalScope(account), 'r')?.trustPolicy ?? ''
  assert.match(kept, /"NotPrincipal":\{"AWS":"AIDA/)
  assert.equal(kept.split(user).length, 3) // The id and the condition keep the ARN.
})
