// Goal: a record is CloudTrail's, holds no secret, and is one line of JSON whatever a call brings along.
// Method: whole records for each kind of caller; every sensitive member of every model; random texts in every place a caller writes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { auditRecipients } from '#core/audit-recipients.ts'
import type { Caller, SessionStatement } from '#core/caller.ts'
import type { ServiceName, Shape } from '#wire/index.ts'
import { model, serviceNames } from '#wire/index.ts'
import { elementsWriter, javaDate } from './elements.ts'
import { createRecorder } from './record.ts'
import { readRecord } from './stored-record.ts'

const here = '111122223333' as AccountId // Twelve digits.
const there = '444455556666' as AccountId // Twelve digits.
const nowMs = Date.UTC(2026, 10, 23, 9, 30, 1, 500)
const arnOf = (text: string) => text as Arn // Written out in this file.

const session: SessionStatement = {
  kind: 'assumed-role',
  account: here,
  name: 'work',
  uniqueId: 'AROAWORK',
  sessionName: 'alice',
  issuedAtMs: nowMs - 60_000,
  expiresAtMs: nowMs + 60_000,
  sourceIdentity: 'alice@example.com',
}
const alice: Caller = {
  kind: 'user',
  account: here,
  arn: arnOf(`arn:aws:iam::${here}:user/alice`),
  userId: 'AIDAALICE',
  accessKeyId: 'AKIAALICE',
  userName: 'alice',
  tags: {},
}

function called(
  changes: Partial<AuditedCall> & { service?: ServiceName; operation?: string } = {},
): AuditedCall {
  const { service = 'iam', operation = 'GetUser', ...rest } = changes
  return {
    envelope: {
      requestId: '4c1b8a1e-2f7a-4c7a-9d6a-1b6f5a3b2c1d',
      service,
      operation,
      nowMs,
      region: 'eu-west-1',
      partition: 'aws',
      sourceIp: '192.0.2.7',
      userAgent: 'aws-cli/2',
      referer: undefined,
      secureTransport: false,
      calledVia: [],
    },
    caller: alice,
    account: here,
    input: { UserName: 'bob' },
    output: { User: { UserName: 'bob' } },
    fault: undefined,
    access: [
      { action: `${service}:${operation}`, resource: { arn: arnOf(`arn:aws:iam::${here}:user/team/bob`) } },
    ],
    ...rest,
  }
}

const zeros = (length: number) => Buffer.alloc(length)
const record = (call: AuditedCall) => JSON.parse(createRecorder(zeros)(call)) as Record<string, unknown>

test('record: a read', () => {
  assert.deepEqual(record(called()), {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAALICE',
      arn: `arn:aws:iam::${here}:user/alice`,
      accountId: here,
      accessKeyId: 'AKIAALICE',
      userName: 'alice',
    },
    eventTime: '2026-11-23T09:30:01Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'GetUser',
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.7',
    userAgent: 'aws-cli/2',
    requestParameters: { userName: 'bob' },
    responseElements: null,
    requestID: '4c1b8a1e-2f7a-4c7a-9d6a-1b6f5a3b2c1d',
    eventID: '00000000-0000-4000-8000-000000000000',
    readOnly: true,
    resources: [{ accountId: here, type: 'AWS::IAM::User', ARN: `arn:aws:iam::${here}:user/team/bob` }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: here,
    eventCategory: 'Management',
  })
})

test('record: a change shows its answer, a failure its error', () => {
  const made = called({
    operation: 'CreateAccessKey',
    output: {
      AccessKey: {
        UserName: 'bob',
        AccessKeyId: 'AKIABOB',
        Status: 'Active',
        SecretAccessKey: 'hush',
        CreateDate: new Date(nowMs),
      },
    },
  })
  const { responseElements, readOnly } = record(made)
  assert.equal(readOnly, false)
  assert.deepEqual(responseElements, {
    accessKey: {
      userName: 'bob',
      accessKeyId: 'AKIABOB',
      status: 'Active',
      createDate: 'Nov 23, 2026, 9:30:01 AM',
    },
  })
  const failed = record({
    ...made,
    output: undefined,
    fault: { code: 'AccessDenied', message: 'no'.repeat(2000) },
  })
  assert.equal(failed['errorCode'], 'AccessDenied')
  assert.equal(String(failed['errorMessage']).length, 1024)
  assert.equal(failed['responseElements'], null)
  const ec2 = record(
    called({ service: 'ec2', operation: 'RunInstances', fault: { code: 'AccessDenied', message: '' } }),
  )
  assert.equal(ec2['errorCode'], 'Client.UnauthorizedOperation')
})

