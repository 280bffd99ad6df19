// Goal: a webhook gets events with its connection's authorization, by a role that may, at allowed addresses alone; secrets show nowhere.
// Method: a real https server on loopback that the rig's operator allows, and names that resolve wherever the test says.
import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import { after, test } from 'node:test'
import { parseNetwork } from '#core/address-guard.ts'
import type { CreateConnectionCommandInput } from '@aws-sdk/client-eventbridge'
import { makeCertificate } from '../../../test/certificates.ts'
import { here, order, refusal, rig } from './rig.test.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

type Authorizing = Pick<CreateConnectionCommandInput, 'AuthorizationType' | 'AuthParameters'>

interface Got {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

const { certificate, privateKey } = makeCertificate({
  commonName: 'hook.example',
  dnsNames: ['hook.example'],
  notBeforeMs: Date.UTC(2020, 0),
  notAfterMs: Date.UTC(2090, 0),
})
const got: Got[] = []
let answers: number[] = []
let tokenAnswer = 200
let accessToken = 'one-token'
const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const { method, url, headers } = request
    got.push({ method, url, headers, body })
    const elsewhere = `https://hook.example:${port}/elsewhere`
    if (url === '/token' && tokenAnswer !== 200)
      response.writeHead(tokenAnswer, { location: elsewhere }).end()
    else if (url === '/token') response.end(JSON.stringify({ access_token: accessToken, expires_in: 3600 }))
    else response.writeHead(answers.shift() ?? 200, { location: elsewhere }).end()
  })
})
let connections = 0
server.on('connection', () => (connections += 1))
const port = await listenOnLoopback(server, { after })

const RoleArn = `arn:aws:iam::${here}:role/hooks`
const networks = [parseNetwork('127.0.0.0/8') ?? assert.fail('it is a network')]

async function hooked(
  connection: Authorizing,
  wish: {
    readonly endpoint?: string
    readonly to?: string
    readonly rate?: number
    readonly may?: boolean
    readonly allowed?: boolean
    readonly target?: object
  } = {},
) {
  const {
    endpoint = `https://hook.example:${port}/in`,
    to = '127.0.0.1',
    rate,
    may = true,
    allowed = true,
    target,
  } = wish
  got.length = 0
  connections = 0
  answers = []
  const made = await rig({
    trust: [certificate],
    networks: allowed ? networks : [],
    resolve: (_name, tell) => tell(null, [{ address: to, family: 4 }]),
  })
  const { events, iam } = made
  const { ConnectionArn } = await events.createConnection({ Name: 'c', ...connection })
  const { ApiDestinationArn = '' } = await events.createApiDestination({
    ...{ Name: 'hook', ConnectionArn, InvocationEndpoint: endpoint, HttpMethod: 'POST' },
    InvocationRateLimitPerSecond: rate,
  })
  const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.createRole({
    RoleName: 'hooks',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  })
  await iam.putRolePolicy({
    RoleName: 'hooks',
    PolicyName: 'only',
    PolicyDocument: policy({
      Effect: may ? 'Allow' : 'Deny',
      Action: 'events:InvokeApiDestination',
      Resource: ApiDestinationArn,
    }),
  })
  await events.putRule({ Name: 'orders', EventPattern: '{"source":["shop"]}' })
  await events.putTargets({
    Rule: 'orders',
    Targets: [{ Id: 'h', Arn: ApiDestinationArn, RoleArn, ...target }],
  })
  return made
}

const apiKey = {
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'hush-key' } },
} as const
const basic: Authorizing = {
  AuthorizationType: 'BASIC',
  AuthParameters: {
    BasicAuthParameters: { Username: 'me', Password: 'hush-password' },
    InvocationHttpParameters: {
      HeaderParameters: [
        { Key: 'x-secret', Value: 'hush-header', IsValueSecret: true },
        { Key: 'x-open', Value: 'open-header', IsValueSecret: false },
        { Key: 'x-plain', Value: 'plain-header' },
      ],
    },
  },
}
const oauth = {
  AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
  AuthParameters: {
    OAuthParameters: {
      ClientParameters: { ClientID: 'client', ClientSecret: 'hush-client' },
      AuthorizationEndpoint: `https://hook.example:${port}/token`,
      HttpMethod: 'POST',
    },
  },
} as const

