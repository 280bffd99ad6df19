// Goal: a function is made from an archive, runs for real in both languages, is changed and deleted; what is not enforced, not
// there or not allowed is refused. Method: the rig; rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packed } from '../../../test/functions/packed.ts'
import { zip } from '../../../test/functions/zip.ts'
import { here, refusal, rig } from './rig.test.ts'

const arn = `arn:aws:lambda:us-east-1:${here}:function:hello`
const echo = `export const handler = async (event, context) => {
  console.log('saw', event.name)
  return { hello: event.name, id: context.awsRequestId, arn: context.invokedFunctionArn, greeting: process.env.GREETING }
}`

test('a Node function runs, is reused warm, changed and deleted', async (t) => {
  const { make, invoke, lambda } = await rig(t)
  const made = await make('hello', echo, {
    Environment: { Variables: { GREETING: "it's" } },
    Tags: { team: 'red' },
  })
  assert.equal(made.FunctionArn, arn)
  assert.equal(made.State, 'Active')
  const first = await invoke('hello', { name: 'Ada' })
  assert.deepEqual(
    [first.StatusCode, first.FunctionError, first.ExecutedVersion],
    [200, undefined, '$LATEST'],
  )
  const { id, ...told } = first.payload as { id: string }
  assert.deepEqual(told, { hello: 'Ada', arn, greeting: "it's" })
  assert.match(
    first.log,
    new RegExp(
      `^START RequestId: ${id} Version: \\$LATEST\n.*\t${id}\tINFO\tsaw Ada\nEND RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\t`,
    ),
  )
  const second = await invoke(arn, { name: 'Bob' })
  assert.doesNotMatch(second.log, /Init Duration/)

  await lambda.updateFunctionConfiguration({
    FunctionName: 'hello',
    Environment: { Variables: { GREETING: 'new' } },
    Timeout: 7,
  })
  assert.equal(
    ((await invoke('hello', { name: 'Eve' })) as { payload: { greeting: string } }).payload.greeting,
    'new',
  )
  await lambda.updateFunctionCode({
    FunctionName: 'hello',
    ZipFile: zip({
      name: 'index.js',
      content: "exports.handler = (event, context, callback) => callback(null, 'changed')",
    }),
  })
  assert.equal((await invoke('hello')).payload, 'changed')
  const { Configuration, Tags } = await lambda.getFunction({ FunctionName: 'hello' })
  assert.deepEqual(
    [Configuration?.Timeout, Configuration?.Environment?.Variables, Tags],
    [7, { GREETING: 'new' }, { team: 'red' }],
  )
  await lambda.deleteFunction({ FunctionName: 'hello' })
  assert.match(
    await refusal(lambda.getFunction({ FunctionName: 'hello' })),
    /^ResourceNotFoundException: Function not found: /,
  )
})

test('a Python function runs, logs and fails as with AWS', async (t) => {
  const { make, invoke } = await rig(t)
  await make(
    'hello',
    `import logging
logging.getLogger().setLevel('INFO')
def handler(event, context):
    print('printed')
    logging.info('logged')
    if event.get('fail'): raise ValueError('no')
    return {'hello': event['name'], 'id': context.aws_request_id, 'left': context.get_remaining_time_in_millis() > 0}
`,
    { Runtime: 'python3.11' },
  )
  const { payload, log } = await invoke('hello', { name: 'Ada' })
  assert.equal((payload as { hello: string }).hello, 'Ada')
  assert.match(log, /\nprinted\n\[INFO\]\t\d{4}-.*\tlogged\nEND/)
  const failed = await invoke('hello', { fail: true })
  assert.equal(failed.FunctionError, 'Unhandled')
  const { errorType, errorMessage } = failed.payload as { errorType: string; errorMessage: string }
  assert.deepEqual([errorType, errorMessage], ['ValueError', 'no'])
})

test('an unmodified SDK in a function calls back as its role, and is authorized as that', async (t) => {
  const { make, makeRole, invoke, lambda } = await rig(t)
  const source = `const { STS } = require('@aws-sdk/client-sts')
exports.handler = async () => {
  const sts = new STS({})
  const { Arn } = await sts.getCallerIdentity({})
  const denied = await sts.assumeRole({ RoleArn: 'arn:aws:iam::${here}:role/other', RoleSessionName: 'other' }).catch((error) => error.name)
  return { Arn, denied }
}`
  const Code = { ZipFile: zip({ name: 'index.js', content: source }, ...packed('@aws-sdk/client-sts')) }
  await make('caller', '', { Code, Role: await makeRole('caller'), Timeout: 20, MemorySize: 256 })
  assert.deepEqual((await invoke('caller')).payload, {
    Arn: `arn:aws:sts::${here}:assumed-role/caller/caller`,
    denied: 'AccessDenied',
  })
  assert.equal((await lambda.listFunctions({})).Functions?.length, 1)
})

