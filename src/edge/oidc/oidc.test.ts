// Goal: only who logged in at the provider is let through, and the target can check who that is; whatever fails lets nobody through.
// Method: a real provider over TLS that errs on demand, and a browser that is a jar of cookies.
import assert from 'node:assert/strict'
import { randomBytes, createPublicKey } from 'node:crypto'
import { after, test } from 'node:test'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { parseNetwork } from '#core/address-guard.ts'
import type { Arn } from '#core/arn.ts'
import type { ListenerRule, OidcAction } from '#core/front-door.ts'
import type { EdgeAnswer, EdgeRequest, Header } from '../request.ts'
import {
  type Authentication,
  type AuthOutcome,
  createAuthentication,
  isOidcHeader,
  keysPath,
} from './index.ts'
import { clientId, clientSecret, startProvider, type TestProvider, trust } from './provider.test.ts'

const closing: (() => unknown)[] = []
after(async () => {
  for (const close of closing) await close()
})

const doorArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1' as Arn // A test's own.
const loopback = parseNetwork('127.0.0.0/8') ?? assert.fail()

interface Rig {
  readonly provider: TestProvider
  readonly edge: Authentication
  readonly action: OidcAction
  readonly place: {
    readonly frontDoor: { readonly arn: Arn }
    readonly listener: { readonly rules: ListenerRule[] }
  }
  readonly reports: unknown[]
  readonly timers: Set<() => void>
}

async function rig(more: Partial<OidcAction> = {}, networks = [loopback], key = 9): Promise<Rig> {
  const provider = await startProvider()
  const reports: unknown[] = []
  const timers = new Set<() => void>()
  const edge = createAuthentication({
    key: Buffer.alloc(32, key),
    world: {
      nowMs: () => provider.clock.nowMs,
      randomBytes,
      after(_, task) {
        timers.add(task)
        return () => timers.delete(task)
      },
    },
    access: {
      trust,
      networks,
      timeoutMs: 1_000,
      resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    },
    report: (failure) => reports.push(failure),
  })
  closing.push(() => edge.close(), provider.close)
  const action: OidcAction = {
    type: 'authenticate-oidc',
    issuer: provider.issuer,
    authorizationEndpoint: `${provider.issuer}/authorize?tenant=1`,
    tokenEndpoint: `${provider.issuer}/token`,
    userInfoEndpoint: `${provider.issuer}/userinfo`,
    clientId,
    clientSecret,
    sessionCookieName: 'AWSELBAuthSessionCookie',
    sessionTimeoutSec: 3_600,
    scope: 'openid email',
    extraParams: [
      ['prompt', 'login'],
      ['client_id', 'stolen'],
    ],
    onUnauthenticatedRequest: 'authenticate',
    ...more,
  }
  const rule = { arn: doorArn, priority: 1, conditions: [], actions: [action], transforms: [] } as const
  return {
    provider,
    edge,
    action,
    place: { frontDoor: { arn: doorArn }, listener: { rules: [rule] } },
    reports,
    timers,
  }
}

/** A browser: it keeps cookies, and asks one host. */
class Browser {
  readonly cookies = new Map<string, string>()

  request(path: string, query?: string, host = 'shop.example.com'): EdgeRequest {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers: Header[] = [['Host', `${host}:8443`]]
    if (cookie !== '') headers.push(['Cookie', cookie])
    return {
      method: 'GET', path, query, httpVersion: '1.1', headers, host, scheme: 'https',
      client: { address: '192.0.2.1', port: 1 }, receivedAtMs: 0,
    } // prettier-ignore
  }

  keep(headers: readonly Header[]): void {
    for (const [name, value] of headers) {
      if (name !== 'Set-Cookie') continue
      assert.match(value, /; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/)
      const [, key = '', text = '', age] = /^([^=]+)=([^;]*);.*Max-Age=(\d+)/.exec(value) ?? []
      if (age === '0') this.cookies.delete(key)
      else this.cookies.set(key, text)
    }
  }
}

