// Goal: a function has an address; whoever the policies let in is answered, and nobody else; event and answer are as documented.
// Method: the rig, with a server on loopback before it; requests as they are, signed by a published signer; rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { urls } from './documents.ts'
import { here, refusal, rig, there } from './rig.test.ts'
import { invokeByUrl } from './url-call.ts'
import { type Asked, openToAll, serveUrls } from './url-rig.test.ts'

const arn = `arn:aws:lambda:us-east-1:${here}:function:hello`
const says = 'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })'

test('a URL is made, shown, changed and deleted, and goes with its function', async (t) => {
  const ground = await rig(t)
  const { lambda, make, user } = ground
  await make('hello', says)
  const FunctionName = 'hello'
  const made = await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' })
  assert.match(made.FunctionUrl ?? '', /^https:\/\/[a-z2-7]{32}\.lambda-url\.us-east-1\.localhost\/$/)
  assert.deepEqual([made.FunctionArn, made.AuthType, made.InvokeMode], [arn, 'NONE', 'BUFFERED'])
  assert.match(
    await refusal(lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' })),
    /^ResourceConflictException: /,
  )
  const Cors = { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'] }
  const changed = await lambda.updateFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM', Cors })
  assert.deepEqual([changed.FunctionUrl, changed.AuthType, changed.Cors], [made.FunctionUrl, 'AWS_IAM', Cors])
  for (const [what, bad] of [
    ['a method', { AllowMethods: ['TRACE'] }],
    ['an origin', { AllowOrigins: ['a.example\r\nx: y'] }],
    ['a header', { AllowHeaders: ['x y'] }],
  ] as const)
    assert.match(
      await refusal(lambda.updateFunctionUrlConfig({ FunctionName, Cors: bad as never })), // For the client, of lists that may change.
      /^InvalidParameterValueException: /,
      what,
    )
  await lambda.publishVersion({ FunctionName })
  await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '1' })
  await lambda.createFunctionUrlConfig({ FunctionName, Qualifier: 'live', AuthType: 'AWS_IAM' })
  const { FunctionUrlConfigs } = await lambda.listFunctionUrlConfigs({ FunctionName })
  assert.deepEqual(
    FunctionUrlConfigs?.map(({ FunctionArn }) => FunctionArn),
    [arn, `${arn}:live`],
  )

  const onlyOpen = await user('only-open', {
    Effect: 'Allow',
    Action: 'lambda:*FunctionUrlConfig*',
    Resource: '*',
    Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
  })
  assert.match(await refusal(onlyOpen.getFunctionUrlConfig({ FunctionName })), /^AccessDenied/)
  assert.match(
    await refusal(onlyOpen.updateFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM' })),
    /^AccessDenied/,
  )
  assert.equal(
    await refusal(onlyOpen.updateFunctionUrlConfig({ FunctionName, AuthType: 'NONE' })),
    'no refusal',
  )

  await lambda.deleteFunctionUrlConfig({ FunctionName, Qualifier: 'live' })
  assert.match(
    await refusal(lambda.getFunctionUrlConfig({ FunctionName, Qualifier: 'live' })),
    /^ResourceNotFoundException: /,
  )
  const { ask } = await serveUrls(t, ground)
  await lambda.deleteFunction({ FunctionName })
  assert.equal((await ask(made.FunctionUrl ?? '')).status, 404)
})

test('the event and the answer are those of payload format 2.0', async (t) => {
  const ground = await rig(t)
  const { lambda, make, clock, audited } = ground
  await make(
    'hello',
    `export const handler = async (event) => ({ statusCode: 201, headers: { 'X-Own': 1, 'Content-Length': '3', 'Content-Type': 'text/plain' },
      cookies: ['a=1; Path=/', 'b=2'], body: Buffer.from(JSON.stringify(event)).toString('base64'), isBase64Encoded: true })`,
  )
  const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({
    FunctionName: 'hello',
    AuthType: 'NONE',
  })
  await openToAll(ground, 'hello')
  const { ask } = await serveUrls(t, ground)
  const told = await ask(FunctionUrl, {
    method: 'POST',
    path: '/my%20path%2Fb?a=1&a=2&b=x%20y',
    headers: {
      cookie: 'one=1; two=2',
      'content-type': 'application/json',
      'user-agent': 'tester',
      'x-forwarded-for': '203.0.113.9',
      'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
    },
    body: '{"name":"Ada"}',
  })
  assert.equal(told.status, 201)
  assert.deepEqual(
    [told.headers['x-own'], told.headers['set-cookie'], told.headers['x-amzn-remapped-content-length']],
    ['1', ['a=1; Path=/', 'b=2'], '3'],
  )
  const { hostname } = new URL(FunctionUrl)
  const [urlId = ''] = hostname.split('.')
  const { headers, requestContext, ...event } = JSON.parse(told.body) as {
    headers: Record<string, string>
    requestContext: Record<string, unknown>
  } // What the function was given.
  assert.deepEqual(event, {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/my%20path%2Fb',
    rawQueryString: 'a=1&a=2&b=x%20y',
    cookies: ['one=1', 'two=2'],
    queryStringParameters: { a: '1,2', b: 'x y' },
    body: '{"name":"Ada"}',
    isBase64Encoded: false,
  })
  assert.deepEqual(
    [headers['host'], headers['x-forwarded-for'], headers['x-forwarded-proto'], headers['x-forwarded-port']],
    [hostname, '127.0.0.1', 'http', '80'],
  )
  assert.match(
    headers['x-amzn-trace-id'] ?? '',
    /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=[0-9a-f]{16};Sampled=1$/,
  )
  assert.equal(told.headers['x-amzn-trace-id'], headers['x-amzn-trace-id'])
  const { time, ...context } = requestContext
  assert.match(String(time), /^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/)
  assert.deepEqual(context, {
    accountId: 'anonymous',
    apiId: urlId,
    domainName: hostname,
    domainPrefix: urlId,
    http: {
      method: 'POST',
      path: '/my%20path%2Fb',
      protocol: 'HTTP/1.1',
      sourceIp: '127.0.0.1',
      userAgent: 'tester',
    },
    requestId: told.headers['x-amzn-requestid'],
    routeKey: '$default',
    stage: '$default',
    timeEpoch: clock.nowMs,
  })
  const record = audited.at(-1)
  assert.deepEqual(
    [record?.envelope.operation, record?.caller.kind, record?.account],
    ['Invoke', 'anonymous', here],
    'the trail of the account tells of it',
  )

  const binary = await ask(FunctionUrl, { method: 'PUT', body: Buffer.from([0, 255]) })
  assert.match(binary.body, /"body":"AP8=","isBase64Encoded":true/)
})

// What a function gives, and what becomes of it.
const answers: readonly (readonly [
  name: string,
  given: string,
  status: number,
  type: string,
  body: string,
])[] = [
  ['an object that names no status', '{ hello: 1 }', 200, 'application/json', '{"hello":1}'],
  ['a text', "'hello'", 200, 'application/json', 'hello'],
  ['nothing', 'undefined', 200, 'application/json', 'null'],
  ['a status alone', '{ statusCode: 404 }', 404, 'application/json', ''],
  ['a status as a text', "{ statusCode: '418' }", 418, 'application/json', ''],
  [
    'a type of its own',
    "{ statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' }",
    200,
    'text/html',
    '<p>',
  ],
  ['no content', "{ statusCode: 204, body: 'x' }", 204, 'application/json', ''],
  ['a status that HTTP has not', '{ statusCode: 1000 }', 502, 'text/plain', 'Internal Server Error'],
  [
    'a header that ends its line',
    "{ statusCode: 200, headers: { a: 'b\\r\\nc: d' } }",
    502,
    'text/plain',
    'Internal Server Error',
  ],
  [
    'a header that is no token',
    "{ statusCode: 200, headers: { 'a b': 'c' } }",
    502,
    'text/plain',
    'Internal Server Error',
  ],
  [
    'a cookie that ends its line',
    "{ statusCode: 200, cookies: ['a\\nb'] }",
    502,
    'text/plain',
    'Internal Server Error',
  ],
  ['an error', "(() => { throw new Error('secret') })()", 502, 'text/plain', 'Internal Server Error'],
]

test('what a function gives becomes an answer, or a 502 that tells nothing', async (t) => {
  const ground = await rig(t)
  await ground.make(
    'hello',
    `const gives = { ${answers.map(([, given], index) => `'/${index}': () => (${given})`).join(',\n')} }
export const handler = async (event) => gives[event.rawPath]()`,
  )
  const { FunctionUrl = '' } = await ground.lambda.createFunctionUrlConfig({
    FunctionName: 'hello',
    AuthType: 'NONE',
  })
  await openToAll(ground, 'hello')
  const { ask } = await serveUrls(t, ground)
  let ran = 0
  for (const [index, [name, , status, type, body]] of answers.entries()) {
    const told = await ask(FunctionUrl, { path: `/${index}` })
    assert.deepEqual([told.status, told.headers['content-type'], told.body], [status, type, body], name)
    ran += 1
  }
  assert.equal(ran, 12)
})

test('who may use a URL is said by policies: both permissions, whoever comes', async (t) => {
  const ground = await rig(t)
  const { lambda, make, admin } = ground
  await make('open', says)
  await make('closed', says)
  const { FunctionUrl: open = '' } = await lambda.createFunctionUrlConfig({
    FunctionName: 'open',
    AuthType: 'NONE',
  })
  const { FunctionUrl: closed = '' } = await lambda.createFunctionUrlConfig({
    FunctionName: 'closed',
    AuthType: 'AWS_IAM',
  })
  const { ask, signer } = await serveUrls(t, ground)
  const status = async (url: string, asked: Asked = {}) => (await ask(url, asked)).status

  assert.equal(await status(open), 403, 'a URL without authorization needs the policy to say so')
  assert.equal(await status(open, { by: admin }), 403, 'whoever signs there is nobody all the same')
  const Principal = '*'
  await lambda.addPermission({
    ...{ FunctionName: 'open', StatementId: 'url', Principal, Action: 'lambda:InvokeFunctionUrl' },
    FunctionUrlAuthType: 'AWS_IAM',
  })
  await lambda.addPermission({
    ...{ FunctionName: 'open', StatementId: 'invoke', Principal, Action: 'lambda:InvokeFunction' },
    InvokedViaFunctionUrl: true,
  })
  assert.equal(await status(open), 403, 'the statement is for URLs of another type')
  await lambda.removePermission({ FunctionName: 'open', StatementId: 'url' })
  await lambda.removePermission({ FunctionName: 'open', StatementId: 'invoke' })
  await openToAll(ground, 'open')
  assert.equal(await status(open), 200)
  await lambda.removePermission({ FunctionName: 'open', StatementId: 'invoke' })
  assert.equal(await status(open), 403, 'lambda:InvokeFunctionUrl alone is not enough')

  const url = { Effect: 'Allow', Action: 'lambda:InvokeFunctionUrl', Resource: '*' } as const
  const invoke = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' } as const
  const typed = (type: string) => ({
    ...url,
    Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': type } },
  })
  const byUrl = { ...invoke, Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } }
  const both = await signer('both', typed('AWS_IAM'), byUrl)
  const rows: readonly (readonly [string, Asked, number])[] = [
    ['nobody', {}, 403],
    ['the administrator', { by: admin }, 200],
    ['who may do nothing', { by: await signer('none') }, 403],
    ['who has the one permission', { by: await signer('url', url) }, 403],
    ['who has the other', { by: await signer('invoke', invoke) }, 403],
    ['who has both', { by: both }, 200],
    ['who may use open ones', { by: await signer('opened', typed('NONE'), invoke) }, 403],
    ['who is denied', { by: await signer('denied', url, invoke, { ...url, Effect: 'Deny' }) }, 403],
    ['a signature for another region', { by: both, signedFor: { region: 'eu-west-1' } }, 403],
    ['a signature for another service', { by: both, signedFor: { service: 'iam' } }, 403],
    ['a wrong secret', { by: { ...both, secretAccessKey: 'wrong' } }, 403],
    ['a signed body', { by: both, method: 'POST', body: 'text', path: '/a%20b?c=d' }, 200],
  ]
  for (const [name, asked, want] of rows) assert.equal(await status(closed, asked), want, name)
  assert.equal(rows.length, 12)

  const told = await ask(closed, { by: both, headers: { 'x-own': 'yes' } })
  const event = JSON.parse(told.body) as {
    headers: Record<string, string>
    requestContext: { accountId: string; authorizer: { iam: Record<string, unknown> } }
  } // What the function was given.
  assert.equal(event.requestContext.accountId, here)
  const { callerId, userId, ...iam } = event.requestContext.authorizer.iam
  assert.equal(callerId, userId)
  assert.deepEqual(iam, {
    accessKey: both.accessKeyId,
    accountId: here,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: `arn:aws:iam::${here}:user/both`,
  })
  assert.deepEqual([event.headers['x-own'], event.headers['authorization']], ['yes', undefined])

  await lambda.putFunctionConcurrency({ FunctionName: 'closed', ReservedConcurrentExecutions: 0 })
  assert.equal(await status(closed, { by: both }), 429)
})

