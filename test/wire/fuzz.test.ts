// Goal: whatever bytes come in, decoding gives an input or throws a WireFault, soon; it throws nothing else, and nothing of a
// request reaches Object.prototype.
// Method: rows of the classic attacks in every protocol, then random mutations of valid requests. The seed is in the names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type HttpRequest, model, route, serviceNames, services, WireFault } from '#wire/index.ts'
import { clientOf, protocolsOf, serviceNamesWithClient } from './clients.ts'
import { Generator, randomOf } from './generate.ts'
import { seed } from './seed.ts'

/** CPU time for one request, in microseconds: generous for this machine, and far below what an attack would take. */
const microsecondsMax = 2_000_000

/** `input`, or the code of the error. */
type Outcome = string

/** Routes and decodes as the pipeline does. Anything but an input or a WireFault fails the test. */
function outcome(request: HttpRequest, signingName: string | undefined): Outcome {
  const started = process.cpuUsage()
  try {
    const found = route(request, signingName)
    if (found.kind === 'refused') {
      encodable(found.codec.encodeFault(found.service, found.fault, 'r'))
      return found.fault.code
    }
    try {
      const input = found.codec.decode(found.operation, request)
      assert.equal(Object.getPrototypeOf(input), null)
      return 'input'
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      encodable(found.codec.encodeFault(found.service, error, 'r'))
      return error.code
    }
  } finally {
    const { user, system } = process.cpuUsage(started)
    assert.ok(user + system < microsecondsMax, `took ${user + system} µs`)
    assertUnpolluted()
  }
}

function encodable({ status, body }: { readonly status: number; readonly body: string | Uint8Array }): void {
  assert.ok(status >= 400 && status < 600)
  assert.ok(body.length < 200_000, `an error of ${body.length} bytes`)
}

function assertUnpolluted(): void {
  const plain: Record<string, unknown> = {}
  for (const name of ['polluted', 'Key', 'KeyId', 'UserName', 'isAdmin']) assert.equal(plain[name], undefined)
}