function answered(outcome: AuthOutcome | undefined): EdgeAnswer & { readonly reason: string | undefined } {
  assert.equal(outcome?.kind, 'answer')
  return { ...outcome.answer, reason: outcome.errorReason }
}

const location = ({ headers }: EdgeAnswer): string => headers.find(([name]) => name === 'Location')?.[1] ?? ''

async function toProvider(
  { edge, action, place }: Rig,
  browser: Browser,
  path = '/cart',
  query: string | undefined = 'a=1&b=2',
): Promise<string> {
  const answer = answered(await edge.authenticate(action, browser.request(path, query), place))
  assert.equal(answer.statusCode, 302)
  browser.keep(answer.headers)
  return location(answer)
}

/** The whole login; gives what the way back was answered. */
async function login(given: Rig, browser = new Browser()): Promise<ReturnType<typeof answered>> {
  const query = given.provider.login(await toProvider(given, browser))
  const answer = answered(
    await given.edge.answerTo(browser.request('/oauth2/idpresponse', query), given.place),
  )
  browser.keep(answer.headers)
  return answer
}

test('a user logs in, comes back to what was asked for, and the target can check who it is', async () => {
  const given = await rig()
  const { edge, action, place, provider } = given
  const browser = new Browser()
  const to = new URL(await toProvider(given, browser))
  assert.equal(to.origin + to.pathname, `${provider.issuer}/authorize`)
  assert.deepEqual(
    ['tenant', 'prompt', 'client_id', 'response_type', 'scope', 'redirect_uri'].map((name) =>
      to.searchParams.getAll(name),
    ),
    [
      ['1'],
      ['login'],
      [clientId],
      ['code'],
      ['openid email'],
      ['https://shop.example.com:8443/oauth2/idpresponse'],
    ],
  )
  const back = browser.request('/oauth2/idpresponse', provider.login(to.href))
  const answer = answered(await edge.answerTo(back, place))
  assert.equal(answer.statusCode, 302)
  assert.equal(location(answer), 'https://shop.example.com:8443/cart?a=1&b=2')
  browser.keep(answer.headers)

  const outcome = await edge.authenticate(action, browser.request('/cart'), place)
  assert.equal(outcome.kind, 'pass')
  const headers = new Map(outcome.requestHeaders)
  assert.deepEqual(
    [...headers.keys()],
    ['x-amzn-oidc-accesstoken', 'x-amzn-oidc-identity', 'x-amzn-oidc-data'],
  )
  assert.ok([...headers.keys()].every(isOidcHeader))
  assert.equal(headers.get('x-amzn-oidc-identity'), 'user-1')
  const statement = headers.get('x-amzn-oidc-data') ?? ''
  const { kid, signer, iss, client, alg } = decodeProtectedHeader(statement)
  assert.deepEqual(
    { signer, iss, client, alg },
    { signer: doorArn, iss: action.issuer, client: clientId, alg: 'ES256' },
  )
  const keyAnswer = answered(await edge.answerTo(browser.request(keysPath + String(kid)), place))
  const key = createPublicKey(String(keyAnswer.body))
  const { payload } = await jwtVerify(statement, key, { currentDate: new Date(provider.clock.nowMs) })
  assert.deepEqual([payload.sub, payload['email'], payload.iss], ['user-1', 'ann@example.com', action.issuer])
  assert.ok(![...browser.cookies.values()].some((value) => value.includes('access-1')))
})

