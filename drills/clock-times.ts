// What lasts for a time, over a clock that jumps: sessions, delayed messages, and what a rate-based rule has counted.
import assert from 'node:assert/strict'
import type { Rule } from '#models/wafv2.d.ts'
import type { Credentials } from '../test/server.ts'
import { errorOf } from '../test/signed-call.ts'
import type { DrillRun } from './drill.ts'
import { type Ask, VisibilityConfig } from './guarded-edge.ts'
import type { TimedCalls } from './timed-calls.ts'

/** Units: milliseconds. */
const [minute, hour] = [60_000, 3_600_000]

/** Of an hour: it holds for that hour of the clock, wherever the clock stands. */
export async function sessionsEnd(t: DrillRun, calls: TimedCalls): Promise<void> {
  const session = await sessionOf(calls)
  const code = async (as: Credentials): Promise<string> => {
    const answer = await calls.query('sts', { Action: 'GetCallerIdentity' }, { as })
    return errorOf(answer).code ?? String(answer.status)
  }
  assert.equal(await code(session), '200')
  await calls.jump(30 * minute)
  assert.equal(await code(session), '200', 'half an hour on')
  await calls.jump(1.5 * hour)
  assert.equal(await code(session), 'ExpiredToken', 'two hours on')
  assert.equal(await code(await sessionOf(calls)), '200', 'a new one')
  await calls.jump(-2 * hour)
  assert.equal(await code(session), '200', 'two hours back')
  t.saw(
    'A session of an hour works, works after a jump of 30 minutes, is refused after one of 2 hours (ExpiredToken) while a new one works, and works again once the clock is back.',
  )
}

async function sessionOf(calls: TimedCalls): Promise<Credentials> {
  const body = await calls.succeeds('sts', { Action: 'GetSessionToken', DurationSeconds: '3600' })
  const text = (name: string): string => new RegExp(`<${name}>([^<]+)`).exec(body)?.[1] ?? ''
  return {
    accessKeyId: text('AccessKeyId'),
    secretAccessKey: text('SecretAccessKey'),
    sessionToken: text('SessionToken'),
  }
}

/** A message comes when the clock shows its time, once, and not before. */
export async function delaysEnd(t: DrillRun, calls: TimedCalls, QueueUrl: string): Promise<void> {
  const sends = (MessageBody: string, DelaySeconds: number) =>
    calls.succeeds('sqs', {
      Action: 'SendMessage',
      QueueUrl,
      MessageBody,
      DelaySeconds: String(DelaySeconds),
    })
  const takes = async (): Promise<readonly string[]> => {
    const wanted = { Action: 'ReceiveMessage', QueueUrl, MaxNumberOfMessages: '10', WaitTimeSeconds: '1' }
    const body = await calls.succeeds('sqs', wanted)
    for (const [, ReceiptHandle = ''] of body.matchAll(/<ReceiptHandle>([^<]+)/g))
      await calls.succeeds('sqs', { Action: 'DeleteMessage', QueueUrl, ReceiptHandle })
    return [...body.matchAll(/<Body>([^<]+)/g)].map(([, text = '']) => text)
  }
  await sends('delayed', 300)
  assert.deepEqual(await takes(), [], 'delayed by five minutes')
  await calls.jump(6 * minute)
  assert.deepEqual(await takes(), ['delayed'], 'six minutes on')
  await sends('held up', 60)
  await calls.jump(-10 * minute)
  assert.deepEqual(await takes(), [], 'ten minutes back')
  await calls.jump(9 * minute)
  assert.deepEqual(await takes(), [], 'not yet')
  await calls.jump(3 * minute)
  assert.deepEqual(await takes(), ['held up'], 'past its time')
  assert.deepEqual(await takes(), [], 'once each')
  t.saw(
    'A message delayed by 5 minutes is there after a jump of 6. One delayed by 1 minute waits out a jump of 10 minutes back and comes at the time that was its own, once.',
  )
}

const ratedPath = '/rated'
const limit = 10

/** Of one address, on one path. */
export const rateRule: Rule = {
  ...{ Name: 'rate', Priority: 9, Action: { Block: {} }, VisibilityConfig },
  Statement: {
    RateBasedStatement: {
      ...{ Limit: limit, EvaluationWindowSec: 60, AggregateKeyType: 'IP' },
      ScopeDownStatement: {
        ByteMatchStatement: {
          SearchString: Buffer.from(ratedPath),
          FieldToMatch: { UriPath: {} },
          PositionalConstraint: 'EXACTLY',
          TextTransformations: [{ Priority: 0, Type: 'NONE' }],
        },
      },
    },
  },
}

/** It lets in what the window of the clock's new time has room for, and never blocks for longer than that window. */
export async function ratesEnd(t: DrillRun, calls: TimedCalls, ask: Ask): Promise<void> {
  const first = (): Promise<number> => ask(ratedPath)
  const fill = async (when: string): Promise<void> => {
    const statuses: number[] = []
    for (let at = 0; at < limit + 1; at += 1) statuses.push(await first())
    const want = [...Array.from({ length: limit }, () => 200), 403]
    assert.deepEqual(statuses, want, when)
  }
  await fill('at first')
  await calls.jump(hour)
  await fill('an hour on')
  await calls.jump(-hour)
  assert.equal(await first(), 403, 'an hour back: what was counted is not forgotten')
  await calls.jump(2 * minute)
  await fill('two minutes on')
  t.saw(
    `A rule of ${limit} requests a minute blocks the next one; after a jump of an hour it counts anew and blocks again; an hour back it goes on blocking, for no longer than its minute.`,
  )
}
