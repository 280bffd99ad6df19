// Goal: code, HTTP status and form of an error are those of the model, or of the common errors, in each protocol.
// Method: rows against whole bodies.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from 'cborg'
import type { ServiceName } from '#models/index.d.ts'
import { codecs } from './codecs.ts'
import type { FaultLike } from './fault.ts'
import type { Protocol } from './shapes.ts'

const told = (code: string, more: Partial<FaultLike> = {}): FaultLike => ({
  code,
  message: 'm <&> "m"',
  ...more,
})
const xml = 'm &lt;&amp;&gt; &quot;m&quot;'
const json = 'm <&> \\"m\\"'

const rows: readonly [
  name: string,
  service: ServiceName | undefined,
  protocol: Protocol,
  fault: FaultLike,
  status: number,
  body: string,
][] = [
  [
    'query: the wire code of the model',
    'iam',
    'query',
    told('NoSuchEntityException'),
    404,
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>${xml}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  ],
  [
    'query: from its wire code',
    'iam',
    'query',
    told('NoSuchEntity'),
    404,
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>${xml}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  ],
  [
    'query: a fault of the service',
    'iam',
    'query',
    told('ServiceFailureException'),
    500,
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Receiver</Type><Code>ServiceFailure</Code><Message>${xml}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  ],
  [
    'query: a common error',
    'iam',
    'query',
    told('AccessDeniedException'),
    403,
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${xml}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  ],
  [
    'query: no service',
    undefined,
    'query',
    told('MissingAction'),
    400,
    `<ErrorResponse><Error><Type>Sender</Type><Code>MissingAction</Code><Message>${xml}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  ],
  [
    'EC2: its own spelling',
    'ec2',
    'ec2',
    told('AccessDenied'),
    403,
    `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${xml}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
  ],
  [
    'EC2: any code, with its status',
    'ec2',
    'ec2',
    told('InvalidVpcID.NotFound', { status: 400 }),
    400,
    `<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>${xml}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
  ],
  [
    'JSON 1.1: the name of the shape',
    'kms',
    'json-1.1',
    told('NotFoundException'),
    400,
    `{"__type":"NotFoundException","message":"${json}"}`,
  ],
  [
    'JSON 1.1: a common error',
    'kms',
    'json-1.1',
    told('AccessDenied'),
    400,
    `{"__type":"AccessDeniedException","message":"${json}"}`,
  ],
  [
    'JSON 1.1: a signature',
    'kms',
    'json-1.1',
    told('InvalidClientTokenId'),
    400,
    `{"__type":"UnrecognizedClientException","message":"${json}"}`,
  ],
  [
    'JSON 1.1: what we lack',
    'kms',
    'json-1.1',
    told('NotImplemented'),
    501,
    `{"__type":"NotImplemented","message":"${json}"}`,
  ],
  [
    'JSON 1.1: members beside the message',
    'organizations',
    'json-1.1',
    told('InvalidInputException', { members: { Reason: 'INVALID_ENUM' } }),
    400,
    `{"__type":"InvalidInputException","Message":"${json}","Reason":"INVALID_ENUM"}`,
  ],
  [
    'JSON 1.0: with the namespace',
    'sqs',
    'json-1.0',
    told('QueueDoesNotExist'),
    400,
    `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"${json}"}`,
  ],
  [
    'REST-JSON: the status of the model',
    'lambda',
    'rest-json',
    told('ResourceNotFoundException', { members: { Type: 'User' } }),
    404,
    `{"__type":"ResourceNotFoundException","Type":"User","Message":"${json}"}`,
  ],
  [
    'REST-JSON: a common error',
    'lambda',
    'rest-json',
    told('AccessDenied'),
    403,
    `{"__type":"AccessDeniedException","message":"${json}"}`,
  ],
  [
    'REST-JSON: unless the model lists it',
    'accessanalyzer',
    'rest-json',
    told('AccessDenied'),
    403,
    `{"__type":"AccessDeniedException","message":"${json}"}`,
  ],
  [
    'REST-XML',
    'cloudfront',
    'rest-xml',
    told('NoSuchDistribution'),
    404,
    `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>NoSuchDistribution</Code><Message>${xml}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  ],
  [
    'an unknown code stays as it is',
    'kms',
    'json-1.1',
    told('Odd', { status: 418 }),
    418,
    `{"__type":"Odd","message":"${json}"}`,
  ],
]

for (const [name, service, protocol, fault, status, body] of rows) {
  test(`fault: ${name}`, () => {
    const response = codecs[protocol].encodeFault(service, fault, 'r')
    assert.equal(response.status, status)
    assert.equal(response.body, body)
    assert.equal(response.headers['x-amzn-RequestId'], 'r')
  })
}

test('fault: CBOR names the shape in full', () => {
  const { status, body } = codecs['rpc-v2-cbor'].encodeFault('shield', told('ResourceNotFoundException'), 'r')
  assert.equal(status, 400)
  assert.ok(body instanceof Uint8Array)
  assert.deepEqual(decode(body), {
    __type: 'com.amazonaws.shield#ResourceNotFoundException',
    message: 'm <&> "m"',
  })
})

test('fault: services that were query once send the query code beside', () => {
  const sqs = codecs['json-1.0'].encodeFault('sqs', told('QueueDoesNotExist'), 'r')
  assert.equal(sqs.headers['x-amzn-query-error'], 'AWS.SimpleQueueService.NonExistentQueue;Sender')
  const kms = codecs['json-1.1'].encodeFault('kms', told('NotFoundException'), 'r')
  assert.equal(kms.headers['x-amzn-query-error'], undefined)
})

test('fault: REST-JSON names the error in its header', () => {
  const { headers } = codecs['rest-json'].encodeFault(
    'lambda',
    told('TooManyRequestsException', { members: { retryAfterSeconds: '3' } }),
    'r',
  )
  assert.equal(headers['x-amzn-ErrorType'], 'TooManyRequestsException')
  assert.equal(headers['Retry-After'], '3')
})
