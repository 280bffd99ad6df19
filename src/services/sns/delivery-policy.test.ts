// Goal: web addresses are retried, slowed down and labelled as their delivery policy says, or their topic's; one that cannot be read is refused.
// Method: rows of policies with the delays that follow; then a real web server on the test's clock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNetwork } from '#core/address-guard.ts'
import { refusal } from '../../../test/in-process.ts'
import { effectivePolicy, retryAfterSeconds } from './delivery-policy.ts'
import { receiver, rig } from './rig.test.ts'
import { createThrottle } from './throttle.ts'

/** All delays of a policy of a subscription, in seconds. */
function delays(healthyRetryPolicy: object): readonly number[] {
  const policy = effectivePolicy(undefined, JSON.stringify({ healthyRetryPolicy })).healthyRetryPolicy
  const found: number[] = []
  for (let failures = 1; ; failures += 1) {
    const seconds = retryAfterSeconds(policy, failures)
    if (seconds === undefined) return found
    found.push(Math.round(seconds * 100) / 100)
  }
}

test('delivery policies: delays', () => {
  const spread = { minDelayTarget: 1, maxDelayTarget: 16, numRetries: 5 }
  const rows: readonly (readonly [string, object, readonly number[]])[] = [
    ['the default', {}, [20, 20, 20]],
    ['none', { numRetries: 0 }, []],
    ['linear', spread, [1, 4.75, 8.5, 12.25, 16]],
    ['arithmetic', { ...spread, backoffFunction: 'arithmetic' }, [1, 1.94, 4.75, 9.44, 16]],
    ['geometric', { ...spread, backoffFunction: 'geometric' }, [1, 2, 4, 8, 16]],
    ['exponential', { ...spread, maxDelayTarget: 8, backoffFunction: 'exponential' }, [1, 2, 4, 8, 8]],
    [
      'in all phases',
      {
        ...{ minDelayTarget: 1, maxDelayTarget: 3, numRetries: 7 },
        ...{ numNoDelayRetries: 1, numMinDelayRetries: 2, numMaxDelayRetries: 1 },
      },
      [0, 1, 1, 1, 2, 3, 3],
    ],
  ]
  for (const [title, policy, want] of rows) assert.deepEqual(delays(policy), want, title)
  assert.equal(rows.length, 7)
})

test("delivery policies: a subscription's members, then its topic's, then the default; or the topic's alone", () => {
  const topic = (disableSubscriptionOverrides: boolean) =>
    JSON.stringify({
      http: {
        defaultHealthyRetryPolicy: { numRetries: 7 },
        disableSubscriptionOverrides,
        defaultThrottlePolicy: { maxReceivesPerSecond: 5 },
      },
    })
  const own = JSON.stringify({ healthyRetryPolicy: { numRetries: 1 } })
  const shown = (ofTopic?: string, ofSubscription?: string) => {
    const { healthyRetryPolicy, throttlePolicy } = effectivePolicy(ofTopic, ofSubscription)
    return [healthyRetryPolicy.numRetries, throttlePolicy?.maxReceivesPerSecond]
  }
  assert.deepEqual(shown(), [3, undefined])
  assert.deepEqual(shown(topic(false)), [7, 5])
  assert.deepEqual(shown(topic(false), own), [1, 5])
  assert.deepEqual(shown(topic(true), own), [7, 5])
})

test('delivery policies: what is refused', async () => {
  const { sns, topic } = await rig()
  const TopicArn = await topic('news')
  const policy = (AttributeValue: string) =>
    refusal(
      sns.subscribe({
        TopicArn,
        Protocol: 'http',
        Endpoint: 'http://example.com/',
        Attributes: { DeliveryPolicy: AttributeValue },
      }),
    )
  const retries = (value: object) => policy(JSON.stringify({ healthyRetryPolicy: value }))
  const rows: readonly (readonly [string, Promise<string>, RegExp])[] = [
    ['no JSON', policy('{'), /JSON object/],
    ['an unknown member', policy('{"sicklyRetryPolicy":{}}'), /sicklyRetryPolicy/],
    ['a fraction', retries({ numRetries: 1.5 }), /numRetries must be an integer/],
    ['too many', retries({ numRetries: 101 }), /from 0 to 100/],
    ['more in phases than there are', retries({ numRetries: 2, numNoDelayRetries: 3 }), /numNoDelayRetries/],
    ['a minimum beyond the maximum', retries({ minDelayTarget: 30 }), /minDelayTarget/],
    ['more than an hour', retries({ numRetries: 100, maxDelayTarget: 3600 }), /3600 seconds/],
    ['an unknown function', retries({ backoffFunction: 'constructor' }), /backoffFunction/],
    ['no pace', policy('{"throttlePolicy":{"maxReceivesPerSecond":0}}'), /maxReceivesPerSecond/],
    ['a type of nothing', policy('{"requestPolicy":{"headerContentType":"image/png"}}'), /headerContentType/],
    [
      'a line break in a type',
      policy(JSON.stringify({ requestPolicy: { headerContentType: 'text/plain\r\nx: y' } })),
      /headerContentType/,
    ],
    [
      "a subscription's policy on a topic",
      refusal(
        sns.setTopicAttributes({
          TopicArn,
          AttributeName: 'DeliveryPolicy',
          AttributeValue: '{"healthyRetryPolicy":{}}',
        }),
      ),
      /healthyRetryPolicy/,
    ],
  ]
  for (const [title, said, want] of rows) {
    assert.match(await said, want, title)
    assert.match(await said, /^InvalidParameter/, title)
  }
  assert.equal(rows.length, 12)
})

