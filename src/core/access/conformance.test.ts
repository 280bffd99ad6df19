// Goal: what operations ask leave for is what AWS's service reference says, so that policies written for AWS mean the same here.
// Method: rows for the check itself; every declared operation's own action against the reference. What operations really ask is
// checked in strict mode, on every call of every test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '../arn.ts'
import type { Access } from '../operation.ts'
import { contradictions } from './conformance.ts'

const user = { arn: 'arn:aws:iam::123456789012:user/a/b' as Arn }
const key = { arn: 'arn:aws:kms:us-east-1:123456789012:key/k' as Arn }
const rows: readonly [name: string, given: Access, want: RegExp | undefined][] = [
  ['an action on its type of resource', { action: 'iam:GetUser', resource: user }, undefined],
  [
    'tags where the action takes tags',
    { action: 'iam:CreateUser', resource: user, requestTags: { a: 'b' } },
    undefined,
  ],
  [
    'a key of the action',
    { action: 'iam:AttachUserPolicy', resource: user, conditions: { 'iam:PolicyARN': 'x' } },
    undefined,
  ],
  [
    'a list on its path',
    { action: 'iam:ListUsers', resource: { arn: 'arn:aws:iam::123456789012:user/' as Arn } },
    undefined,
  ],
  ['no resource where there is no type', { action: 'iam:GetAccountSummary', resource: '*' }, undefined],
  [
    'an action newer than the reference, which goes by its like',
    {
      action: 'kms:Encapsulate',
      resource: { arn: 'arn:aws:kms:us-east-1:123456789012:key/k' as Arn },
      conditions: { 'kms:RequestAlias': 'alias/a' },
    },
    undefined,
  ],
  [
    'a key of the type of resource',
    { action: 'kms:DescribeKey', resource: key, conditions: { 'kms:KeySpec': 'x' } },
    undefined,
  ],
  [
    'a key that names a part of the request',
    { action: 'kms:Encrypt', resource: key, conditions: { 'kms:EncryptionContext:a': 'x' } },
    undefined,
  ],
  [
    'an alias in the place of the key that it does not name',
    { action: 'kms:Encrypt', resource: { arn: 'arn:aws:kms:us-east-1:123456789012:alias/a' as Arn } },
    undefined,
  ],
  ['a principal whose grants are listed', { action: 'kms:ListRetirableGrants', resource: user }, undefined],
  [
    'a key of another type of resource',
    { action: 'kms:DescribeKey', resource: key, conditions: { 'iam:ResourceTag/a': 'x' } },
    /no condition key iam:ResourceTag/,
  ],
  [
    'a key of a type that the action does not act on',
    { action: 'kms:CreateKey', resource: '*', conditions: { 'kms:ResourceAliases': 'x' } },
    /no condition key kms:ResourceAliases/,
  ],
  ['an action that AWS lacks', { action: 'iam:FlyUser', resource: user }, /no action/],
  ['a service that AWS lacks', { action: 'unicorn:Fly', resource: user }, /no action/],
  ['a path in place of a service', { action: '../package:Fly', resource: user }, /no action/],
  [
    'another type of resource',
    { action: 'iam:GetUser', resource: { arn: 'arn:aws:iam::123456789012:role/a' as Arn } },
    /does not act on/,
  ],
  ['no resource where one is required', { action: 'iam:GetUser', resource: '*' }, /does not act on \*/],
  [
    'tags where the action takes none',
    { action: 'iam:GetUser', resource: user, requestTags: {} },
    /no condition key aws:RequestTag/,
  ],
  [
    'a key of another action',
    { action: 'iam:GetUser', resource: user, conditions: { 'iam:PolicyARN': 'x' } },
    /no condition key iam:PolicyARN/,
  ],
]

for (const [name, given, want] of rows) {
  test(`conformance: ${name}`, () => {
    const found = contradictions([given]).join('; ')
    if (want) assert.match(found, want)
    else assert.equal(found, '')
  })
}
test('conformance: all rows ran', () => assert.equal(rows.length, 19))