test('sessions of more than one cookie come together again, and those too large are refused', async () => {
  const given = await rig()
  const browser = new Browser()
  given.provider.switches.claims = { groups: 'g'.repeat(7_000) }
  assert.equal((await login(given, browser)).statusCode, 302)
  assert.deepEqual([...browser.cookies.keys()].slice(1), [
    'AWSELBAuthSessionCookie-0',
    'AWSELBAuthSessionCookie-1',
    'AWSELBAuthSessionCookie-2',
  ])
  const ask = (): Promise<AuthOutcome> =>
    given.edge.authenticate(given.action, browser.request('/'), given.place)
  assert.equal((await ask()).kind, 'pass')
  browser.cookies.delete('AWSELBAuthSessionCookie-1')
  assert.equal(answered(await ask()).reason, 'AuthInvalidCookie')
  given.provider.switches.claims = { groups: 'g'.repeat(12_000) }
  const tooLarge = await login(given)
  assert.deepEqual([tooLarge.statusCode, tooLarge.reason], [401, 'AuthUserinfoResponseSizeExceeded'])
})

test('one browser may begin several logins at once', async () => {
  const given = await rig()
  const browser = new Browser()
  const page = await toProvider(given, browser)
  await toProvider(given, browser, '/favicon.ico', undefined)
  const answer = answered(
    await given.edge.answerTo(
      browser.request('/oauth2/idpresponse', given.provider.login(page)),
      given.place,
    ),
  )
  assert.equal(answer.statusCode, 302)
})

/** The same with another action in its rule. */
function withAction(given: Rig, more: Partial<OidcAction>): Rig {
  const action = { ...given.action, ...more }
  const rules = given.place.listener.rules.map((rule) => ({ ...rule, actions: [action] }))
  return { ...given, action, place: { ...given.place, listener: { rules } } }
}

test('each login has its whole time, however old the mark of its browser is', async () => {
  const given = await rig()
  const browser = new Browser()
  const first = given.provider.login(await toProvider(given, browser))
  given.provider.clock.nowMs += 899_000
  const second = given.provider.login(await toProvider(given, browser))
  const back = async (query: string): Promise<ReturnType<typeof answered>> =>
    answered(await given.edge.answerTo(browser.request('/oauth2/idpresponse', query), given.place))
  given.provider.clock.nowMs += 1_000
  assert.equal((await back(first)).reason, 'AuthInvalidStateParam')
  given.provider.clock.nowMs += 898_999
  assert.equal((await back(second)).statusCode, 302)
})

