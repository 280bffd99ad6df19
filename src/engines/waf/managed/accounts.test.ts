// Goal: the groups that guard an account's pages count what is sent to the page that they are told, and nothing else; settings that
// ask for more than is done are refused. Method: requests sent in a row to one compiled web ACL, with the number of the first that is
// stopped and the rule that stops it; rows of wrong settings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WebRequest, World } from '../request.ts'
import { acl, compiled, get, refused, rule, worldOf } from '../rig.test.ts'
import { managedRuleGroup, managedRuleGroups, noSources } from './index.ts'

const takeover = 'AWSManagedRulesATPRuleSet'
const creation = 'AWSManagedRulesACFPRuleSet'
const sources = {
  ...noSources,
  isCompromised: (username: string, password: string) =>
    ['eve leaked', 'zoë geheimnißvoll'].includes(`${username} ${password}`),
}
const groups = managedRuleGroups(sources)
const world: World = {
  ...worldOf(),
  managedRuleGroup: (vendor, name, version) => managedRuleGroup(groups, vendor, name, version),
}

const fields = { UsernameField: { Identifier: '/user/name' }, PasswordField: { Identifier: '/user/pass' } }
const login = { LoginPath: '/login', RequestInspection: { PayloadType: 'JSON', ...fields } }
const form = {
  CreationPath: '/join',
  RegistrationPagePath: '/register',
  RequestInspection: {
    PayloadType: 'FORM_ENCODED',
    UsernameField: { Identifier: 'name' },
    PasswordField: { Identifier: 'pass' },
    PhoneNumberFields: [{ Identifier: 'phone' }],
    AddressFields: [{ Identifier: 'street' }, { Identifier: 'town' }],
  },
}

function webACL(Name: string, settings: object, more: object = {}): ReturnType<typeof acl> {
  const ManagedRuleGroupConfigs = [{ [Name]: settings }]
  const statement = { VendorName: 'AWS', Name, ManagedRuleGroupConfigs, ...more }
  return acl([rule('it', 0, { ManagedRuleGroupStatement: statement }, { OverrideAction: { None: {} } })])
}

const counting = (Name: string): object => ({ Name, ActionToUse: { Count: {} } })

/** Sends requests until one is stopped: the number of it, the rule, and what it does. */
function firstStopped(
  document: ReturnType<typeof acl>,
  requestOf: (n: number) => WebRequest,
  sends = 50,
  everySec = 0,
): readonly [number, string, string] | undefined {
  const web = compiled(document, world)
  for (let n = 1; n <= sends; n += 1) {
    const { action, terminatingRule } = web.inspect(requestOf(n), 1_800_000_000_000 + n * everySec * 1000)
    if (action.type !== 'ALLOW') return [n, terminatingRule?.withinGroup?.rule ?? '', action.type]
  }
  return undefined
}

function posted(path: string, body: string, more: Partial<WebRequest> = {}): WebRequest {
  return get(path, { method: 'POST', body: Buffer.from(body), ...more })
}

const loggedIn = (name: unknown, pass: unknown, more: Partial<WebRequest> = {}): WebRequest =>
  posted('/login', JSON.stringify({ user: { name, pass } }), more)
const joined = (values: Readonly<Record<string, string>>, more: Partial<WebRequest> = {}): WebRequest =>
  posted('/join', new URLSearchParams(values).toString(), more)
const elsewhere = (n: number): Partial<WebRequest> => ({ clientAddress: `198.51.100.${n}` })
const tokenOf = (cookie: string, n: number): Partial<WebRequest> => ({
  ...elsewhere(n),
  headers: [
    ['Host', 'shop.example'],
    ['Cookie', `a=b; aws-waf-token=${cookie}`],
  ],
  token: () => 'valid',
})

const body = JSON.stringify({ user: { name: 'ann', pass: 'x' } })

