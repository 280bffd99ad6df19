import { createSigner, type SignedRequest } from '#wire/sigv4/index.ts'
import { signedQuery } from '../signed-call.ts'
import type { Given } from './http-rows.ts'

/** A well-formed HTTP request that asks for nonsense, and the status and error code of AWS's answer. */
export type CallRow = readonly [
  name: string,
  request: (given: Given) => SignedRequest,
  status: number,
  code: string,
]

type Parameters = Readonly<Record<string, string>>

const iam =
  (parameters: Parameters) =>
  (given: Given): SignedRequest =>
    signedQuery(given, 'iam', parameters, given.administrator)
const user = (UserName: string, more: Parameters = {}) => iam({ Action: 'CreateUser', UserName, ...more })
const policy = (PolicyDocument: string) => iam({ Action: 'CreatePolicy', PolicyName: 'huge', PolicyDocument })

/** A body as it is, signed: what a client's own serializer would not write. */
const raw =
  (body: string | Buffer, headers: Parameters = {}) =>
  ({ port, administrator }: Given): SignedRequest => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const request = {
      method: 'POST',
      path: '/',
      query: '',
      headers: { host: `127.0.0.1:${port}`, ...type, ...headers },
      body: Buffer.from(body),
    }
    const service = headers['x-amz-target'] === undefined ? 'iam' : 'cloudtrail'
    return createSigner({ ...administrator, service, region: 'us-east-1' }).sign(request, Date.now())
  }
const lookUp = (body: string | Buffer) =>
  raw(body, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'CloudTrail_20131101.LookupEvents',
  })

/** Changes a header of a request that was signed. */
const changed =
  (make: (given: Given) => SignedRequest, change: (headers: Record<string, string | undefined>) => void) =>
  (given: Given) => {
    const request = make(given)
    const headers = { ...request.headers }
    change(headers)
    return { ...request, headers }
  }

const deepJson = '['.repeat(100_000) + ']'.repeat(100_000)
const statement = { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' }
const large = (statements: number): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: Array.from({ length: statements }, (_, i) => ({ ...statement, Sid: `S${i}` })),
  })

