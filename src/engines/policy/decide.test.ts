// Goal: layers of policy combine as AWS documents it, for every kind of caller, and not only where we thought of it.
// Method: the documented cases as rows, each with its page; then every combination of layers against the rule in short.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compile,
  decide,
  parsePolicy,
  type Layers,
  type PolicyKind,
  type PolicySet,
  type Principal,
  type Request,
} from './index.ts'

const here = '111122223333'
const there = '444455556666'
const bucket = 'arn:aws:s3:::b'
const userArn = `arn:aws:iam::${here}:user/carlos`
const roleArn = `arn:aws:iam::${here}:role/examplerole`
const sessionArn = `arn:aws:sts::${here}:assumed-role/examplerole/examplerolesessionname`
const federatedArn = `arn:aws:sts::${here}:federated-user/exampleuser`

const user: Principal = { kind: 'user', arn: userArn, account: here, uniqueId: 'AIDACARLOSCARLOS' }
const session: Principal = {
  kind: 'role',
  arn: sessionArn,
  roleArn,
  account: here,
  roleUniqueId: 'AROAEXAMPLEROLE1',
}
const federated: Principal = { kind: 'federated-user', arn: federatedArn, userArn, account: here }
const root: Principal = { kind: 'root', arn: `arn:aws:iam::${here}:root`, account: here }
const service: Principal = { kind: 'service', service: 'sns.amazonaws.com' }
const anonymous: Principal = { kind: 'anonymous' }
const provider: Principal = { kind: 'federated', provider: 'accounts.google.com' }
const linked: Principal = { ...session, serviceLinked: true }

function set(kind: PolicyKind, ...statements: readonly object[]): PolicySet {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
  if ('problems' in parsed) assert.fail(JSON.stringify(parsed.problems))
  return compile([{ name: kind, policy: parsed.policy }])
}
const own = (effect: string, kind: PolicyKind = 'identity'): PolicySet =>
  set(kind, { Effect: effect, Action: 's3:*', Resource: '*' })
const about = (principal: unknown, effect = 'Allow'): PolicySet =>
  set('resource', { Effect: effect, Principal: principal, Action: 's3:*', Resource: '*' })