const logins: readonly (readonly [
  title: string,
  requestOf: (n: number) => WebRequest,
  stopped: readonly [number, string] | undefined,
])[] = [
  ['one user from one address', () => loggedIn('ann', 'x'), [21, 'VolumetricIpHigh']],
  ['one user from many addresses', (n) => loggedIn('ann', 'x', elsewhere(n)), undefined],
  ['many users from one address', (n) => loggedIn(`u${n}`, 'x'), [11, 'AttributeUsernameTraversal']],
  [
    'many passwords of one user, from many addresses',
    (n) => loggedIn('ann', `x${n}`, elsewhere(n)),
    [11, 'AttributePasswordTraversal'],
  ],
  ['many requests of one token', (n) => loggedIn('ann', 'x', tokenOf('t', n)), [31, 'VolumetricSession']],
  ['many tokens', (n) => loggedIn('ann', 'x', tokenOf(`t${n}`, n)), undefined],
  [
    'many cookies that are no tokens, from one address',
    (n) => loggedIn(`u${n}`, 'x', { ...tokenOf(`t${n}`, 1), token: () => 'TOKEN_INVALID' }),
    [1, 'TokenRejected'],
  ],
  [
    'pages that the path leads on to',
    (n) => posted(`/login${n % 2 ? '/' : 'Page'}`, body),
    [21, 'VolumetricIpHigh'],
  ],
  ['the page, escaped', () => posted('/%6cogin', body), [21, 'VolumetricIpHigh']],
  [
    'known credentials beyond ASCII',
    () => loggedIn('zoë', 'geheimnißvoll'),
    [1, 'AttributeCompromisedCredentials'],
  ],
  ['no password', () => loggedIn('ann', undefined), [1, 'SignalMissingCredential']],
  ['an empty name', () => loggedIn('', 'x'), [1, 'SignalMissingCredential']],
  ['a name that is no text', () => loggedIn({ $ne: 1 }, 'x'), [1, 'SignalMissingCredential']],
  ['no document', () => posted('/login', '{"user":'), [1, 'SignalMissingCredential']],
  ['a document that was cut', () => loggedIn('a', 'b', { bodyCut: true }), [1, 'SignalMissingCredential']],
  ['an inherited member', () => posted('/login', '{"__proto__":{"user":1}}'), [1, 'SignalMissingCredential']],
  ['known credentials', () => loggedIn('eve', 'leaked'), [1, 'AttributeCompromisedCredentials']],
  ['another page', () => posted('/search', '{}'), undefined],
  ['the page itself', () => get('/login'), undefined],
]

test('logins are counted by address, token, name and password', () => {
  for (const [title, requestOf, stopped] of logins)
    assert.deepEqual(
      firstStopped(webACL(takeover, login), requestOf),
      stopped && [...stopped, 'BLOCK'],
      title,
    )
  assert.equal(logins.length, 19)
})

test('whoever is over a limit of names stays over it, whatever name is tried next', () => {
  const web = compiled(webACL(takeover, login), world)
  const sent = (name: string): string => web.inspect(loggedIn(name, 'x'), 1_800_000_000_000).action.type
  const first = Array.from({ length: 12 }, (_, at) => sent(`u${at}`))
  assert.deepEqual(first.slice(9), ['ALLOW', 'BLOCK', 'BLOCK'])
  assert.deepEqual(
    ['u11', 'u10', 'u0'].map(sent),
    ['BLOCK', 'BLOCK', 'BLOCK'],
    'names that were tried before',
  )
})

test('counts leave their window', () => {
  const slow = firstStopped(webACL(takeover, login), () => loggedIn('ann', 'x'), 60, 60)
  assert.equal(slow, undefined)
})

const creations: readonly (readonly [
  title: string,
  requestOf: (n: number) => WebRequest,
  stopped: readonly [number, string] | undefined,
])[] = [
  [
    'many from one address',
    () => joined({ name: 'ann', pass: 'x', phone: '1', street: 's', town: 't' }),
    [11, 'VolumetricSessionHigh'],
  ],
  [
    'many of one telephone number',
    (n) => joined({ name: `u${n}`, pass: 'x', phone: '1' }, elsewhere(n)),
    [11, 'VolumetricPhoneNumberHigh'],
  ],
  [
    'many of one postal address, however it is written',
    (n) => joined({ name: `u${n}`, pass: 'x', street: n % 2 ? 'Elm 1' : 'elm 1', town: 'T' }, elsewhere(n)),
    [11, 'VolumetricAddressHigh'],
  ],
  [
    'one street of many towns',
    (n) => joined({ name: `u${n}`, pass: 'x', street: 'Elm 1', town: `T${n}` }, elsewhere(n)),
    undefined,
  ],
  ['known credentials', () => joined({ name: 'eve', pass: 'leaked' }), [1, 'SignalCredentialCompromised']],
]