test('delivery policies: a pace is kept', () => {
  const clock = { nowMs: 1_000 }
  const throttle = createThrottle(() => clock.nowMs)
  const passes = (perSecond: number): number => {
    let passed = 0
    for (const end = clock.nowMs + 10_000; clock.nowMs < end; clock.nowMs += 10)
      while (throttle.wait(`of ${perSecond}`, perSecond) === undefined) passed += 1
    return passed
  }
  assert.deepEqual([passes(1), passes(10)], [10, 100])
  assert.ok(Math.abs(passes(200) - 2_000) <= 20)
  clock.nowMs -= 86_400_000
  assert.deepEqual([passes(1), passes(10)], [10, 100], 'a clock that is set back holds up nobody')
})

test('delivery policies: retries, pace and content type of a web address', async () => {
  const { sns, topic, startRunner, callAsService, follow, waiting, clock, logged } = await rig()
  const loopback = parseNetwork('127.0.0.0/8')
  assert.ok(loopback)
  const { got, answers, url, close } = await receiver()
  const runner = startRunner(callAsService, [loopback])
  try {
    const TopicArn = await topic('news')
    const policy = {
      healthyRetryPolicy: { minDelayTarget: 5, maxDelayTarget: 5, numRetries: 2, numNoDelayRetries: 1 },
      throttlePolicy: { maxReceivesPerSecond: 1 },
      requestPolicy: { headerContentType: 'application/xml' },
    }
    await sns.subscribe({
      ...{ TopicArn, Protocol: 'http', Endpoint: url },
      Attributes: { DeliveryPolicy: JSON.stringify(policy) },
    })
    await runner.look()
    const asked = JSON.parse(got[0]?.body ?? '') as Record<string, string> // As SNS writes it.
    assert.equal(got[0]?.contentType, 'text/plain; charset=UTF-8', 'XML is for raw messages')
    const confirmed = await follow(asked['SubscribeURL'] ?? '')
    const SubscriptionArn = /<SubscriptionArn>(.*)<\/SubscriptionArn>/.exec(confirmed.body)?.[1] ?? ''
    const { Attributes } = await sns.getSubscriptionAttributes({ SubscriptionArn })
    assert.match(Attributes?.['EffectiveDeliveryPolicy'] ?? '', /"numRetries":2.*"maxReceivesPerSecond":1/)
    await sns.setSubscriptionAttributes({
      ...{ SubscriptionArn, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' },
    })

    got.length = 0
    clock.nowMs += 1_000
    for (const Message of ['<a/>', '<b/>']) await sns.publish({ TopicArn, Message })
    await runner.look()
    assert.deepEqual([got.length, got[0]?.contentType], [1, 'application/xml'])
    clock.nowMs += 999
    await runner.look()
    assert.equal(got.length, 1, 'one a second')
    clock.nowMs += 1
    await runner.look()
    assert.deepEqual([got.length, waiting()], [2, 0])

    got.length = 0
    answers.status = 503
    await sns.publish({ TopicArn, Message: 'again' })
    const times: number[] = []
    for (const start = clock.nowMs; clock.nowMs < start + 20_000; clock.nowMs += 1_000) {
      const before = got.length
      await runner.look()
      if (got.length > before) times.push((clock.nowMs - start) / 1_000)
    }
    assert.deepEqual(times, [1, 2, 7], 'at once, but for the pace; then after five seconds')
    assert.deepEqual([waiting(), logged], [0, ['notification-not-delivered']])
  } finally {
    await runner.close()
    close()
  }
})
