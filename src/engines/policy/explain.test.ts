// Goal: an explanation carries the verdict, every matched statement of every layer, and what the request lacked.
// Method: one request with all layers, read in full; the verdict itself is compared in the differential test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compile,
  decide,
  explain,
  parsePolicy,
  type PolicyKind,
  type PolicySet,
  type Request,
} from './index.ts'

function set(name: string, kind: PolicyKind, ...statements: readonly object[]): PolicySet {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
  if ('problems' in parsed) assert.fail(JSON.stringify(parsed.problems))
  return compile([{ name, policy: parsed.policy }])
}

const all = { Effect: 'Allow', Action: '*', Resource: '*' }
const account = '111122223333'
const request: Request = {
  principal: {
    kind: 'role',
    arn: `arn:aws:sts::${account}:assumed-role/r/s`,
    roleArn: `arn:aws:iam::${account}:role/r`,
    account,
  },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/x',
  resourceAccount: account,
  context: new Map([['aws:sourceip', '192.0.2.1']]),
}

test('explain: every layer with what matched in it', () => {
  const layers = {
    identity: set(
      'mine',
      'identity',
      { ...all, Action: 'ec2:*' },
      { ...all, Sid: 'Mfa', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
    ),
    boundary: set('limit', 'boundary', all),
    session: set('passed', 'session', { ...all, Sid: 'Own', Resource: 'arn:aws:s3:::b/${aws:username}' }),
    scps: [
      set('root', 'scp', all),
      set('ou', 'scp', all, {
        ...all,
        Sid: 'NoS3',
        Effect: 'Deny',
        Action: 's3:*',
        Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      }),
    ],
    rcps: [set('rcp', 'rcp', { ...all, Principal: '*' })],
    resource: set(
      'bucket',
      'resource',
      { ...all, Principal: { AWS: account } },
      { ...all, Principal: { AWS: `arn:aws:iam::${account}:role/r` } },
    ),
  }
  const { verdict, crossAccount, layers: trace, missingContextKeys } = explain(request, layers)
  assert.deepEqual(verdict, decide(request, layers))
  assert.equal(crossAccount, false)
  assert.deepEqual(
    trace.map(({ layer, level, applies, says, matched }) => [
      layer,
      level,
      applies,
      says,
      matched.map(
        ({ statement, grade }) => `${statement.policy}[${statement.statementIndex}] ${grade ?? ''}`,
      ),
    ]),
    [
      ['rcp', 0, true, 'Allow', ['rcp[0] direct']],
      ['scp', 0, true, 'Allow', ['root[0] ']],
      ['scp', 1, true, 'Deny', ['ou[0] ', 'ou[1] ']],
      ['resource', undefined, true, 'Allow', ['bucket[0] account', 'bucket[1] entity']],
      ['identity', undefined, true, 'nothing', []],
      ['boundary', undefined, true, 'Allow', ['limit[0] ']],
      ['session', undefined, true, 'nothing', []],
    ],
  )
  assert.deepEqual(missingContextKeys, ['aws:multifactorauthpresent', 'aws:username'])
})

test('explain: a layer that does not bind the caller says so', () => {
  const principal = { ...request.principal, serviceLinked: true }
  const { layers, verdict } = explain(
    { ...request, principal },
    { identity: set('i', 'identity', all), scps: [set('s', 'scp', { ...all, Effect: 'Deny' })] },
  )
  assert.deepEqual(
    layers.map(({ layer, applies }) => [layer, applies]),
    [
      ['scp', false],
      ['identity', true],
    ],
  )
  assert.equal(verdict.decision, 'Allow')
})
