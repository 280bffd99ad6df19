// Goal: what is at the edges of GetLogEvents and FilterLogEvents is as a person with the AWS CLI expects it.
// Method: rows, each typed with the CLI against 25 events, one a second; the CLI pages by itself where it does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administratorOf, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { awsCli, awsCommand, environment } from './aws-cli.ts'
import { allowed } from './expect.ts'

const python = findPython(pythonClients)

interface Answer {
  readonly events?: readonly { readonly message: string; readonly logStreamName?: string }[]
  readonly nextForwardToken?: string
  readonly nextBackwardToken?: string
  readonly NextToken?: string
}

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `event ${from + n}`)

test('aws logs: events are found by time, page by page', { skip: !python.ready && python.why }, async (t) => {
  const server = await serverFor(t, { workers: 2 })
  const as = administratorOf(server)
  const client = awsCli(t, server.url)
  const logGroupName = '/cli/edges'
  allowed(await client.call('logs', 'CreateLogGroup', { logGroupName }, as))
  const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000
  for (const logStreamName of ['web-1', 'web-2', 'db-1'])
    allowed(await client.call('logs', 'CreateLogStream', { logGroupName, logStreamName }, as))
  const logEvents = numbers(0, 24).map((message, n) => ({ timestamp: startMs + n * 1_000, message }))
  allowed(await client.call('logs', 'PutLogEvents', { logGroupName, logStreamName: 'web-1', logEvents }, as))
  const other = {
    logGroupName,
    logStreamName: 'db-1',
    logEvents: [{ timestamp: startMs, message: 'event of db' }],
  }
  allowed(await client.call('logs', 'PutLogEvents', other, as))

  const command = awsCommand(t)
  async function aws(...parameters: readonly string[]): Promise<Answer> {
    const { code, stdout, stderr } = await command(
      ['logs', ...parameters, '--log-group-name', logGroupName],
      environment(server.url, as, 'us-east-1'),
    )
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout) as Answer // The CLI's form.
  }
  const at = (n: number): string => String(startMs + n * 1_000)
  const get = ['get-log-events', '--log-stream-name', 'web-1']
  const filter = ['filter-log-events', '--log-stream-name-prefix', 'web-']
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['all of a stream', get, numbers(0, 24)],
    ['the last ones', [...get, '--limit', '3'], numbers(22, 24)],
    ['the first ones', [...get, '--limit', '3', '--start-from-head'], numbers(0, 2)],
    ['the end is not in it', [...get, '--start-time', at(2), '--end-time', at(5)], numbers(2, 4)],
    ['nothing between', [...get, '--start-time', at(5), '--end-time', at(5)], []],
    ['a stream without events', ['get-log-events', '--log-stream-name', 'web-2'], []],
    ['a filter has its end in it', [...filter, '--start-time', at(2), '--end-time', at(5)], numbers(2, 5)],
    ['small pages, put together by the CLI', [...filter, '--page-size', '4'], numbers(0, 24)],
    ['as many as are asked for', [...filter, '--page-size', '4', '--max-items', '10'], numbers(0, 9)],
    [
      'a pattern over pages',
      [...filter, '--filter-pattern', '%event 2.$%', '--page-size', '2'],
      numbers(20, 24),
    ],
    ['other streams', ['filter-log-events', '--log-stream-names', 'db-1', 'web-2'], ['event of db']],
    ['a time before all', [...filter, '--end-time', at(-1)], []],
  ]
  let ran = 0
  for (const [title, parameters, want] of rows) {
    const { events = [] } = await aws(...parameters)
    assert.deepEqual(
      events.map(({ message }) => message),
      want,
      title,
    )
    ran += 1
  }
  assert.equal(ran, 12)

  await t.test('tokens lead both ways, and stay where there is no more', async () => {
    const first = await aws(...get, '--limit', '10', '--start-from-head')
    const next = (token = '') => aws(...get, '--limit', '10', '--next-token', token)
    const second = await next(first.nextForwardToken)
    assert.deepEqual(
      second.events?.map(({ message }) => message),
      numbers(10, 19),
    )
    const back = await next(second.nextBackwardToken)
    assert.deepEqual(
      back.events?.map(({ message }) => message),
      numbers(0, 9),
    )
    const third = await next(second.nextForwardToken)
    const end = await next(third.nextForwardToken)
    assert.deepEqual([end.events, end.nextForwardToken], [[], third.nextForwardToken])
  })

  await t.test('the CLI goes on where it stopped', async () => {
    const first = await aws(...filter, '--max-items', '10')
    const second = await aws(...filter, '--starting-token', first.NextToken ?? '')
    assert.deepEqual(
      second.events?.map(({ message }) => message),
      numbers(10, 24),
    )
  })
})
