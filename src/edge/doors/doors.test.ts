// Goal: each request finds the door that its host names, the rule that holds first, and a target by the group's algorithm.
// Method: rows against a configuration as services send it; properties for wildcards, weights and what is never handed on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type {
  EdgePart,
  FrontDoor,
  ListenerRule,
  RuleCondition,
  RuleTransform,
  Target,
} from '#core/front-door.ts'
import { systemWorld } from '#core/world.ts'
import type { Attempt, Door, Route } from '../door.ts'
import type { EdgeRequest, Header } from '../request.ts'
import {
  arnOf,
  doorPart,
  everybody,
  frontDoor,
  group,
  groupPart,
  listener,
  request,
  rule,
  target,
  tlsListener,
  toGroup,
} from '../rig.test.ts'
import { compileCondition } from './conditions.ts'
import { SealedCookies } from './cookies.ts'
import { Configuration, type RemovedPart } from './index.ts'
import { compileWildcard, matchesWildcard } from './wildcard.ts'

let nowMs = Date.UTC(2026, 10, 26)

function configured(
  parts: readonly EdgePart[],
  removed: readonly RemovedPart[] = [],
  reportBug: (error: unknown) => void = (error) => assert.fail(String(error)),
) {
  const configuration = new Configuration({
    world: { nowMs: () => nowMs, randomBytes: systemWorld().randomBytes },
    sharedPorts: { http: 8080, https: 8443 },
    guardOf: () => ({ bodyBytesMax: 0, judge: () => ({ insertedHeaders: [] }) }),
    authenticate: {
      authenticate: (_action, { headers }) =>
        headers.some(([name]) => name === 'x-user')
          ? {
              kind: 'pass',
              requestHeaders: [['x-amzn-oidc-identity', 'alice']],
              answerHeaders: [['Set-Cookie', 'renewed=1']],
            }
          : { kind: 'answer', answer: { statusCode: 302, headers: [], body: '' } },
      answerTo: ({ path }) =>
        path === '/oauth2/idpresponse'
          ? Promise.resolve({ kind: 'answer', answer: { statusCode: 303, headers: [], body: '' } })
          : undefined,
    },
    cookieKey: new Uint8Array(32).fill(1),
    reportBug,
  })
  configuration.apply(parts, removed)
  return configuration
}

const asked = (wish: Partial<EdgeRequest> = {}): EdgeRequest => request({ receivedAtMs: nowMs, ...wish })

const place = { port: 8080, scheme: 'http', host: 'door.elb.localhost', serverName: undefined } as const

/** The one door of a configuration with these rules and targets. */
function doorWith(
  rules: readonly ListenerRule[],
  parts: readonly EdgePart[],
  wish: Partial<FrontDoor> = {},
): Door {
  const all = [doorPart(frontDoor({ listeners: [listener({ rules })], ...wish })), ...parts]
  const door = configured(all).doors.find(place)
  assert.ok(door)
  return door
}

function routed(door: Door, wish: Partial<EdgeRequest> = {}): Route {
  const route = door.route(asked(wish))
  assert.ok(!(route instanceof Promise))
  return route
}

function attempt(
  door: Door,
  wish: Partial<EdgeRequest> = {},
  tried: readonly Target[] = [],
): Attempt | undefined {
  const route = routed(door, wish)
  assert.ok(route.kind === 'forward')
  return route.pick(new Set(tried))
}

const hostRule = (host: string): ListenerRule =>
  rule(toGroup(), [{ field: 'host-header', match: 'wildcard', values: [host] }], 1)

