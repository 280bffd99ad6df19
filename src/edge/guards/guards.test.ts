// Goal: a web ACL on the way of requests blocks what it should, swaps its IP sets at once, and never lets anybody through by failing.
// Method: web ACLs as the WAFv2 service sends them, judged for requests of the test's making; rates with two workers that exchange counts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type { EdgePart, GuardedWebACL } from '#core/front-door.ts'
import { managedRuleGroups } from '#engines/waf/index.ts'
import type { EdgeRequest } from '../request.ts'
import { Guards, SharedCounter } from './index.ts'

const arn = 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn // An ARN like any other.
const setArn = 'arn:aws:wafv2:us-east-1:111122223333:regional/ipset/s/1' as Arn // As above.
const visibility = (MetricName: string) => ({
  MetricName,
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
})
const rule = (Name: string, Priority: number, Statement: object, Action: object = { Block: {} }) => ({
  Name,
  Priority,
  Statement,
  Action,
  VisibilityConfig: visibility(Name),
})

function webACL(rules: readonly object[], wish: Partial<GuardedWebACL> = {}): EdgePart {
  const value: GuardedWebACL = {
    arn,
    account: '111122223333' as AccountId, // Twelve digits.
    region: 'us-east-1',
    name: 'a',
    scope: 'REGIONAL',
    acl: {
      Name: 'a',
      ARN: arn,
      LabelNamespace: 'awswaf:111122223333:webacl:a:',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibility('a'),
      Rules: rules,
    },
    ruleGroups: {},
    regexPatternSets: {},
    addressSets: [setArn],
    bodyBytesMax: 8_192,
    tokenDomains: [],
    ...wish,
  }
  return { kind: 'web-acl', id: arn, value }
}

const addresses = (...value: readonly string[]): EdgePart => ({ kind: 'address-set', id: setArn, value })
const fromSet = rule('set', 0, { IPSetReferenceStatement: { ARN: setArn } })

function guards(counter = new SharedCounter(), clock = { nowMs: Date.UTC(2026, 10, 26) }) {
  const bugs: unknown[] = []
  const managed = managedRuleGroups()
  const made = new Guards({
    nowMs: () => clock.nowMs,
    counter,
    managed: () => managed,
    locate: () => ({ country: 'CH' }),
    autonomousSystem: () => undefined,
    tokens: {
      answerTo: ({ path }) => (path === '/verify' ? { statusCode: 204, headers: [], body: '' } : undefined),
      check: () => () => 'TOKEN_MISSING',
      solvedAtMs: () => undefined,
      page: (kind) => ({ statusCode: kind === 'CAPTCHA' ? 405 : 202, headers: [], body: 'page' }),
    },
    reportBug: (bug) => bugs.push(bug),
  })
  return { made, bugs }
}

function asked(wish: Partial<EdgeRequest> = {}): EdgeRequest {
  return {
    method: 'GET',
    path: '/',
    query: undefined,
    httpVersion: '1.1',
    headers: [
      ['Host', 'a'],
      ['User-Agent', 'test'],
    ],
    host: 'a',
    scheme: 'http',
    client: { address: '192.0.2.1', port: 1 },
    receivedAtMs: 0,
    ...wish,
  }
}

const nobody = { bytes: new Uint8Array(0), cut: false }

test('guards: an IP set is exchanged within a web ACL that stays as it is', () => {
  const { made } = guards()
  made.apply([webACL([fromSet]), addresses('198.51.100.0/24')], [])
  const guard = made.guardOf(arn, false)
  assert.equal(guard.bodyBytesMax, 8_192)
  assert.equal(guard.judge(asked(), nobody).answer, undefined)
  made.apply([addresses('192.0.2.0/24')], [])
  const blocked = guard.judge(asked(), nobody)
  assert.equal(blocked.answer?.statusCode, 403)
  assert.match(String(blocked.answer?.body), /403 Forbidden/)
  assert.deepEqual(
    [
      blocked.judgement?.country,
      blocked.judgement?.verdict.terminatingRule?.rule,
      blocked.judgement?.responseCodeSent,
    ],
    ['CH', 'set', 403],
  )
})

