// Goal: an input that breaks its model's constraints is refused in AWS's words; one that keeps them is not.
// Method: rows per kind of constraint, place and protocol, through the codecs as requests come in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codecs } from './codecs.ts'
import { WireFault } from './fault.ts'
import { model } from './model.ts'
import type { Protocol } from './shapes.ts'
import type { ServiceName } from '#models/index.d.ts'

const detected = '1 validation error detected: '
const rows: readonly [
  name: string,
  service: ServiceName,
  protocol: Protocol,
  operation: string,
  body: string,
  want: string,
][] = [
  [
    'a required member',
    'iam',
    'query',
    'CreateUser',
    '',
    `ValidationError: ${detected}Value null at 'userName' failed to satisfy constraint: Member must not be null`,
  ],
  [
    'a length',
    'iam',
    'query',
    'CreateUser',
    `UserName=${'a'.repeat(65)}`,
    `ValidationError: ${detected}Value '${'a'.repeat(65)}' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ],
  [
    'a pattern',
    'iam',
    'query',
    'CreateUser',
    'UserName=a%21',
    `ValidationError: ${detected}Value 'a!' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+`,
  ],
  [
    'an enum',
    'iam',
    'query',
    'UpdateAccessKey',
    'AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=On',
    `ValidationError: ${detected}Value 'On' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive, Expired]`,
  ],
  [
    'a member of a list',
    'iam',
    'query',
    'CreateUser',
    `UserName=a&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=${'k'.repeat(129)}&Tags.member.2.Value=v`,
    `ValidationError: ${detected}Value '${'k'.repeat(129)}' at 'tags.2.member.key' failed to satisfy constraint: Member must have length less than or equal to 128`,
  ],
  [
    'several at once',
    'iam',
    'query',
    'CreateUser',
    'UserName=&Path=x',
    `ValidationError: 4 validation errors detected: Value 'x' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F); Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+`.replace(
      '4 ',
      '3 ',
    ),
  ],
  [
    'a range',
    'iam',
    'query',
    'ListUsers',
    'MaxItems=1001',
    `ValidationError: ${detected}Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000`,
  ],
  [
    'a secret is not quoted',
    'iam',
    'query',
    'CreateLoginProfile',
    `UserName=a&Password=${'p'.repeat(200)}`,
    `ValidationError: ${detected}Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 128`,
  ],
  [
    'JSON has another code',
    'kms',
    'json-1.1',
    'DescribeKey',
    '{"KeyId":""}',
    `ValidationException: ${detected}Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ],
  [
    'scalars of a list',
    'kms',
    'json-1.1',
    'CreateGrant',
    '{"KeyId":"k","GranteePrincipal":"p","Operations":["Encrypt","Fly"]}',
    `ValidationException: ${detected}Value '[Encrypt, Fly]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, ReEncryptFrom, ReEncryptTo, Sign, Verify, GetPublicKey, CreateGrant, RetireGrant, DescribeKey, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GenerateMac, VerifyMac, DeriveSharedSecret, Encapsulate, Decapsulate]]`,
  ],
  [
    'values of a map',
    'logs',
    'json-1.1',
    'TagLogGroup',
    '{"logGroupName":"g","tags":{"":"v"}}',
    `ValidationException: ${detected}Value '{=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$]`,
  ],
  [
    'bytes',
    'kms',
    'json-1.1',
    'Decrypt',
    '{"CiphertextBlob":""}',
    `ValidationException: ${detected}Value '' at 'ciphertextBlob' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ],
  [
    'characters beyond the first plane count once',
    'iam',
    'query',
    'CreateUser',
    `UserName=a&Tags.member.1.Key=${'%F0%9D%93%90'.repeat(128)}&Tags.member.1.Value=v`,
    'accepted',
  ],
  [
    'EC2 has words of its own',
    'ec2',
    'ec2',
    'CreateSubnet',
    '',
    'MissingParameter: The request must contain the parameter VpcId',
  ],
  [
    'GuardDuty has a code of its own',
    'guardduty',
    'rest-json',
    'CreateDetector',
    '{}',
    `BadRequestException: ${detected}Value null at 'enable' failed to satisfy constraint: Member must not be null`,
  ],
]

for (const [name, service, protocol, operation, body, want] of rows) {
  test(`validate: ${name}`, () => {
    const found = model(service).operations.get(operation)
    assert.ok(found)
    const request = { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.from(body) }
    const decode = () => codecs[protocol].decode(found, request)
    if (want === 'accepted') return void decode()
    return assert.throws(decode, (thrown: unknown) => {
      assert.ok(thrown instanceof WireFault)
      assert.equal(`${thrown.code}: ${thrown.message}`, want)
      return true
    })
  })
}

test('validate: an error does not outgrow its request', () => {
  const tags = Array.from({ length: 5000 }, () => ({ TagKey: 'k', TagValue: 'v'.repeat(300) }))
  const found = model('kms').operations.get('TagResource')
  assert.ok(found)
  const body = Buffer.from(JSON.stringify({ KeyId: 'k'.repeat(3000), Tags: tags }))
  const request = { method: 'POST', path: '/', query: '', headers: {}, body }
  assert.throws(
    () => codecs['json-1.1'].decode(found, request),
    (thrown: unknown) =>
      thrown instanceof WireFault &&
      thrown.message.startsWith('5001 validation errors') &&
      thrown.message.length < 40_000,
  )
})
