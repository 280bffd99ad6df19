// Goal: every global condition key says what AWS documents, for each kind of caller, and is absent where AWS leaves it out.
// Method: rows of key, call and value. Source: IAM User Guide, "AWS global condition context keys".
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountId, type Arn } from '../arn.ts'
import type { Call } from '../call.ts'
import type { Caller, SessionStatement } from '../caller.ts'
import type { Access } from '../operation.ts'
import { conditionContext } from './condition-context.ts'

const account = '123456789012' as AccountId // Twelve digits.
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const session: SessionStatement = {
  kind: 'assumed-role',
  account,
  name: 'deploy',
  uniqueId: 'AROA1',
  sessionName: 's1',
  issuedAtMs: nowMs - 60_000,
  expiresAtMs: nowMs + 60_000,
  sourceIdentity: 'alice',
  federatedProvider: 'accounts.google.com',
}
const callers = {
  root: {
    kind: 'root',
    account,
    arn: `arn:aws:iam::${account}:root` as Arn,
    userId: account,
    accessKeyId: 'AKIAR',
  },
  user: {
    kind: 'user',
    account,
    arn: `arn:aws:iam::${account}:user/alice` as Arn,
    userId: 'AIDA1',
    userName: 'alice',
    accessKeyId: 'AKIAU',
    tags: { Team: 'red' },
  },
  userSession: {
    kind: 'user',
    account,
    arn: `arn:aws:iam::${account}:user/alice` as Arn,
    userId: 'AIDA1',
    userName: 'alice',
    accessKeyId: 'ASIAU',
    tags: {},
    session: { ...session, kind: 'session', mfaAuthenticatedAtMs: nowMs - 90_500 },
  },
  role: {
    kind: 'assumed-role',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/deploy/s1` as Arn,
    userId: 'AROA1:s1',
    accessKeyId: 'ASIAR',
    roleName: 'deploy',
    roleArn: `arn:aws:iam::${account}:role/ci/deploy` as Arn,
    roleId: 'AROA1',
    serviceLinked: false,
    tags: { team: 'blue' },
    session,
  },
  service: { kind: 'service', account, service: 'lambda.amazonaws.com' },
} satisfies Record<string, Caller>

const access: Access = {
  action: 'iam:TagUser',
  resource: { arn: 'arn:aws:iam::999999999999:user/bob' as Arn, tags: { Cost: '7', ['__proto__']: 'x' } },
  requestTags: { stage: 'prod', owner: 'ops' },
  conditions: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/X' },
}

function ask(
  key: string,
  who: keyof typeof callers,
  more: { call?: Partial<Call>; access?: Partial<Access> } = {},
) {
  const call = {
    requestId: 'r',
    service: 'iam',
    operation: 'TagUser',
    nowMs,
    region: 'eu-west-1',
    partition: 'aws',
    sourceIp: '192.0.2.7',
    userAgent: 'aws-cli/2',
    referer: undefined,
    secureTransport: false,
    calledVia: [],
    caller: callers[who],
    account,
    ...more.call,
  } as unknown as Call // Conditions read neither the transaction nor the seal.
  return conditionContext(call, { ...access, ...more.access }).get(key)
}

const rows: readonly [
  key: string,
  who: keyof typeof callers,
  want: ReturnType<typeof ask>,
  more?: Parameters<typeof ask>[2],
][] = [
  ['aws:sourceip', 'user', '192.0.2.7'],
  ['aws:sourceip', 'user', undefined, { call: { calledVia: ['athena.amazonaws.com'] } }],
  ['aws:currenttime', 'user', '2026-01-02T03:04:05.000Z'],
  ['aws:epochtime', 'user', String(nowMs / 1000)],
  ['aws:multifactorauthpresent', 'user', undefined],
  ['aws:multifactorauthpresent', 'role', 'false'],
  ['aws:multifactorauthpresent', 'userSession', 'true'],
  ['aws:multifactorauthage', 'userSession', '90'],
  ['aws:multifactorauthage', 'role', undefined],
  ['aws:principaltag/team', 'user', 'red'],
  ['aws:principaltag/team', 'role', 'blue'],
  ['aws:principaltag/team', 'root', undefined],
  ['aws:requesttag/stage', 'user', 'prod'],
  ['aws:requesttag/none', 'user', undefined],
  ['aws:tagkeys', 'user', ['stage', 'owner']],
  ['aws:tagkeys', 'user', ['stage'], { access: { requestTags: undefined as never, tagKeys: ['stage'] } }],
  ['aws:resourcetag/cost', 'user', '7'],
  ['iam:resourcetag/cost', 'user', '7'],
  ['iam:resourcetag/cost', 'user', '7', { access: { action: 'sts:AssumeRole' } }],
  ['kms:resourcetag/cost', 'user', undefined],
  ['aws:resourcetag/__proto__', 'user', 'x'],
  ['aws:resourcetag/constructor', 'user', undefined],
  ['aws:principalarn', 'role', `arn:aws:iam::${account}:role/ci/deploy`],
  ['aws:principalarn', 'user', `arn:aws:iam::${account}:user/alice`],
  ['aws:principalaccount', 'user', account],
  ['aws:principaltype', 'root', 'Account'],
  ['aws:principaltype', 'user', 'User'],
  ['aws:principaltype', 'role', 'AssumedRole'],
  ['aws:principaltype', 'service', undefined],
  ['aws:principalisawsservice', 'service', 'true'],
  ['aws:principalservicename', 'service', 'lambda.amazonaws.com'],
  ['aws:userid', 'role', 'AROA1:s1'],
  ['aws:userid', 'root', account],
  ['aws:username', 'user', 'alice'],
  ['aws:username', 'role', undefined],
  ['aws:requestedregion', 'user', 'eu-west-1'],
  ['aws:requestedregion', 'user', 'ap-south-1', { access: { region: 'ap-south-1' } }],
  ['aws:securetransport', 'user', 'false'],
  ['aws:useragent', 'user', 'aws-cli/2'],
  ['aws:referer', 'user', undefined],
  ['aws:tokenissuetime', 'role', '2026-01-02T03:03:05.000Z'],
  ['aws:tokenissuetime', 'user', undefined],
  ['aws:sourceidentity', 'role', 'alice'],
  ['aws:federatedprovider', 'role', 'accounts.google.com'],
  ['aws:calledvia', 'user', undefined],
  ['aws:calledvia', 'user', ['a', 'b'], { call: { calledVia: ['a', 'b'] } }],
  ['aws:calledviafirst', 'user', 'a', { call: { calledVia: ['a', 'b'] } }],
  ['aws:calledvialast', 'user', 'b', { call: { calledVia: ['a', 'b'] } }],
  ['aws:viaawsservice', 'user', 'false'],
  ['aws:resourceaccount', 'user', '999999999999'],
  ['iam:policyarn', 'user', 'arn:aws:iam::aws:policy/X'],
  ['constructor', 'user', undefined],
  ['aws:resourcetag/cost', 'user', undefined, { access: { resource: '*' } }],
]

for (const [key, who, want, more] of rows) {
  test(`condition key ${key} of ${who}${more ? `, ${JSON.stringify(more)}` : ''}`, () => {
    assert.deepEqual(ask(key, who, more), want)
  })
}

test('condition keys: all rows ran', () => assert.equal(rows.length, 53))

test('condition keys: of an access, only the one that is asked for is read', () => {
  const conditions = {
    'kms:KeySpec': 'RSA_2048',
    'kms:ResourceAliases': (): never => {
      return assert.fail('nobody asked for it')
    },
  }
  assert.equal(ask('kms:keyspec', 'user', { access: { conditions } }), 'RSA_2048')
  assert.throws(() => ask('kms:resourcealiases', 'user', { access: { conditions } }), /nobody asked/)
})
