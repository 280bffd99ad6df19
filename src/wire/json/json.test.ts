// Goal: JSON in REST and RPC: odd numbers, times, payloads, statuses. Method: rows of whole requests and answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codecs } from '../codecs.ts'
import { model } from '../model.ts'
import { Malformed } from '../fault.ts'
import { jsonDecoder } from './decode.ts'
import { jsonEncoder } from './encode.ts'
import { parseJson } from './parse.ts'
import type { Shape, StructureShape } from '../shapes.ts'

const scalar = (shape: Shape): StructureShape => ({
  type: 'structure',
  name: 'S',
  sensitive: false,
  members: [{ name: 'v', required: false, shape }],
  payload: undefined,
  union: false,
  error: undefined,
})
const described = { name: 'V', sensitive: false, min: undefined, max: undefined }
const double = scalar({ ...described, type: 'double' })
const long = scalar({ ...described, type: 'long' })
const time = scalar({ ...described, type: 'timestamp', timestampFormat: undefined })
const isoTime = scalar({ ...described, type: 'timestamp', timestampFormat: 'iso8601' })

const rows: readonly [name: string, shape: StructureShape, text: string, want: unknown][] = [
  ['a number that JSON has not', double, '"NaN"', NaN],
  ['infinity', double, '"-Infinity"', -Infinity],
  ['no other string', double, '"1"', 'refused'],
  ['a long', long, '9007199254740991', 9007199254740991],
  ['a long that a number cannot hold', long, '9007199254740993', 'refused'],
  ['seconds', time, '1709210096.25', new Date('2024-02-29T12:34:56.25Z')],
  ['text where seconds are wanted', time, '"2024-02-29T12:34:56Z"', 'refused'],
  ['text where text is wanted', isoTime, '"2024-02-29T12:34:56Z"', new Date('2024-02-29T12:34:56Z')],
]

for (const [name, shape, text, want] of rows) {
  test(`json: ${name}`, () => {
    const decode = () => jsonDecoder(shape, 'name')(parseJson(`{"v":${text}}`))
    if (want === 'refused') return assert.throws(decode, Malformed)
    const decoded = decode()
    assert.deepEqual(decoded['v'], want)
    assert.deepEqual(jsonDecoder(shape, 'name')(parseJson(jsonEncoder(shape, 'name')(decoded))), decoded)
  })
}

const invoke = model('lambda').operations.get('Invoke')
assert.ok(invoke)

test('REST-JSON: a payload is the body itself, headers are members', () => {
  const request = {
    method: 'POST',
    path: '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/invocations',
    query: 'Qualifier=1',
    headers: { 'x-amz-invocation-type': 'Event' },
    body: Buffer.from('not { json'),
  }
  const { Payload, ...rest } = codecs['rest-json'].decode(invoke, request)
  assert.deepEqual(
    { ...rest },
    {
      FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      Qualifier: '1',
      InvocationType: 'Event',
    },
  )
  assert.deepEqual(Payload, Buffer.from('not { json'))
})

test('REST-JSON: an output sets status, headers and body', () => {
  const output = { StatusCode: 202, FunctionError: 'Unhandled', Payload: Buffer.from('{}') }
  const { status, headers, body } = codecs['rest-json'].encode(invoke, output, 'r')
  assert.equal(status, 202)
  assert.equal(headers['X-Amz-Function-Error'], 'Unhandled')
  assert.deepEqual(body, Buffer.from('{}'))
})

test('REST-JSON: a header with a line break is a bug, not another header', () => {
  assert.throws(
    () => codecs['rest-json'].encode(invoke, { FunctionError: 'x\r\nSet-Cookie: y' }, 'r'),
    TypeError,
  )
})

test('REST-JSON: the status of the model', () => {
  const create = model('lambda').operations.get('CreateFunction')
  const remove = model('lambda').operations.get('DeleteFunctionConcurrency')
  assert.ok(create && remove)
  const created = codecs['rest-json'].encode(create, { FunctionName: 'f' }, 'r')
  assert.deepEqual([created.status, created.body], [201, '{"FunctionName":"f"}'])
  const removed = codecs['rest-json'].encode(remove, undefined, 'r')
  assert.deepEqual([removed.status, removed.body], [204, ''])
})
