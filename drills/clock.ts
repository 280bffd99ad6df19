// A wall clock that is set forwards and back while the server runs. Timers follow the monotonic clock, which nobody sets.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { allowed } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, serverFor } from '../test/server.ts'
import { delaysEnd, rateRule, ratesEnd, sessionsEnd } from './clock-times.ts'
import { drill } from './drill.ts'
import { fakedClock } from './faked-clock.ts'
import { guardedEdge } from './guarded-edge.ts'
import { eventSource, flags, functionLogs, functionName, placeOn, queueName } from './place.ts'
import { childrenOf } from './processes.ts'
import { TimedCalls } from './timed-calls.ts'

/** Units: milliseconds. */
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const jumps: readonly [name: string, ms: number][] = [
  ['1 hour forwards', hour],
  ['10 minutes back', -10 * minute],
  ['40 days forwards', 40 * day],
  ['1 day back', -day],
  ['1 year forwards', 365 * day],
]
const workMsMax = 10_000
/** Source: IAM User Guide, "AWS Signature Version 4": how far a signature's time may be off. */
const signedMsMax = 15 * minute

await drill(
  {
    fault: 'the clock jumps forwards or back',
    promise:
      'Calls that are signed by the new time are served at once, events reach their functions, missed schedules run once, nothing ends or is lost, and what lasts for a time lasts no longer by the clock: sessions, delays, counted rates.',
  },
  async (t) => {
    const clock = fakedClock(t)
    const server = await serverFor(t, { workers: 2, flags, environment: clock.environment })
    const as = administratorOf(server)
    const place = await placeOn(t, server)
    const client = sdk(t, server.url)
    allowed(await client.call('logs', 'CreateLogGroup', { logGroupName: functionLogs }, as))
    const { ask } = await guardedEdge(t, server, client, as, [rateRule])
    const edges = () =>
      childrenOf(server.pid)
        .filter(({ command }) => /edge\/worker\/main/.test(command))
        .map(({ pid }) => pid)
    const before = edges()
    const { RuleArn = '' } = allowed(
      await client.call('events', 'PutRule', { Name: 'minutely', ScheduleExpression: 'rate(1 minute)' }, as),
    )
    const statement = { StatementId: 'minutely', Action: 'lambda:InvokeFunction', SourceArn: RuleArn }
    const permission = { FunctionName: functionName, Principal: 'events.amazonaws.com', ...statement }
    allowed(await client.call('lambda', 'AddPermission', permission, as))
    const Arn = `arn:aws:lambda:us-east-1:${place.account}:function:${functionName}`
    allowed(await client.call('events', 'PutTargets', { Rule: 'minutely', Targets: [{ Id: 'f', Arn }] }, as))

    const calls = new TimedCalls(server, as, clock)
    const QueueUrl = `${server.url}/${place.account}/${queueName}`
    const users: string[] = []
    for (const [name, ms] of jumps) {
      await calls.jump(ms)
      const old = await calls.query('iam', { Action: 'ListUsers' }, { nowMs: calls.nowMs() - ms })
      const want = Math.abs(ms) > signedMsMax ? 403 : 200
      assert.equal(old.status, want, `${name}: signed by the old time`)
      const UserName = `after-${users.length}`
      await calls.succeeds('iam', { Action: 'CreateUser', UserName })
      users.push(UserName)
      await calls.succeeds('sqs', { Action: 'SendMessage', QueueUrl, MessageBody: UserName })
      const received = await calls.succeeds('sqs', {
        Action: 'ReceiveMessage',
        QueueUrl,
        WaitTimeSeconds: '2',
      })
      assert.ok(received.includes(UserName), `${name}: the message is there`)
      const ReceiptHandle = /<ReceiptHandle>([^<]+)/.exec(received)?.[1] ?? ''
      await calls.succeeds('sqs', { Action: 'DeleteMessage', QueueUrl, ReceiptHandle })
      await eventArrives(UserName)
      assert.equal(await ask(), 200, `${name}: the edge serves`)
      t.saw(
        `${name}: what is signed by the old time is ${want === 403 ? 'refused' : 'still within its window'}, by the new one served; a message and an event arrive; the edge serves.`,
      )
    }
    await sleep(17_000) // An edge process that is taken for silent would be ended by now.
    assert.deepEqual(edges(), before, 'no edge process was ended')
    const listed = await calls.succeeds('iam', { Action: 'ListUsers' })
    for (const user of users) assert.ok(listed.includes(`<UserName>${user}<`), user)
    const log = await functionLog()
    const runs = log.filter((line) => line.includes('heard undefined')).length
    assert.ok(runs >= 1 && runs <= 3 * jumps.length, `a schedule of every minute ran ${runs} times`)
    t.saw(
      `A rule of rate(1 minute) ran ${runs} times in all: what was missed is made up for once. No edge process was ended.`,
    )
    await sessionsEnd(t, calls)
    await delaysEnd(t, calls, QueueUrl)
    await ratesEnd(t, calls, ask)
    assert.deepEqual(edges(), before, 'no edge process was ended')

    async function functionLog(): Promise<readonly string[]> {
      const lines: string[] = []
      for (let nextToken: unknown; ;) {
        const page = await calls.json('logs', 'Logs_20140328.FilterLogEvents', {
          logGroupName: functionLogs,
          nextToken,
        })
        for (const { message } of page['events'] as { message: string }[]) lines.push(message) // The model's.
        nextToken = page['nextToken']
        if (nextToken === undefined) return lines
      }
    }
    async function eventArrives(number: string): Promise<void> {
      const Entries = [{ Source: eventSource, DetailType: 'jump', Detail: JSON.stringify({ number }) }]
      const { FailedEntryCount } = await calls.json('events', 'AWSEvents.PutEvents', { Entries })
      assert.equal(FailedEntryCount, 0)
      await until(workMsMax, functionLog, (lines) => lines.some((line) => line.includes(`heard ${number}`)))
    }
  },
)
