// Goal: sessions that cannot manage identities never reach IAM, and no other caller is kept from anything here.
// Method: every kind of caller, with and without a session and MFA, against every service.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceNames } from '#wire/index.ts'
import type { AccountId, Arn } from './arn.ts'
import type { Caller, SessionStatement } from './caller.ts'
import { sessionRefusal } from './session-limits.ts'

const account = '111122223333' as AccountId // Twelve digits.
const identity = { account, arn: 'arn:aws:iam::111122223333:root' as Arn, userId: 'x', accessKeyId: 'x' } // Written out.
const session: SessionStatement = {
  kind: 'session',
  account,
  name: 'x',
  uniqueId: 'x',
  issuedAtMs: 0,
  expiresAtMs: 1,
}
const withMfa = { ...session, mfaAuthenticatedAtMs: 0 }
const user = { ...identity, kind: 'user' as const, userName: 'x', tags: {} }
const root = { ...identity, kind: 'root' as const }
const role = {
  ...identity,
  kind: 'assumed-role' as const,
  roleName: 'x',
  roleArn: identity.arn,
  roleId: 'x',
  serviceLinked: false,
  tags: {},
  session,
}
const federated = { ...identity, kind: 'federated-user' as const, userArn: identity.arn, tags: {}, session }

const rows: readonly [name: string, caller: Caller, mayManage: boolean][] = [
  ['a user', user, true],
  ['a user’s session', { ...user, session }, false],
  ['a user’s session with MFA', { ...user, session: withMfa }, true],
  ['root', root, true],
  ['root’s session', { ...root, session }, false],
  ['root’s session with MFA', { ...root, session: withMfa }, true],
  ['a role', role, true],
  ['a federated user', federated, false],
  ['a federated user of a user with MFA', { ...federated, session: withMfa }, false],
  ['a service', { kind: 'service', service: 'x.amazonaws.com', account }, true],
  ['nobody, whom authorization keeps out', { kind: 'anonymous' }, true],
]

test('session-limits: who may manage identities', () => {
  let count = 0
  for (const [name, caller, mayManage] of rows) {
    for (const service of serviceNames) {
      const refusal = sessionRefusal(caller, service)
      const want = service === 'iam' && !mayManage ? 'InvalidClientTokenId' : undefined
      assert.equal(refusal?.code, want, `${name}, ${service}`)
      count += 1
    }
  }
  assert.equal(rows.length, 11)
  assert.ok(count > 200, String(count))
})
