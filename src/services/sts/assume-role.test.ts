// Goal: a role's session goes to whom the role trusts and its own account lets, limited as asked, and to nobody else.
// Method: rows of who asks for which role and how, with the whole answer or refusal; then what the session says of itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts'
import { type Directory, here, refusal, rig, roleArn, startMs, there, trust, userArn } from './rig.test.ts'

const account = { AWS: `arn:aws:iam::${here}:root` }
const alice = { AWS: userArn('alice') }
const both = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']

const directory: Directory = {
  users: {
    alice: { allow: ['sts:*'] },
    bob: {},
    carol: { allow: ['sts:*'], deny: ['sts:AssumeRole'] },
    dave: { allow: ['sts:AssumeRole'] },
    root: {},
  },
  roles: {
    account: { trust: [trust(account)], allow: ['sts:*'], maxSessionSeconds: 43_200 },
    alice: { trust: [trust(alice)] },
    path: { path: '/team/blue/', trust: [trust(account)] },
    external: { trust: [trust(account, both, { StringEquals: { 'sts:ExternalId': 'blue-7' } })] },
    named: {
      trust: [trust(account, both, { StringEquals: { 'sts:RoleSessionName': '${aws:username}' } })],
    },
    tagging: { trust: [trust(account, both)], allow: ['sts:*'], tags: { Team: 'red', Cost: '7' } },
    noSource: { trust: [trust(account, ['sts:AssumeRole', 'sts:TagSession'])] },
    untagging: { trust: [trust(account)] },
    abroad: { account: there, trust: [trust(account, both)], allow: ['sts:*'] },
    abroadAlice: { account: there, trust: [trust({ AWS: userArn('alice') })] },
    abroadNobody: { account: there, trust: [trust({ AWS: `arn:aws:iam::${there}:root` })] },
    service: { trust: [trust({ Service: 'lambda.amazonaws.com' })] },
  },
  policies: { 'arn:aws:iam::aws:policy/ReadOnlyAccess': { Version: '2012-10-17', Statement: [] } },
}

const denied = (who: string, role: string, layer = 'role trust policy', action = 'sts:AssumeRole'): string =>
  `AccessDenied: User: ${userArn(who)} is not authorized to perform: ${action} on resource: ${role} because no ${layer} allows the ${action} action`