type Break = (given: Rig, browser: Browser) => void | Promise<void>
const failures: readonly [name: string, breakIt: Break, statusCode: number, reason: string | undefined][] = [
  ['the provider signs with another key', ({ provider }) => void (provider.switches.signWith = 'foreign'), 401, 'AuthInvalidIdToken'],
  ['of another issuer', ({ provider }) => void (provider.switches.idToken = { iss: 'https://evil.example' }), 401, 'AuthInvalidIdToken'],
  ['for another client', ({ provider }) => void (provider.switches.idToken = { aud: 'other' }), 401, 'AuthInvalidIdToken'],
  ['for several, and made for another', ({ provider }) => void (provider.switches.idToken = { aud: [clientId, 'b'], azp: 'b' }), 401, 'AuthInvalidIdToken'],
  ['for several, and nobody said who', ({ provider }) => void (provider.switches.idToken = { aud: [clientId, 'b'] }), 401, 'AuthInvalidIdToken'],
  ['expired', ({ provider }) => void (provider.switches.idToken = { exp: provider.clock.nowMs / 1000 - 61 }), 401, 'AuthInvalidIdToken'],
  ['without an end', ({ provider }) => void (provider.switches.idToken = { exp: undefined }), 401, 'AuthInvalidIdToken'],
  ['not valid yet', ({ provider }) => void (provider.switches.idToken = { nbf: provider.clock.nowMs / 1000 + 61 }), 401, 'AuthInvalidIdToken'],
  ['a description of another issuer', ({ provider }) => void (provider.switches.describedIssuer = 'https://evil.example'), 500, 'AuthInvalidIdToken'],
  ['an access token with a line end', ({ provider }) => void (provider.switches.accessToken = 'a\r\nx: y'), 500, 'AuthInvalidTokenResponse'],
  ['with another nonce', ({ provider }) => void (provider.switches.idToken = { nonce: 'x' }), 401, 'AuthInvalidIdToken'],
  ['without a subject', ({ provider }) => void (provider.switches.idToken = { sub: undefined }), 401, 'AuthInvalidIdToken'],
  ['no ID token', ({ provider }) => void (provider.switches.omit = ['id_token']), 401, 'AuthInvalidTokenResponse'],
  ['no access token', ({ provider }) => void (provider.switches.omit = ['access_token']), 500, 'AuthInvalidTokenResponse'],
  ['no token type', ({ provider }) => void (provider.switches.omit = ['token_type']), 500, 'AuthInvalidTokenResponse'],
  ['the claims are of somebody else', ({ provider }) => void (provider.switches.userinfoSub = 'user-2'), 500, 'AuthInvalidUserinfoResponse'],
  ['a subject with a line end', ({ provider }) => void (provider.switches.sub = 'a\r\nx: y'), 500, 'AuthInvalidUserinfoResponse'],
  ['the token endpoint fails', ({ provider }) => void (provider.switches.status['/token'] = 503), 500, 'AuthTokenEpRequestFailed'],
  ['the token endpoint redirects', ({ provider }) => void (provider.switches.status['/token'] = 302), 500, 'AuthTokenEpRequestFailed'],
  ['the userinfo endpoint fails', ({ provider }) => void (provider.switches.status['/userinfo'] = 403), 500, 'AuthUserinfoEpRequestFailed'],
  ['the provider hides its keys for now', ({ provider }) => void (provider.switches.discovery = 'broken'), 500, 'AuthInvalidIdToken'],
  ['the provider is down', async ({ provider }) => void (await provider.close()), 500, 'AuthInvalidIdToken'],
  ['another browser', (_, browser) => browser.cookies.clear(), 401, 'AuthInvalidStateParam'],
  ['the login took too long', ({ provider }) => void (provider.clock.nowMs += 900_000), 401, 'AuthInvalidStateParam'],
  ['the rule is gone', ({ place }) => {
    place.listener.rules.push({ ...place.listener.rules[0]!, actions: [{ ...place.listener.rules[0]!.actions[0] as OidcAction, clientId: 'x' }] }) // eslint-disable-line typescript/no-non-null-assertion -- The rig has made one.
    place.listener.rules.shift()
  }, 401, 'AuthInvalidStateParam'],
] // prettier-ignore

test('what fails on the way back lets nobody through', async () => {
  let ran = 0
  for (const [name, breakIt, statusCode, reason] of failures) {
    const given = await rig()
    const browser = new Browser()
    const query = given.provider.login(await toProvider(given, browser))
    await breakIt(given, browser)
    const answer = answered(
      await given.edge.answerTo(browser.request('/oauth2/idpresponse', query), given.place),
    )
    assert.deepEqual([answer.statusCode, answer.reason], [statusCode, reason], name)
    assert.ok(!answer.headers.some(([header]) => header === 'Set-Cookie'), name)
    assert.equal(given.reports.length, 1, name)
    assert.ok(!JSON.stringify(answer).includes(clientSecret), name)
    ran += 1
  }
  assert.equal(ran, 25)
})

test('a provider that publishes no description is believed by its TLS, and its claims are checked all the same', async () => {
  const given = await rig()
  given.provider.switches.discovery = 'none'
  given.provider.switches.signWith = 'foreign'
  assert.equal((await login(given)).statusCode, 302)
  const wrong = [
    { aud: 'other' },
    { iss: 'https://evil.example' },
    { exp: given.provider.clock.nowMs / 1000 - 61 },
    { nbf: given.provider.clock.nowMs / 1000 + 61 },
    { nonce: 'x' },
  ]
  for (const idToken of wrong) {
    given.provider.switches.idToken = idToken
    assert.equal((await login(given)).reason, 'AuthInvalidIdToken', JSON.stringify(idToken))
  }
  assert.equal(wrong.length, 5)
})