const bytes = (text: string) => Buffer.from(text, 'latin1')
const json = (body: string | Uint8Array, target = 'TrentService.Encrypt') => ({
  signingName: undefined,
  request: made({ headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' } }, body),
})
const form = (body: string | Uint8Array, contentType = 'application/x-www-form-urlencoded') => ({
  signingName: 'iam',
  request: made({ headers: { 'content-type': contentType } }, body),
})
const xml = (body: string | Uint8Array) => ({
  signingName: 'cloudfront',
  request: made({ path: '/2020-05-31/distribution' }, body),
})
const cbor = (body: Uint8Array, more: Readonly<Record<string, string>> = {}) => ({
  signingName: 'monitoring',
  request: made(
    {
      path: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', ...more },
    },
    body,
  ),
})
const rest = (path: string, query = '', body: string | Uint8Array = '', method = 'GET') => ({
  signingName: 'lambda',
  request: made({ method, path, query }, body),
})

function made(more: Partial<HttpRequest>, body: string | Uint8Array): HttpRequest {
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: {},
    ...more,
    body: typeof body === 'string' ? Buffer.from(body) : body,
  }
}

const deep = 200_000
const create = 'Action=CreateUser&Version=2010-05-08'
const rows: readonly [
  name: string,
  given: { request: HttpRequest; signingName: string | undefined },
  want: Outcome,
][] = [
  ['JSON, truncated', json('{"KeyId":"k","Plain'), 'SerializationException'],
  ['JSON, empty', json(''), 'ValidationException'],
  ['JSON, a list at the top', json('[]'), 'SerializationException'],
  ['JSON, null at the top', json('null'), 'SerializationException'],
  ['JSON, two values', json('{}{}'), 'SerializationException'],
  ['JSON, a byte order mark', json('\uFEFF{}'), 'SerializationException'],
  ['JSON, invalid UTF-8', json(bytes('{"KeyId":"\xff\xfe"}')), 'SerializationException'],
  ['JSON, an overlong encoding', json(bytes('{"KeyId":"\xc0\xaf"}')), 'SerializationException'],
  ['JSON, deep lists', json('['.repeat(deep)), 'SerializationException'],
  ['JSON, deep objects', json('{"a":'.repeat(deep)), 'SerializationException'],
  [
    'JSON, deep in an unknown member',
    json(`{"KeyId":"k","Plaintext":"aGk=","x":${'['.repeat(101)}${']'.repeat(101)}}`),
    'SerializationException',
  ],
  [
    'JSON, brackets in a string are not nesting',
    json(`{"KeyId":"k","Plaintext":"aGk=","x":"${'['.repeat(500)}\\"${'{'.repeat(500)}"}`),
    'input',
  ],
  ['JSON, duplicate keys: the last counts', json('{"KeyId":5,"Plaintext":"aGk=","KeyId":"k"}'), 'input'],
  [
    'JSON, __proto__ in the input',
    json('{"__proto__":{"polluted":1},"KeyId":"k","Plaintext":"aGk="}'),
    'input',
  ],
  [
    'JSON, __proto__ in a map',
    json('{"KeyId":"k","Plaintext":"aGk=","EncryptionContext":{"__proto__":"x","constructor":"y"}}'),
    'input',
  ],
  [
    'JSON, constructor.prototype',
    json('{"constructor":{"prototype":{"polluted":1}},"KeyId":"k","Plaintext":"aGk="}'),
    'input',
  ],
  ['JSON, half a surrogate pair', json('{"KeyId":"\\ud800","Plaintext":"aGk="}'), 'input'],
  ['JSON, a number for a string', json('{"KeyId":1,"Plaintext":"aGk="}'), 'SerializationException'],
  ['JSON, a huge number', json('{"Limit":1e999}', 'TrentService.ListKeys'), 'SerializationException'],
  [
    'JSON, a fraction for an integer',
    json('{"Limit":1.5}', 'TrentService.ListKeys'),
    'SerializationException',
  ],
  ['JSON, a string for a number', json('{"Limit":"1"}', 'TrentService.ListKeys'), 'SerializationException'],
  [
    'JSON, null in a list',
    json('{"KeyId":"k","GranteePrincipal":"p","Operations":[null]}', 'TrentService.CreateGrant'),
    'SerializationException',
  ],
  [
    'JSON, a huge list',
    json(
      `{"KeyId":"k","GranteePrincipal":"p","Operations":[${'"x",'.repeat(deep)}"x"]}`,
      'TrentService.CreateGrant',
    ),
    'ValidationException',
  ],
  [
    'JSON, a huge list of structures',
    json(`{"KeyId":"k","Tags":[${'{},'.repeat(deep)}{}]}`, 'TrentService.TagResource'),
    'ValidationException',
  ],
  ['JSON, a huge key', json(`{"${'k'.repeat(1_000_000)}":1,"KeyId":"k","Plaintext":"aGk="}`), 'input'],
  ['JSON, gzipped where the operation takes none', { ...json(gzipSync('{}')) }, 'SerializationException'],
  ['query, __proto__ as a parameter', form(`${create}&__proto__.polluted=1&UserName=a`), 'input'],
  ['query, __proto__ in a list', form(`${create}&UserName=a&Tags.__proto__.1.Key=k`), 'MalformedInput'],
  ['query, invalid UTF-8, escaped', form(`${create}&UserName=%FF%FE`), 'MalformedQueryString'],
  ['query, invalid UTF-8, bare', form(bytes(`${create}&UserName=\xff`)), 'MalformedQueryString'],
  ['query, half an escape', form(`${create}&UserName=%4`), 'MalformedQueryString'],
  ['query, a deep name', form(`${create}&${'a.'.repeat(deep)}=1`), 'MalformedQueryString'],
  ['query, many parameters', form(`${create}&UserName=a&${'x=1&'.repeat(100_001)}`), 'MalformedQueryString'],
  ['query, a parameter twice: the last counts', form(`${create}&UserName=&UserName=a`), 'input'],
  ['query, a structure for a string', form(`${create}&UserName.x=a`), 'MalformedInput'],
  ['query, a string for a list', form(`${create}&UserName=a&Tags=x`), 'MalformedInput'],
  ['query, a list without numbers', form(`${create}&UserName=a&Tags.member.x.Key=k`), 'MalformedInput'],
  [
    'query, a huge number in a list',
    form(`${create}&UserName=a&Tags.member.99999999999.Key=k`),
    'MalformedInput',
  ],
  [
    'query, numbers left out',
    form(`${create}&UserName=a&Tags.member.7.Key=k&Tags.member.7.Value=v`),
    'input',
  ],
  [
    'query, a number that is none',
    form('Action=ListUsers&Version=2010-05-08&MaxItems=ten'),
    'MalformedInput',
  ],
  ['query, another content type', form(`${create}&UserName=a`, 'application/json'), 'MissingAction'],
  ['query, no equals sign', form('Action'), 'InvalidAction'],
  ['query, nothing', form(''), 'MissingAction'],
  ['XML, truncated', xml('<DistributionConfig><CallerReference>x'), 'MalformedInput'],
  ['XML, none', xml('hello'), 'MalformedInput'],
  ['XML, empty', xml(''), 'ValidationError'],
  [
    'XML, a billion laughs',
    xml(`<!DOCTYPE x [<!ENTITY a "${'l'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]><x>&b;</x>`),
    'MalformedInput',
  ],
  [
    'XML, an external entity',
    xml('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    'MalformedInput',
  ],
  ['XML, a document type without entities', xml('<!DOCTYPE x><DistributionConfig/>'), 'MalformedInput'],
  ['XML, an unknown entity', xml('<DistributionConfig>&a;</DistributionConfig>'), 'MalformedInput'],
  ['XML, deep', xml('<a>'.repeat(deep)), 'MalformedInput'],
  ['XML, deep and complete', xml(`${'<a>'.repeat(101)}${'</a>'.repeat(101)}`), 'MalformedInput'],
  ['XML, two roots', xml('<a/><b/>'), 'MalformedInput'],
  ['XML, invalid UTF-8', xml(bytes('<a>\xff</a>')), 'MalformedInput'],
  ['XML, a character that XML has not', xml('<a>&#0;</a>'), 'MalformedInput'],
  [
    'XML, __proto__',
    xml('<DistributionConfig><__proto__><polluted>1</polluted></__proto__></DistributionConfig>'),
    'ValidationError',
  ],
  [
    'XML, a structure for a string',
    xml('<DistributionConfig><CallerReference><a/></CallerReference></DistributionConfig>'),
    'MalformedInput',
  ],
  [
    'XML, many attributes',
    xml(`<DistributionConfig ${Array.from({ length: 20_000 }, (_, at) => `a${at}="x"`).join(' ')}/>`),
    'ValidationError',
  ],
  ['CBOR, truncated', cbor(Uint8Array.of(0xa1, 0x69)), 'SerializationException'],
  ['CBOR, empty', cbor(new Uint8Array()), 'ValidationException'],
  ['CBOR, deep lists', cbor(new Uint8Array(deep).fill(0x81)), 'SerializationException'],
  ['CBOR, deep lists without end', cbor(new Uint8Array(deep).fill(0x9f)), 'SerializationException'],
  ['CBOR, deep tags', cbor(new Uint8Array(deep).fill(0xc1)), 'SerializationException'],
  ['CBOR, deep maps', cbor(new Uint8Array(deep).fill(0xa1)), 'SerializationException'],
  ['CBOR, a list of 2^40', cbor(Uint8Array.of(0x9b, 0, 0, 1, 0, 0, 0, 0, 0)), 'SerializationException'],
  ['CBOR, text of 2^40 bytes', cbor(Uint8Array.of(0x7b, 0, 0, 1, 0, 0, 0, 0, 0)), 'SerializationException'],
  [
    'CBOR, bytes of 2^63',
    cbor(Uint8Array.of(0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)),
    'SerializationException',
  ],
  [
    'CBOR, invalid UTF-8',
    cbor(Uint8Array.of(0xa1, 0x69, ...bytes('Namespace'), 0x62, 0xff, 0xfe)),
    'SerializationException',
  ],
  [
    'CBOR, duplicate keys',
    cbor(Uint8Array.of(0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02)),
    'SerializationException',
  ],
  [
    'CBOR, an integer beyond 2^53',
    cbor(Uint8Array.of(0xa1, 0x61, 0x61, 0x1b, 0xff, 0, 0, 0, 0, 0, 0, 0)),
    'SerializationException',
  ],
  ['CBOR, a break where none belongs', cbor(Uint8Array.of(0xff)), 'SerializationException'],
  ['CBOR, an unknown tag', cbor(Uint8Array.of(0xd8, 0x20, 0x60)), 'SerializationException'],
  [
    'CBOR, __proto__',
    cbor(Uint8Array.of(0xa1, 0x69, ...bytes('__proto__'), 0xa1, 0x68, ...bytes('polluted'), 0x01)),
    'ValidationException',
  ],
  ['CBOR, two values', cbor(Uint8Array.of(0xa0, 0xa0)), 'SerializationException'],
  [
    'CBOR, a gzip bomb',
    cbor(gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' }),
    'SerializationException',
  ],
  [
    'CBOR, not gzipped at all',
    cbor(Uint8Array.of(1, 2, 3), { 'content-encoding': 'gzip' }),
    'SerializationException',
  ],
  [
    'CBOR, another coding',
    cbor(Uint8Array.of(1, 2, 3), { 'content-encoding': 'br' }),
    'SerializationException',
  ],
  ['REST, a bad escape in a label', rest('/2015-03-31/functions/%ZZ'), 'InvalidRequestContentException'],
  ['REST, invalid UTF-8 in a label', rest('/2015-03-31/functions/%FF'), 'InvalidRequestContentException'],
  ['REST, dots', rest('/2015-03-31/functions/../../etc/passwd'), 'UnknownOperationException'],
  ['REST, an encoded slash', rest('/2015-03-31/functions/a%2Fpolicy'), 'ValidationException'],
  [
    'REST, a bad escape in the query',
    rest('/2015-03-31/functions', 'Marker=%F'),
    'InvalidRequestContentException',
  ],
  [
    'REST, many parameters',
    rest('/2015-03-31/functions', 'a&'.repeat(100_002)),
    'InvalidRequestContentException',
  ],
  ['REST, a long path', rest(`/${'a/'.repeat(deep)}`), 'UnknownOperationException'],
  ['REST, text for a number', rest('/2015-03-31/functions', 'MaxItems=x'), 'InvalidRequestContentException'],
  [
    'REST, a body that is not JSON',
    rest('/2015-03-31/functions', '', '<x/>', 'POST'),
    'InvalidRequestContentException',
  ],
]

for (const [name, { request, signingName }, want] of rows) {
  test(`fuzz: ${name}`, () => assert.equal(outcome(request, signingName), want))
}

test('fuzz: a map keeps __proto__ as a key of its own', () => {
  const { request } = json('{"KeyId":"k","Plaintext":"aGk=","EncryptionContext":{"__proto__":"x"}}')
  const found = route(request, 'kms')
  assert.ok(found.kind === 'operation')
  const { EncryptionContext } = found.codec.decode(found.operation, request)
  assert.ok(EncryptionContext instanceof Object || typeof EncryptionContext === 'object')
  assert.deepEqual(Object.entries(EncryptionContext ?? {}), [['__proto__', 'x']])
})

test(`fuzz: mutated requests, seed ${seed}`, async () => {
  const counts = new Map<Outcome, number>()
  let mutated = 0
  for (const service of serviceNamesWithClient) {
    for (const protocol of protocolsOf(service)) {
      const random = randomOf(seed)
      let sent: HttpRequest | undefined
      const client = await clientOf(service, protocol, (request) => {
        sent = request
        throw new WireFault('Caught', 'the request is all we want')
      })
      const generator = new Generator(random, { protocol, knows: client.knows })
      const operations = [...model(service).operations.values()].filter(({ name }) => client.has(name))
      for (let round = 0; round < 12; round++) {
        const operation = operations[Math.floor(random() * operations.length)]
        assert.ok(operation)
        await client.send(operation.name, generator.structure(operation.input)).catch((error: unknown) => {
          if (!(error instanceof WireFault)) throw error
        })
        assert.ok(sent)
        for (let time = 0; time < 25; time++) {
          const result = outcome(mutate(sent, random), services.get(service)?.signingName)
          counts.set(result, (counts.get(result) ?? 0) + 1)
          mutated += 1
        }
      }
    }
  }
  assert.equal(mutated, 27 * 12 * 25)
  // Mutations that all failed alike, or all passed, would test nothing.
  assert.ok((counts.get('input') ?? 0) > mutated / 20, 'too few mutated requests were still valid')
  assert.ok(counts.size > 6, `outcomes: ${JSON.stringify([...counts])}`)
})

test(`fuzz: noise, seed ${seed}`, () => {
  const random = randomOf(seed)
  const noise = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256))
  let tried = 0
  for (const service of serviceNames) {
    for (const protocol of protocolsOf(service)) {
      for (const operation of [...model(service).operations.values()].slice(0, 10)) {
        for (const length of [1, 7, 64, 1000]) {
          const headers = headersFor[protocol](services.get(service)?.targetPrefix ?? '', operation.name)
          const path =
            protocol === 'rpc-v2-cbor'
              ? `/service/${services.get(service)?.targetPrefix}/operation/${operation.name}`
              : '/'
          outcome(
            {
              method: 'POST',
              path,
              query: Buffer.from(noise(8)).toString('latin1'),
              headers,
              body: noise(length),
            },
            services.get(service)?.signingName,
          )
          tried += 1
        }
      }
    }
  }
  assert.ok(tried > 1000)
})

const headersFor = {
  'json-1.0': (prefix: string, name: string) => ({
    'x-amz-target': `${prefix}.${name}`,
    'content-type': 'application/x-amz-json-1.0',
  }),
  'json-1.1': (prefix: string, name: string) => ({
    'x-amz-target': `${prefix}.${name}`,
    'content-type': 'application/x-amz-json-1.1',
  }),
  'rpc-v2-cbor': () => ({ 'smithy-protocol': 'rpc-v2-cbor' }),
  query: () => ({}),
  ec2: () => ({}),
  'rest-json': () => ({}),
  'rest-xml': () => ({}),
}

/** One random change: of the body's bytes, its length, a header, the path or the query string. */
function mutate(request: HttpRequest, random: () => number): HttpRequest {
  const body = Uint8Array.from(request.body)
  const at = Math.floor(random() * body.length)
  const tokens = [
    '{',
    '[',
    '"',
    'null',
    '__proto__',
    '%',
    '&',
    '=',
    '.',
    '<',
    '</a>',
    ']]>',
    '\0',
    '\xff',
    '-1',
    '1e99',
  ]
  const token = bytes(tokens[Math.floor(random() * tokens.length)] ?? '')
  switch (Math.floor(random() * 8)) {
    case 0:
      body[at] = Math.floor(random() * 256)
      return { ...request, body }
    case 1:
      return { ...request, body: body.subarray(0, at) }
    case 2:
      return { ...request, body: Buffer.concat([body.subarray(0, at), token, body.subarray(at)]) }
    case 3:
      return { ...request, body: Buffer.concat([body, body]) }
    case 4: {
      const cut = Math.floor(random() * request.path.length)
      return {
        ...request,
        path: request.path.slice(0, cut) + token.toString('latin1') + request.path.slice(cut + 1),
      }
    }
    case 5:
      return { ...request, query: `${request.query}&${token.toString('latin1')}` }
    case 6: {
      const names = Object.keys(request.headers)
      const name = names[Math.floor(random() * names.length)] ?? ''
      return { ...request, headers: { ...request.headers, [name]: token.toString('latin1') } }
    }
    default:
      return {
        ...request,
        body: Buffer.concat([body.subarray(0, at), body.subarray(at + Math.floor(random() * 9))]),
      }
  }
}
