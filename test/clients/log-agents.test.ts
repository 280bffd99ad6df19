// Goal: an agent that people use sends its logs here unchanged, and what it sent is followed, tailed live, filtered and queried.
// Method: watchtower, CloudWatch's handler of Python's own logging, in a process of its own; boto3 reads beside it; the SDK looks at the rest.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { administratorOf, serverFor } from '../server.ts'
import { findPython, logAgents } from '../set-up/python.ts'
import { environment, run } from './aws-cli.ts'

const python = findPython(logAgents)

/** What the script prints. */
interface Seen {
  readonly followed: readonly string[]
  readonly heard: readonly string[]
}

test('watchtower logs, boto3 follows', { skip: !python.ready && python.why }, async (t) => {
  assert.ok(python.ready)
  const server = await serverFor(t, { workers: 2 })
  const as = administratorOf(server)
  const script = join(import.meta.dirname, 'log-agent.py')
  const { code, stdout, stderr } = await run(
    python.python,
    [script, '/shop/app'],
    environment(server.url, as, 'us-east-1'),
  )
  assert.equal(code, 0, stderr)
  const { followed, heard } = JSON.parse(stdout) as Seen // Our own script prints it.
  assert.equal(followed.length, 253, 'nothing is lost, and nothing is there twice')
  assert.equal(new Set(followed).size, 253)
  assert.deepEqual(followed.slice(0, 3), ['begun', 'order 0', 'order 1'])
  assert.match(followed.find((message) => message.startsWith('order failed')) ?? '', /ValueError: wrong/)
  const afterBegun = new Set(heard)
  for (const message of followed.slice(1, 251))
    assert.ok(afterBegun.has(message), `${message} was not told live`)

  const logs = new CloudWatchLogs({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: as.accessKeyId, secretAccessKey: as.secretAccessKey },
  })
  t.after(() => logs.destroy())
  await t.test('the group is as the agent made it', async () => {
    const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: '/shop' })
    assert.equal(logGroups[0]?.retentionInDays, 7)
    const { tags } = await logs.listTagsForResource({ resourceArn: logGroups[0].logGroupArn })
    assert.deepEqual(tags, { team: 'blue' })
  })
  await t.test('JSON is found by its fields', async () => {
    const pattern = { logGroupName: '/shop/app', filterPattern: '{ $.order = 7 && $.name = "straße" }' }
    const { events = [] } = await logs.filterLogEvents(pattern)
    assert.deepEqual(
      events.map(({ message }) => JSON.parse(message ?? '') as unknown),
      [{ order: 7, amount: 1.5, name: 'straße' }],
    )
  })
  await t.test('a query counts, and points at what it found', async () => {
    const nowSec = Math.floor(Date.now() / 1000)
    const { queryId } = await logs.startQuery({
      ...{ logGroupName: '/shop/app', startTime: nowSec - 600, endTime: nowSec + 60 },
      queryString: 'filter @message like /order 24[0-9]$/ | fields @message | sort @message asc',
    })
    const { results = [], status } = await logs.getQueryResults({ queryId })
    assert.equal(status, 'Complete')
    assert.equal(results.length, 10)
    const pointer = results[9]?.find(({ field }) => field === '@ptr')?.value
    const { logRecord } = await logs.getLogRecord({ logRecordPointer: pointer })
    assert.equal(logRecord?.['@message'], 'order 249')
  })
})