test('who came by a URL that asked nobody is not let in once it asks', async (t) => {
  const { lambda, make, store, enter, parts } = await rig(t)
  const FunctionName = 'hello'
  await make('hello', says)
  await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' })
  await openToAll({ lambda }, 'hello')
  const [found] = store.read.find(urls, { account: here, region: 'us-east-1' }, 'function', 'hello')
  assert.ok(found)
  const url = found.document
  const come = () => {
    const [headers, body] = [{ host: 'h' }, Buffer.alloc(0)]
    const request = { method: 'GET', path: '/', query: '', headers, rawHeaders: [], body }
    return enter(
      { ...request, sourceIp: '192.0.2.7', secureTransport: true },
      {
        operation: { ...invokeByUrl, enter: (call) => invokeByUrl.enter(call, parts) },
        input: () => ({
          FunctionName: url.functionArn,
          url,
          request: { ...request, sourceIp: '', secureTransport: true },
          body,
        }),
        region: url.region,
        openOf: here,
      },
    )
  }
  assert.equal((await come()).ok, true)
  await lambda.updateFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM' })
  const refused = await come()
  assert.equal(refused.ok ? 'let in' : refused.fault.code, 'AccessDenied')
})

test("another account's user needs its own policies, and the function's", async (t) => {
  const ground = await rig(t)
  const { lambda, make, foreign: by } = ground
  await make('hello', says)
  const FunctionName = 'hello'
  const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM' })
  const { ask } = await serveUrls(t, ground)
  assert.equal((await ask(FunctionUrl, { by })).status, 403)
  const given = { FunctionName, Principal: there }
  const FunctionUrlAuthType = 'AWS_IAM'
  await lambda.addPermission({
    ...{ ...given, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType },
  })
  assert.equal((await ask(FunctionUrl, { by })).status, 403)
  await lambda.addPermission({
    ...{ ...given, StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  })
  const told = await ask(FunctionUrl, { by })
  assert.equal(told.status, 200)
  const { requestContext } = JSON.parse(told.body) as {
    requestContext: { accountId: string; authorizer: { iam: { accountId: string } } }
  } // What the function was given.
  assert.deepEqual([requestContext.accountId, requestContext.authorizer.iam.accountId], [here, there])
})

test('a URL of an alias is authorized as that', async (t) => {
  const ground = await rig(t)
  const { lambda, make } = ground
  const FunctionName = 'hello'
  await make('hello', 'export const handler = async () => process.env.AWS_LAMBDA_FUNCTION_VERSION')
  await lambda.publishVersion({ FunctionName })
  await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '1' })
  const Qualifier = 'live'
  const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({
    FunctionName,
    Qualifier,
    AuthType: 'NONE',
  })
  const { ask } = await serveUrls(t, ground)
  await openToAll(ground, 'hello')
  assert.equal((await ask(FunctionUrl)).status, 403, "the function's own policy says nothing of the alias")
  await openToAll(ground, 'hello', 'live')
  assert.equal((await ask(FunctionUrl)).body, '1')
  await lambda.deleteAlias({ FunctionName, Name: 'live' })
  assert.equal((await ask(FunctionUrl)).status, 404)
})

