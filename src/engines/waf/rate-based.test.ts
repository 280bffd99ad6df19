// Goal: requests are counted together by every kind of key, over a sliding window, in bounded memory.
// Method: rows of two requests that do or do not share a key; a clock moved by hand; the counter against a list of times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { WebRequest } from './request.ts'
import {
  acl,
  compiled,
  get,
  labelMatch,
  noTransformation,
  pathIs,
  rule,
  transformedBy,
  withHeaders,
} from './rig.test.ts'
import { SlidingCounter } from './sliding-counter.ts'

const rate = (more: object): unknown => ({
  RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP', ...more },
})
const custom = (...CustomKeys: unknown[]): object => ({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys })
const forwardedBy = (FallbackBehavior: string): object => ({
  ForwardedIPConfig: { HeaderName: 'X-F', FallbackBehavior },
})
const none = { TextTransformations: noTransformation }
const from = (clientAddress: string): WebRequest => get('/', { clientAddress })
const header = (name: string, value: string): WebRequest => withHeaders([name, value])
const named = (Name: string, more: object = none): object => ({ Name, ...more })

type Answer = 'together' | 'apart' | 'never' | 'always'

const rows: readonly [name: string, rate: object, one: WebRequest, other: WebRequest, want: Answer][] = [
  ['one address', {}, from('1.1.1.1'), from('::ffff:1.1.1.1'), 'together'],
  ['two addresses', {}, from('1.1.1.1'), from('1.1.1.2'), 'apart'],
  [
    'a forwarded address',
    { AggregateKeyType: 'FORWARDED_IP', ...forwardedBy('NO_MATCH') },
    header('X-F', '1.1.1.1, 2.2.2.2'),
    header('x-f', '1.1.1.1'),
    'together',
  ],
  [
    'two forwarded ones',
    { AggregateKeyType: 'FORWARDED_IP', ...forwardedBy('NO_MATCH') },
    header('X-F', '1.1.1.1'),
    header('X-F', '1.1.1.2'),
    'apart',
  ],
  [
    'none forwarded',
    { AggregateKeyType: 'FORWARDED_IP', ...forwardedBy('MATCH') },
    get('/'),
    get('/'),
    'never',
  ],
  [
    'a bad one forwarded',
    { AggregateKeyType: 'FORWARDED_IP', ...forwardedBy('MATCH') },
    header('X-F', 'x'),
    header('X-F', 'y'),
    'always',
  ],
  [
    'all in scope',
    { AggregateKeyType: 'CONSTANT', ScopeDownStatement: pathIs('/') },
    from('1.1.1.1'),
    from('2.2.2.2'),
    'together',
  ],
  [
    'out of scope',
    { AggregateKeyType: 'CONSTANT', ScopeDownStatement: pathIs('/x') },
    get('/'),
    get('/'),
    'never',
  ],
  ['a header', custom({ Header: named('X-Key') }), header('x-key', 'a'), header('X-Key', 'a'), 'together'],
  ['two headers', custom({ Header: named('X-Key') }), header('x-key', 'a'), header('X-Key', 'A'), 'apart'],
  [
    'a transformed header',
    custom({ Header: named('X-Key', { TextTransformations: transformedBy('LOWERCASE') }) }),
    header('x-key', 'a'),
    header('X-Key', 'A'),
    'together',
  ],
  ['no header', custom({ Header: named('X-Key') }), get('/'), get('/'), 'never'],
  [
    'a long header',
    custom({ Header: named('X-Key') }),
    header('x-key', `${'a'.repeat(500)}1`),
    header('x-key', `${'a'.repeat(500)}2`),
    'apart',
  ],
  [
    'a cookie',
    custom({ Cookie: named('id') }),
    header('Cookie', 'a=1; id=7'),
    header('Cookie', 'id=7'),
    'together',
  ],
  [
    'two cookies',
    custom({ Cookie: named('id') }),
    header('Cookie', 'id=8'),
    header('Cookie', 'id=7'),
    'apart',
  ],
  ['an argument', custom({ QueryArgument: named('id') }), get('/?id=1'), get('/?x=2&ID=1'), 'together'],
  ['two arguments', custom({ QueryArgument: named('id') }), get('/?id=1'), get('/?id=2'), 'apart'],
  ['a query string', custom({ QueryString: none }), get('/a?x'), get('/b?x'), 'together'],
  ['no query string', custom({ QueryString: none }), get('/'), get('/'), 'never'],
  ['a path', custom({ UriPath: none }), get('/a?1'), get('/a?2'), 'together'],
  ['two paths', custom({ UriPath: none }), get('/a'), get('/b'), 'apart'],
  ['a method', custom({ HTTPMethod: {} }), get('/'), get('/', { method: 'PUT' }), 'apart'],
  [
    'a method and an address',
    custom({ HTTPMethod: {} }, { IP: {} }),
    from('1.1.1.1'),
    from('1.1.1.2'),
    'apart',
  ],
  [
    'a method and a forwarded address',
    { ...custom({ HTTPMethod: {} }, { ForwardedIP: {} }), ...forwardedBy('NO_MATCH') },
    header('X-F', '1.1.1.1'),
    header('X-F', '1.1.1.2'),
    'apart',
  ],
  ['a system', custom({ ASN: {} }), from('203.0.113.1'), from('203.0.113.2'), 'together'],
  ['two systems', custom({ ASN: {} }), from('203.0.113.1'), from('1.1.1.1'), 'apart'],
  [
    'a fingerprint',
    custom({ JA3Fingerprint: { FallbackBehavior: 'MATCH' } }),
    get('/', { ja3: 'a' }),
    get('/', { ja3: 'a' }),
    'together',
  ],
  ['no fingerprint', custom({ JA3Fingerprint: { FallbackBehavior: 'MATCH' } }), get('/'), get('/'), 'always'],
  [
    'no fingerprint, told not to',
    custom({ JA4Fingerprint: { FallbackBehavior: 'NO_MATCH' } }),
    get('/'),
    get('/'),
    'never',
  ],
  ['labels', custom({ LabelNamespace: { Namespace: 'page:' } }), get('/a?1'), get('/a?2'), 'together'],
  ['two labels', custom({ LabelNamespace: { Namespace: 'page:' } }), get('/a'), get('/b'), 'apart'],
  ['no label', custom({ LabelNamespace: { Namespace: 'page:' } }), get('/c'), get('/c'), 'never'],
  [
    'plain parts are kept apart',
    custom({ HTTPMethod: {} }, { JA3Fingerprint: { FallbackBehavior: 'MATCH' } }),
    get('/', { method: 'A,b', ja3: 'c' }),
    get('/', { method: 'A', ja3: 'b,c' }),
    'apart',
  ],
  [
    'parts are kept apart',
    custom({ Header: named('A') }, { Header: named('B') }),
    withHeaders(['A', 'x"],["y'], ['B', 'z']),
    withHeaders(['A', 'x'], ['B', 'y"],["z']),
    'apart',
  ],
]

