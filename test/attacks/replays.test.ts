// Goal: who sees a signed request of somebody else can send it again as it is, and make no other one of it.
// Method: over a bare socket, a call that would make a topic is signed, changed in one place and sent; each row has a topic of its own, and
// at the end there are those of the rows alone that changed nothing. What needs no server is in src/wire/sigv4/claim.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSigner, type SignedRequest } from '#wire/sigv4/index.ts'
import { administratorOf, type Credentials, serverFor, type TestServer } from '../server.ts'
import { exchange } from '../server-fuzz/socket.ts'
import { send, signedQuery } from '../signed-call.ts'

/** How a request is signed before it is changed. */
type Way = 'header' | 'presigned' | 'SigV4a' | 'presigned SigV4a'

/** A request as its bytes are written: fields may stand twice, and its length may be another. */
interface Sent {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

interface Known {
  readonly administrator: Credentials
  readonly sessions: readonly [Credentials, Credentials]
  /** Of another account. */
  readonly stranger: Credentials
  readonly strangerSession: Credentials
}

type Signer = keyof Pick<Known, 'administrator' | 'stranger'> | 'session'
type Change = (sent: Sent, known: Known) => Sent

const same: Change = (sent) => sent
const field =
  (name: string, edit: (value: string, known: Known) => string | undefined): Change =>
  (sent, known) => {
    const fields = sent.fields.flatMap(([own, value]) => {
      const edited = own === name ? edit(value, known) : value
      return edited === undefined ? [] : [[own, edited] as const]
    })
    assert.notDeepEqual(fields, sent.fields, `${name} is changed`)
    return { ...sent, fields }
  }
const added =
  (name: string, value: string | ((known: Known) => string)): Change =>
  (sent, known) => ({
    ...sent,
    fields: [...sent.fields, [name, typeof value === 'string' ? value : value(known)]],
  })
const text =
  (part: 'method' | 'path' | 'query' | 'body', edit: (text: string, known: Known) => string): Change =>
  (sent, known) => {
    const edited = edit(sent[part], known)
    assert.notEqual(edited, sent[part], `${part} is changed`)
    return { ...sent, [part]: edited }
  }
const token = ({ sessionToken }: Credentials): string => sessionToken ?? ''
const parameter = (credentials: Credentials): string => encodeURIComponent(token(credentials))

/** Units: milliseconds. */
const waitMsMax = 30_000

const mismatch = 'SignatureDoesNotMatch'
const unknown = 'InvalidClientTokenId'
const incomplete = 'IncompleteSignature'

const rows: readonly [name: string, way: Way, signer: Signer, change: Change, want: string | number][] = [
  // Of what changes nothing, so that each refusal below is of the change.
  ['a request by header', 'header', 'administrator', same, 200],
  ['a presigned one', 'presigned', 'administrator', same, 200],
  ['one of SigV4a', 'SigV4a', 'administrator', same, 200],
  ['a presigned one of SigV4a', 'presigned SigV4a', 'administrator', same, 200],
  ["a session's by header", 'header', 'session', same, 200],
  ["a session's presigned one", 'presigned', 'session', same, 200],
  [
    'fields in another order',
    'header',
    'administrator',
    (sent) => ({ ...sent, fields: sent.fields.toReversed() }),
    200,
  ],
  [
    'parameters in another order',
    'presigned',
    'administrator',
    text('query', (query) => query.split('&').toReversed().join('&')),
    200,
  ],
  // What is asked for.
  ['another body', 'header', 'administrator', text('body', (body) => `${body}x`), mismatch],
  ['a shorter body', 'header', 'administrator', text('body', (body) => body.slice(0, -1)), mismatch],
  ['a body for none', 'presigned', 'administrator', text('body', () => 'Action=ListTopics'), mismatch],
  [
    'parameters of the body in another order',
    'header',
    'administrator',
    text('body', (body) => body.split('&').toReversed().join('&')),
    mismatch,
  ],
  ['another method', 'header', 'administrator', text('method', () => 'PUT'), mismatch],
  ['another path', 'header', 'administrator', text('path', () => '/x'), mismatch],
  ['a query for none', 'header', 'administrator', text('query', () => 'Name=x'), mismatch],
  ['a parameter more', 'presigned', 'administrator', text('query', (query) => `${query}&a=b`), mismatch],
  [
    'another value',
    'presigned',
    'administrator',
    text('query', (query) => query.replace('Name=', 'Name=x')),
    mismatch,
  ],
  [
    'a parameter less',
    'presigned',
    'administrator',
    text('query', (query) => query.replace(/Name=[^&]+&/, '')),
    mismatch,
  ],
  ['a body of SigV4a changed', 'SigV4a', 'administrator', text('body', (body) => `${body}x`), mismatch],
  // Its fields.
  ['another host', 'header', 'administrator', field('host', () => 'example.com'), mismatch],
  [
    'another type',
    'header',
    'administrator',
    field('content-type', (value) => `${value} `.replace('utf-8 ', 'utf-16')),
    mismatch,
  ],
  ['a signed field left out', 'header', 'administrator', field('content-type', () => undefined), mismatch],
  ['a signed field twice', 'header', 'administrator', added('content-type', 'application/json'), 400],
  ['a date twice', 'header', 'administrator', added('x-amz-date', '20200101T000000Z'), incomplete],
  ['an unsigned field of AWS', 'header', 'administrator', added('x-amz-anything', 'x'), mismatch],
  ['an operation that is named unsigned', 'header', 'administrator', added('x-amz-target', 'A.B'), 400],
  ['a region set for none', 'header', 'administrator', added('x-amz-region-set', '*'), mismatch],
  [
    'a second signature',
    'header',
    'administrator',
    added('authorization', 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=00'),
    400,
  ],
  // When, where and for which service.
  ['a later moment', 'header', 'administrator', field('x-amz-date', (value) => laterBy1s(value)), mismatch],
  [
    'a later moment of a presigned one',
    'presigned',
    'administrator',
    text('query', (query) => query.replace(/\d{8}T\d{6}Z/, laterBy1s)),
    mismatch,
  ],
  [
    'a longer time',
    'presigned',
    'administrator',
    text('query', (query) => query.replace('Expires=60', 'Expires=6000')),
    mismatch,
  ],
  [
    'no time',
    'presigned',
    'administrator',
    text('query', (query) => query.replace('X-Amz-Expires=60&', '')),
    mismatch,
  ],
  [
    'two times',
    'presigned',
    'administrator',
    text('query', (query) => `${query}&X-Amz-Expires=6000`),
    incomplete,
  ],
  [
    'another region',
    'header',
    'administrator',
    field('authorization', (value) => value.replace('us-east-1', 'eu-west-1')),
    mismatch,
  ],
  [
    'another region of a presigned one',
    'presigned',
    'administrator',
    text('query', (query) => query.replace('us-east-1', 'eu-west-1')),
    mismatch,
  ],
  [
    'another service',
    'header',
    'administrator',
    field('authorization', (value) => value.replace('/sns/', '/sqs/')),
    mismatch,
  ],
  [
    'another service of a presigned one',
    'presigned',
    'administrator',
    text('query', (query) => query.replace('%2Fsns%2F', '%2Fsqs%2F')),
    mismatch,
  ],
  [
    'another day',
    'header',
    'administrator',
    field('authorization', (value) => value.replace(/\/\d{8}\//, '/20200101/')),
    mismatch,
  ],
  ['another region set', 'SigV4a', 'administrator', field('x-amz-region-set', () => '*'), mismatch],
  [
    'another region set of a presigned one',
    'presigned SigV4a',
    'administrator',
    text('query', (query) => query.replace('Region-Set=us-east-1', 'Region-Set=%2A')),
    mismatch,
  ],
  [
    'the weaker algorithm',
    'SigV4a',
    'administrator',
    field('authorization', (value) =>
      value.replace('ECDSA-P256', 'HMAC').replace(/(\/\d{8}\/)/, '$1us-east-1/'),
    ),
    mismatch,
  ],
  // Whose it is.
  [
    "another account's key",
    'header',
    'administrator',
    field('authorization', (value, { administrator, stranger }) =>
      value.replace(administrator.accessKeyId, stranger.accessKeyId),
    ),
    mismatch,
  ],
  [
    "a session's token for none",
    'header',
    'administrator',
    added('x-amz-security-token', ({ sessions }) => token(sessions[0])),
    unknown,
  ],
  [
    "a session's token left out",
    'header',
    'session',
    field('x-amz-security-token', () => undefined),
    unknown,
  ],
  [
    "another session's token",
    'header',
    'session',
    field('x-amz-security-token', (_, { sessions }) => token(sessions[1])),
    unknown,
  ],
  [
    "another account's token",
    'header',
    'session',
    field('x-amz-security-token', (_, { strangerSession }) => token(strangerSession)),
    unknown,
  ],
  [
    "another session's key and token",
    'header',
    'session',
    (sent, known) => {
      const [own, other] = known.sessions
      const keyed = field('authorization', (value) => value.replace(own.accessKeyId, other.accessKeyId))
      return field('x-amz-security-token', () => token(other))(keyed(sent, known), known)
    },
    mismatch,
  ],
  [
    "another session's token in a presigned one",
    'presigned',
    'session',
    text('query', (query, { sessions }) => query.replace(parameter(sessions[0]), parameter(sessions[1]))),
    unknown,
  ],
  [
    'a token taken out of a presigned one',
    'presigned',
    'session',
    text('query', (query) => query.replace(/X-Amz-Security-Token=[^&]+&/, '')),
    unknown,
  ],
]

test('a signed request is sent again as it is, or not at all', async (t) => {
  const stranger = { accessKeyId: 'AKIAREPLAYSTRANGER01', secretAccessKey: 'strangers/secret' }
  const server = await serverFor(t, {
    dev: true, // It alone takes known keys, of a second account; signatures are verified as ever.
    principals: [`444455556666:user/stranger:${stranger.accessKeyId}:${stranger.secretAccessKey}`],
  })
  const administrator = administratorOf(server)
  const session = (credentials: Credentials): Promise<Credentials> => sessionOf(server, credentials)
  const known: Known = {
    administrator,
    sessions: [await session(administrator), await session(administrator)],
    stranger,
    strangerSession: await session(stranger),
  }

  const made: string[] = []
  let ran = 0
  for (const [index, [name, way, signer, change, want]] of rows.entries()) {
    const topic = `row-${index}`
    const credentials = signer === 'session' ? known.sessions[0] : known[signer]
    const sent = change(signedRequest(server, way, credentials, topic), known)
    const { status, text: answer } = await exchange(server.port, bytesOf(sent), { waitMsMax })
    const [, code = ''] = /<Code>([^<]*)<\/Code>/.exec(answer) ?? []
    assert.equal(typeof want === 'number' ? status : code, want, `${name}: ${answer}`)
    if (want === 200) made.push(topic)
    ran += 1
  }
  assert.equal(ran, 49)

  // A signature holds no number used once, in AWS neither: the same request counts again while its time lasts.
  const again = bytesOf(signedRequest(server, 'header', administrator, 'again'))
  for (const _ of [1, 2]) assert.equal((await exchange(server.port, again, { waitMsMax })).status, 200)
  // A body that ends early is no call.
  const cut = bytesOf(signedRequest(server, 'header', administrator, 'cut')).slice(0, -1)
  const { status, hung } = await exchange(server.port, cut, { waitMsMax })
  assert.deepEqual([status, hung], [400, false])

  for (const region of ['us-east-1', 'eu-west-1']) {
    const list = await send(
      server,
      signedQuery(server, 'sns', { Action: 'ListTopics' }, administrator, { region }),
    )
    assert.equal(list.status, 200)
    const topics = [...list.body.matchAll(/<TopicArn>[^<]*:([^:<]+)<\/TopicArn>/g)].map(([, topic]) => topic)
    assert.deepEqual(new Set(topics), new Set(region === 'us-east-1' ? [...made, 'again'] : []))
  }
})

function signedRequest({ port }: TestServer, way: Way, credentials: Credentials, topic: string): Sent {
  const presigned = way.startsWith('presigned')
  const parameters = new URLSearchParams({
    Action: 'CreateTopic',
    Version: '2010-03-31',
    Name: topic,
  }).toString()
  const request: SignedRequest = {
    method: presigned ? 'GET' : 'POST',
    path: '/',
    query: presigned ? parameters : '',
    headers: {
      host: `127.0.0.1:${port}`,
      ...(!presigned && { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }),
    },
    body: Buffer.from(presigned ? '' : parameters),
  }
  const signer = createSigner({
    ...{ ...credentials, service: 'sns', region: 'us-east-1' },
    algorithm: way.endsWith('SigV4a') ? 'AWS4-ECDSA-P256-SHA256' : 'AWS4-HMAC-SHA256',
  })
  const signed = presigned ? signer.presign(request, Date.now(), 60) : signer.sign(request, Date.now())
  const { method, path, query, headers, body } = signed
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return { method, path, query, fields, body: Buffer.from(body).toString() }
}

function bytesOf({ method, path, query, fields, body }: Sent): string {
  const head = [
    `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

async function sessionOf(server: TestServer, credentials: Credentials): Promise<Credentials> {
  const { body } = await send(server, signedQuery(server, 'sts', { Action: 'GetSessionToken' }, credentials))
  const member = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(body)?.[1] ?? ''
  const session = {
    accessKeyId: member('AccessKeyId'),
    secretAccessKey: member('SecretAccessKey'),
    sessionToken: member('SessionToken'),
  }
  assert.ok(session.sessionToken, body)
  return session
}

/** A moment of the same day, a second on; the last one of a day goes back instead. */
function laterBy1s(amzDate: string): string {
  const [, head = '', last = ''] = /^(.*)(\d)Z$/.exec(amzDate) ?? []
  return `${head}${last === '9' ? '8' : Number(last) + 1}Z`
}