test('each kind of authorization reaches the webhook, and shows nowhere else', async () => {
  const rows = [
    [apiKey, 'x-key', 'hush-key'],
    [basic, 'authorization', `Basic ${Buffer.from('me:hush-password').toString('base64')}`],
    [oauth, 'authorization', 'Bearer one-token'],
  ] as const
  let ran = 0
  for (const [connection, header, want] of rows) {
    const { events, deliver, waiting, store, records, closeWebhook } = await hooked(connection)
    await events.putEvents({ Entries: [order()] })
    await deliver()
    await events.putEvents({ Entries: [order()] })
    await deliver()
    const invoked = got.filter(({ url }) => url === '/in')
    assert.equal(invoked.length, 2, connection.AuthorizationType)
    assert.equal(invoked[0]?.headers[header], want)
    assert.equal((JSON.parse(invoked[0]?.body ?? '') as { source: string }).source, 'shop')
    assert.deepEqual(waiting(), [])
    const shown = JSON.stringify([await events.describeConnection({ Name: 'c' }), store.snapshot(), records])
    assert.equal(/hush|one-token/.exec(shown), null, 'no secret shows')
    if (connection === basic) {
      assert.equal(invoked[0]?.headers['x-secret'], 'hush-header')
      assert.match(shown, /open-header.*plain-header","IsValueSecret":false/)
    }
    closeWebhook()
    ran += 1
  }
  assert.equal(ran, 3)
  assert.equal(got.filter(({ url }) => url === '/token').length, 1, 'one token for both')
  assert.match(got[0]?.body ?? '', /grant_type=client_credentials&client_id=client&client_secret=hush-client/)
})

test('no address that the operator does not allow is connected to, and no redirect followed', async () => {
  const rows = [
    ['loopback', { endpoint: `https://127.0.0.1:${port}/in`, allowed: false }],
    ['loopback, written otherwise', { endpoint: `https://0x7f.1:${port}/in`, allowed: false }],
    ['a name that resolves to loopback', { allowed: false }],
    ['a private address', { endpoint: 'https://10.0.0.1/in' }],
    ['metadata', { endpoint: 'https://169.254.169.254/latest' }],
    ['a name that resolves to metadata', { to: '169.254.169.254' }],
  ] as const
  let ran = 0
  for (const [title, wish] of rows) {
    const { events, deliver, waiting, logged, closeWebhook } = await hooked(apiKey, wish)
    await events.putEvents({ Entries: [order()] })
    await deliver()
    assert.deepEqual([got.length, connections], [0, 0], title)
    assert.ok(waiting()[0]?.attempts === 1 || JSON.stringify(logged).includes('not allowed'), title)
    closeWebhook()
    ran += 1
  }
  assert.equal(ran, 6)
  for (const status of [301, 302, 303, 307, 308]) {
    const { events, deliver, waiting, closeWebhook } = await hooked(apiKey)
    answers = [status]
    await events.putEvents({ Entries: [order()] })
    await deliver()
    assert.deepEqual([got.map(({ url }) => url), waiting()], [['/in'], []], String(status))
    closeWebhook()
  }
  const { events, deliver, closeWebhook } = await hooked(oauth)
  tokenAnswer = 307
  await events.putEvents({ Entries: [order()] })
  await deliver()
  tokenAnswer = 200
  assert.deepEqual([...new Set(got.map(({ url }) => url))], ['/token'], 'no secret follows a redirect')
  closeWebhook()
})

test('what may come right is tried again, what the role may not is not tried', async () => {
  const { events, deliver, waiting, clock, closeWebhook } = await hooked(apiKey)
  answers = [503]
  await events.putEvents({ Entries: [order()] })
  await deliver()
  assert.equal(waiting()[0]?.attempts, 1)
  clock.nowMs += 1_000
  await deliver()
  assert.deepEqual([got.length, waiting()], [2, []])
  closeWebhook()
  const denied = await hooked(apiKey, { may: false })
  await denied.events.putEvents({ Entries: [order()] })
  await denied.deliver()
  assert.deepEqual([got.length, denied.waiting()], [0, []])
  denied.closeWebhook()
  const gone = await hooked(apiKey)
  await gone.events.deauthorizeConnection({ Name: 'c' })
  await gone.events.putEvents({ Entries: [order()] })
  await gone.deliver()
  assert.deepEqual([got.length, gone.waiting()], [0, []], 'nothing goes out without authorization')
  gone.closeWebhook()
})

test('what no header can hold is given up, and stands in the way of nothing', async () => {
  const ApiKeyAuthParameters = { ApiKeyName: 'x-key', ApiKeyValue: 'hush ✓' }
  const rows: readonly [why: string, connection: Authorizing, token: string, asked: readonly string[]][] = [
    ['a value beyond one byte', { ...apiKey, AuthParameters: { ApiKeyAuthParameters } }, '', []],
    ['a token with a line break', oauth, 'one\r\nx-admin: yes', ['/token']],
  ]
  for (const [why, connection, token, asked] of rows) {
    const { events, deliver, waiting, logged, closeWebhook } = await hooked(connection)
    accessToken = token
    await events.putEvents({ Entries: [order()] })
    await deliver()
    accessToken = 'one-token'
    assert.deepEqual(
      got.map(({ url }) => url),
      asked,
      why,
    )
    assert.deepEqual(waiting(), [], why)
    assert.match(JSON.stringify(logged), /cannot be sent/, why)
    assert.doesNotMatch(JSON.stringify(logged), /hush|admin/, why)
    closeWebhook()
  }
  assert.equal(rows.length, 2)
})

test('half of a pair of surrogates in a path is sent as what stands for it', async () => {
  const HttpParameters = { PathParameterValues: ['a\ud800'] }
  const endpoint = `https://hook.example:${port}/in/*`
  const { events, deliver, waiting, closeWebhook } = await hooked(apiKey, {
    endpoint,
    target: { HttpParameters },
  })
  await events.putEvents({ Entries: [order()] })
  await deliver()
  assert.deepEqual([got.map(({ url }) => url), waiting()], [['/in/a%EF%BF%BD'], []])
  closeWebhook()
})

test('a path is what the destination says, whatever values a target gives', async () => {
  const endpoint = `https://hook.example:${port}/in/*/end?of=*`
  const rows: readonly [why: string, values: string[], want: string | undefined][] = [
    ['values', ['a/b?c', 'd&e'], '/in/a%2Fb%3Fc/end?of=d%26e'],
    ['dots within a name', ['a..b', '..'], '/in/a..b/end?of=..'],
    ['the folder above', ['..', 'x'], undefined],
    ['the folder itself', ['.', 'x'], undefined],
  ]
  for (const [why, PathParameterValues, want] of rows) {
    const { events, deliver, waiting, closeWebhook } = await hooked(apiKey, {
      endpoint,
      target: { HttpParameters: { PathParameterValues } },
    })
    await events.putEvents({ Entries: [order()] })
    await deliver()
    assert.deepEqual(
      got.map(({ url }) => url),
      want === undefined ? [] : [want],
      why,
    )
    assert.deepEqual(waiting(), [], why)
    closeWebhook()
  }
  assert.equal(rows.length, 4)
})

test("a connection's members go into objects alone, whatever a template makes", async () => {
  const BodyParameters = [{ Key: 'from', Value: 'us' }]
  const connection: Authorizing = {
    ...apiKey,
    AuthParameters: { ...apiKey.AuthParameters, InvocationHttpParameters: { BodyParameters } },
  }
  const rows: readonly [why: string, template: string, want: string][] = [
    ['an object', '{"id":<id>}', '{"id":1,"from":"us"}'],
    ['a list', '[<id>]', '[1]'],
    ['what only looks like an object', '<detail>', '{id:1}'],
  ]
  for (const [why, InputTemplate, want] of rows) {
    const InputPathsMap = { id: '$.detail.id', detail: '$.detail' }
    const { events, deliver, waiting, closeWebhook } = await hooked(connection, {
      target: { InputTransformer: { InputPathsMap, InputTemplate } },
    })
    await events.putEvents({ Entries: [order()] })
    await deliver()
    assert.deepEqual([got.map(({ body }) => body), waiting()], [[want], []], why)
    closeWebhook()
  }
  assert.equal(rows.length, 3)
})

test('what waits for the rate of a destination asks for nothing meanwhile', async () => {
  const { events, deliver, waiting, clock, records, closeWebhook } = await hooked(apiKey, { rate: 5 })
  const asked = () => records.filter((line) => line.includes('"eventName":"InvokeApiDestination"')).length
  for (let call = 0; call < 6; call += 1)
    await events.putEvents({ Entries: Array.from({ length: 10 }, () => order()) })
  await deliver()
  await deliver()
  assert.equal(got.length, 5)
  assert.ok(asked() <= 5 + 8, `${asked()} calls for 5 that may go`)
  for (let second = 0; second < 11; second += 1) {
    clock.nowMs += 1_000
    await deliver()
  }
  assert.deepEqual([got.length, waiting()], [60, []])
  assert.ok(asked() <= 12 * (5 + 8), `${asked()} calls for 60`)
  closeWebhook()
})

test("a destination's rate holds", async () => {
  const { events, deliver, waiting, clock, closeWebhook } = await hooked(apiKey, { rate: 2 })
  await events.putEvents({ Entries: [order(), order(), order()] })
  await deliver()
  assert.deepEqual([got.length, waiting().length, waiting()[0]?.attempts], [2, 1, 0])
  clock.nowMs += 1_000
  await deliver()
  assert.deepEqual([got.length, waiting()], [3, []])
  closeWebhook()
})

test('connections and destinations: what is wrong is refused', async () => {
  const { events, closeWebhook } = await hooked(apiKey)
  const { ConnectionArn } = await events.describeConnection({ Name: 'c' })
  const destination = {
    Name: 'd',
    ConnectionArn,
    HttpMethod: 'POST',
    InvocationEndpoint: 'https://a.example/',
  } as const
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'no https',
      () => events.createApiDestination({ ...destination, InvocationEndpoint: 'http://a.example/' }),
      /^ValidationException/,
    ],
    [
      'a host that a target would say',
      () => events.createApiDestination({ ...destination, InvocationEndpoint: 'https://*.example/' }),
      /^ValidationException.*no wildcard in its host/,
    ],
    [
      'a connection that is not there',
      () => events.createApiDestination({ ...destination, ConnectionArn: `${ConnectionArn ?? ''}0` }),
      /^ResourceNotFoundException/,
    ],
    [
      'an address of IPv6',
      () => events.createApiDestination({ ...destination, InvocationEndpoint: 'https://[::1]/' }),
      /^ValidationException/,
    ],
    [
      'a header of the connection itself',
      () =>
        events.createConnection({
          Name: 'x',
          AuthorizationType: 'API_KEY',
          AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'Host', ApiKeyValue: 'a' } },
        }),
      /^ValidationException.*Host/,
    ],
    ['twice', () => events.createConnection({ Name: 'c', ...apiKey }), /^ResourceAlreadyExistsException/],
    [
      'parameters of another type',
      () => events.createConnection({ Name: 'x', ...basic, AuthorizationType: 'API_KEY' }),
      /^ValidationException/,
    ],
    ['one in use', () => events.deleteConnection({ Name: 'c' }), /used by an API destination/],
    [
      'a target without a role',
      () =>
        events.putTargets({
          Rule: 'orders',
          Targets: [{ Id: 'x', Arn: `arn:aws:events:us-east-1:${here}:api-destination/a/b` }],
        }),
      /RoleArn is required/,
    ],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 9)
  await events.updateConnection({ Name: 'c', AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'Y' } } })
  const shown = await events.describeConnection({ Name: 'c' })
  assert.equal(shown.AuthParameters?.ApiKeyAuthParameters?.ApiKeyName, 'Y')
  await events.deleteApiDestination({ Name: 'hook' })
  await events.deleteConnection({ Name: 'c' })
  assert.deepEqual((await events.listConnections({})).Connections, [])
  closeWebhook()
})
