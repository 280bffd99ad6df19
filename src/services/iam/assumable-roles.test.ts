// Goal: STS finds a role by its whole ARN and a session policy by its owner, and nothing that only looks like them.
// Method: rows over ARNs, with one role and one policy stored.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { assumableRoles } from './assumable-roles.ts'
import { policies, type Role, roles } from './documents.ts'

const here = '111122223333' as AccountId // Twelve digits.
const there = '444455556666' as AccountId // Twelve digits.
const arn = `arn:aws:iam::${here}:role/team/Work` as Arn // Written out.
const policyArn = `arn:aws:iam::${here}:policy/Narrow` as Arn // Written out.

const role: Role = {
  arn,
  path: '/team/',
  createdAtMs: 0,
  attached: [],
  inline: {},
  roleName: 'Work',
  roleId: 'AROAWORK',
  maxSessionSeconds: 7200,
  tags: { team: 'blue' },
  trustPolicy: '{}',
}

const store = createMemoryStore()
await store.transact((tx) => {
  tx.put(roles, globalScope(here), 'work', role)
  tx.put(policies, globalScope(here), 'narrow', {
    arn: policyArn,
    path: '/',
    policyName: 'Narrow',
    policyId: 'ANPANARROW',
    createdAtMs: 0,
    updatedAtMs: 0,
    tags: {},
    defaultVersionId: 'v1',
    nextVersion: 2,
    versions: [{ versionId: 'v1', createdAtMs: 0, text: '{}' }],
  })
})

test('assumable-roles: a role is found by its whole ARN', () => {
  assert.deepEqual(assumableRoles.role(store.read, arn), {
    arn,
    account: here,
    roleId: 'AROAWORK',
    roleName: 'Work',
    trustPolicy: '{}',
    tags: { team: 'blue' },
    maxSessionSeconds: 7200,
  })
  const others: readonly string[] = [
    `arn:aws:iam::${here}:role/Work`,
    `arn:aws:iam::${here}:role/team/work`,
    `arn:aws:iam::${here}:user/team/Work`,
    `arn:aws:iam::${there}:role/team/Work`,
    `arn:aws-cn:iam::${here}:role/team/Work`,
    'Work',
  ]
  for (const other of others) assert.equal(assumableRoles.role(store.read, other), undefined, other)
  assert.equal(others.length, 6)
})

test('assumable-roles: a session policy is the account’s own, or one of AWS’s', () => {
  const rows: readonly [account: AccountId, arn: string, is: boolean][] = [
    [here, policyArn, true],
    [there, policyArn, false],
    [here, `arn:aws:iam::${here}:policy/None`, false],
    [here, 'arn:aws:iam::aws:policy/ReadOnlyAccess', true],
    [there, 'arn:aws:iam::aws:policy/ReadOnlyAccess', true],
    [here, 'arn:aws:iam::aws:policy/NoSuchAccess', false],
    [here, 'x', false],
  ]
  for (const [account, name, is] of rows) {
    assert.equal(assumableRoles.hasManagedPolicy(store.read, account, name), is, name)
  }
  assert.equal(rows.length, 7)
})