/** Calls whose names, values, bodies or policies are hostile. None may change anything. */
export const callRows: readonly CallRow[] = [
  ['an action named like a property', iam({ Action: '__proto__' }), 400, 'InvalidAction'],
  ['an action named constructor', iam({ Action: 'constructor' }), 400, 'InvalidAction'],
  ['no action', iam({}), 400, 'MissingAction'],
  ['a name that is too long', user('a'.repeat(100_000)), 400, 'ValidationError'],
  ['a name with a line break', user('a\r\nx-injected: 1'), 400, 'ValidationError'],
  ['a name with a NUL', user('a\0b'), 400, 'ValidationError'],
  ['a name missing', iam({ Action: 'CreateUser' }), 400, 'ValidationError'],
  ['a path that is none', user('x', { Path: '../../' }), 400, 'ValidationError'],
  ['a thousand tags', user('x', tags(1_000)), 400, 'ValidationError'],
  ['tags at __proto__', user('x', { 'Tags.member.__proto__.Key': 'a' }), 400, 'MalformedInput'],
  [
    'tags at an index beyond all lists',
    user('x', { 'Tags.member.99999999999.Key': 'a' }),
    400,
    'MalformedInput',
  ],
  ['a list where a text is wanted', user('x', { 'Path.member.1': '/' }), 400, 'MalformedInput'],
  ['a count that is no number', iam({ Action: 'ListUsers', MaxItems: '1e400' }), 400, 'MalformedInput'],
  ['a count below zero', iam({ Action: 'ListUsers', MaxItems: '-1' }), 400, 'ValidationError'],
  ['a marker of our own making', iam({ Action: 'ListUsers', Marker: '__proto__' }), 400, 'ValidationError'],
  [
    'a parameter nested ten thousand deep',
    iam({ Action: 'ListUsers', [`a${'.b'.repeat(10_000)}`]: 'x' }),
    404,
    'MalformedQueryString',
  ],
  [
    'two hundred thousand parameters',
    raw(`Action=ListUsers&Version=2010-05-08${'&a=b'.repeat(200_000)}`),
    404,
    'MalformedQueryString',
  ],
  [
    'bytes that are no UTF-8',
    raw(Buffer.from('Action=CreateUser&Version=2010-05-08&UserName=\xff\xfe', 'latin1')),
    404,
    'MalformedQueryString',
  ],
  [
    'escapes that are no UTF-8',
    raw('Action=CreateUser&Version=2010-05-08&UserName=%ff%fe'),
    404,
    'MalformedQueryString',
  ],
  [
    'JSON where a form is wanted',
    raw('{"Action":"ListUsers"}', { 'content-type': 'application/json' }),
    400,
    'MissingAction',
  ],
  ['a policy of 100 kB', policy(large(1_400)), 409, 'LimitExceeded'],
  ['a policy of 100 kB without end', policy(large(1_400).slice(0, -2)), 400, 'MalformedPolicyDocument'],
  [
    'a policy nested a hundred thousand deep',
    policy(`{"Version":"2012-10-17","Statement":${deepJson.slice(0, 65_000)}`),
    400,
    'MalformedPolicyDocument',
  ],
  [
    'a policy with __proto__',
    policy('{"Version":"2012-10-17","Statement":[],"__proto__":{"Effect":"Allow"}}'),
    400,
    'MalformedPolicyDocument',
  ],
  [
    'a policy with a member twice',
    policy('{"Version":"2012-10-17","Version":"2008-10-17","Statement":[]}'),
    400,
    'MalformedPolicyDocument',
  ],
  ['deep JSON', lookUp(deepJson), 400, 'SerializationException'],
  ['JSON cut off', lookUp('{"MaxResults":'), 400, 'SerializationException'],
  ['JSON of another type', lookUp('{"MaxResults":"ten"}'), 400, 'SerializationException'],
  [
    'JSON that is no UTF-8',
    lookUp(Buffer.from('{"NextToken":"\xff"}', 'latin1')),
    400,
    'SerializationException',
  ],
  ['a token of our own making', lookUp('{"NextToken":"__proto__"}'), 400, 'InvalidNextTokenException'],
  [
    'a signature of another request',
    changed(user('x'), (h) => void (h['x-amz-date'] = '20200101T000000Z')),
    403,
    'SignatureDoesNotMatch',
  ],
  [
    'an authorization cut off',
    changed(user('x'), (h) => void (h['authorization'] = h['authorization']?.slice(0, 60))),
    400,
    'IncompleteSignature',
  ],
  [
    'an authorization of noise',
    changed(user('x'), (h) => void (h['authorization'] = 'AWS4-HMAC-SHA256 ,,,=,=,')),
    400,
    'IncompleteSignature',
  ],
  [
    'an authorization with 5,000 headers',
    changed(user('x'), (h) => void (h['authorization'] = manyHeaders(h['authorization']))),
    400,
    'IncompleteSignature',
  ],
  [
    'no authorization',
    changed(user('x'), (h) => void delete h['authorization']),
    403,
    'MissingAuthenticationToken',
  ],
  [
    'a session token of noise',
    changed(user('x'), (h) => void (h['x-amz-security-token'] = 'A'.repeat(8_000))),
    403,
    'InvalidClientTokenId',
  ],
]

function tags(count: number): Parameters {
  const pairs = Array.from({ length: count }, (_, i) => [
    [`Tags.member.${i + 1}.Key`, `k${i}`],
    [`Tags.member.${i + 1}.Value`, 'v'],
  ])
  return Object.fromEntries(pairs.flat()) as Parameters // Pairs of texts.
}

function manyHeaders(authorization = ''): string {
  const names = Array.from({ length: 5_000 }, (_, i) => `h${i}`).join(';')
  return authorization.replace(/SignedHeaders=[^,]+/, `SignedHeaders=${names}`)
}
