// Goal: what a function connects to by itself is a flow record of its account where that detects threats, and its calls of Redoubt are none.
// Method: a server as a process of its own, a real function that connects to a server of the test, the segments of the data directory.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { GuardDuty } from '@aws-sdk/client-guardduty'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { zip } from '../functions/zip.ts'
import { listenOnLoopback } from '../loopback.ts'
import { devAdministrator, serverFor } from '../server.ts'
import { skippedWithoutRoot } from '../set-up/root.ts'

const source = `
import net from 'node:net'
export const handler = ({ port }) => new Promise((resolve, reject) => {
  const socket = net.connect(port, '127.0.0.1', () => socket.write('x'.repeat(1000)))
  socket.on('error', reject)
  setTimeout(() => socket.end(() => resolve('done')), 1500)
})`

test(
  'functions: their own connections are flows where the account detects',
  { skip: skippedWithoutRoot },
  async (t) => {
    const away = createServer((socket) => socket.on('error', () => undefined).resume())
    const port = await listenOnLoopback(away, t)
    const server = await serverFor(t, { dev: true, workers: 2 })
    const options = {
      ...{ region: 'us-east-1', endpoint: server.url, credentials: devAdministrator, maxAttempts: 1 },
    }
    const lambda = new Lambda(options)
    const trust = {
      ...{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    }
    const { Role } = await new IAM(options).createRole({
      RoleName: 'runner',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
    })
    const FunctionName = 'caller'
    const { FunctionArn } = await lambda.createFunction({
      ...{ FunctionName, Role: Role?.Arn, Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 10 },
      Code: { ZipFile: zip({ name: 'index.mjs', content: source }) },
    })
    const invoke = async () => {
      const Payload = Buffer.from(JSON.stringify({ port }))
      const { FunctionError, Payload: answer } = await lambda.invoke({ FunctionName, Payload })
      assert.equal(FunctionError, undefined, Buffer.from(answer ?? '').toString())
    }
    const folder = join(server.directory, 'telemetry/flow')
    await invoke()
    assert.equal(existsSync(folder), false, 'nobody detects')
    await new GuardDuty(options).createDetector({ Enable: true })
    await invoke()
    assert.equal(await server.stop(), 0)
    const flows = readdirSync(folder)
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as Record<string, unknown>) // What the watch wrote.
    assert.deepEqual(
      flows.map(({ accountId, instanceId, flowDirection }) => [accountId, instanceId, flowDirection]),
      [
        ['000000000000', FunctionArn, 'egress'],
        ['000000000000', FunctionArn, 'ingress'],
      ],
    )
    assert.equal(flows[0]?.['dstport'], port)
  },
)