test('accounts are counted by address, token, telephone number and postal address', () => {
  const unchallenged = { RuleActionOverrides: [counting('AllRequests')] }
  for (const [title, requestOf, stopped] of creations)
    assert.deepEqual(
      firstStopped(webACL(creation, form, unchallenged), requestOf),
      stopped && [...stopped, 'BLOCK'],
      title,
    )
  assert.equal(creations.length, 5)
  const names = firstStopped(
    webACL(creation, form, { RuleActionOverrides: ['AllRequests', 'VolumetricSessionHigh'].map(counting) }),
    (n) => joined({ name: `u${n}`, pass: 'x' }),
  )
  assert.deepEqual(names, [11, 'AttributeUsernameTraversalHigh', 'BLOCK'])
  const address = firstStopped(
    webACL(creation, form, { RuleActionOverrides: ['AllRequests', 'VolumetricSessionHigh'].map(counting) }),
    () => joined({ name: 'ann', pass: 'x' }),
  )
  assert.deepEqual(address, [21, 'VolumetricIpHigh', 'BLOCK'])
})

test('who creates an account shows a browser first', () => {
  const page = firstStopped(webACL(creation, form), () => get('/register'))
  assert.deepEqual(page, [1, 'AllRequests', 'CHALLENGE'])
  const sent = firstStopped(webACL(creation, form), () => joined({ name: 'a', pass: 'b' }))
  assert.deepEqual(sent, [1, 'AllRequests', 'CHALLENGE'])
  const further = firstStopped(webACL(creation, form), () => get('/register/now'))
  assert.deepEqual(further, [1, 'AllRequests', 'CHALLENGE'])
  assert.equal(
    firstStopped(webACL(creation, form), () => get('/')),
    undefined,
  )
})

test('two pages of one web ACL are counted apart', () => {
  const shop = { ...login, LoginPath: '/shop/login' }
  const statements = [login, shop].map((settings, at) =>
    rule(
      `page-${at}`,
      at,
      {
        ManagedRuleGroupStatement: {
          VendorName: 'AWS',
          Name: takeover,
          ManagedRuleGroupConfigs: [{ [takeover]: settings }],
        },
      },
      { OverrideAction: { None: {} } },
    ),
  )
  const stopped = firstStopped(acl(statements), (n) =>
    posted(n % 2 ? '/login' : '/shop/login', JSON.stringify({ user: { name: 'ann', pass: 'x' } })),
  )
  assert.deepEqual(stopped, [41, 'VolumetricIpHigh', 'BLOCK'])
})

test('settings that are missing, wrong or ask for more than is done are refused', () => {
  const bot = 'AWSManagedRulesBotControlRuleSet'
  const rows: readonly (readonly [group: string, configs: unknown, reason: string])[] = [
    [takeover, undefined, 'none'],
    [takeover, [], 'none'],
    [takeover, [{ [takeover]: login }, { [takeover]: login }], 'two'],
    [takeover, [{ [creation]: form }], "another group's"],
    [takeover, [{ [takeover]: { LoginPath: '/login' } }], 'no fields'],
    [takeover, [{ [takeover]: { ...login, LoginPath: 'login' } }], 'a path that is none'],
    [takeover, [{ [takeover]: { ...login, EnableRegexInPath: true } }], 'a pattern as path'],
    [takeover, [{ [takeover]: { ...login, ResponseInspection: { StatusCode: {} } } }], 'answers'],
    [creation, [{ [creation]: { ...form, RequestInspection: { PayloadType: 'JSON' } } }], 'nobody named'],
    [bot, [{ [bot]: { InspectionLevel: 'TARGETED' } }], 'the targeted level'],
    [bot, [{ [bot]: { InspectionLevel: 'ALL' } }], 'no level'],
    ['AWSManagedRulesSQLiRuleSet', [{ [takeover]: login }], 'a group without settings'],
  ]
  for (const [Name, ManagedRuleGroupConfigs, reason] of rows) {
    const statement = {
      VendorName: 'AWS',
      Name,
      ...(ManagedRuleGroupConfigs === undefined ? {} : { ManagedRuleGroupConfigs }),
    }
    const document = acl([
      rule('it', 0, { ManagedRuleGroupStatement: statement }, { OverrideAction: { None: {} } }),
    ])
    assert.equal(refused(document, world).code, 'WAFInvalidParameterException', reason)
  }
  assert.equal(rows.length, 12)
  const common = webACL(bot, { InspectionLevel: 'COMMON', EnableMachineLearning: false })
  assert.equal(compiled(common, world).capacity, 50)
})