test('variables are sealed, or encrypted by the key that is named; who may not decrypt sees none', async (t) => {
  const { make, invoke, kms, store, user, iam, lambda } = await rig(t)
  const { KeyMetadata } = await kms.createKey({})
  const KMSKeyArn = KeyMetadata?.Arn ?? ''
  await kms.createAlias({ AliasName: 'alias/variables', TargetKeyId: KMSKeyArn })
  const Environment = { Variables: { GREETING: 'secret-word' } }
  const aliasArn = KMSKeyArn.replace(/key\/.*/, 'alias/variables')
  await make('hello', echo, { KMSKeyArn, Environment })
  await make('by-alias', echo, { KMSKeyArn: aliasArn, Environment })
  assert.doesNotMatch(JSON.stringify(store.snapshot()), /secret-word/)
  for (const GREETING of ['another', 'secret-word'])
    await lambda.updateFunctionConfiguration({
      FunctionName: 'hello',
      Environment: { Variables: { GREETING } },
    })
  const { Grants } = await kms.listGrants({ KeyId: KMSKeyArn })
  assert.equal(
    Grants?.length,
    2,
    'the role has one grant for each function, however often its variables change',
  )
  for (const name of ['hello', 'by-alias'])
    assert.equal(((await invoke(name, {})).payload as { greeting: string }).greeting, 'secret-word', name)
  const bob = await user('bob', { Effect: 'Allow', Action: 'lambda:*', Resource: '*' })
  const shown = await bob.getFunctionConfiguration({ FunctionName: 'hello' })
  assert.equal(shown.Environment?.Variables, undefined)
  assert.equal(shown.Environment?.Error?.ErrorCode, 'AccessDeniedException')
  await kms.disableKey({ KeyId: KMSKeyArn })
  await bob.updateFunctionCode({
    FunctionName: 'hello',
    ZipFile: zip({ name: 'index.mjs', content: `${echo}\n` }),
  })
  assert.match(await refusal(bob.invoke({ FunctionName: 'hello' })), /^KMSAccessDeniedException: /)
  assert.ok(iam)
})

test('a role that is taken away ends the function', async (t) => {
  const { make, invoke, iam, lambda } = await rig(t)
  await make('hello', echo)
  await iam.deleteRole({ RoleName: 'runner' })
  assert.match(
    await refusal(lambda.invoke({ FunctionName: 'hello' })),
    /^AccessDenied\w*: The role defined for the function/,
  )
  assert.ok(invoke)
})

test('what is not enforced, not there or no archive is refused', async (t) => {
  const { make, iam } = await rig(t)
  const { Role } = await iam.createRole({
    RoleName: 'foreign',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    }),
  })
  const zeros = Buffer.alloc(270_000_000)
  const bomb = zip({ name: 'zeros', content: zeros, deflated: true })
  const liar = zip({ name: 'zeros', content: zeros.subarray(0, 10_000_000), deflated: true, saidBytes: 10 })
  const rows: readonly [string, Parameters<typeof make>[2], RegExp][] = [
    [
      'a runtime that is not there',
      { Runtime: 'java21' },
      /InvalidParameterValueException: The runtime parameter of java21 cannot be served here/,
    ],
    [
      'a role that is not there',
      { Role: `arn:aws:iam::${here}:role/none` },
      /InvalidParameterValueException: The role defined for the function cannot be assumed/,
    ],
    [
      "another service's role",
      { Role: Role?.Arn ?? '' },
      /InvalidParameterValueException: The role defined for the function cannot be assumed/,
    ],
    ['a container', { PackageType: 'Image' }, /PackageType Image is not supported/],
    ['a network', { VpcConfig: { SubnetIds: ['subnet-1'] } }, /VpcConfig is not supported/],
    ['a bucket', { Code: { S3Bucket: 'bucket', S3Key: 'key' } }, /Code is taken as ZipFile alone/],
    ['no archive', { Code: { ZipFile: Buffer.from('hello') } }, /Could not unzip uploaded file/],
    ['an empty archive', { Code: { ZipFile: zip() } }, /Could not unzip uploaded file/],
    [
      'a path out of it',
      { Code: { ZipFile: zip({ name: '../evil', content: '' }) } },
      /Could not unzip uploaded file/,
    ],
    [
      'an absolute path',
      { Code: { ZipFile: zip({ name: '/etc/evil', content: '' }) } },
      /Could not unzip uploaded file/,
    ],
    [
      'a path that leaves it on its way',
      { Code: { ZipFile: zip({ name: 'a/../../evil', content: '' }) } },
      /Could not unzip uploaded file/,
    ],
    [
      "another system's path out of it",
      { Code: { ZipFile: zip({ name: '..\\evil', content: '' }) } },
      /Could not unzip uploaded file/,
    ],
    [
      'a device',
      { Code: { ZipFile: zip({ name: 'null', content: '', mode: 0o020666 }) } },
      /neither a file nor a folder/,
    ],
    [
      'a link',
      { Code: { ZipFile: zip({ name: 'link', content: '/etc/passwd', mode: 0o120777 }) } },
      /neither a file nor a folder/,
    ],
    ['a bomb that says it is small', { Code: { ZipFile: liar } }, /Could not unzip uploaded file/],
    ['a bomb', { Code: { ZipFile: bomb } }, /Unzipped size must be smaller than 262144000 bytes/],
    ['a reserved variable', { Environment: { Variables: { AWS_REGION: 'x' } } }, /contains reserved keys/],
    [
      'too many variables',
      { Environment: { Variables: { BIG: 'x'.repeat(5000) } } },
      /exceeded the 4KB limit/,
    ],
    [
      'a layer that is not there',
      { Layers: [`arn:aws:lambda:us-east-1:${here}:layer:none:1`] },
      /does not exist/,
    ],
    [
      'a dead letter to nowhere',
      { DeadLetterConfig: { TargetArn: `arn:aws:iam::${here}:role/x` } },
      /neither a queue nor a topic/,
    ],
  ]
  for (const [name, wish, want] of rows) assert.match(await refusal(make('hello', echo, wish)), want, name)
  assert.equal(rows.length, 20)
})

