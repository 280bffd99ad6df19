// Goal: a Python function as people write it for AWS works: boto3 from a layer, what the context and the environment tell, structured logs.
// Method: a layer packed from the installed boto3; the function is invoked by boto3, calls back, and is held to its role.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { zip } from '../functions/zip.ts'
import { administratorOf, directoryFor, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { boto3 } from './boto3.ts'
import { until } from './edge-rig.ts'
import { allowed, policy } from './expect.ts'

const python = findPython(pythonClients)
const msMax = 20_000

const handler = `
import json, os
import boto3
from botocore.exceptions import ClientError

sqs = boto3.client('sqs')  # Outside the handler: made once for an environment.
cold = True

def handler(event, context):
    global cold
    was_cold, cold = cold, False
    print(json.dumps({'level': 'INFO', 'cold_start': was_cold, 'function_request_id': context.aws_request_id}))
    for record in event['orders']:
        sqs.send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody=json.dumps(record))
    try:
        sqs.create_queue(QueueName='own')
        refused = None
    except ClientError as error:
        refused = error.response['Error']['Code']
    caller = boto3.client('sts').get_caller_identity()['Arn']
    return {
        'refused': refused, 'caller': caller, 'cold': was_cold,
        'context': [context.function_name, context.function_version, context.memory_limit_in_mb,
                    context.invoked_function_arn, context.log_group_name, context.get_remaining_time_in_millis() > 0],
        'environment': [os.environ[name] for name in
                        ('AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
                         'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_INITIALIZATION_TYPE', '_HANDLER')],
    }
`

/** boto3 with what it needs for SQS and STS, as a layer; of botocore's data all else is left out, since it would be 100 MB. */
function layer(t: TestContext): Uint8Array {
  const [packages] = globSync(join(pythonClients.directory, 'lib/python3*/site-packages'))
  assert.ok(packages !== undefined)
  const directory = directoryFor(t)
  mkdirSync(join(directory, 'python'))
  const others = /botocore\/data\/(?!sqs|sts)[^/.]+(?:\/|$)|__pycache__|\/examples\//
  for (const name of ['boto3', 'botocore', 's3transfer', 'jmespath', 'urllib3', 'dateutil', 'six.py'])
    cpSync(join(packages, name), join(directory, 'python', name), {
      recursive: true,
      filter: (from) => !others.test(from.slice(packages.length + 1)),
    })
  execFileSync('python3', ['-m', 'zipfile', '-c', 'layer.zip', 'python'], { cwd: directory })
  return new Uint8Array(readFileSync(join(directory, 'layer.zip')))
}

test(
  'functions: Python with boto3 from a layer, by its role',
  { skip: !python.ready && python.why },
  async (t) => {
    const flags = ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1']
    const server = await serverFor(t, { flags })
    const as = administratorOf(server)
    const client = boto3(t, server.url)
    const { QueueUrl = '' } = allowed(await client.call('sqs', 'CreateQueue', { QueueName: 'orders' }, as))
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    })
    const role = { RoleName: 'sender', AssumeRolePolicyDocument }
    const { Role } = allowed(await client.call('iam', 'CreateRole', role, as))
    const PolicyDocument = policy(
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' },
      { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
    )
    allowed(
      await client.call(
        'iam',
        'PutRolePolicy',
        { RoleName: 'sender', PolicyName: 'send', PolicyDocument },
        as,
      ),
    )
    const published = { LayerName: 'boto3', Content: { ZipFile: layer(t) } }
    const { LayerVersionArn = '' } = allowed(
      await client.call('lambda', 'PublishLayerVersion', published, as),
    )
    const { FunctionArn } = allowed(
      await client.call(
        'lambda',
        'CreateFunction',
        {
          ...{ FunctionName: 'send', Runtime: 'python3.11', Role: Role.Arn, Handler: 'app.handler' },
          Code: { ZipFile: new Uint8Array(zip({ name: 'app.py', content: handler })) },
          ...{ Layers: [LayerVersionArn], Timeout: 30, MemorySize: 256 },
          Environment: { Variables: { QUEUE_URL: QueueUrl } },
        },
        as,
      ),
    )
    const invoke = async (orders: readonly object[]) => {
      const Payload = new Uint8Array(Buffer.from(JSON.stringify({ orders })))
      const answer = allowed(await client.call('lambda', 'Invoke', { FunctionName: 'send', Payload }, as))
      return JSON.parse(Buffer.from(answer.Payload ?? '').toString()) as { readonly cold: boolean } // Compared whole below.
    }
    const group = '/aws/lambda/send'
    const account = Role.Arn.split(':')[4]
    const told = {
      refused: 'AccessDeniedException',
      caller: `arn:aws:sts::${account}:assumed-role/sender/send`,
      cold: true,
      context: ['send', '$LATEST', '256', FunctionArn, group, true],
      environment: ['us-east-1', 'send', '256', group, 'on-demand', 'app.handler'],
    }
    assert.deepEqual(await invoke([{ id: 1 }]), told)
    assert.deepEqual(await invoke([{ id: 2 }]), { ...told, cold: false })
    const received: unknown[] = []
    while (received.length < 2) {
      const asked = { QueueUrl, WaitTimeSeconds: 10 }
      const { Messages = [] } = allowed(await client.call('sqs', 'ReceiveMessage', asked, as))
      assert.ok(Messages.length > 0)
      received.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '')))
    }
    assert.deepEqual(new Set(received), new Set([{ id: 1 }, { id: 2 }]))
    const filter = { logGroupName: group, filterPattern: '{ $.cold_start IS TRUE }' }
    await until(
      msMax,
      async () => client.call('logs', 'FilterLogEvents', filter, as),
      (found) => found.ok && found.output.events?.length === 1,
    )
  },
)
