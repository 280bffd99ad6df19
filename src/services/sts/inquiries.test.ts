// Goal: STS tells callers who they are, whose a key is, and why a call was denied, each to whom it may.
// Method: rows; messages with every kind of change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeDenial } from '#core/authorization-message.ts'
import type { Call } from '#core/call.ts'
import type { Denial } from '#core/access/denial.ts'
import { here, refusal, rig, roleArn, startMs, there, userArn } from './rig.test.ts'

const directory = {
  users: { alice: { allow: ['sts:*'] }, bob: {}, carol: { deny: ['*'] }, root: {} },
}

test('GetCallerIdentity: is never denied', async () => {
  const { as } = rig(directory)
  const rows: readonly [who: string, UserId: string, Arn: string][] = [
    ['alice', 'AIDAALICEXXXXXXXXXXXX', userArn('alice')],
    ['bob', 'AIDABOBXXXXXXXXXXXXXX', userArn('bob')],
    ['carol', 'AIDACAROLXXXXXXXXXXXX', userArn('carol')],
    ['root', here, `arn:aws:iam::${here}:root`],
  ]
  for (const [who, UserId, Arn] of rows) {
    const { $metadata: _, ...answer } = await as(who).getCallerIdentity()
    assert.deepEqual(answer, { UserId, Arn, Account: here })
  }
  assert.equal(rows.length, 4)
})

test('GetAccessKeyInfo', async () => {
  const { as, keyIds } = rig(directory)
  assert.equal((await as('alice').getAccessKeyInfo({ AccessKeyId: keyIds.get('bob') ?? '' })).Account, here)
  assert.match(
    await refusal(as('alice').getAccessKeyInfo({ AccessKeyId: 'NOT_A_KEY_OF_ANYBODY' })),
    /^ValidationError: The access key id NOT_A_KEY_OF_ANYBODY belongs to no account\.$/,
  )
  assert.match(
    await refusal(as('bob').getAccessKeyInfo({ AccessKeyId: keyIds.get('bob') ?? '' })),
    /^AccessDenied: .*because no identity-based policy allows the sts:GetAccessKeyInfo action$/,
  )
})

/** A denied call of bob's. */
function denied({ seal }: ReturnType<typeof rig>, account = here): string {
  const access = { action: 'sts:AssumeRole', resource: { arn: roleArn('work'), tags: { team: 'blue' } } }
  const caller = {
    kind: 'user' as const,
    account,
    arn: userArn('bob'),
    userId: 'AIDABOB',
    accessKeyId: 'AKIABOB',
    userName: 'bob',
    tags: { job: 'spy' },
  }
  const call: Partial<Call> = {
    caller,
    account,
    service: 'sts',
    operation: 'AssumeRole',
    nowMs: startMs,
    region: 'eu-west-1',
    sourceIp: '192.0.2.7',
    userAgent: 'test',
    referer: undefined,
    secureTransport: true,
    calledVia: [],
  }
  const statement = { policy: 'guard', statementIndex: 1, sid: 'NoRoles', line: 3, column: 7 }
  const denial: Denial = {
    access,
    verdict: { decision: 'Deny', because: { kind: 'explicit', layer: 'identity', statements: [statement] } },
    message: 'no',
  }
  return encodeDenial(seal, call as Call, denial) // The rest of a call is not asked for.
}

test('DecodeAuthorizationMessage: tells why', async () => {
  const here = rig(directory)
  const { DecodedMessage = '' } = await here
    .as('alice')
    .decodeAuthorizationMessage({ EncodedMessage: denied(here) })
  const explained = JSON.parse(DecodedMessage) as {
    context: { conditions: { items: { key: string; values: { items: { value: string }[] } }[] } }
  } // Written by encodeDenial.
  const { conditions, ...context } = explained.context
  assert.deepEqual(
    { ...explained, context },
    {
      allowed: false,
      explicitDeny: true,
      matchedStatements: {
        items: [{ statementId: 'NoRoles', effect: 'DENY', policy: 'guard', line: 3, column: 7 }],
      },
      failures: { items: [] },
      context: {
        principal: { id: 'AIDABOB', name: 'bob', arn: userArn('bob') },
        action: 'sts:AssumeRole',
        resource: roleArn('work'),
      },
    },
  )
  const values = new Map(conditions.items.map(({ key, values }) => [key, values.items[0]?.value]))
  const rows: readonly [key: string, value: string][] = [
    ['aws:SourceIp', '192.0.2.7'],
    ['aws:PrincipalTag/job', 'spy'],
    ['aws:ResourceTag/team', 'blue'],
    ['aws:username', 'bob'],
    ['aws:RequestedRegion', 'eu-west-1'],
    ['aws:SecureTransport', 'true'],
  ]
  for (const [key, value] of rows) assert.equal(values.get(key), value, key)
  assert.equal(rows.length, 6)
})

test('DecodeAuthorizationMessage: nothing but a message of this account', async () => {
  const rigged = rig(directory)
  const message = denied(rigged)
  const invalid = 'InvalidAuthorizationMessageException: The authorization message is not valid.'
  const decode = (EncodedMessage: string) =>
    refusal(rigged.as('alice').decodeAuthorizationMessage({ EncodedMessage }))
  assert.equal(await decode(message), 'no refusal')
  assert.equal(await decode(denied(rigged, there)), invalid)
  assert.equal(
    await decode(denied(rig(directory)).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))),
    invalid,
  )
  assert.equal(await decode('x'), invalid)
  const session = await rigged.as('alice').getSessionToken({})
  assert.equal(await decode(session.Credentials?.SessionToken ?? ''), invalid)
  let changed = 0
  for (let at = 0; at < message.length; at += 11) {
    const text = message.slice(0, at) + (message[at] === 'A' ? 'B' : 'A') + message.slice(at + 1)
    assert.equal(await decode(text), invalid, String(at))
    changed += 1
  }
  assert.ok(changed > 50, String(changed))
  assert.match(
    await refusal(rigged.as('bob').decodeAuthorizationMessage({ EncodedMessage: message })),
    /^AccessDenied: .*because no identity-based policy allows the sts:DecodeAuthorizationMessage action$/,
  )
})