test('doors: a request finds its door by port, scheme and host', () => {
  const shop = frontDoor({
    name: 'shop',
    listeners: [
      listener({ port: 8000, rules: [hostRule('shop.example'), hostRule('both.example')] }),
      listener({
        port: 80,
        rules: [hostRule('both.example'), hostRule('www.both.example'), rule(toGroup())],
      }),
    ],
  })
  const api = frontDoor({
    name: 'api',
    listeners: [
      listener({
        port: 9000,
        rules: [
          hostRule('api.example'),
          hostRule('both.example'),
          hostRule('*.api.example'),
          hostRule('*.both.example'),
          hostRule('www.both.example'),
        ],
      }),
    ],
  })
  const { doors } = configured([doorPart(shop), doorPart(api)])
  const rows: readonly [port: number, scheme: 'http' | 'https', host: string, want: string | undefined][] = [
    [8080, 'http', 'shop.elb.localhost', 'shop 80'],
    [8080, 'http', 'api.elb.localhost', 'api 9000'],
    [8000, 'http', 'shop.elb.localhost', 'shop 8000'],
    [80, 'http', 'shop.elb.localhost', 'shop 80'],
    [80, 'http', 'anything.example', 'shop 80'],
    [9000, 'http', 'anything.example', 'api 9000'],
    [8080, 'http', 'api.example', 'api 9000'],
    [8080, 'http', 'x.api.example', 'api 9000'],
    [8080, 'http', 'both.example', undefined],
    [8080, 'http', 'www.both.example', undefined],
    [8080, 'http', 'api.both.example', 'api 9000'],
    [8080, 'http', 'nobody.example', undefined],
    [8080, 'https', 'shop.elb.localhost', undefined],
    [8443, 'http', 'shop.elb.localhost', undefined],
    [1234, 'http', 'shop.elb.localhost', undefined],
  ]
  for (const [port, scheme, host, want] of rows) {
    const door = doors.find({ port, scheme, host, serverName: undefined })
    assert.equal(door && `${door.frontDoor.name} ${door.listener.port}`, want, `${port} ${scheme} ${host}`)
  }
  assert.equal(rows.length, 15)
  assert.deepEqual(
    doors.ownPorts.toSorted((one, other) => one - other),
    [80, 8000, 9000],
  )
})

test('doors: what is removed is gone, what is replaced is as it is now, and before anything nobody is let in', () => {
  const configuration = configured([])
  assert.equal(configuration.doors.admits(8080, '127.0.0.1'), false)
  configuration.apply([doorPart(frontDoor())], [])
  assert.equal(configuration.doors.admits(8080, '127.0.0.1'), true)
  configuration.apply(
    [doorPart(frontDoor({ ingress: [{ sources: ['10.0.0.0/8'], fromPort: 80, toPort: 80 }] }))],
    [],
  )
  assert.deepEqual(
    ['127.0.0.1', '10.9.8.7', '::1'].map((address) => configuration.doors.admits(8080, address)),
    [false, true, false],
  )
  configuration.apply([], [{ kind: 'front-door', id: frontDoor().arn }])
  assert.equal(configuration.doors.find(place), undefined)
})

test('doors: rules that do not compile close their listener, and no other', () => {
  const broken: RuleCondition = { field: 'source-ip', values: ['10.1/8'] }
  const bugs: unknown[] = []
  const parts = [
    frontDoor({ name: 'broken', listeners: [listener({ rules: [rule(toGroup(), [broken], 1)] })] }),
    frontDoor({
      name: 'whole',
      listeners: [listener({ rules: [rule({ type: 'fixed-response', statusCode: 200 })] })],
    }),
  ].map(doorPart)
  const { doors } = configured(parts, [], (error) => bugs.push(error))
  const status = (name: string): number | undefined => {
    const door = doors.find({ ...place, host: `${name}.elb.localhost` })
    const route = door && routed(door)
    return route?.kind === 'answer' ? route.answer.statusCode : undefined
  }
  assert.deepEqual([status('broken'), status('whole'), bugs.length], [503, 200, 1])
})

test('doors: nothing that no listener of TLS stands behind shows a certificate', () => {
  const { doors } = configured([doorPart(frontDoor({ listeners: [listener()] }))])
  assert.equal(doors.certificate(8443, 'door.elb.localhost'), undefined)
  const none = configured([doorPart(frontDoor({ listeners: [tlsListener([])] }))])
  assert.equal(none.doors.certificate(8443, undefined), undefined)
})

