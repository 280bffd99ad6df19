// Goal: what an agent writes to a log group that is named as a source becomes records once, of the group's account and Region, whatever they say.
// Method: the SDK's client, a runner in steps, a record store that remembers.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { groups } from './documents.ts'
import { createRecordGroupRunner } from './record-groups.ts'
import { here, refusal, rig, startMs } from './rig.test.ts'

const logGroupName = '/vpc/flows'
const second = Math.floor(startMs / 1000)
const flow = (port: number, account = '999999999999') =>
  `2 ${account} eni-1 203.0.113.9 10.0.0.5 ${port} 443 6 10 840 ${second - 60} ${second} ACCEPT OK`

async function ground(t: TestContext, tags: Record<string, string> = { 'redoubt:records': 'flow' }) {
  const made = await rig(t)
  const { logs, store, world, callAsService, logStore, clock } = made
  const kept: { kind: string; line: Record<string, unknown> }[] = []
  const logged: Record<string, unknown>[] = []
  const runner = () =>
    createRecordGroupRunner({
      ...{ store, world, callAsService, logs: logStore },
      log: (entry) => logged.push(entry),
      records: {
        append: (kind, lines) => {
          for (const line of lines) kept.push({ kind, line: JSON.parse(line) as Record<string, unknown> })
        },
      },
    })
  await logs.createLogGroup({ logGroupName, tags })
  await logs.createLogStream({ logGroupName, logStreamName: 's' })
  const put = (...messages: readonly string[]) =>
    logs.putLogEvents({
      logGroupName,
      logStreamName: 's',
      logEvents: messages.map((message) => ({ timestamp: clock.nowMs, message })),
    })
  const shown = () => kept.map(({ kind, line }) => [kind, line['accountId'], line['region'], line['srcport']])
  return { ...made, runner, put, kept, shown, logged }
}

test('records: events of a group that is named as a source, once each, over runners that end', async (t) => {
  const { runner, put, shown, logged } = await ground(t)
  await put(flow(1)) // Before anybody looks: detection begins from now on.
  const first = runner()
  await first.pass()
  await put(flow(2), 'nonsense', flow(3))
  await first.pass()
  await first.pass()
  await first.close()
  await put(flow(4))
  const next = runner()
  await next.pass()
  await next.close()
  assert.deepEqual(
    shown(),
    [2, 3, 4].map((port) => ['flow', here, 'us-east-1', port]),
  )
  assert.deepEqual(logged, [
    { level: 'warn', event: 'log-events-no-records', group: logGroupName, kind: 'flow', count: 1 },
  ])
})

test('records: a group that cannot be read holds up no other', async (t) => {
  const { logs, put, shown, store, world, callAsService, logStore } = await ground(t)
  await logs.createLogGroup({ logGroupName: '/a/damaged', tags: { 'redoubt:records': 'flow' } })
  const damaged = store.read.findAnywhere(groups, 'everywhere', 'all').find(({ id }) => id === '/a/damaged')
  const [told, kept]: [unknown[], string[]] = [[], []]
  const runner = createRecordGroupRunner({
    ...{ store, world, callAsService },
    logs: {
      ...logStore,
      arrivals: (asked) =>
        asked.group === damaged?.document.id
          ? Promise.reject(new Error('the segment is damaged'))
          : logStore.arrivals(asked),
    },
    log: ({ event, group }) => told.push([event, group]),
    records: { append: (_kind, lines) => void kept.push(...lines) },
  })
  await runner.pass()
  await put(flow(1))
  await runner.pass()
  await runner.close()
  assert.equal(kept.length, 1)
  assert.deepEqual(told.at(-1), ['record-group-failed', '/a/damaged'])
  assert.deepEqual(shown(), [])
})

test('records: calls count as the account’s whose group it is', async (t) => {
  const { runner, put, kept } = await ground(t, { 'redoubt:records': 'cloudtrail' })
  const one = runner()
  await one.pass()
  await put(
    JSON.stringify({
      ...{ eventID: 'x', eventTime: new Date(startMs).toISOString(), eventSource: 'iam.amazonaws.com' },
      ...{ eventName: 'GetUser', awsRegion: 'eu-west-1', recipientAccountId: '999999999999' },
    }),
  )
  await one.pass()
  await one.close()
  assert.deepEqual(
    kept.map(({ kind, line }) => [kind, line['recipientAccountId'], line['awsRegion']]),
    [['ingested', here, 'eu-west-1']],
  )
})

test('records: a message that grows beyond what a record may have is told, and those after it are kept', async (t) => {
  const { runner, put, kept, logged } = await ground(t, { 'redoubt:records': 'cloudtrail' })
  const one = runner()
  await one.pass()
  const call = (eventID: string, numbers: string) =>
    `{"eventID":"${eventID}","eventTime":"${new Date(startMs).toISOString()}","eventSource":"iam.amazonaws.com",
      "eventName":"GetUser","awsRegion":"eu-west-1","requestParameters":{"numbers":[${numbers}]}}`
  await put(call('long', Array<string>(150_000).fill('1e20').join()), call('next', '1'))
  await one.pass()
  await one.close()
  assert.deepEqual(
    kept.map(({ line }) => line['eventID']),
    ['next'],
  )
  assert.deepEqual(
    logged.map(({ event, count }) => [event, count]),
    [['log-events-no-records', 1]],
  )
})

test('records: a group without the tag, or with another value, is no source', async (t) => {
  for (const tags of [{ team: 'net' }, { 'redoubt:records': 'other' }] as Record<string, string>[]) {
    const { runner, put, kept } = await ground(t, tags)
    const one = runner()
    await one.pass()
    await put(flow(1))
    await one.pass()
    await one.close()
    assert.deepEqual(kept, [])
  }
})

test('records: nobody makes a group a source, changes what it is, or ends that, who may not change detection', async (t) => {
  const { logs, user } = await ground(t, { team: 'net' })
  const allowed = { Effect: 'Allow', Action: 'logs:*', Resource: '*' } as const
  const writer = await user('writer', allowed)
  const both = await user('both', allowed, { ...allowed, Action: 'guardduty:UpdateDetector' })
  const resourceArn = `arn:aws:logs:us-east-1:${here}:log-group:${logGroupName}`
  const source = { 'redoubt:records': 'cloudtrail' }
  const rows: readonly (readonly [string, (client: typeof logs) => Promise<unknown>])[] = [
    ['made so', (client) => client.createLogGroup({ logGroupName: '/forged', tags: source })],
    ['tagged', (client) => client.tagResource({ resourceArn, tags: source })],
    ['tagged by name', (client) => client.tagLogGroup({ logGroupName, tags: source })],
    ['read otherwise', (client) => client.tagResource({ resourceArn, tags: { 'redoubt:flow-format': 'a' } })],
    ['ended', (client) => client.untagResource({ resourceArn, tagKeys: ['redoubt:records'] })],
    ['ended by name', (client) => client.untagLogGroup({ logGroupName, tags: ['redoubt:records'] })],
  ]
  for (const [title, call] of rows) {
    assert.match(await refusal(call(writer)), /not authorized to perform: guardduty:UpdateDetector /, title)
    assert.equal(await refusal(call(both)), 'no refusal', title)
  }
  assert.equal(rows.length, 6)
  assert.equal(await refusal(writer.tagResource({ resourceArn, tags: { team: 'web' } })), 'no refusal')
})
