// Goal: sessions of users, root and federated users live as long, say and may what AWS documents.
// Method: rows over who asks, and over what each kind of session may ask of STS.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionStatement } from '#core/caller.ts'
import { createSessions } from '#core/session-token.ts'
import { here, refusal, rig, roleArn, startMs, trust, userArn } from './rig.test.ts'

const directory = {
  users: {
    alice: { allow: ['sts:*', 's3:*'] },
    bob: {},
    carol: { deny: ['sts:*'] },
    dave: { allow: ['sts:GetFederationToken'] },
    root: {},
  },
  roles: {
    work: { trust: [trust({ AWS: `arn:aws:iam::${here}:root` })], allow: ['sts:*'] },
    idle: { trust: [] },
  },
}
const Policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})

test('GetSessionToken: how long a session lives', async () => {
  const { as } = rig(directory)
  const rows: readonly [who: string, asked: number | undefined, seconds: number][] = [
    ['alice', undefined, 43_200],
    ['alice', 900, 900],
    ['alice', 129_600, 129_600],
    ['bob', undefined, 43_200], // No permissions are required.
    ['carol', undefined, 43_200], // And no policy can take them away.
    ['root', undefined, 3600],
    ['root', 900, 900],
    ['root', 129_600, 3600],
  ]
  for (const [who, DurationSeconds, seconds] of rows) {
    const { Credentials } = await as(who).getSessionToken({ DurationSeconds })
    assert.equal(Credentials?.Expiration?.getTime(), startMs + seconds * 1000, `${who} ${DurationSeconds}`)
  }
  assert.equal(rows.length, 8)
  assert.match(
    await refusal(as('alice').getSessionToken({ DurationSeconds: 129_601 })),
    /^ValidationError: .*'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600$/,
  )
  assert.match(
    await refusal(as('alice').getSessionToken({ SerialNumber: 'GAHT12345678', TokenCode: '000000' })),
    /^AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code\./,
  )
})

test('GetSessionToken: the session is the user', async () => {
  const { as } = rig(directory)
  for (const who of ['alice', 'root']) {
    const session = await as(who).getSessionToken({})
    const [{ $metadata: _, ...before }, { $metadata: __, ...after }] = [
      await as(who).getCallerIdentity(),
      await as(session).getCallerIdentity(),
    ]
    assert.deepEqual(after, before)
  }
})

test('GetFederationToken: the answer', async () => {
  const { as, sessions } = rig(directory)
  const answer = await as('alice').getFederationToken({
    Name: 'app',
    Policy,
    DurationSeconds: 900,
    Tags: [{ Key: 'team', Value: 'blue' }],
  })
  assert.deepEqual(answer.FederatedUser, {
    FederatedUserId: `${here}:app`,
    Arn: `arn:aws:sts::${here}:federated-user/app`,
  })
  assert.ok(answer.PackedPolicySize !== undefined && answer.PackedPolicySize > 0)
  const { AccessKeyId = '', SessionToken = '' } = answer.Credentials ?? {}
  assert.deepEqual(sessions.open(SessionToken, AccessKeyId)?.statement, {
    kind: 'federated-user',
    account: here,
    name: 'alice',
    uniqueId: 'AIDAALICEXXXXXXXXXXXX',
    sessionName: 'app',
    issuedAtMs: startMs,
    expiresAtMs: startMs + 900_000,
    policies: [Policy],
    tags: { team: 'blue' },
  })
  const { $metadata: _, ...identity } = await as(answer).getCallerIdentity()
  assert.deepEqual(identity, {
    Account: here,
    Arn: `arn:aws:sts::${here}:federated-user/app`,
    UserId: `${here}:app`,
  })
  assert.equal((await as('alice').getFederationToken({ Name: 'app' })).PackedPolicySize, 0)
  const byRoot = await as('root').getFederationToken({ Name: 'app', DurationSeconds: 43_200 })
  assert.equal(byRoot.Credentials?.Expiration?.getTime(), startMs + 3_600_000)
})

test('GetFederationToken: who may', async () => {
  const { as } = rig(directory)
  const denied = (who: string, action: string, why: string) =>
    `AccessDenied: User: ${userArn(who)} is not authorized to perform: sts:${action} on resource: arn:aws:sts::${here}:federated-user/app ${why}`
  const tags = { Tags: [{ Key: 'team', Value: 'blue' }] }
  const rows: readonly [who: string, input: object, want: string][] = [
    ['alice', tags, 'no refusal'],
    [
      'bob',
      {},
      denied(
        'bob',
        'GetFederationToken',
        'because no identity-based policy allows the sts:GetFederationToken action',
      ),
    ],
    ['carol', {}, denied('carol', 'GetFederationToken', 'with an explicit deny in an identity-based policy')],
    ['dave', {}, 'no refusal'],
    [
      'dave',
      tags,
      denied('dave', 'TagSession', 'because no identity-based policy allows the sts:TagSession action'),
    ],
    ['root', tags, 'no refusal'],
  ]
  for (const [who, input, want] of rows) {
    assert.equal(await refusal(as(who).getFederationToken({ Name: 'app', ...input })), want)
  }
  assert.equal(rows.length, 6)
})