/** What a wildcard pattern means, as a regular expression. */
function byDefinition(pattern: string, text: string): boolean {
  const expression = Array.from(pattern, (one) =>
    one === '*' ? '[^]*' : one === '?' ? '[^]' : `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return new RegExp(`^${expression.join('')}$`).test(text)
}

test('doors: wildcards mean what they say', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 12 }).map((all) => all.join(''))
  const patterns = fc
    .array(fc.constantFrom('a', 'b', '/', '*', '?'), { maxLength: 8 })
    .map((all) => all.join(''))
  fc.assert(
    fc.property(
      patterns,
      letters,
      (pattern, text) =>
        matchesWildcard(pattern, text) === byDefinition(pattern, text) &&
        compileWildcard(pattern)(text) === byDefinition(pattern, text),
    ),
    { numRuns: 5_000 },
  )
})

const conditions: readonly [
  name: string,
  condition: RuleCondition,
  request: Partial<EdgeRequest>,
  holds: boolean,
][] = [
  [
    'a host in any case',
    { field: 'host-header', match: 'wildcard', values: ['Shop.Example'] },
    { host: 'shop.example' },
    true,
  ],
  [
    'a host by wildcard',
    { field: 'host-header', match: 'wildcard', values: ['*.example'] },
    { host: 'a.example' },
    true,
  ],
  [
    'another host',
    { field: 'host-header', match: 'wildcard', values: ['*.example'] },
    { host: 'example' },
    false,
  ],
  [
    'a host by expression',
    { field: 'host-header', match: 'regex', values: ['^[a-c]\\.example$'] },
    { host: 'b.example' },
    true,
  ],
  ['a path', { field: 'path-pattern', match: 'wildcard', values: ['/a/*'] }, { path: '/a/b' }, true],
  [
    'a path in another case',
    { field: 'path-pattern', match: 'wildcard', values: ['/a/*'] },
    { path: '/A/b' },
    false,
  ],
  [
    'one of many paths',
    { field: 'path-pattern', match: 'wildcard', values: ['/a', '/b', '/c?'] },
    { path: '/cc' },
    true,
  ],
  [
    'a header',
    { field: 'http-header', name: 'User-Agent', match: 'wildcard', values: ['*chrome*'] },
    { headers: [['user-agent', 'a Chrome b']] },
    true,
  ],
  [
    'no such header',
    { field: 'http-header', name: 'User-Agent', match: 'wildcard', values: ['*'] },
    { headers: [] },
    false,
  ],
  [
    'a second header of that name',
    { field: 'http-header', name: 'x', match: 'wildcard', values: ['b'] },
    {
      headers: [
        ['X', 'a'],
        ['x', 'B'],
      ],
    },
    true,
  ],
  ['a method', { field: 'http-request-method', values: ['PUT'] }, { method: 'PUT' }, true],
  ['a method in another case', { field: 'http-request-method', values: ['PUT'] }, { method: 'put' }, false],
  ['a source', { field: 'source-ip', values: ['203.0.113.0/24'] }, {}, true],
  ['another source', { field: 'source-ip', values: ['10.0.0.0/8', '2001:db8::/32'] }, {}, false],
  [
    'a key and a value',
    { field: 'query-string', values: [{ key: 'v', value: '1*' }] },
    { query: 'a=1&V=12' },
    true,
  ],
  ['a value of any key', { field: 'query-string', values: [{ value: 'x' }] }, { query: 'a=1&b=X' }, true],
  [
    'a key without its value',
    { field: 'query-string', values: [{ key: 'v', value: '2' }] },
    { query: 'v=1' },
    false,
  ],
  ['no query', { field: 'query-string', values: [{ value: '*' }] }, {}, false],
]

test('doors: conditions hold as documented', () => {
  for (const [name, condition, request, holds] of conditions)
    assert.equal(compileCondition(condition)(asked(request)), holds, name)
  assert.equal(conditions.length, 18)
})

test('doors: the first rule that holds is carried out; all of its conditions must', () => {
  const fixed = (statusCode: number, all: readonly RuleCondition[], priority: number | 'default') =>
    rule({ type: 'fixed-response', statusCode }, all, priority)
  const path: RuleCondition = { field: 'path-pattern', match: 'wildcard', values: ['/a*'] }
  const post: RuleCondition = { field: 'http-request-method', values: ['POST'] }
  const door = doorWith([fixed(201, [path, post], 1), fixed(202, [path], 2), fixed(404, [], 'default')], [])
  const rows: readonly [Partial<EdgeRequest>, number][] = [
    [{ path: '/a', method: 'POST' }, 201],
    [{ path: '/a' }, 202],
    [{ path: '/b', method: 'POST' }, 404],
  ]
  for (const [request, want] of rows) {
    const route = routed(door, request)
    assert.equal(route.kind === 'answer' && route.answer.statusCode, want)
  }
  const none = routed(doorWith([fixed(200, [path], 1)], []))
  assert.equal(none.kind === 'answer' && none.answer.statusCode, 503)
})

test('doors: redirects are filled in from the request', () => {
  const redirect = (wish: object): ListenerRule =>
    rule({
      type: 'redirect',
      statusCode: 301,
      protocol: '#{protocol}',
      host: '#{host}',
      port: '#{port}',
      path: '/#{path}',
      query: '#{query}',
      ...wish,
    })
  const rows: readonly [wish: object, request: Partial<EdgeRequest>, want: string][] = [
    [
      { protocol: 'HTTPS', port: '443' },
      { path: '/a/b', query: 'c=d' },
      'https://door.elb.localhost:443/a/b?c=d',
    ],
    [{ path: '/new/#{path}' }, { path: '/x' }, 'http://door.elb.localhost:80/new/x'],
    [{ host: 'www.#{host}', query: '' }, { query: 'q' }, 'http://www.door.elb.localhost:80/'],
    [
      { port: '#{port}' },
      { headers: [['Host', 'door.elb.localhost:8080']] },
      'http://door.elb.localhost:8080/',
    ],
  ]
  for (const [wish, request, want] of rows) {
    const route = routed(doorWith([redirect(wish)], []), request)
    assert.ok(route.kind === 'answer')
    assert.equal(route.redirectUrl, want)
    assert.deepEqual(route.answer.headers.at(-1), ['Location', want])
  }
  assert.equal(rows.length, 4)
})

test('doors: rewrites change what the target is asked, and cannot split a request', () => {
  const rewritten = (transforms: readonly RuleTransform[], request: Partial<EdgeRequest>) =>
    attempt(doorWith([{ ...rule(toGroup()), transforms }], [groupPart(group([target(1)]))]), request)?.head({
      inserted: [],
      traceId: 't',
    })
  const url = (regex: string, replace: string): RuleTransform => ({ part: 'url', regex, replace })
  assert.equal(
    rewritten([url('^/api/(.*)$', '/v2/$1')], { path: '/api/x', query: 'y=z' })?.target,
    '/v2/x?y=z',
  )
  assert.equal(rewritten([url('^/$', '/a b\r\nX: y')], {})?.target, '/abX:y')
  assert.equal(rewritten([url('^/', '')], { path: '/x' })?.target, '/x')
  assert.equal(rewritten([url('b', "$'$&$`$$1")], { path: '/abc' })?.target, "/a$'$&$`$$1c")
  const long = rewritten([url('^(.*)$', '$1'.repeat(512))], { path: `/${'a'.repeat(16_000)}` })
  assert.equal(long?.target.length, 16_384)
  const host = rewritten([{ part: 'host-header', regex: '^.*$', replace: 'inner.example' }], {})
  assert.deepEqual(
    host?.headers.filter(([name]) => name.toLowerCase() === 'host'),
    [['Host', 'inner.example']],
  )
})