test('the secret goes into the body for providers that take it nowhere else', async () => {
  const given = await rig()
  given.provider.switches.methods = ['client_secret_post']
  assert.equal((await login(given)).statusCode, 302)
  assert.equal(given.provider.calls.find(({ path }) => path === '/token')?.authorization, undefined)
})

test('parameters of the way back are checked one by one', async () => {
  const given = await rig()
  const browser = new Browser()
  const state = new URL(await toProvider(given, browser)).searchParams.get('state') ?? ''
  const other = new URL(await toProvider(given, new Browser())).searchParams.get('state') ?? ''
  const foreign =
    new URL(await toProvider(await rig({}, [loopback], 8), new Browser())).searchParams.get('state') ?? ''
  const rows: readonly [query: string, statusCode: number, reason: string | undefined][] = [
    ['code=1', 401, 'AuthMissingStateParam'],
    ['code=1&state=', 401, 'AuthInvalidStateParam'],
    [`code=1&state=${state.slice(0, -3)}AAA`, 401, 'AuthInvalidStateParam'],
    [`code=1&state=${other}`, 401, 'AuthInvalidStateParam'],
    [`code=1&state=${foreign}`, 401, 'AuthInvalidStateParam'],
    [`state=${state}`, 401, 'AuthMissingCodeParam'],
    [`code=stolen&state=${state}`, 401, 'AuthInvalidGrantError'],
    [`error=access_denied&state=${state}`, 401, undefined],
    [`error=server_error&state=${state}`, 561, undefined],
    ['error=server_error', 401, 'AuthMissingStateParam'],
  ]
  for (const [query, statusCode, reason] of rows) {
    const answer = answered(
      await given.edge.answerTo(browser.request('/oauth2/idpresponse', query), given.place),
    )
    assert.deepEqual([answer.statusCode, answer.reason], [statusCode, reason], query)
  }
  assert.equal(rows.length, 10)
})

test('a way back is gone once; what is of several logins, or of several sessions, is of none', async () => {
  const given = await rig()
  const { provider, edge, action, place } = given
  const browser = new Browser()
  const back = async (query: string | URLSearchParams): Promise<ReturnType<typeof answered>> =>
    answered(await edge.answerTo(browser.request('/oauth2/idpresponse', query.toString()), place))
  const begun = async (path: string) =>
    new URLSearchParams(provider.login(await toProvider(given, browser, path, undefined)))
  const [one, other] = [await begun('/one'), await begun('/other')]
  const mixed = new URLSearchParams({ code: other.get('code') ?? '', state: one.get('state') ?? '' })
  assert.equal((await back(mixed)).reason, 'AuthInvalidIdToken', "another login's code: its nonce is another")
  const first = await back(one)
  assert.equal(first.statusCode, 302)
  const again = await back(one)
  assert.equal(again.reason, 'AuthInvalidGrantError', 'again: the provider has taken the code')
  assert.ok(!again.headers.some(([name]) => name === 'Set-Cookie'))

  // Two sessions of several cookies, whose pieces are exchanged.
  provider.switches.claims = { groups: 'g'.repeat(7_000) }
  const [ann, ben] = [new Browser(), new Browser()]
  for (const user of [ann, ben]) assert.equal((await login(given, user)).statusCode, 302)
  const piece = 'AWSELBAuthSessionCookie-1'
  const kept = ann.cookies.get(piece) ?? ''
  const ask = async (): Promise<AuthOutcome> => edge.authenticate(action, ann.request('/'), place)
  assert.equal((await ask()).kind, 'pass')
  ann.cookies.set(piece, ben.cookies.get(piece) ?? '')
  assert.equal(answered(await ask()).reason, 'AuthInvalidCookie')
  ann.cookies.set(piece, kept)
  assert.equal((await ask()).kind, 'pass')

  // What one purpose sealed serves no other.
  const state = one.get('state') ?? ''
  const thief = new Browser()
  for (const text of [state, browser.cookies.get('AWSALBAuthNonce') ?? ''])
    for (const name of ['AWSELBAuthSessionCookie-0', 'AWSALBAuthNonce']) {
      thief.cookies.clear()
      thief.cookies.set(name, text)
      assert.equal((await edge.authenticate(action, thief.request('/'), place)).kind, 'answer', name)
    }
})