test('guards: what does not work lets nobody through, unless the balancer is told to', () => {
  const { made, bugs } = guards()
  const judged = (failOpen: boolean) => made.guardOf(arn, failOpen).judge(asked(), nobody).answer?.statusCode
  assert.deepEqual([judged(false), judged(true)], [500, undefined], 'a web ACL that has not come')
  made.apply([webACL([rule('x', 0, { NoSuchStatement: {} })])], [])
  assert.deepEqual([judged(false), judged(true)], [500, undefined], 'one that does not compile')
  assert.equal(bugs.length, 1)
  made.apply([webACL([fromSet])], [])
  assert.equal(judged(false), 500, 'one whose IP set has not come')
  made.apply([addresses('192.0.2.9/32'), webACL([fromSet])], [])
  assert.equal(judged(false), undefined)
  made.apply([], [{ kind: 'web-acl', id: arn }])
  assert.equal(judged(false), 500, 'one that is gone')
})

test('guards: managed groups, custom answers, inserted headers, checks and their pages', () => {
  const { made } = guards()
  const path = (text: string) => ({
    ByteMatchStatement: {
      SearchString: Buffer.from(text),
      FieldToMatch: { UriPath: {} },
      PositionalConstraint: 'STARTS_WITH',
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    },
  })
  const group = {
    Name: 'sqli',
    Priority: 9,
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet' } },
    OverrideAction: { None: {} },
    VisibilityConfig: visibility('sqli'),
  }
  const inserting = { Count: { CustomRequestHandling: { InsertHeaders: [{ Name: 'seen', Value: '1' }] } } }
  made.apply(
    [
      addresses(),
      webACL([
        rule('tea', 1, path('/tea'), { Block: { CustomResponse: { ResponseCode: 418 } } }),
        rule('robot', 2, path('/robot'), { Captcha: {} }),
        rule('work', 3, path('/work'), { Challenge: {} }),
        rule('note', 4, path('/'), inserting),
        group,
      ]),
    ],
    [],
  )
  const guard = made.guardOf(arn, false)
  const rows: readonly [
    path: string,
    query: string | undefined,
    status: number | undefined,
    headers: number,
  ][] = [
    ['/tea', undefined, 418, 0],
    ['/robot', undefined, 405, 0],
    ['/work', undefined, 202, 0],
    ['/', "q=' or '1'='1' --", 403, 0],
    ['/', 'q=shoes', undefined, 1],
    ['/verify', undefined, 204, 0],
  ]
  for (const [at, query, status, headers] of rows) {
    const { answer, insertedHeaders } = guard.judge(asked({ path: at, query }), nobody)
    assert.deepEqual([answer?.statusCode, insertedHeaders.length], [status, headers], at)
  }
  assert.equal(rows.length, 6)
  const checked = guard.judge(asked({ path: '/work' }), nobody)
  assert.ok(
    checked.answer?.headers.some(([name, value]) => name === 'x-amzn-waf-action' && value === 'challenge'),
  )
})

test('guards: two workers hold a limit together, and say whom they hold back', () => {
  const clock = { nowMs: Date.UTC(2026, 10, 26) }
  const counters = [new SharedCounter(), new SharedCounter()] as const
  const workers = counters.map((counter) => guards(counter, clock).made)
  const rate = rule('rate', 0, {
    RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP', EvaluationWindowSec: 60 },
  })
  for (const worker of workers) worker.apply([addresses(), webACL([rate])], [])
  const exchange = (): void => {
    const taken = counters.map((counter) => counter.takeIncrements())
    counters[0].addForeign(taken[1] ?? [], clock.nowMs)
    counters[1].addForeign(taken[0] ?? [], clock.nowMs)
  }
  const ask = (n: number) => workers[n % 2]?.guardOf(arn, false).judge(asked(), nobody).answer?.statusCode
  const statuses = Array.from({ length: 16 }, (_, n) => {
    exchange()
    return ask(n)
  })
  assert.deepEqual(statuses, [...Array<undefined>(10).fill(undefined), ...Array<number>(6).fill(403)])
  exchange()
  for (const worker of workers)
    assert.deepEqual(worker.rateLimited({ webACL: arn, ruleName: 'rate', max: 10 }), ['192.0.2.1'])
  assert.deepEqual(workers[0]?.rateLimited({ webACL: arn, ruleName: 'other', max: 10 }), [])
  clock.nowMs += 61_000
  assert.deepEqual(workers[0]?.rateLimited({ webACL: arn, ruleName: 'rate', max: 10 }), [])
  assert.equal(ask(0), undefined)
})