test('browsers are told what they may, and the function hears of no preflight', async (t) => {
  const ground = await rig(t)
  const { lambda, make } = ground
  await make(
    'hello',
    "let count = 0\nexport const handler = async () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'own' }, body: String(++count) })",
  )
  const FunctionName = 'hello'
  const origin = 'https://a.example'
  const Cors = {
    AllowOrigins: [origin],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['x-own'],
    ExposeHeaders: ['x-told'],
    AllowCredentials: true,
    MaxAge: 60,
  }
  const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE', Cors })
  await openToAll(ground, 'hello')
  const { ask } = await serveUrls(t, ground)
  const cors = async (asked: Asked) => {
    const { status, headers } = await ask(FunctionUrl, asked)
    const told = Object.entries(headers).filter(([name]) => /^(?:access-control|vary)/.test(name))
    return [
      status,
      Object.fromEntries(told.map(([name, value]) => [name.replace('access-control-', ''), value])),
    ]
  }
  const asks = (from: string, method: string): Asked => ({
    method: 'OPTIONS',
    headers: { origin: from, 'access-control-request-method': method },
  })
  const mine = { 'allow-origin': origin, 'allow-credentials': 'true', vary: 'Origin' }
  const allowed = { ...mine, 'allow-methods': 'GET,POST', 'allow-headers': 'x-own', 'max-age': '60' }
  assert.deepEqual(await cors(asks(origin, 'POST')), [200, allowed])
  assert.deepEqual(await cors(asks(origin, 'DELETE')), [200, {}])
  assert.deepEqual(await cors(asks('https://b.example', 'GET')), [200, {}])
  assert.deepEqual(
    await cors({ headers: { origin } }),
    [200, { ...mine, 'allow-origin': `${origin}, own`, 'expose-headers': 'x-told' }],
    'both are told, as with AWS',
  )
  assert.deepEqual(await cors({ headers: { origin: 'https://b.example' } }), [200, { 'allow-origin': 'own' }])
  assert.equal((await ask(FunctionUrl)).body, '3', 'no preflight came to the function')
  await lambda.updateFunctionUrlConfig({ FunctionName, Cors: { AllowOrigins: ['*'], AllowMethods: ['*'] } })
  assert.deepEqual(await cors(asks('https://b.example', 'DELETE')), [
    200,
    { 'allow-origin': '*', 'allow-methods': '*' },
  ])
})

test('what is too large, or goes nowhere, is refused', async (t) => {
  const ground = await rig(t)
  const { lambda, make } = ground
  await make('hello', 'export const handler = async () => "x".repeat(7 * 1024 * 1024)')
  const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({
    FunctionName: 'hello',
    AuthType: 'NONE',
  })
  await openToAll(ground, 'hello')
  const { ask } = await serveUrls(t, ground)
  const mebibyte = 1024 * 1024
  assert.equal((await ask(FunctionUrl, { method: 'POST', body: Buffer.alloc(7 * mebibyte) })).status, 413)
  assert.equal(
    (await ask(FunctionUrl, { method: 'POST', body: Buffer.alloc(5 * mebibyte) })).status,
    413,
    'in base64 it is larger than an event may be',
  )
  assert.equal((await ask(FunctionUrl)).status, 502)
  const unknown = FunctionUrl.replace(/\/\/[a-z2-7]{32}/, `//${'a'.repeat(32)}`)
  assert.equal((await ask(unknown)).status, 404)
  assert.equal((await ask(FunctionUrl.replace('us-east-1', 'eu-west-1'))).status, 404)
  assert.notEqual((await ask('http://lambda.localhost/')).status, 502, 'other hosts go to the pipeline')
})