test('doors: who has to sign in is answered, and who has is told to the target', () => {
  const oidc = {
    type: 'authenticate-oidc',
    issuer: 'https://idp.example',
    authorizationEndpoint: '',
    tokenEndpoint: '',
    userInfoEndpoint: '',
    clientId: '',
    clientSecret: '',
    sessionCookieName: '',
    sessionTimeoutSec: 1,
    scope: '',
    extraParams: [],
    onUnauthenticatedRequest: 'authenticate',
  } as const
  const door = doorWith([{ ...rule(toGroup()), actions: [oidc, toGroup()] }], [groupPart(group([target(1)]))])
  const stranger = routed(door, { headers: [['X-Amzn-Oidc-Identity', 'forged']] })
  assert.ok(stranger.kind === 'answer' && stranger.answer.statusCode === 302)
  const user = attempt(door, {
    headers: [
      ['x-user', '1'],
      ['X-Amzn-Oidc-Identity', 'forged'],
    ],
  })
  const { headers } = user?.head({ inserted: [], traceId: 't' }) ?? { headers: [] }
  assert.deepEqual(
    headers.filter(([name]) => /oidc/i.test(name)),
    [['x-amzn-oidc-identity', 'alice']],
  )
  assert.deepEqual(user?.answerHeaders([]), [['Set-Cookie', 'renewed=1']])
})