test('a session is good for its front door, host and settings, for its time, unchanged', async () => {
  const given = await rig()
  const browser = new Browser()
  await login(given, browser)
  const elsewhere = { ...given.place, frontDoor: { arn: `${doorArn}2` as Arn } } // A test's own.
  const ask = async (
    action = given.action,
    request = browser.request('/'),
    place = given.place,
  ): Promise<string> => (await given.edge.authenticate(action, request, place)).kind
  assert.equal(await ask(), 'pass')
  assert.equal(await ask({ ...given.action, clientId: 'other' }), 'answer')
  assert.equal(await ask(given.action, browser.request('/', undefined, 'blog.example.com')), 'answer')
  assert.equal(await ask(given.action, browser.request('/'), elsewhere), 'answer')
  given.provider.clock.nowMs += 3_600_000
  assert.equal(await ask(), 'answer')
  given.provider.clock.nowMs -= 3_600_000
  const name = 'AWSELBAuthSessionCookie-0'
  const value = browser.cookies.get(name) ?? ''
  browser.cookies.set(name, value.replace(/.{3}$/, 'AAA'))
  assert.equal(await ask(), 'answer')
  browser.cookies.set(name, 'x')
  const answer = answered(
    await given.edge.authenticate(
      { ...given.action, onUnauthenticatedRequest: 'deny' },
      browser.request('/'),
      given.place,
    ),
  )
  assert.deepEqual([answer.statusCode, answer.reason], [401, 'AuthInvalidCookie'])
})

test('who is not logged in is denied, or passes as nobody, as the action says', async () => {
  const deny = await rig({ onUnauthenticatedRequest: 'deny' })
  assert.equal(
    answered(await deny.edge.authenticate(deny.action, new Browser().request('/'), deny.place)).statusCode,
    401,
  )
  const allow = await rig({ onUnauthenticatedRequest: 'allow' })
  const forged = new Browser()
  forged.cookies.set('AWSELBAuthSessionCookie-0', 'x')
  for (const browser of [new Browser(), forged])
    assert.deepEqual(await allow.edge.authenticate(allow.action, browser.request('/'), allow.place), {
      kind: 'pass',
      requestHeaders: [],
      answerHeaders: [],
    })
})

test('when the access token ends, it is exchanged once for all requests, and the session ends when it would have', async () => {
  const given = await rig()
  const { provider, edge, action, place } = given
  const browser = new Browser()
  await login(given, browser)
  provider.clock.nowMs += 300_000
  provider.switches.claims = { email: 'new@example.com' }
  const outcomes = await Promise.all(
    [1, 2, 3].map(() => edge.authenticate(action, browser.request('/'), place)),
  )
  for (const outcome of outcomes) {
    assert.equal(outcome.kind, 'pass')
    assert.equal(new Map(outcome.requestHeaders).get('x-amzn-oidc-accesstoken'), 'access-2')
    assert.ok(outcome.answerHeaders.some(([, value]) => value.includes('Max-Age=3300;')))
  }
  assert.equal(provider.calls.filter(({ path }) => path === '/token').length, 2)
  const [first] = outcomes
  browser.keep(first?.kind === 'pass' ? first.answerHeaders : [])
  assert.deepEqual((await edge.authenticate(action, browser.request('/'), place)).kind, 'pass')
  provider.clock.nowMs += 3_300_000
  assert.equal(answered(await edge.authenticate(action, browser.request('/'), place)).statusCode, 302)
})