const rows: readonly [
  name: string,
  who: string,
  input: Partial<AssumeRoleCommandInput> & { RoleArn: string },
  want: string,
][] = [
  ['the account is trusted and lets the user', 'alice', { RoleArn: roleArn('account') }, 'no refusal'],
  [
    'the account is trusted and does not let the user',
    'bob',
    { RoleArn: roleArn('account') },
    denied('bob', roleArn('account'), 'identity-based policy'),
  ],
  [
    'the user itself is trusted: its account need not let it',
    'alice',
    { RoleArn: roleArn('alice') },
    'no refusal',
  ],
  ['another user is trusted', 'dave', { RoleArn: roleArn('alice') }, denied('dave', roleArn('alice'))],
  [
    'a deny of its own beats the trust',
    'carol',
    { RoleArn: roleArn('account') },
    `AccessDenied: User: ${userArn('carol')} is not authorized to perform: sts:AssumeRole on resource: ${roleArn('account')} with an explicit deny in an identity-based policy`,
  ],
  [
    'a service alone is trusted',
    'alice',
    { RoleArn: roleArn('service') },
    denied('alice', roleArn('service')),
  ],
  ['another account trusts this one', 'alice', { RoleArn: roleArn('abroad', there) }, 'no refusal'],
  [
    'another account trusts this one, which does not let the user',
    'bob',
    { RoleArn: roleArn('abroad', there) },
    denied('bob', roleArn('abroad', there), 'identity-based policy'),
  ],
  [
    'another account trusts itself alone',
    'alice',
    { RoleArn: roleArn('abroadNobody', there) },
    denied('alice', roleArn('abroadNobody', there)),
  ],
  [
    'a role that is not there reads like one that does not trust the caller',
    'alice',
    { RoleArn: roleArn('nowhere') },
    denied('alice', roleArn('nowhere')),
  ],
  [
    'the same across accounts',
    'alice',
    { RoleArn: roleArn('nowhere', there) },
    denied('alice', roleArn('nowhere', there)),
  ],
  ['a role with its path', 'alice', { RoleArn: roleArn('path', here, '/team/blue/') }, 'no refusal'],
  ['a role without its path', 'alice', { RoleArn: roleArn('path') }, denied('alice', roleArn('path'))],
  ['the external id', 'alice', { RoleArn: roleArn('external'), ExternalId: 'blue-7' }, 'no refusal'],
  [
    'another external id',
    'alice',
    { RoleArn: roleArn('external'), ExternalId: 'blue-8' },
    denied('alice', roleArn('external')),
  ],
  ['no external id', 'alice', { RoleArn: roleArn('external') }, denied('alice', roleArn('external'))],
  [
    'the session name that is asked for',
    'alice',
    { RoleArn: roleArn('named'), RoleSessionName: 'alice' },
    'no refusal',
  ],
  [
    'another session name',
    'alice',
    { RoleArn: roleArn('named'), RoleSessionName: 'bob' },
    denied('alice', roleArn('named')),
  ],
  [
    'tags, and the trust policy lets them',
    'alice',
    { RoleArn: roleArn('tagging'), Tags: [{ Key: 'team', Value: 'blue' }] },
    'no refusal',
  ],
  [
    'tags, and the trust policy does not let them',
    'alice',
    { RoleArn: roleArn('untagging'), Tags: [{ Key: 'team', Value: 'blue' }] },
    denied('alice', roleArn('untagging'), 'role trust policy', 'sts:TagSession'),
  ],
  [
    'tags, and the caller’s account does not let them',
    'dave',
    { RoleArn: roleArn('tagging'), Tags: [{ Key: 'team', Value: 'blue' }] },
    denied('dave', roleArn('tagging'), 'identity-based policy', 'sts:TagSession'),
  ],
  [
    'a source identity that the trust policy does not let in',
    'alice',
    { RoleArn: roleArn('untagging'), SourceIdentity: 'alice@example.com' },
    denied('alice', roleArn('untagging'), 'role trust policy', 'sts:SetSourceIdentity'),
  ],
  [
    'a source identity',
    'alice',
    { RoleArn: roleArn('tagging'), SourceIdentity: 'alice@example.com' },
    'no refusal',
  ],
  [
    'the longest session that the role allows',
    'alice',
    { RoleArn: roleArn('account'), DurationSeconds: 43_200 },
    'no refusal',
  ],
  [
    'a second longer than the role allows',
    'alice',
    { RoleArn: roleArn('tagging'), DurationSeconds: 3601 },
    'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  ],
  [
    'shorter than any session',
    'alice',
    { RoleArn: roleArn('account'), DurationSeconds: 899 },
    "ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    'root',
    'root',
    { RoleArn: roleArn('account') },
    'AccessDenied: Roles may not be assumed by root accounts.',
  ],
  ['a user’s ARN', 'alice', { RoleArn: userArn('alice') }, `ValidationError: ${userArn('alice')} is invalid`],
  [
    'a role of another partition',
    'alice',
    { RoleArn: roleArn('account').replace('arn:aws:', 'arn:aws-cn:') },
    `ValidationError: ${roleArn('account').replace('arn:aws:', 'arn:aws-cn:')} is invalid`,
  ],
  [
    'text that is no ARN',
    'alice',
    { RoleArn: 'a-role-of-twenty-letters' },
    'ValidationError: a-role-of-twenty-letters is invalid',
  ],
  [
    'a device that nobody has',
    'alice',
    { RoleArn: roleArn('account'), SerialNumber: `arn:aws:iam::${here}:mfa/alice`, TokenCode: '123456' },
    'AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  ],
  [
    'a managed session policy that is there',
    'alice',
    { RoleArn: roleArn('account'), PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] },
    'no refusal',
  ],
  [
    'a managed session policy that is not there',
    'alice',
    { RoleArn: roleArn('account'), PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/NoSuchAccess' }] },
    'ValidationError: Policy arn:aws:iam::aws:policy/NoSuchAccess does not exist or is not attachable.',
  ],
  [
    'eleven managed session policies',
    'alice',
    {
      RoleArn: roleArn('account'),
      PolicyArns: Array.from({ length: 11 }, () => ({ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })),
    },
    "ValidationError: 1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
  ],
  [
    'a session policy that is no policy',
    'alice',
    { RoleArn: roleArn('account'), Policy: '{"Version":"2012-10-17"}' },
    'MalformedPolicyDocument: Syntax errors in policy.',
  ],
]

test('assume-role: who gets a session', async (t) => {
  const { as } = rig(directory)
  for (const [name, who, input, want] of rows) {
    await t.test(name, async () => {
      const given = { RoleSessionName: 'work', ...input }
      assert.equal(codeOf(await refusal(as(who).assumeRole(given))), want)
    })
  }
  assert.equal(rows.length, 35)
})

/** The client names MalformedPolicyDocument by its shape. */
function codeOf(text: string): string {
  return text.replace(/^(MalformedPolicyDocument|PackedPolicyTooLarge)Exception:/, '$1:')
}

test('assume-role: the answer, and who the session says it is', async () => {
  const { as, sessions } = rig(directory)
  const answer = await as('alice').assumeRole({
    RoleArn: roleArn('abroad', there),
    RoleSessionName: 'work',
    DurationSeconds: 900,
  })
  const { AccessKeyId = '', SessionToken = '', Expiration } = answer.Credentials ?? {}
  assert.equal(Expiration?.getTime(), startMs + 900_000)
  assert.deepEqual(answer.AssumedRoleUser, {
    AssumedRoleId: 'AROAABROADXXXXXXXXXXX:work',
    Arn: `arn:aws:sts::${there}:assumed-role/abroad/work`,
  })
  assert.equal(answer.PackedPolicySize, undefined)
  assert.equal(answer.SessionTokenSize, SessionToken.length)
  assert.deepEqual(sessions.open(SessionToken, AccessKeyId)?.statement, {
    kind: 'assumed-role',
    account: there,
    name: 'abroad',
    uniqueId: 'AROAABROADXXXXXXXXXXX',
    sessionName: 'work',
    issuedAtMs: startMs,
    expiresAtMs: startMs + 900_000,
  })

  const { $metadata: _, ...identity } = await as(answer).getCallerIdentity()
  assert.deepEqual(identity, {
    Account: there,
    Arn: `arn:aws:sts::${there}:assumed-role/abroad/work`,
    UserId: 'AROAABROADXXXXXXXXXXX:work',
  })
})

test('assume-role: a session ends, and a changed token is none', async () => {
  const { as, clock } = rig(directory)
  const answer = await as('alice').assumeRole({
    RoleArn: roleArn('account'),
    RoleSessionName: 'work',
    DurationSeconds: 900,
  })
  const { SessionToken = '' } = answer.Credentials ?? {}
  clock.nowMs = startMs + 899_999
  assert.equal(await refusal(as(answer).getCallerIdentity()), 'no refusal')
  clock.nowMs = startMs + 900_000
  assert.equal(
    await refusal(as(answer).getCallerIdentity()),
    'ExpiredToken: The security token included in the request is expired',
  )
  clock.nowMs = startMs
  let changed = 0
  for (let at = 22; at < SessionToken.length; at += 11) {
    const token =
      SessionToken.slice(0, at) + (SessionToken[at] === 'A' ? 'B' : 'A') + SessionToken.slice(at + 1)
    const forged = { Credentials: { ...credentials(answer), SessionToken: token } }
    assert.equal(
      await refusal(as(forged).getCallerIdentity()),
      'InvalidClientTokenId: The security token included in the request is invalid.',
    )
    changed += 1
  }
  assert.ok(changed >= 15, String(changed))
})

function credentials(answer: AssumeRoleCommandOutput) {
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {}
  return { AccessKeyId, SecretAccessKey, SessionToken }
}

test('assume-role: a chain keeps transitive tags and the source identity, for an hour at a time', async () => {
  const { as, sessions } = rig(directory)
  const first = await as('alice').assumeRole({
    RoleArn: roleArn('tagging'),
    RoleSessionName: 'first',
    Tags: [
      { Key: 'Project', Value: 'sun' },
      { Key: 'Only', Value: 'here' },
    ],
    TransitiveTagKeys: ['project'],
    SourceIdentity: 'alice@example.com',
  })
  assert.equal(first.SourceIdentity, 'alice@example.com')
  const again = (input: Partial<AssumeRoleCommandInput>) =>
    as(first).assumeRole({ RoleArn: roleArn('abroad', there), RoleSessionName: 'second', ...input })

  const second = await again({ Tags: [{ Key: 'Stage', Value: 'two' }] })
  const { AccessKeyId = '', SessionToken = '' } = second.Credentials ?? {}
  const { tags, transitiveTagKeys, sourceIdentity, chained } =
    sessions.open(SessionToken, AccessKeyId)?.statement ?? {}
  assert.deepEqual(
    { tags, transitiveTagKeys, sourceIdentity, chained },
    {
      tags: { Project: 'sun', Stage: 'two' },
      transitiveTagKeys: ['Project'],
      sourceIdentity: 'alice@example.com',
      chained: true,
    },
  )

  const refusals: readonly [name: string, input: Partial<AssumeRoleCommandInput>, want: string][] = [
    [
      'an inherited tag set anew',
      { Tags: [{ Key: 'PROJECT', Value: 'moon' }] },
      "InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    ],
    [
      'another source identity',
      { SourceIdentity: 'mallory@example.com' },
      'AccessDenied: The source identity of a session cannot be changed once it is set.',
    ],
    ['the same source identity', { SourceIdentity: 'alice@example.com' }, 'no refusal'],
    [
      'more than an hour, though the role allows it',
      { DurationSeconds: 3601 },
      'ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ],
    [
      'a role whose trust policy takes no tags takes no inherited ones',
      { RoleArn: roleArn('untagging') },
      `AccessDenied: User: arn:aws:sts::${here}:assumed-role/tagging/first is not authorized to perform: sts:TagSession on resource: ${roleArn('untagging')} because no role trust policy allows the sts:TagSession action`,
    ],
  ]
  const silent = { RoleArn: roleArn('noSource') }
  assert.equal(
    await refusal(again(silent)),
    `AccessDenied: User: arn:aws:sts::${here}:assumed-role/tagging/first is not authorized to perform: sts:SetSourceIdentity on resource: ${roleArn('noSource')} because no role trust policy allows the sts:SetSourceIdentity action`,
    'a role whose trust policy takes no source identity takes no inherited one',
  )
  for (const [name, input, want] of refusals) assert.equal(await refusal(again(input)), want, name)
  assert.equal(refusals.length, 5)
})

test('assume-role: tags are checked', async (t) => {
  const { as } = rig(directory)
  const tag = (Key: string) => ({ Key, Value: 'x' })
  const checks: readonly [name: string, input: Partial<AssumeRoleCommandInput>, want: RegExp][] = [
    ['fifty', { Tags: Array.from({ length: 50 }, (_, at) => tag(`k${at}`)) }, /^no refusal$/],
    [
      'fifty-one',
      { Tags: Array.from({ length: 51 }, (_, at) => tag(`k${at}`)) },
      /^ValidationError: .*'tags' failed to satisfy constraint: Member must have length less than or equal to 50$/,
    ],
    [
      'one key twice',
      { Tags: [tag('a'), tag('A')] },
      /^InvalidParameterValue: Duplicate tag keys found\. Please note that Tag keys are case insensitive\.$/,
    ],
    [
      'a key of AWS',
      { Tags: [tag('aws:x')] },
      /^InvalidParameterValue: Tag keys beginning with aws: are reserved\.$/,
    ],
    [
      'a transitive key that is not passed',
      { Tags: [tag('a')], TransitiveTagKeys: ['b'] },
      /^InvalidParameterValue: The specified transitive tag key must be included in the requested tags\.$/,
    ],
    [
      'more than fits in a session',
      { Tags: Array.from({ length: 50 }, (_, at) => ({ Key: noise(at, 60), Value: noise(at + 99, 200) })) },
      /^PackedPolicyTooLarge\w*: Packed size of session tags consumes \d{3,4}% of allotted space\.$/,
    ],
    ['a key that objects have', { Tags: [tag('__proto__'), tag('constructor')] }, /^no refusal$/],
  ]
  for (const [name, input, want] of checks) {
    await t.test(name, async () => {
      const call = as('alice').assumeRole({
        RoleArn: roleArn('tagging'),
        RoleSessionName: 'tagged',
        ...input,
      })
      assert.match(await refusal(call), want)
    })
  }
  assert.equal(checks.length, 7)
})

/** Letters that hardly compress, the same each time. */
function noise(seed: number, length: number): string {
  let state = seed * 7919 + 17
  let text = ''
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    text += 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[(state >> 8) % 62] ?? ''
  }
  return text
}

// What is passed on comes on top of what is passed: it packs well, and what carries it is opened only up to 128 KiB.
test('assume-role: a chain passes on no more tags than a token can carry', async () => {
  const { as } = rig(directory)
  const tags = (hop: string) =>
    Array.from({ length: 50 }, (_, at) => ({
      Key: `${'あ'.repeat(120)}${hop}${at}`,
      Value: 'い'.repeat(256),
    }))
  const tagged = (hop: string) => {
    const Tags = tags(hop)
    const TransitiveTagKeys = Tags.map(({ Key }) => Key)
    return { RoleArn: roleArn('tagging'), RoleSessionName: hop, Tags, TransitiveTagKeys }
  }
  const first = await as('alice').assumeRole(tagged('one'))
  assert.equal(await refusal(as(first).getCallerIdentity()), 'no refusal')
  const again = await as(first).assumeRole({ RoleArn: roleArn('tagging'), RoleSessionName: 'again' })
  assert.equal(await refusal(as(again).getCallerIdentity()), 'no refusal')
  assert.match(
    await refusal(as(first).assumeRole(tagged('two'))),
    /^PackedPolicyTooLarge\w*: Packed size of session tags consumes 18\d% of allotted space\.$/,
  )
})

test('assume-role: a session policy narrows, and says how much room it takes', async () => {
  const { as } = rig(directory)
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:GetAccessKeyInfo', Resource: '*' }],
  })
  const session = await as('alice').assumeRole({
    RoleArn: roleArn('account'),
    RoleSessionName: 'narrow',
    Policy,
  })
  assert.ok(
    session.PackedPolicySize !== undefined && session.PackedPolicySize > 0 && session.PackedPolicySize < 10,
  )
  assert.equal(
    await refusal(as(session).getAccessKeyInfo({ AccessKeyId: 'AKIAQYLPMN5HHHFPZAM2' })),
    'no refusal',
  )
  assert.match(
    await refusal(as(session).assumeRole({ RoleArn: roleArn('abroad', there), RoleSessionName: 'next' })),
    /^AccessDenied: .* because no session policy allows the sts:AssumeRole action$/,
  )
  const long = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: 'x'.repeat(2048) }],
  }
  assert.match(
    await refusal(
      as('alice').assumeRole({
        RoleArn: roleArn('account'),
        RoleSessionName: 'long',
        Policy: JSON.stringify(long),
      }),
    ),
    /^ValidationError: .*'policy' failed to satisfy constraint: Member must have length less than or equal to 2048$/,
  )
})