const common = { account: here, accessKeyId: 'ASIAX' }
const context = { creationDate: '2026-11-23T09:29:01Z', mfaAuthenticated: 'false' }
const callers: readonly [name: string, caller: Caller, want: object][] = [
  [
    'root',
    { ...common, kind: 'root', arn: arnOf(`arn:aws:iam::${here}:root`), userId: here },
    {
      type: 'Root',
      principalId: here,
      arn: `arn:aws:iam::${here}:root`,
      accountId: here,
      accessKeyId: 'ASIAX',
    },
  ],
  [
    'a user’s session with MFA',
    { ...alice, ...common, session: { ...session, kind: 'session', mfaAuthenticatedAtMs: nowMs } },
    {
      type: 'IAMUser',
      principalId: 'AIDAALICE',
      arn: `arn:aws:iam::${here}:user/alice`,
      accountId: here,
      accessKeyId: 'ASIAX',
      userName: 'alice',
      sessionContext: {
        sourceIdentity: 'alice@example.com',
        attributes: { ...context, mfaAuthenticated: 'true' },
      },
    },
  ],
  [
    'a role’s session',
    {
      ...common,
      kind: 'assumed-role',
      arn: arnOf(`arn:aws:sts::${here}:assumed-role/work/alice`),
      userId: 'AROAWORK:alice',
      roleName: 'work',
      roleArn: arnOf(`arn:aws:iam::${here}:role/work`),
      roleId: 'AROAWORK',
      serviceLinked: false,
      tags: {},
      session,
    },
    {
      type: 'AssumedRole',
      principalId: 'AROAWORK:alice',
      arn: `arn:aws:sts::${here}:assumed-role/work/alice`,
      accountId: here,
      accessKeyId: 'ASIAX',
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAWORK',
          arn: `arn:aws:iam::${here}:role/work`,
          accountId: here,
          userName: 'work',
        },
        sourceIdentity: 'alice@example.com',
        attributes: context,
      },
    },
  ],
  [
    'a federated user',
    {
      ...common,
      kind: 'federated-user',
      arn: arnOf(`arn:aws:sts::${here}:federated-user/app`),
      userId: `${here}:app`,
      userName: 'alice',
      userArn: arnOf(`arn:aws:iam::${here}:user/alice`),
      tags: {},
      session: { ...session, kind: 'federated-user', uniqueId: 'AIDAALICE' },
    },
    {
      type: 'FederatedUser',
      principalId: `${here}:app`,
      arn: `arn:aws:sts::${here}:federated-user/app`,
      accountId: here,
      accessKeyId: 'ASIAX',
      sessionContext: {
        sessionIssuer: {
          type: 'IAMUser',
          principalId: 'AIDAALICE',
          arn: `arn:aws:iam::${here}:user/alice`,
          accountId: here,
          userName: 'alice',
        },
        sourceIdentity: 'alice@example.com',
        attributes: context,
      },
    },
  ],
  [
    'a service',
    { kind: 'service', service: 'events.amazonaws.com', account: here },
    { type: 'AWSService', invokedBy: 'events.amazonaws.com' },
  ],
  ['nobody', { kind: 'anonymous' }, { type: 'Unknown' }],
]

test('record: who it was', async (t) => {
  for (const [name, caller, want] of callers) {
    await t.test(name, () => assert.deepEqual(record(called({ caller }))['userIdentity'], want))
  }
  assert.equal(callers.length, 6)
})

test('record: a call that a service made for somebody', () => {
  const call = called()
  const made = record({
    ...call,
    envelope: { ...call.envelope, calledVia: ['cloudformation.amazonaws.com'] },
  })
  assert.equal(made['sourceIPAddress'], 'cloudformation.amazonaws.com')
  assert.equal(made['userAgent'], 'cloudformation.amazonaws.com')
  assert.deepEqual(made['userIdentity'], {
    type: 'IAMUser',
    principalId: 'AIDAALICE',
    arn: `arn:aws:iam::${here}:user/alice`,
    accountId: here,
    accessKeyId: 'AKIAALICE',
    userName: 'alice',
    invokedBy: 'cloudformation.amazonaws.com',
  })
})