const labelling = ['a', 'b'].map((name, at) =>
  rule(name, at, pathIs(`/${name}`), { Action: { Count: {} }, RuleLabels: [{ Name: `page:${name}` }] }),
)

test('rate-based: rows of keys', () => {
  for (const [name, more, one, other, want] of rows) {
    const web = compiled(acl([...labelling, rule('rate', 9, rate(more))]))
    const blocked = (request: WebRequest): boolean => web.inspect(request, 1000).action.type === 'BLOCK'
    const first = blocked(one)
    for (let count = 1; count < 10; count += 1) blocked(one)
    const second = blocked(other)
    for (let count = 0; count < 10; count += 1) blocked(one)
    const got: Answer = first ? 'always' : second ? 'together' : blocked(one) ? 'apart' : 'never'
    assert.equal(got, want, name)
  }
  assert.equal(rows.length, 34)
})

test('rate-based: a request over the limit matches until the window has passed', () => {
  for (const EvaluationWindowSec of [60, 120, 300, 600]) {
    const web = compiled(acl([rule('rate', 0, rate({ EvaluationWindowSec }))]))
    const at = (sec: number): string => web.inspect(get('/'), sec * 1000).action.type
    for (let count = 0; count < 10; count += 1) assert.equal(at(1000), 'ALLOW')
    assert.equal(at(1000), 'BLOCK')
    assert.equal(at(1000 + EvaluationWindowSec * 0.9), 'BLOCK')
    assert.equal(at(1000 + EvaluationWindowSec * 2), 'ALLOW')
  }
})