test('doors: targets take turns; those that are not well get nothing, unless none is', () => {
  const [one, two, three] = [target(1), target(2), target(3, { state: 'unhealthy' })]
  const ports = (door: Door, times: number): readonly (number | undefined)[] =>
    Array.from({ length: times }, () => attempt(door)?.target.port)
  const forward = [rule(toGroup())]
  assert.deepEqual(ports(doorWith(forward, [groupPart(group([one, two, three]))]), 4), [1, 2, 1, 2])
  assert.deepEqual(
    new Set(ports(doorWith(forward, [groupPart(group([three, target(4, { state: 'initial' })]))]), 2)),
    new Set([3, 4]),
  )
  assert.deepEqual(ports(doorWith(forward, [groupPart(group([target(5, { state: 'draining' })]))]), 1), [
    undefined,
  ])
  assert.deepEqual(ports(doorWith(forward, []), 1), [undefined])
  const door = doorWith(forward, [groupPart(group([one, two]))])
  assert.equal(attempt(door, {}, [one])?.target.port, 2)
  assert.equal(attempt(door, {}, [one, two]), undefined)
})

test('doors: the least busy target is asked, and a slow starter gets its share', () => {
  const door = doorWith(
    [rule(toGroup())],
    [groupPart(group([target(1), target(2)], { algorithm: 'least_outstanding_requests' }))],
  )
  const first = attempt(door)
  const end = first?.begin()
  const others = Array.from({ length: 3 }, () => attempt(door)?.target.port)
  assert.deepEqual(new Set(others), new Set([first?.target.port === 1 ? 2 : 1]))
  end?.()
  end?.()
  const slow = doorWith(
    [rule(toGroup())],
    [groupPart(group([target(1), target(2, { healthySinceMs: nowMs - 25_000 })], { slowStartSec: 100 }))],
  )
  const picked = Array.from({ length: 100 }, () => attempt(slow)?.target.port)
  assert.equal(picked.filter((port) => port === 2).length, 20)
  const ahead = doorWith(
    [rule(toGroup())],
    [groupPart(group([target(1), target(2, { healthySinceMs: nowMs + 3_600_000 })], { slowStartSec: 100 }))],
  )
  const after = Array.from({ length: 100 }, () => attempt(ahead)?.target.port)
  assert.equal(
    after.filter((port) => port === 2).length,
    50,
    'the clock was set back: it has started long ago',
  )
})

test('doors: weights divide requests between groups', () => {
  const action = {
    type: 'forward',
    targetGroups: [
      { arn: arnOf('targetgroup/a'), weight: 3 },
      { arn: arnOf('targetgroup/b'), weight: 1 },
      { arn: arnOf('targetgroup/c'), weight: 0 },
    ],
  } as const
  const door = doorWith(
    [rule(action)],
    ['a', 'b', 'c'].map((name, n) => groupPart(group([target(n + 1)], { name }))),
  )
  const picked = Array.from({ length: 4_000 }, () => attempt(door)?.group.name)
  const share = picked.filter((name) => name === 'a').length / picked.length
  assert.ok(share > 0.7 && share < 0.8, `a has ${share}`)
  assert.ok(!picked.includes('c'))
})

