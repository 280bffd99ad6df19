// Goal: who is let in, and who becomes an administrator, follows from what a document says and not from how it is written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWide } from './conditions.ts'
import { givesEverything, strangersIn } from './policy.ts'

const own = '111122223333'
const other = '444455556666'
const isOwn = (account: string) => account === own || account === '222233334444'

const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const open = (Condition?: object) => ({ Statement: [{ ...read, Principal: '*', Condition }] })
const github = { Federated: `arn:aws:iam::${own}:oidc-provider/token.actions.githubusercontent.com` }
const trust = (Condition?: object) => ({
  Statement: { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: github, Condition },
})
const guard = {
  ...{ Effect: 'Deny', Action: 's3:*', Resource: '*', Principal: '*' },
  Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } },
}

const rows: readonly [name: string, document: unknown, want: string][] = [
  ['everyone', open(), 'everyone'],
  ['as text', JSON.stringify(open()), 'everyone'],
  ['everyone by {AWS: *}', { Statement: { ...read, Principal: { AWS: ['*'] } } }, 'everyone'],
  ['all but one', { Statement: { ...read, NotPrincipal: { AWS: own } } }, 'everyone'],
  ['of the organization', open({ StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } }), ''],
  ['from an endpoint', open({ StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } }), ''],
  ['from an office', open({ IpAddress: { 'aws:SourceIp': ['198.51.100.0/24'] } }), ''],
  ['from half the internet', open({ IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } }), 'everyone'],
  ['services of AWS', open({ Bool: { 'aws:PrincipalIsAWSService': 'true' } }), ''],
  ['a condition that says nothing of who', open({ Bool: { 'aws:SecureTransport': 'true' } }), 'everyone'],
  ['any organization', open({ StringLike: { 'aws:PrincipalOrgID': '*' } }), 'everyone'],
  ['if there is one', open({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } }), 'everyone'],
  ['all but an address', open({ NotIpAddress: { 'aws:SourceIp': '198.51.100.7/32' } }), 'everyone'],
  ['everyone of a foreign account', open({ StringEquals: { 'aws:PrincipalAccount': other } }), other],
  ['everyone of the own account', open({ StringEquals: { 'aws:PrincipalAccount': own } }), ''],
  ['a denied everyone', { Statement: { ...read, Effect: 'Deny', Principal: '*' } }, ''],
  ['open, but denied to all others', { Statement: [...open().Statement, guard] }, ''],
  ['the own account', { Statement: { ...read, Principal: { AWS: `arn:aws:iam::${own}:root` } } }, ''],
  ['one of the organization', { Statement: { ...read, Principal: { AWS: '222233334444' } } }, ''],
  ['a foreign account', { Statement: { ...read, Principal: { AWS: [own, other] } } }, other],
  ['a foreign role', { Statement: { ...read, Principal: { AWS: `arn:aws:iam::${other}:role/r` } } }, other],
  ['a service', { Statement: { ...read, Principal: { Service: 'logs.amazonaws.com' } } }, ''],
  ['any repository', trust({ StringEquals: { 'x.com:aud': 'sts.amazonaws.com' } }), 'everyone'],
  ['a repository', trust({ StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:a/b:*' } }), ''],
  ['any repository by a star', trust({ StringLike: { 'a.com:sub': 'repo:*' } }), 'everyone'],
  ['no policy', 'nonsense', ''],
  ['nothing', undefined, ''],
]

test('policy: strangers', () => {
  for (const [name, document, want] of rows) {
    const { everyone, accounts } = strangersIn(document, isOwn)
    assert.equal([...(everyone ? ['everyone'] : []), ...accounts].join(), want, name)
  }
  assert.equal(rows.length, 27)
})

const allow = { Effect: 'Allow', Action: '*', Resource: '*' }
const administrators: readonly [name: string, statement: object, want: boolean][] = [
  ['everything', allow, true],
  ['everything among others', { ...allow, Action: ['s3:GetObject', '*'] }, true],
  ['all of IAM', { ...allow, Action: 'IAM:*' }, true],
  ['everything with MFA', { ...allow, Condition: { Bool: { 'aws:MultiFactorAuthPresent': true } } }, true],
  ['everything but billing', { ...allow, Action: undefined, NotAction: 'aws-portal:*' }, true],
  ['everything but IAM', { ...allow, Action: undefined, NotAction: ['iam:*', 'organizations:*'] }, false],
  ['all of S3', { ...allow, Action: 's3:*' }, false],
  ['everything on a bucket', { ...allow, Resource: 'arn:aws:s3:::b/*' }, false],
  ['nothing', { ...allow, Effect: 'Deny' }, false],
  ['in one region', { ...allow, Condition: { StringEquals: { 'aws:PrincipalTag/admin': 'yes' } } }, false],
]

test('policy: administrators', () => {
  for (const [name, statement, want] of administrators)
    assert.equal(givesEverything({ Version: '2012-10-17', Statement: statement }), want, name)
  assert.equal(administrators.length, 10)
})

test('policy: whatever a document is, it is read without a fault', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('Principal', 'Condition', 'Action'), (any, name) => {
      for (const document of [any, { Statement: any }, { Statement: { Effect: 'Allow', [name]: any } }]) {
        strangersIn(document, isOwn)
        givesEverything(document)
      }
    }),
  )
})

test('policy: wide ranges', () => {
  const wide = ['0.0.0.0/0', '::/0', '0.0.0.0/1', '2000::/3']
  const narrow = ['10.0.0.0/8', '192.168.0.0/16', '203.0.113.7', 'fc00::/7', '2001:db8::/48']
  assert.deepEqual([...wide, ...narrow].filter(isWide), wide)
})
