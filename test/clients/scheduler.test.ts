// Goal: the AWS CLI, unmodified, makes schedules whose runs reach a real queue and a real bus by a real role; a run that falls due while the
// server is dead, by kill -9, is made once it is back. Method: one data directory, two servers; what the queue holds is received.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administratorOf, directoryFor, serverFor, type TestServer } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { awsCommand, environment } from './aws-cli.ts'

const python = findPython(pythonClients)

/** The CLI as an administrator, each call as a person would type it. */
function cliOf(
  command: ReturnType<typeof awsCommand>,
  { url }: TestServer,
  administrator: Parameters<typeof environment>[1],
) {
  return async (...parameters: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const asked = [...parameters, '--endpoint-url', url]
    const env = environment(url, administrator, 'us-east-1')
    const { code, stdout, stderr } = await command(asked, env)
    assert.equal(code, 0, `aws ${parameters.join(' ')}: ${stderr}`)
    return stdout === '' ? {} : (JSON.parse(stdout) as Readonly<Record<string, unknown>>) // What the CLI prints is a structure.
  }
}

const json = (value: object) => JSON.stringify(value)
const off = ['--flexible-time-window', json({ Mode: 'OFF' })]
/** As `at` takes it. */
const clock = (ms: number) => new Date(ms).toISOString().slice(0, 19)

test('scheduler: AWS CLI', { skip: python.ready ? false : python.why }, async (t) => {
  const directory = directoryFor(t)
  const before = await serverFor(t, { directory })
  const administrator = administratorOf(before)
  const command = awsCommand(t)
  const aws = cliOf(command, before, administrator)

  const { QueueUrl } = await aws('sqs', 'create-queue', '--queue-name', 'jobs')
  const account = String(QueueUrl).split('/').at(-2) ?? ''
  const queue = `arn:aws:sqs:us-east-1:${account}:jobs`
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'scheduler.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }
  const leave = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue }
  const policy = (Statement: object) => json({ Version: '2012-10-17', Statement })
  await aws(
    ...['iam', 'create-role', '--role-name', 'runner', '--assume-role-policy-document', policy(trust)],
  )
  await aws(
    ...['iam', 'put-role-policy', '--role-name', 'runner', '--policy-name', 'send'],
    ...['--policy-document', policy(leave)],
  )

  const RoleArn = `arn:aws:iam::${account}:role/runner`
  await aws('scheduler', 'create-schedule-group', '--name', 'nightly', '--tags', 'Key=team,Value=red')
  const { ScheduleArn } = await aws(
    ...['scheduler', 'create-schedule', '--name', 'pace', '--group-name', 'nightly', ...off],
    ...['--schedule-expression', 'rate(1 hours)', '--schedule-expression-timezone', 'Europe/Berlin'],
    ...['--target', json({ Arn: queue, RoleArn, Input: 'from pace' })],
  )
  assert.equal(ScheduleArn, `arn:aws:scheduler:us-east-1:${account}:schedule/nightly/pace`)
  const shown = await aws('scheduler', 'get-schedule', '--name', 'pace', '--group-name', 'nightly')
  assert.equal(shown['ScheduleExpressionTimezone'], 'Europe/Berlin')
  const listed = await aws('scheduler', 'list-schedules', '--name-prefix', 'pa')
  assert.equal((listed['Schedules'] as readonly object[]).length, 1) // The CLI prints all pages as one list.
  assert.equal(await received(aws, String(QueueUrl)), 'from pace')

  const universal = {
    ...{ Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', RoleArn },
    Input: json({ QueueUrl, MessageBody: 'attempt <aws.scheduler.attempt-number>' }),
  }
  await aws(
    ...['scheduler', 'create-schedule', '--name', 'once', ...off, '--action-after-completion', 'DELETE'],
    ...['--schedule-expression', `at(${clock(Date.now() + 10_000)})`, '--target', json(universal)],
  )
  await before.kill()

  const after = await serverFor(t, { directory })
  const again = cliOf(command, after, administrator)
  // The queue's address has the server's, which is another now.
  const { QueueUrl: now } = await again('sqs', 'get-queue-url', '--queue-name', 'jobs')
  assert.equal(await received(again, String(now)), 'attempt 1')
  const { Schedules } = await again('scheduler', 'list-schedules', '--group-name', 'default')
  assert.deepEqual(Schedules, [], 'it is gone once its run has ended')
  await again('scheduler', 'delete-schedule-group', '--name', 'nightly')
})

/** The next message's text, which is then deleted. */
async function received(aws: ReturnType<typeof cliOf>, QueueUrl: string): Promise<string | undefined> {
  const { Messages } = await aws(
    'sqs',
    'receive-message',
    '--queue-url',
    QueueUrl,
    '--wait-time-seconds',
    '15',
  )
  const [message] = (Messages ?? []) as readonly { readonly Body: string; readonly ReceiptHandle: string }[] // As the model has it.
  if (message)
    await aws('sqs', 'delete-message', '--queue-url', QueueUrl, '--receipt-handle', message.ReceiptHandle)
  return message?.Body
}