test('what each kind of session may ask of STS', async () => {
  const { as } = rig(directory)
  const kinds = {
    'assumed-role': await as('alice').assumeRole({ RoleArn: roleArn('work'), RoleSessionName: 'work' }),
    session: await as('alice').getSessionToken({}),
    'root session': await as('root').getSessionToken({}),
    federated: await as('alice').getFederationToken({ Name: 'app', Policy }),
  }
  const calls = {
    AssumeRole: (who: (typeof kinds)['session']) =>
      as(who).assumeRole({ RoleArn: roleArn('work'), RoleSessionName: 'again' }),
    DecodeAuthorizationMessage: (who) => as(who).decodeAuthorizationMessage({ EncodedMessage: 'x' }),
    GetAccessKeyInfo: (who) => as(who).getAccessKeyInfo({ AccessKeyId: 'AKIAQYLPMN5HHHFPZAM2' }),
    GetCallerIdentity: (who) => as(who).getCallerIdentity(),
    GetFederationToken: (who) => as(who).getFederationToken({ Name: 'app' }),
    GetSessionToken: (who) => as(who).getSessionToken({}),
  } satisfies Record<string, (who: (typeof kinds)['session']) => Promise<unknown>>

  // Source: IAM User Guide, "Compare AWS STS credentials".
  const open: Readonly<Record<keyof typeof kinds, readonly (keyof typeof calls)[]>> = {
    'assumed-role': ['AssumeRole', 'DecodeAuthorizationMessage', 'GetAccessKeyInfo', 'GetCallerIdentity'],
    session: ['AssumeRole', 'GetCallerIdentity'],
    'root session': ['AssumeRole', 'GetCallerIdentity'],
    federated: ['GetCallerIdentity'],
  }
  let count = 0
  for (const [kind, session] of Object.entries(kinds)) {
    for (const [name, call] of Object.entries(calls)) {
      const refused = await refusal(call(session))
      const isOpen = open[kind as keyof typeof kinds].includes(name as keyof typeof calls) // Keys of both tables.
      const want = `AccessDenied: Cannot call ${name} with session credentials`
      if (isOpen) assert.notEqual(refused, want, `${kind} ${name}`)
      else assert.equal(refused, want, kind)
      count += 1
    }
  }
  assert.equal(count, 24)
})

test('a federated session may what its user and its policies both allow', async () => {
  const { as } = rig(directory)
  const session = await as('alice').getFederationToken({ Name: 'app' })
  assert.equal(await refusal(as(session).getCallerIdentity()), 'no refusal')
})

// Their ids carry 39 random bits: among a million sessions of an account, two with the same one are to be expected.
test('sessions that have one access key id are not taken for each other', async () => {
  const { as, seal } = rig(directory)
  const sameIds = createSessions<SessionStatement>(seal, (length) => Buffer.alloc(length, 7))
  const mint = (name: string, policies?: readonly string[]) => {
    const minted = sameIds.mint(here, {
      ...{ kind: 'assumed-role', account: here, name, sessionName: 'same' },
      uniqueId: `AROA${name.toUpperCase().padEnd(17, 'X')}`,
      ...{ issuedAtMs: startMs, expiresAtMs: startMs + 900_000 },
      ...(policies && { policies }),
    })
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = minted
    return { Credentials: { AccessKeyId, SecretAccessKey, SessionToken } }
  }
  const narrowing = Policy.replace('"Action":"*"', '"Action":"s3:*"')
  const rows: readonly [session: ReturnType<typeof mint>, role: string, want: RegExp][] = [
    [mint('work'), 'work', /^no refusal$/],
    [mint('idle'), 'idle', /because no identity-based policy allows/],
    [mint('work', [narrowing]), 'work', /because no session policy allows/],
    [mint('work'), 'work', /^no refusal$/],
  ]
  assert.equal(new Set(rows.map(([{ Credentials }]) => Credentials.AccessKeyId)).size, 1)
  for (const [session, role, want] of [...rows, ...rows]) {
    assert.equal(
      (await as(session).getCallerIdentity()).Arn,
      `arn:aws:sts::${here}:assumed-role/${role}/same`,
    )
    assert.match(await refusal(as(session).getAccessKeyInfo({ AccessKeyId: 'AKIAQYLPMN5HHHFPZAM2' })), want)
  }
})