test('a permission that is none of the policy language is refused, and the others stay in use', async (t) => {
  const { make, lambda } = await rig(t)
  await make('hello', echo)
  const permit = (StatementId: string, Principal: string) =>
    lambda.addPermission({ FunctionName: 'hello', StatementId, Action: 'lambda:InvokeFunction', Principal })
  for (const principal of [
    'arn:aws:sqs:us-east-1:111122223333:queue',
    'arn:aws:iam::111122223333:*',
    'nobody',
  ])
    assert.match(
      await refusal(permit('bad', principal)),
      /^InvalidParameterValueException: The provided principal was invalid/,
      principal,
    )
  await permit('good', 'events.amazonaws.com')
  await lambda.removePermission({ FunctionName: 'hello', StatementId: 'good' })
})

test('nobody does what no policy lets them', async (t) => {
  const { make, user, lambda, role } = await rig(t)
  await make('hello', echo)
  const nobody = await user('nobody')
  const invoker = await user('invoker', { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn })
  const maker = await user('maker', { Effect: 'Allow', Action: 'lambda:*', Resource: '*' })
  const ZipFile = zip({ name: 'index.mjs', content: echo })
  const create = {
    FunctionName: 'other',
    Runtime: 'nodejs24.x' as const,
    Handler: 'index.handler',
    Role: role,
    Code: { ZipFile },
  }
  const rows: readonly [string, () => Promise<unknown>, RegExp][] = [
    ['GetFunction', () => nobody.getFunction({ FunctionName: 'hello' }), /^AccessDenied.*lambda:GetFunction/],
    [
      'a function that is not there',
      () => nobody.getFunction({ FunctionName: 'none' }),
      /^AccessDenied.*lambda:GetFunction/,
    ],
    ['Invoke', () => nobody.invoke({ FunctionName: 'hello' }), /^AccessDenied.*lambda:InvokeFunction/],
    [
      'DryRun',
      () => nobody.invoke({ FunctionName: 'hello', InvocationType: 'DryRun' }),
      /^AccessDenied.*lambda:InvokeFunction/,
    ],
    [
      'GetFunctionCodeSigningConfig',
      () => nobody.getFunctionCodeSigningConfig({ FunctionName: 'hello' }),
      /^AccessDenied.*lambda:GetFunctionCodeSigningConfig/,
    ],
    ['ListFunctions', () => nobody.listFunctions({}), /^AccessDenied.*lambda:ListFunctions/],
    [
      'UpdateFunctionCode',
      () => invoker.updateFunctionCode({ FunctionName: 'hello', ZipFile }),
      /^AccessDenied.*lambda:UpdateFunctionCode/,
    ],
    [
      'UpdateFunctionConfiguration',
      () => invoker.updateFunctionConfiguration({ FunctionName: 'hello' }),
      /^AccessDenied.*lambda:Update/,
    ],
    [
      'DeleteFunction',
      () => invoker.deleteFunction({ FunctionName: 'hello' }),
      /^AccessDenied.*lambda:DeleteFunction/,
    ],
    [
      'CreateFunction without iam:PassRole',
      () => maker.createFunction(create),
      /^AccessDenied.*iam:PassRole/,
    ],
    [
      'another role without iam:PassRole',
      () => maker.updateFunctionConfiguration({ FunctionName: 'hello', Role: role }),
      /^AccessDenied.*iam:PassRole/,
    ],
    [
      'Invoke by whom it is allowed',
      () => invoker.invoke({ FunctionName: 'hello', InvocationType: 'DryRun' }),
      /^no refusal$/,
    ],
    [
      'the other region',
      () => invoker.invoke({ FunctionName: arn.replace('us-east-1', 'eu-west-1') }),
      /not reachable in this region/,
    ],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call()), want, name)
  assert.equal(rows.length, 13)
  const { CodeSigningConfigArn } = await lambda.getFunctionCodeSigningConfig({ FunctionName: 'hello' })
  assert.equal(CodeSigningConfigArn, undefined)
})

