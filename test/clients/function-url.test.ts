// Goal: a function's URL is reached by an ordinary client, whichever worker answers it and wherever functions run.
// Method: a server of two workers; curl, which signs by itself; many connections, so that both workers have some.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { zip } from '../functions/zip.ts'
import { administratorOf, serverFor } from '../server.ts'
import { policy } from './expect.ts'

const region = 'us-east-1'
const connections = 12
const source = `
exports.handler = awslambda.streamifyResponse(async ({ rawPath, requestContext }, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-own': 'yes' } })
  stream.write(rawPath + ' ')
  await new Promise((done) => setTimeout(done, 20))
  stream.write('x'.repeat(300000))
  stream.end(' ' + (requestContext.authorizer?.iam.userArn ?? 'nobody'))
})
exports.whole = async ({ rawPath }) => ({ statusCode: 200, cookies: ['a=1', 'b=2'], body: rawPath })
`

/** What curl shows of an answer. */
async function curl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '-i', '--max-time', '20', ...args], {
    maxBuffer: 4e6,
  })
  return stdout
}

test('function URLs: curl signs, both workers answer, pieces arrive whole', async (t) => {
  const server = await serverFor(t, {
    workers: 2,
    flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
  })
  const credentials = administratorOf(server)
  const options = { endpoint: server.url, region, credentials: { ...credentials } }
  const [iam, lambda] = [new IAM(options), new Lambda(options)]
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  })
  const { Role } = await iam.createRole({ RoleName: 'runner', AssumeRolePolicyDocument })
  const urlOf = async (FunctionName: string, Handler: string, InvokeMode: 'BUFFERED' | 'RESPONSE_STREAM') => {
    await lambda.createFunction({
      FunctionName,
      Runtime: 'nodejs24.x',
      Role: Role?.Arn,
      Handler,
      Timeout: 10,
      Code: { ZipFile: zip({ name: 'index.js', content: source }) },
    })
    const made = await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM', InvokeMode })
    return made.FunctionUrl ?? ''
  }
  const streaming = await urlOf('streams', 'index.handler', 'RESPONSE_STREAM')
  assert.equal(new URL(streaming).port, String(server.port), 'the URL that is shown is the one to use')
  const signed = [
    ...['--aws-sigv4', `aws:amz:${region}:lambda`],
    ...['--user', `${credentials.accessKeyId}:${credentials.secretAccessKey}`],
  ]
  for (let turn = 0; turn < connections; turn += 1) {
    const told = await curl(...signed, `${streaming}path`)
    assert.match(told, /^HTTP\/1\.1 201 Created\r\n/)
    assert.match(told, /\r\nx-own: yes\r\n/)
    assert.match(told, /\r\n\r\n\/path x{300000} arn:aws:iam::\d{12}:\S+$/)
  }
  assert.match(await curl(`${streaming}path`), /^HTTP\/1\.1 403 /)

  // Open to everybody, by its policy.
  await lambda.updateFunctionUrlConfig({ FunctionName: 'streams', AuthType: 'NONE' })
  const given = { FunctionName: 'streams', Principal: '*' }
  const FunctionUrlAuthType = 'NONE'
  await lambda.addPermission({
    ...{ ...given, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType },
  })
  await lambda.addPermission({
    ...{ ...given, StatementId: 'invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  })
  const open = await curl(`${streaming}open`)
  assert.match(open, /\r\n\r\n\/open x{300000} nobody$/)
  const { Events = [] } = await new CloudTrail(options).lookupEvents({
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'Invoke' }],
  })
  assert.deepEqual(Events, [], 'the use of a function is in no event history')

  const whole = await urlOf('whole', 'index.whole', 'BUFFERED')
  for (let turn = 0; turn < connections; turn += 1) {
    const told = await curl(...signed, `${whole}path`)
    assert.match(
      told,
      /^HTTP\/1\.1 200 OK\r\n[^]*\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n[^]*\r\n\r\n\/path$/,
    )
  }
})
