// Goal: what is granted beside a resource's policy allows as AWS says: like that policy in its account, and in the place of an identity
// policy where the caller's own account granted it; never beyond a denial or a limit.
// Method: rows of policies and grants against one call, through the authorizer and the real engine.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountId, Arn } from '../arn.ts'
import type { Call } from '../call.ts'
import type { RoleCaller, SignedCaller, UserCaller } from '../caller.ts'
import { createDerived } from '../derived.ts'
import type { CallerPolicies } from '../identities.ts'
import type { Grant } from '../resource.ts'
import { createMemoryStore } from '../store/index.ts'
import { createAuthorizer } from './authorizer.ts'
import { PolicyLibrary } from './policy-library.ts'

// Twelve digits each; ARNs written out.
const here = '111122223333' as AccountId
const there = '444455556666' as AccountId
const third = '777788889999' as AccountId
const keyArn = `arn:aws:kms:us-east-1:${here}:key/k` as Arn

function alice(account: AccountId): UserCaller {
  const arn = `arn:aws:iam::${account}:user/alice` as Arn
  return {
    kind: 'user',
    account,
    arn,
    userId: 'AIDAALICEALICE',
    userName: 'alice',
    accessKeyId: 'AKIA',
    tags: {},
  }
}

function worker(account: AccountId): RoleCaller {
  const session = {
    kind: 'assumed-role',
    account,
    name: 'worker',
    uniqueId: 'AROAWORKERWORKER',
    issuedAtMs: 0,
    expiresAtMs: 1,
  } as const
  return {
    kind: 'assumed-role',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/worker/s` as Arn,
    userId: 'AROAWORKERWORKER:s',
    accessKeyId: 'ASIA',
    roleName: 'worker',
    roleArn: `arn:aws:iam::${account}:role/worker` as Arn,
    roleId: 'AROAWORKERWORKER',
    serviceLinked: false,
    tags: {},
    session,
  }
}

const text = (...statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
const statement = (Effect: 'Allow' | 'Deny', principal?: string, Action = 'kms:Decrypt') => ({
  Effect,
  ...(principal !== undefined && { Principal: { AWS: principal } }),
  Action,
  Resource: '*',
})
const grant = (to: string, issuer: AccountId, action?: string): Grant => ({
  text: text(statement('Allow', to, action)),
  issuer,
})
const identity = (...effects: readonly ('Allow' | 'Deny')[]): CallerPolicies => ({
  identity: effects.map((effect) => ({ name: effect, text: text(statement(effect)) })),
})
const root = (account: AccountId) => `arn:aws:iam::${account}:root`
const silent = text(statement('Allow', root(here), 'kms:DescribeKey'))
const limited = { name: 'limit', text: text(statement('Allow', undefined, 'kms:DescribeKey')) }
const forbidding = { name: 'limit', text: text(statement('Deny')) }

/** What the authorizer says of Decrypt on a key of `here`. */
function ask(
  caller: SignedCaller,
  policies: CallerPolicies,
  keyPolicy: string,
  grants: readonly Grant[],
): string {
  const store = createMemoryStore()
  const authorize = createAuthorizer({
    identities: {
      accessKey: () => undefined,
      keyOwner: () => undefined,
      sessionOwner: () => undefined,
      policiesOf: () => policies,
    },
    organizations: { scpsOf: () => [], rcpsOf: () => [] },
    library: new PolicyLibrary(),
    derived: createDerived(store),
    strict: true,
  })
  const call = { caller, account: caller.account, nowMs: 0, region: 'us-east-1', calledVia: [] }
  const resource = {
    arn: keyArn,
    resourcePolicy: { kind: 'resource', text: keyPolicy, required: true, grants: () => grants },
  } as const
  // The rest of a call is for conditions, of which these policies have none.
  const denial = authorize(call as unknown as Call, [{ action: 'kms:Decrypt', resource }])
  if (!denial) return 'allowed'
  const { because } = denial.verdict
  return `${because.kind} ${'layer' in because ? because.layer : ''}`
}

const none = identity()
const rows: readonly [
  name: string,
  caller: SignedCaller,
  CallerPolicies,
  keyPolicy: string,
  grants: readonly Grant[],
  want: string,
][] = [
  ['no grant', alice(here), none, silent, [], 'implicit resource'],
  ['a grant to the caller', alice(here), none, silent, [grant('AIDAALICEALICE', here)], 'allowed'],
  ['to somebody else', alice(here), none, silent, [grant('AIDABOBBOBBOB', here)], 'implicit resource'],
  [
    'of something else',
    alice(here),
    none,
    silent,
    [grant('AIDAALICEALICE', here, 'kms:Encrypt')],
    'implicit resource',
  ],
  ['whoever issued it', alice(here), none, silent, [grant('AIDAALICEALICE', third)], 'allowed'],
  [
    'to the account, whose policies are silent',
    alice(here),
    none,
    silent,
    [grant(root(here), here)],
    'implicit identity',
  ],
  ['or allow', alice(here), identity('Allow'), silent, [grant(root(here), here)], 'allowed'],
  [
    'an identity policy denies',
    alice(here),
    identity('Deny'),
    silent,
    [grant('AIDAALICEALICE', here)],
    'explicit identity',
  ],
  [
    'the resource’s policy denies',
    alice(here),
    none,
    text(statement('Deny', 'AIDAALICEALICE')),
    [grant('AIDAALICEALICE', here)],
    'explicit resource',
  ],
  ['a role', worker(here), none, silent, [grant('AROAWORKERWORKER', here)], 'allowed'],
  [
    'within its boundary',
    worker(here),
    { ...none, boundary: limited },
    silent,
    [grant('AROAWORKERWORKER', here)],
    'implicit boundary',
  ],
  [
    'and its session policy',
    worker(here),
    { ...none, session: [limited] },
    silent,
    [grant('AROAWORKERWORKER', here)],
    'implicit session',
  ],

  ['from elsewhere: no grant', alice(there), identity('Allow'), silent, [], 'implicit resource'],
  [
    'a grant of the key’s account',
    alice(there),
    none,
    silent,
    [grant('AIDAALICEALICE', here)],
    'implicit identity',
  ],
  [
    'with an identity policy',
    alice(there),
    identity('Allow'),
    silent,
    [grant('AIDAALICEALICE', here)],
    'allowed',
  ],
  ['a grant of one’s own account', alice(there), none, silent, [grant('AIDAALICEALICE', there)], 'allowed'],
  [
    'a grant of a third account',
    alice(there),
    none,
    silent,
    [grant('AIDAALICEALICE', third)],
    'implicit identity',
  ],
  [
    'of one’s own to somebody else',
    alice(there),
    none,
    silent,
    [grant('AIDABOBBOBBOB', there)],
    'implicit identity',
  ],
  [
    'of one’s own to all of the account',
    alice(there),
    none,
    silent,
    [grant(root(there), there)],
    'implicit identity',
  ],
  [
    'to all of it and to the caller',
    alice(there),
    none,
    silent,
    [grant(root(there), there), grant('AIDAALICEALICE', there)],
    'allowed',
  ],
  [
    'of one’s own, and an identity policy denies',
    alice(there),
    identity('Deny'),
    silent,
    [grant('AIDAALICEALICE', there)],
    'explicit identity',
  ],
  [
    'of one’s own, within the boundary',
    worker(there),
    { ...none, boundary: limited },
    silent,
    [grant('AROAWORKERWORKER', there)],
    'implicit boundary',
  ],
  [
    'of one’s own, and the boundary denies',
    worker(there),
    { ...none, boundary: forbidding },
    silent,
    [grant('AROAWORKERWORKER', there)],
    'explicit boundary',
  ],
  [
    'of one’s own, within the session policy',
    worker(there),
    { ...none, session: [limited] },
    silent,
    [grant('AROAWORKERWORKER', there)],
    'implicit session',
  ],
  [
    'of one’s own, and the resource’s policy denies',
    alice(there),
    none,
    text(statement('Deny', root(there))),
    [grant('AIDAALICEALICE', there)],
    'explicit resource',
  ],
]

for (const [name, caller, policies, keyPolicy, grants, want] of rows) {
  test(`authorizer: ${name}`, () => assert.equal(ask(caller, policies, keyPolicy, grants), want))
}
test('authorizer: all rows ran', () => assert.equal(rows.length, 25))