test('assume-role: a token is as long as is asked for', async () => {
  const { as } = rig(directory)
  let count = 0
  for (const MinimumSessionTokenSize of [0, 1, 500, 1000, 4096]) {
    const answer = await as('alice').assumeRole({
      RoleArn: roleArn('account'),
      RoleSessionName: 'long',
      MinimumSessionTokenSize,
    })
    const length = answer.Credentials?.SessionToken?.length ?? 0
    assert.ok(length >= MinimumSessionTokenSize && length < MinimumSessionTokenSize * 1.6 + 700, `${length}`)
    assert.equal(await refusal(as(answer).getCallerIdentity()), 'no refusal')
    count += 1
  }
  assert.equal(count, 5)
})

test('assume-role: what policies can ask of a call', async () => {
  const seen = rig(directory)
  await seen.as('alice').assumeRole({
    RoleArn: roleArn('tagging'),
    RoleSessionName: 'work',
    ExternalId: 'blue-7',
    Tags: [{ Key: 'team', Value: 'blue' }],
    TransitiveTagKeys: ['team'],
    SourceIdentity: 'alice',
  })
  const [call] = seen.audited
  assert.deepEqual(
    call?.access.map(({ action }) => action),
    ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  )
  // Parts of one request: a trust policy may ask each for what the request says.
  const conditions = {
    'sts:RoleSessionName': 'work',
    'sts:ExternalId': 'blue-7',
    'sts:SourceIdentity': 'alice',
    'sts:TransitiveTagKeys': ['team'],
  }
  assert.deepEqual(
    call?.access.map((one) => one.conditions),
    [conditions, conditions, conditions],
  )
  assert.deepEqual(
    call?.access.map(({ requestTags }) => requestTags),
    [{ team: 'blue' }, { team: 'blue' }, { team: 'blue' }],
  )
})