test('rate-based: a changed rule, and another web ACL, count for themselves', () => {
  const counter = new SlidingCounter()
  const web = (more: object, ARN?: string): string =>
    compiled(
      acl([rule('rate', 0, rate(more))], ARN === undefined ? {} : { ARN }),
      undefined,
      counter,
    ).inspect(get('/'), 0).action.type
  for (let count = 0; count < 10; count += 1) assert.equal(web({}), 'ALLOW')
  assert.equal(web({ Limit: 11 }), 'ALLOW')
  assert.equal(web({}, 'arn:another'), 'ALLOW')
  assert.equal(web({}), 'BLOCK')
})

test('rate-based: the keys over a limit can be listed', () => {
  const counter = new SlidingCounter()
  const web = compiled(
    acl([rule('rate', 0, rate({ ScopeDownStatement: { NotStatement: { Statement: labelMatch('x') } } }))]),
    undefined,
    counter,
  )
  for (let count = 0; count < 12; count += 1) web.inspect(from('1.1.1.1'), 0)
  web.inspect(from('2.2.2.2'), 0)
  const [listed] = web.rateRules
  assert.ok(listed !== undefined)
  assert.deepEqual(
    [listed.rule, listed.limit, listed.windowSec, listed.aggregateKeyType],
    ['rate', 10, 300, 'IP'],
  )
  assert.deepEqual(counter.above(listed.id, listed.limit, 0, listed.windowSec, 10), ['1.1.1.1'])
  assert.deepEqual(counter.above(listed.id, 0, 0, listed.windowSec, 1).length, 1)
  assert.deepEqual(counter.above(listed.id, listed.limit, 700_000, listed.windowSec, 10), [])
})

test('sliding counter: agrees with a list of times, to a step', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(20_000)), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (calls) => {
      const counter = new SlidingCounter()
      const times: { readonly key: string; readonly ms: number }[] = []
      let nowMs = 1_000_000
      for (const [key, passedMs] of calls) {
        nowMs += passedMs
        times.push({ key, ms: nowMs })
        const got = counter.count('r', key, nowMs, 60)
        const within = (ms: number): number =>
          times.filter((time) => time.key === key && time.ms > nowMs - ms).length
        assert.ok(
          got >= within(57_000) && got <= within(60_000),
          `${got} of ${within(57_000)} to ${within(60_000)}`,
        )
      }
    }),
    { numRuns: 1000 },
  )
})

test('sliding counter: memory is bounded, and whoever keeps sending is kept', () => {
  const counter = new SlidingCounter(100, 2)
  let last = 0
  for (let other = 0; other < 5000; other += 1) {
    counter.count('r', `key${other}`, 0, 60)
    if (other % 50 === 0) last = counter.count('r', 'attacker', 0, 60)
  }
  assert.equal(last, 100)
  assert.equal(counter.above('r', 0, 0, 60, 10_000).length, 100)
  counter.count('s', 'k', 0, 60)
  counter.count('t', 'k', 0, 60)
  assert.equal(counter.above('r', 0, 0, 60, 10).length, 0)
})

test('sliding counter: a clock that goes back forgets nothing', () => {
  const counter = new SlidingCounter()
  counter.count('r', 'k', 100_000, 60)
  assert.equal(counter.count('r', 'k', 50_000, 60), 2)
  assert.equal(counter.count('r', 'k', 100_000, 60), 3)
})

test('sliding counter: after a clock was set back, what was counted leaves the window all the same', () => {
  const rows: readonly [backMs: number, afterMs: number, want: number][] = [
    [3_600_000, 0, 5],
    [3_600_000, 33_000, 3], // The first two have left.
    [3_600_000, 63_000, 1],
    [7_000, 63_000, 1],
    [86_400_000, 120_000, 1],
  ]
  for (const [backMs, afterMs, want] of rows) {
    const counter = new SlidingCounter()
    const count = (ms: number): number => counter.count('r', 'k', 100_000_000 + ms, 60)
    for (const ms of [0, 1, 30_000]) count(ms)
    assert.equal(count(30_000 - backMs), 4)
    assert.equal(count(30_000 - backMs + afterMs), want, `${backMs} ms back, ${afterMs} ms on`)
  }
})