test('a refresh that the provider refuses means a new login; one that fails means no answer, whatever the action says', async () => {
  for (const onUnauthenticatedRequest of ['authenticate', 'allow', 'deny'] as const) {
    const given = await rig({ onUnauthenticatedRequest: 'authenticate' })
    const { provider, edge, place } = given
    const action = { ...given.action, onUnauthenticatedRequest }
    const browser = new Browser()
    await login(given, browser)
    provider.clock.nowMs += 300_000
    const ask = (): Promise<AuthOutcome> => edge.authenticate(action, browser.request('/'), place)
    provider.switches.status['/token'] = 503
    assert.equal(answered(await ask()).statusCode, 500)
    provider.switches.status = {}
    provider.switches.sub = 'user-2'
    assert.equal(answered(await ask()).reason, 'AuthInvalidUserinfoResponse')
    provider.switches.sub = 'user-1'
    provider.refreshTokens.clear()
    const refused = await ask()
    assert.equal(
      refused.kind === 'pass' ? refused.requestHeaders.length : refused.answer.statusCode,
      { authenticate: 302, allow: 0, deny: 401 }[onUnauthenticatedRequest],
    )
  }
})

test('a provider behind the firewall is asked only where the operator has opened a network; one that is silent, not for long', async () => {
  const closed = await rig({}, [])
  assert.equal((await login(closed)).statusCode, 500)
  assert.equal(closed.provider.calls.length, 0)
  const literal = await rig({}, [])
  const byAddress = { issuer: `https://127.0.0.1:${literal.provider.port}` }
  assert.equal((await login(withAction(literal, byAddress))).statusCode, 500)
  assert.equal(literal.provider.connections(), 0)
  // The same address where the operator allows it is connected to: its certificate is then what fails.
  const opened = await rig()
  const allowed = { issuer: `https://127.0.0.1:${opened.provider.port}` }
  assert.equal((await login(withAction(opened, allowed))).statusCode, 500)
  assert.equal(opened.provider.connections(), 1)
  const plain = await rig({ tokenEndpoint: 'http://idp.example.com/token' })
  assert.equal((await login(plain)).reason, 'AuthTokenEpRequestFailed')

  const silent = await rig()
  silent.provider.switches.silent = true
  const waiting = login(silent)
  while (silent.provider.calls.length === 0) await new Promise(setImmediate)
  silent.timers.forEach((late) => late())
  assert.equal((await waiting).statusCode, 500)
})

test('a provider’s new keys are found though the clock was set back', async () => {
  const given = await rig()
  assert.equal((await login(given)).statusCode, 302)
  given.provider.clock.nowMs -= 86_400_000
  given.provider.switches.publishes = 'foreign'
  given.provider.switches.signWith = 'foreign'
  assert.equal((await login(given)).statusCode, 302)
})

test('nobody is sent to another site', async () => {
  const given = await rig()
  const rows = [['//evil.example/', undefined, '//evil.example/'], ['*', undefined, '/'], ['.evil.example', undefined, '/'], [`/${'x'.repeat(2_100)}`, undefined, '/']] as const // prettier-ignore
  for (const [path, query, want] of rows) {
    const browser = new Browser()
    const back = given.provider.login(await toProvider(given, browser, path, query ?? ''))
    const answer = answered(
      await given.edge.answerTo(browser.request('/oauth2/idpresponse', back), given.place),
    )
    const { origin, pathname } = new URL(location(answer))
    assert.deepEqual([origin, pathname], ['https://shop.example.com:8443', want])
  }
  const evil = {
    ...new Browser().request('/'),
    headers: [['Host', 'shop.example.com@evil.example'] as const],
  }
  assert.equal(
    answered(await given.edge.authenticate(given.action, evil, given.place)).reason,
    'AuthMissingHostHeader',
  )
})

test("the way back is the front door's own only where a rule authenticates, and keys only by their ids", async () => {
  const { edge, place } = await rig()
  const browser = new Browser()
  assert.equal(
    edge.answerTo(browser.request('/oauth2/idpresponse'), { ...place, listener: { rules: [] } }),
    undefined,
  )
  assert.equal(edge.answerTo(browser.request(`${keysPath}x`), place), undefined)
  assert.equal(edge.answerTo(browser.request('/'), place), undefined)
})