test('record: both accounts learn of a role that was assumed across them', () => {
  const role = arnOf(`arn:aws:iam::${there}:role/work`)
  const call = called({
    service: 'sts',
    operation: 'AssumeRole',
    input: { RoleArn: role, RoleSessionName: 'alice' },
    output: {
      Credentials: {
        AccessKeyId: 'ASIANEW',
        SecretAccessKey: 'hush',
        SessionToken: 'hush',
        Expiration: new Date(nowMs),
      },
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${there}:assumed-role/work/alice`,
        AssumedRoleId: 'AROAWORK:alice',
      },
    },
    access: [{ action: 'sts:AssumeRole', resource: { arn: role } }],
  })
  assert.deepEqual(auditRecipients(call), [here, there])
  assert.deepEqual(auditRecipients({ ...call, fault: { code: 'AccessDenied', message: '' } }), [here])
  const [own, other] = [record(call), record({ ...call, account: there })]
  assert.equal(own['recipientAccountId'], here)
  assert.equal(other['recipientAccountId'], there)
  assert.match(
    String(own['sharedEventID']),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  assert.equal(own['sharedEventID'], other['sharedEventID'])
  assert.deepEqual(other['userIdentity'], { type: 'AWSAccount', principalId: 'AIDAALICE', accountId: here })
  assert.deepEqual(own['responseElements'], {
    credentials: { accessKeyId: 'ASIANEW', expiration: 'Nov 23, 2026, 9:30:01 AM' },
    assumedRoleUser: {
      arn: `arn:aws:sts::${there}:assumed-role/work/alice`,
      assumedRoleId: 'AROAWORK:alice',
    },
  })
  assert.equal(record(called())['sharedEventID'], undefined)
})

test('record: what is too large is left out, and said so', () => {
  const big = record(called({ operation: 'CreatePolicy', input: { PolicyDocument: 'é'.repeat(110_000) } }))
  assert.deepEqual(big['requestParameters'], {
    omitted: true,
    originalSize: Buffer.byteLength(JSON.stringify({ policyDocument: 'é'.repeat(110_000) })),
    reason: 'requestParameters too large',
  })
  const call = called()
  const agent = record({ ...call, envelope: { ...call.envelope, userAgent: 'x'.repeat(5000) } })
  assert.equal(String(agent['userAgent']).length, 1024)
  assert.deepEqual(record(called({ additionalEventData: { why: 'x' } }))['additionalEventData'], { why: 'x' })
  assert.equal(
    record(called({ additionalEventData: { why: 'x'.repeat(30_000) } }))['additionalEventData'],
    undefined,
  )
})

test('record: one line of JSON, whatever a caller writes', () => {
  const recorder = createRecorder(zeros)
  let runs = 0
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }), (text, other) => {
      const call = called({
        operation: 'CreateUser',
        input: { UserName: text, Path: other, Tags: [{ Key: text, Value: other }] },
        output: { User: { UserName: other } },
        fault: runs % 2 === 0 ? undefined : { code: 'ValidationError', message: text },
      })
      const line = recorder({ ...call, envelope: { ...call.envelope, userAgent: text } })
      assert.ok(!line.includes('\n'))
      const { requestParameters, userAgent, recipientAccountId } = JSON.parse(line) as {
        requestParameters: object
        userAgent: string
        recipientAccountId: string
      }
      assert.equal(recipientAccountId, here)
      assert.equal(userAgent, text)
      assert.deepEqual(requestParameters, {
        userName: text,
        path: other,
        tags: [{ key: text, value: other }],
      })
      assert.equal(readRecord(line).eventName, 'CreateUser')
      runs += 1
    }),
    { numRuns: 500 },
  )
  assert.equal(runs, 500)
})

const planted = 'PLANTED-SECRET'
const plantedBytes = Buffer.from(planted)

/** A value of a shape with the secret in every sensitive place, in every blob, and nowhere else; counts the places. */
function plant(shape: Shape, count: { places: number }, inside: boolean, depth = 0): unknown {
  const secret = inside || shape.sensitive
  if (shape.sensitive) count.places += 1
  switch (shape.type) {
    case 'structure': {
      const members = depth > 5 ? [] : shape.members
      return Object.fromEntries(
        members.map(({ name, shape }) => [name, plant(shape, count, secret, depth + 1)]),
      )
    }
    case 'list':
      return depth > 5 ? [] : [plant(shape.member.shape, count, secret, depth + 1)]
    case 'map':
      return depth > 5
        ? {}
        : { [secret ? planted : 'key']: plant(shape.value.shape, count, secret, depth + 1) }
    case 'blob':
    case 'eventstream':
      return plantedBytes
    case 'string':
      return secret ? planted : 'plain'
    case 'timestamp':
      return new Date(nowMs)
    case 'boolean':
      return true
    case 'document':
      return secret ? { planted } : { plain: true }
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return 7
  }
}

test('elements: no sensitive member of any operation of any model is written', () => {
  const count = { places: 0 }
  let operations = 0
  for (const service of serviceNames) {
    for (const { name, input, output } of model(service).operations.values()) {
      for (const shape of [input, output]) {
        if (!shape) continue
        const text = elementsWriter(service, shape)(plant(shape, count, false))
        JSON.parse(text)
        assert.ok(!text.includes(planted), `${service} ${name}`)
      }
      operations += 1
    }
  }
  assert.ok(operations > 1500, String(operations))
  assert.ok(count.places > 400, String(count.places))
})

test('elements: secrets that models do not mark', () => {
  const rows: readonly [
    service: ServiceName,
    operation: string,
    side: 'input' | 'output',
    value: object,
    want: string,
  ][] = [
    [
      'sts',
      'GetSessionToken',
      'output',
      { Credentials: { AccessKeyId: 'A', SessionToken: 's' } },
      '{"credentials":{"accessKeyId":"A"}}',
    ],
    ['sts', 'AssumeRole', 'input', { RoleArn: 'r', TokenCode: '123456' }, '{"roleArn":"r"}'],
    ['sts', 'DecodeAuthorizationMessage', 'output', { DecodedMessage: 's' }, 'null'],
    ['iam', 'CreateLoginProfile', 'input', { UserName: 'u', Password: 's' }, '{"userName":"u"}'],
    ['iam', 'ChangePassword', 'input', { OldPassword: 's', NewPassword: 's' }, 'null'],
    ['kms', 'Decrypt', 'output', { KeyId: 'k', Plaintext: plantedBytes }, '{"keyId":"k"}'],
    [
      'organizations',
      'CreateAccount',
      'input',
      { Email: 'a@example.com', AccountName: 'a', RoleName: 'r' },
      '{"email":"HIDDEN_DUE_TO_SECURITY_REASONS","accountName":"HIDDEN_DUE_TO_SECURITY_REASONS","roleName":"r"}',
    ],
    [
      'logs',
      'PutLogEvents',
      'input',
      { logGroupName: 'g', logStreamName: 's', logEvents: [{ timestamp: 1, message: 'what was logged' }] },
      '{"logGroupName":"g","logStreamName":"s"}',
    ],
    ['iam', 'CreateSAMLProvider', 'output', { SAMLProviderArn: 'arn' }, '{"sAMLProviderArn":"arn"}'],
  ]
  for (const [service, operation, side, value, want] of rows) {
    const shape = model(service).operations.get(operation)?.[side]
    assert.ok(shape, operation)
    assert.equal(elementsWriter(service, shape)(value), want)
  }
  assert.equal(rows.length, 9)
})

test('elements: a map keeps keys that objects have', () => {
  const shape = model('kms').operations.get('Encrypt')?.input
  assert.ok(shape)
  const EncryptionContext = JSON.parse('{"__proto__":"a","constructor":"b"}') as object
  assert.equal(
    elementsWriter('kms', shape)({ KeyId: 'k', EncryptionContext }),
    '{"keyId":"k","encryptionContext":{"__proto__":"a","constructor":"b"}}',
  )
})

test('javaDate', () => {
  const rows: readonly [iso: string, want: string][] = [
    ['2020-07-15T21:05:59Z', 'Jul 15, 2020, 9:05:59 PM'],
    ['2020-01-01T00:00:00Z', 'Jan 1, 2020, 12:00:00 AM'],
    ['2020-12-31T12:30:00Z', 'Dec 31, 2020, 12:30:00 PM'],
  ]
  for (const [iso, want] of rows) assert.equal(javaDate(new Date(iso)), want)
  assert.equal(rows.length, 3)
})