const sparing = (...names: string[]): PolicySet =>
  set(
    'resource',
    { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
    { Effect: 'Deny', NotPrincipal: { AWS: names }, Action: '*', Resource: '*' },
  )
/** Says nothing about S3. */
const silent = set('identity', { Effect: 'Allow', Action: 'ec2:*', Resource: '*' })
const allow = own('Allow')
const deny = own('Deny')
const limits = { boundary: silent, session: silent }

function ask(principal: Principal, layers: Layers, resourceAccount = here): string {
  const request: Request = {
    principal,
    action: 's3:GetObject',
    resource: `${bucket}/x`,
    resourceAccount,
    context: new Map(),
  }
  const { decision, because } = decide(request, layers)
  return because.kind === 'root' ? 'Allow: root' : `${decision}: ${because.kind} ${because.layer}`
}

type Row = readonly [
  name: string,
  principal: Principal,
  layers: Layers,
  want: string,
  resourceAccount?: string,
]

// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access", and, in it, the
// table "Resource-based policies and implicit denies in other policy types (same account)".
const sameAccount: readonly Row[] = [
  ['nobody says anything', user, {}, 'Deny: implicit identity'],
  ['an identity policy allows', user, { identity: allow }, 'Allow: explicit identity'],
  ['an identity policy denies', user, { identity: deny }, 'Deny: explicit identity'],
  [
    'a resource policy alone allows a user',
    user,
    { resource: about({ AWS: userArn }) },
    'Allow: explicit resource',
  ],
  [
    'a resource policy allows, an identity policy denies',
    user,
    { identity: deny, resource: about({ AWS: userArn }) },
    'Deny: explicit identity',
  ],
  [
    'an identity policy allows, a resource policy denies',
    user,
    { identity: allow, resource: about('*', 'Deny') },
    'Deny: explicit resource',
  ],
  ['a boundary allows nothing by itself', user, { boundary: allow }, 'Deny: implicit identity'],
  [
    'a silent boundary limits an identity policy',
    user,
    { identity: allow, boundary: silent },
    'Deny: implicit boundary',
  ],
  ['a boundary that allows does not', user, { identity: allow, boundary: allow }, 'Allow: explicit identity'],
  ['a boundary denies', user, { identity: allow, boundary: deny }, 'Deny: explicit boundary'],
  [
    'user, resource policy names the user, all else silent',
    user,
    { identity: silent, ...limits, resource: about({ AWS: userArn }) },
    'Allow: explicit resource',
  ],
  [
    'user, by unique id',
    user,
    { boundary: silent, resource: about({ AWS: 'AIDACARLOSCARLOS' }) },
    'Allow: explicit resource',
  ],
  [
    'a recreated user of the same name has another id',
    { ...user, uniqueId: 'AIDASOMEONEELSE1' },
    { resource: about({ AWS: 'AIDACARLOSCARLOS' }) },
    'Deny: implicit identity',
  ],
  [
    'session, resource policy names the role, boundary silent',
    session,
    { boundary: silent, resource: about({ AWS: roleArn }) },
    'Deny: implicit boundary',
  ],
  [
    'session, resource policy names the role, session policy silent',
    session,
    { session: silent, resource: about({ AWS: roleArn }) },
    'Deny: implicit session',
  ],
  [
    'session, resource policy names the role, identity policy silent',
    session,
    { identity: silent, resource: about({ AWS: roleArn }) },
    'Allow: explicit resource',
  ],
  [
    'session, by the unique id of the role',
    session,
    { session: silent, resource: about({ AWS: 'AROAEXAMPLEROLE1' }) },
    'Deny: implicit session',
  ],
  [
    'session, resource policy names the session, all else silent',
    session,
    { identity: silent, ...limits, resource: about({ AWS: sessionArn }) },
    'Allow: explicit resource',
  ],
  [
    'federated user, resource policy names the user, all else silent',
    federated,
    { identity: silent, ...limits, resource: about({ AWS: userArn }) },
    'Deny: implicit boundary',
  ],
  [
    'federated user, resource policy names the user, no session policy',
    federated,
    { resource: about({ AWS: userArn }) },
    'Deny: implicit session',
  ],
  [
    'federated user, resource policy names the session, all else silent',
    federated,
    { identity: silent, ...limits, resource: about({ AWS: federatedArn }) },
    'Allow: explicit resource',
  ],
  ['federated user without session policy', federated, { identity: allow }, 'Deny: implicit session'],
  [
    'federated user with session policy',
    federated,
    { identity: allow, session: allow },
    'Allow: explicit identity',
  ],
  [
    'federated user, session policy beyond the user',
    federated,
    { identity: silent, session: allow },
    'Deny: implicit identity',
  ],
  ['federated root user', { ...federated, userArn: root.arn }, { session: allow }, 'Allow: root'],
  ['session without session policy', session, { identity: allow }, 'Allow: explicit identity'],
  ['session, silent session policy', session, { identity: allow, session: silent }, 'Deny: implicit session'],
  ['session, session policy denies', session, { identity: allow, session: deny }, 'Deny: explicit session'],
  ['root', root, {}, 'Allow: root'],
  ['root, resource policy denies', root, { resource: about('*', 'Deny') }, 'Deny: explicit resource'],
  ['root, silent SCP', root, { scps: [silent] }, 'Deny: implicit scp'],
  [
    'everyone named: no other permission needed',
    user,
    { ...limits, resource: about('*') },
    'Allow: explicit resource',
  ],
  [
    'everyone named as AWS',
    session,
    { ...limits, resource: about({ AWS: '*' }) },
    'Allow: explicit resource',
  ],
  [
    'the account named: left to its policies, silent',
    user,
    { resource: about({ AWS: here }) },
    'Deny: implicit identity',
  ],
  [
    'the account named: left to its policies, which allow',
    user,
    { identity: allow, resource: about({ AWS: root.arn }) },
    'Allow: explicit identity',
  ],
  [
    'a service named',
    service,
    { resource: about({ Service: 'sns.amazonaws.com' }) },
    'Allow: explicit resource',
  ],
  [
    'a service not named',
    service,
    { resource: about({ Service: 'sqs.amazonaws.com' }) },
    'Deny: implicit resource',
  ],
  ['{"AWS": "*"} means no service', service, { resource: about({ AWS: '*' }) }, 'Deny: implicit resource'],
  [
    'a Deny of {"AWS": "*"} means services too',
    service,
    {
      resource: set(
        'resource',
        { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
        { Effect: 'Deny', Principal: { AWS: '*' }, Action: '*', Resource: '*' },
      ),
    },
    'Deny: explicit resource',
  ],
  ['anonymous, everyone named', anonymous, { resource: about({ AWS: '*' }) }, 'Allow: explicit resource'],
  ['anonymous, an account named', anonymous, { resource: about({ AWS: here }) }, 'Deny: implicit resource'],
  ["anonymous, identity policies are nobody's", anonymous, { identity: allow }, 'Deny: implicit resource'],
]

// Source: IAM User Guide, "Cross-account policy evaluation logic".
const crossAccount: readonly Row[] = [
  ['only the identity policy allows', user, { identity: allow }, 'Deny: implicit resource', there],
  [
    'only the resource policy allows',
    user,
    { resource: about({ AWS: userArn }) },
    'Deny: implicit identity',
    there,
  ],
  [
    'both allow',
    user,
    { identity: allow, resource: about({ AWS: userArn }) },
    'Allow: explicit resource',
    there,
  ],
  [
    'both allow, the account being named',
    user,
    { identity: allow, resource: about({ AWS: here }) },
    'Allow: explicit resource',
    there,
  ],
  ['everyone named, identity silent', user, { resource: about('*') }, 'Deny: implicit identity', there],
  [
    'another account named',
    user,
    { identity: allow, resource: about({ AWS: there }) },
    'Deny: implicit resource',
    there,
  ],
  [
    'the session named, session policy silent',
    session,
    { identity: allow, session: silent, resource: about({ AWS: sessionArn }) },
    'Deny: implicit session',
    there,
  ],
  [
    'the user named, boundary silent',
    user,
    { identity: allow, boundary: silent, resource: about({ AWS: userArn }) },
    'Deny: implicit boundary',
    there,
  ],
  ['root, its account named', root, { resource: about({ AWS: here }) }, 'Allow: explicit resource', there],
  ['root, nobody named', root, {}, 'Deny: implicit resource', there],
]

// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests" (role trust and key policies are
// exceptions); KMS Developer Guide, "Default key policy", allows access to the AWS account and enables IAM policies.
const required = { resourcePolicyRequired: true }
const resourceFirst: readonly Row[] = [
  [
    'a key policy that names nobody',
    user,
    { ...required, identity: allow, resource: about({ AWS: there }) },
    'Deny: implicit resource',
  ],
  ['no key policy', user, { ...required, identity: allow }, 'Deny: implicit resource'],
  [
    'a key policy that enables IAM policies',
    user,
    { ...required, identity: allow, resource: about({ AWS: root.arn }) },
    'Allow: explicit identity',
  ],
  [
    'a key policy that enables IAM policies, which are silent',
    user,
    { ...required, resource: about({ AWS: root.arn }) },
    'Deny: implicit identity',
  ],
  [
    'a key policy that names the user',
    user,
    { ...required, resource: about({ AWS: userArn }) },
    'Allow: explicit resource',
  ],
  [
    'a key policy that names the role, boundary silent',
    session,
    { ...required, boundary: silent, resource: about({ AWS: roleArn }) },
    'Deny: implicit boundary',
  ],
  [
    'a key policy that names everyone',
    user,
    { ...required, resource: about('*') },
    'Allow: explicit resource',
  ],
  ['root, not named', root, { ...required, resource: about({ AWS: userArn }) }, 'Deny: implicit resource'],
  [
    'root, its account named',
    root,
    { ...required, resource: about({ AWS: here }) },
    'Allow: explicit resource',
  ],
]

// Source: Organizations User Guide, "SCP evaluation", "Service control policies", "Resource control policies".
const guardrails: readonly Row[] = [
  ['every level must allow', user, { identity: allow, scps: [allow, silent, allow] }, 'Deny: implicit scp'],
  ['every level allows', user, { identity: allow, scps: [allow, allow, allow] }, 'Allow: explicit identity'],
  ['any level denies', user, { identity: allow, scps: [allow, deny] }, 'Deny: explicit scp'],
  ['SCPs grant nothing', user, { scps: [allow] }, 'Deny: implicit identity'],
  [
    'SCPs bind what resource policies grant',
    user,
    { scps: [silent], resource: about({ AWS: userArn }) },
    'Deny: implicit scp',
  ],
  [
    'a level without policies allows nothing',
    user,
    { identity: allow, scps: [compile([])] },
    'Deny: implicit scp',
  ],
  [
    'SCPs do not bind service-linked roles',
    linked,
    { identity: allow, scps: [deny] },
    'Allow: explicit identity',
  ],
  [
    'SCPs do not bind services',
    service,
    { scps: [deny], resource: about({ Service: 'sns.amazonaws.com' }) },
    'Allow: explicit resource',
  ],
  ['RCPs bind users', user, { identity: allow, rcps: [about('*', 'Deny')] }, 'Deny: explicit rcp'],
  [
    'every level of RCPs must allow',
    user,
    { identity: allow, rcps: [about('*'), silent] },
    'Deny: implicit rcp',
  ],
  [
    'RCPs bind services',
    service,
    { rcps: [about('*', 'Deny')], resource: about({ Service: 'sns.amazonaws.com' }) },
    'Deny: explicit rcp',
  ],
  [
    'RCPs bind the anonymous',
    anonymous,
    { rcps: [about('*', 'Deny')], resource: about('*') },
    'Deny: explicit rcp',
  ],
  [
    'RCPs do not bind service-linked roles',
    linked,
    { identity: allow, rcps: [about('*', 'Deny')] },
    'Allow: explicit identity',
  ],
]

// Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
const sparings: readonly Row[] = [
  ['user and account listed', user, { resource: sparing(userArn, root.arn) }, 'Allow: explicit resource'],
  ['user alone listed', user, { resource: sparing(userArn) }, 'Deny: explicit resource'],
  ['account alone listed', user, { resource: sparing(here) }, 'Deny: explicit resource'],
  [
    'session, role and account listed',
    session,
    { resource: sparing(sessionArn, roleArn, here) },
    'Allow: explicit resource',
  ],
  [
    'role and account listed, not the session',
    session,
    { resource: sparing(roleArn, here) },
    'Deny: explicit resource',
  ],
  [
    'session and account listed, not the role',
    session,
    { resource: sparing(sessionArn, here) },
    'Deny: explicit resource',
  ],
  [
    'a boundary is attached: always denied',
    user,
    { boundary: allow, resource: sparing(userArn, here) },
    'Deny: explicit resource',
  ],
  ['root, its account listed', root, { resource: sparing(here) }, 'Allow: explicit resource'],
  [
    'federated user, session and account listed',
    federated,
    { resource: sparing(federatedArn, here) },
    'Allow: explicit resource',
  ],
  ['anonymous', anonymous, { resource: sparing(userArn, here) }, 'Deny: explicit resource'],
  ['a service', service, { resource: sparing(userArn, here) }, 'Deny: explicit resource'],
]

const tables = { sameAccount, crossAccount, resourceFirst, guardrails, sparings }
for (const [table, rows] of Object.entries(tables)) {
  test(`decide: ${table}`, () => {
    for (const [name, principal, layers, want, account] of rows)
      assert.equal(ask(principal, layers, account), want, name)
  })
}

test('decide: no row was lost', () => {
  assert.deepEqual(
    Object.values(tables).map(({ length }) => length),
    [42, 10, 9, 13, 11],
  )
})

test('decide: a web identity assumes a role by the trust policy alone', () => {
  const trust = set('trust', {
    Effect: 'Allow',
    Principal: { Federated: 'accounts.google.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  })
  const request = {
    principal: provider,
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: roleArn,
    resourceAccount: here,
    context: new Map(),
  }
  assert.equal(decide(request, { resource: trust, ...required }).decision, 'Allow')
  const other = { ...request, principal: { kind: 'federated', provider: 'www.amazon.com' } as const }
  assert.deepEqual(decide(other, { resource: trust, ...required }).because, {
    kind: 'implicit',
    layer: 'trust',
  })
})

test('decide: the verdict names the statements that decided', () => {
  const identity = set(
    'identity',
    { Effect: 'Deny', Action: 'ec2:*', Resource: '*' },
    { Sid: 'Mine', Effect: 'Allow', Action: 's3:*', Resource: '*' },
  )
  const request = {
    principal: user,
    action: 'S3:getobject',
    resource: bucket,
    resourceAccount: there,
    context: new Map(),
  }
  const { because } = decide(request, { identity, resource: about({ AWS: here }) })
  assert.ok(because.kind === 'explicit')
  assert.deepEqual(
    because.statements.map(({ policy, statementIndex, sid }) => [policy, statementIndex, sid]),
    [
      ['resource', 0, undefined],
      ['identity', 1, 'Mine'],
    ],
  )
  assert.equal(because.statements[1]?.line, 1)
})

test('decide: every combination of layers agrees with the rule in short', () => {
  const says = ['allow', 'deny', 'silent', 'absent'] as const
  const sets = { allow, deny, silent, absent: undefined }
  const grants = {
    allow: about({ AWS: userArn }),
    deny: about('*', 'Deny'),
    silent: about({ AWS: there }),
    absent: undefined,
  }
  let combinations = 0
  for (const identity of says)
    for (const boundary of says)
      for (const session of says)
        for (const scp of says)
          for (const resource of says)
            for (const account of [here, there]) {
              const layers: Layers = {
                identity: sets[identity],
                boundary: sets[boundary],
                session: sets[session],
                scps: scp === 'absent' ? undefined : [sets[scp]],
                resource: grants[resource],
              }
              const denied = [identity, boundary, session, scp, resource].includes('deny') || scp === 'silent'
              const limited = identity === 'allow' && boundary !== 'silent' && session !== 'silent'
              const allowed =
                account === here ? limited || resource === 'allow' : limited && resource === 'allow'
              const want = !denied && allowed ? 'Allow' : 'Deny'
              assert.equal(
                ask(user, layers, account).split(':')[0],
                want,
                JSON.stringify({ identity, boundary, session, scp, resource, account }),
              )
              combinations += 1
            }
  assert.equal(combinations, 4 ** 5 * 2)
})