const cookieIn = (headers: readonly Header[], name: string): string | undefined =>
  headers
    .find(([header, value]) => header === 'Set-Cookie' && value.startsWith(`${name}=`))?.[1]
    .split(';')[0]

test('doors: a client stays with its target by a cookie that nobody can make', () => {
  const targets = Array.from({ length: 10 }, (_, n) => target(n + 1))
  const door = doorWith(
    [rule(toGroup())],
    [groupPart(group(targets, { stickiness: { type: 'lb_cookie', durationSec: 60 } }))],
  )
  const first = attempt(door)
  const answer = first?.answerHeaders([]) ?? []
  const cookie = cookieIn(answer, 'AWSALB') ?? ''
  assert.match(
    answer.map(([, value]) => value).join('\n'),
    /AWSALB=[^;]+; Expires=[^;]+; Path=\/\nAWSALBCORS=[^;]+; Expires=[^;]+; Path=\/; SameSite=None; Secure/,
  )
  const again = (value: string) => attempt(door, { headers: [['Cookie', `a=b; ${value}`]] })?.target.port
  for (let n = 0; n < 5; n += 1) assert.equal(again(cookie), first?.target.port)
  const others = new Set(Array.from({ length: 10 }, () => again(`${cookie.slice(0, -2)}xx`)))
  assert.ok(others.size > 5, 'a changed cookie says nothing')
  const draining = targets.map((one) =>
    one === first?.target ? { ...one, state: 'draining' as const } : one,
  )
  const later = doorWith(
    [rule(toGroup())],
    [groupPart(group(draining, { stickiness: { type: 'lb_cookie', durationSec: 60 } }))],
  )
  const moved = attempt(later, { headers: [['Cookie', cookie]] })
  assert.notEqual(moved?.target.port, first?.target.port, 'one on its way out gets no further requests')
  nowMs += 61_000
  assert.ok(new Set(Array.from({ length: 10 }, () => again(cookie))).size > 5, 'nor one that is too old')
  // Sealed for one group, it opens for no other.
  const cookies = new SealedCookies(new Uint8Array(32).fill(1), systemWorld().randomBytes)
  const sealed = cookies.seal('one', 'text')
  assert.deepEqual(
    [cookies.open('one', sealed), cookies.open('other', sealed), cookies.open('one', 'junk')],
    ['text', undefined, undefined],
  )
})

test('doors: an application’s own cookie keeps a client too, while it is there', () => {
  const stickiness = { type: 'app_cookie', cookieName: 'session', durationSec: 60 } as const
  const door = doorWith(
    [rule(toGroup())],
    [
      groupPart(
        group(
          [1, 2, 3, 4, 5].map((port) => target(port)),
          { stickiness },
        ),
      ),
    ],
  )
  const first = attempt(door)
  assert.equal(cookieIn(first?.answerHeaders([]) ?? [], 'AWSALBAPP-0'), undefined)
  const cookie = cookieIn(first?.answerHeaders([['Set-Cookie', 'session=1']]) ?? [], 'AWSALBAPP-0') ?? ''
  const ports = (value: string) =>
    new Set(Array.from({ length: 6 }, () => attempt(door, { headers: [['cookie', value]] })?.target.port))
  assert.deepEqual(ports(`session=1; ${cookie}`), new Set([first?.target.port]))
  assert.ok(ports(cookie).size > 1)
})

test('doors: a hundred rules of hosts are no hundred expressions', () => {
  const rules = Array.from({ length: 100 }, (_, n) =>
    rule(
      { type: 'fixed-response', statusCode: 200 + n },
      [{ field: 'host-header', match: 'wildcard', values: [`h${n}.example`] }],
      n + 1,
    ),
  )
  const door = doorWith([...rules, rule(toGroup())], [groupPart(group([target(1)]))], { ingress: everybody })
  const route = routed(door, { host: 'h99.example' })
  assert.equal(route.kind === 'answer' && route.answer.statusCode, 299)
})