test('bad payloads are refused before anything runs', async (t) => {
  const { make, lambda } = await rig(t)
  await make('hello', echo)
  const invoke = (Payload: string, InvocationType: 'Event' | 'RequestResponse' = 'RequestResponse') =>
    refusal(lambda.invoke({ FunctionName: 'hello', Payload: Buffer.from(Payload), InvocationType }))
  assert.match(
    await invoke('{"a":'),
    /^InvalidRequestContentException: Could not parse request body into json/,
  )
  assert.match(await invoke(JSON.stringify('x'.repeat(6 * 1024 * 1024))), /^RequestTooLargeException: /)
  assert.match(await invoke(JSON.stringify('x'.repeat(1024 * 1024)), 'Event'), /^RequestTooLargeException: /)
})

test('$LATEST goes with its function alone, and has no policy of its own', async (t) => {
  const { make, lambda } = await rig(t)
  await make('hello', echo)
  const permission = { StatementId: 'one', Action: 'lambda:InvokeFunction', Principal: here }
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'deleted by a qualifier',
      () => lambda.deleteFunction({ FunctionName: 'hello', Qualifier: '$LATEST' }),
      /^InvalidParameterValueException: \$LATEST version cannot be deleted/,
    ],
    [
      'deleted by its name',
      () => lambda.deleteFunction({ FunctionName: `${arn}:$LATEST` }),
      /^InvalidParameterValueException: \$LATEST version cannot be deleted/,
    ],
    [
      'a permission',
      () => lambda.addPermission({ ...permission, FunctionName: 'hello', Qualifier: '$LATEST' }),
      /^InvalidParameterValueException: We currently do not support adding policies for \$LATEST/,
    ],
    ['shown', () => lambda.getFunction({ FunctionName: 'hello', Qualifier: '$LATEST' }), /^no refusal$/],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call()), want, name)
  assert.equal(rows.length, 4)
})

test('a dry run of an update refuses what an update refuses', async (t) => {
  const { make, lambda, code } = await rig(t)
  await make('hello', echo)
  const update = (ZipFile: Uint8Array | undefined) =>
    lambda.updateFunctionCode({ FunctionName: 'hello', ZipFile, DryRun: true })
  assert.match(await refusal(update(Buffer.from('hello'))), /Could not unzip uploaded file/)
  assert.match(await refusal(update(undefined)), /Please provide a source for function code/)
  const other = zip({ name: 'index.mjs', content: 'export const handler = 1' })
  const { CodeSha256 = '' } = await update(other)
  await assert.rejects(
    code.get(Buffer.from(CodeSha256, 'base64').toString('hex')),
    /ENOENT/,
    'it is not kept',
  )
})

test('a client context is given to the function, and is no longer than a header', async (t) => {
  const { make, lambda } = await rig(t)
  await make('hello', 'export const handler = async (_, { clientContext }) => clientContext?.custom?.length')
  const invoke = async (length: number) => {
    const ClientContext = Buffer.from(JSON.stringify({ custom: 'x'.repeat(length) })).toString('base64')
    const { Payload = Buffer.from('') } = await lambda.invoke({ FunctionName: 'hello', ClientContext })
    return Buffer.from(Payload).toString('utf8')
  }
  assert.equal(await invoke(2_000), '2000')
  assert.match(await refusal(invoke(3_000)), /^InvalidParameterValueException: The client context is longer/)
})

test('while no function can run, whoever makes one is told that it is the service', async (t) => {
  const { make, host } = await rig(t)
  const runtimes = t.mock.method(host, 'runtimes', () => Promise.resolve(undefined))
  assert.equal(
    await refusal(make('hello', echo)),
    'ServiceException: Functions cannot run on this machine now; its log says why.',
  )
  runtimes.mock.restore()
  assert.equal((await make('hello', echo)).State, 'Active')
})
