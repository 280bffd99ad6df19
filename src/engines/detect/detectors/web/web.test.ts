// Goal: each type of finding of web requests comes when it should, and soon; a customer who only looks like it raises none.
// Method: rows of small scenes that raise a type, and of near misses that must raise nothing; every type needs one of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDetection, type DetectionState } from '../../detection.ts'
import { remedy } from '../../findings/texts.ts'
import type { WebRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { unknownSurroundings } from '../../surroundings.ts'
import { webDetectors } from './index.ts'

const startMs = Date.UTC(2026, 0, 5)
const resourceArn =
  'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188'

type Scene = readonly Partial<WebRecord>[]
let sent = 0

/** A request of one client, a tenth of a second after the last, unless the scene says otherwise. */
function request(more: Partial<WebRecord>): WebRecord {
  sent += 1
  return {
    ...{ accountId: '111122223333', atMs: startMs + sent * 100, requestId: `1-${sent}`, resourceArn },
    ...{ webACLArn: 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/a1b2' },
    ...{ clientIp: '203.0.113.9', method: 'GET', host: 'shop.example', path: '/', status: 200 },
    ...{ userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', action: 'ALLOW' as const, labels: [] },
    ...more,
  }
}

function seen(scene: Scene): readonly Signal[] {
  sent = 0
  const onFault = (_: string, error: unknown): void => assert.ifError(error)
  const { see } = createDetection({
    ...{ detectors: webDetectors, surroundings: unknownSurroundings, onFault },
  })
  return scene.flatMap((record) => see('web', request(record)))
}

function times(count: number, each: (at: number) => Partial<WebRecord>): Scene {
  return Array.from({ length: count }, (_, at) => each(at))
}

const missing = (at: number): Partial<WebRecord> => ({ path: `/old/${at}.php`, status: 404 })
const blocked = (...labels: string[]): Partial<WebRecord> => ({
  ...{ action: 'BLOCK', status: 403, terminatingRuleId: 'AWS-AWSManagedRulesCommonRuleSet' },
  labels,
})
const counted = (...labels: string[]): Partial<WebRecord> => ({ labels })
const sqli = 'awswaf:managed:aws:sql-database:SQLi_QueryArguments'
const failed: Partial<WebRecord> = { method: 'POST', path: '/api/login', status: 401 }
const client = (at: number): string => `198.51.100.${1 + (at % 250)}`
const noise: Partial<WebRecord> = {
  action: 'BLOCK',
  status: 403,
  terminatingRuleId: 'office-only',
  path: '/admin',
}

type Row = readonly [type: string, name: string, scene: Scene, requestsMax: number]

/** The last figure: with how many requests it is told at the latest. */
const fires: readonly Row[] = [
  ['Recon:LoadBalancer/WebScanner', 'asks for paths that are not there', times(20, missing), 15],
  [
    'Recon:LoadBalancer/WebScanner',
    'says that it is a scanner',
    times(10, (at) => ({ ...missing(at), userAgent: 'Mozilla/5.00 (Nikto/2.5.0)' })),
    5,
  ],
  ['InitialAccess:LoadBalancer/SQLInjection', 'is blocked', times(5, () => blocked(sqli)), 3],
  ['InitialAccess:LoadBalancer/SQLInjection', 'is counted only', times(5, () => counted(sqli)), 3],
  [
    'InitialAccess:LoadBalancer/SQLInjection',
    'is blocked by a rule of the operator’s',
    times(5, () => ({ ...blocked(), terminatingRuleId: 'block-sqli' })),
    3,
  ],
  [
    'InitialAccess:LoadBalancer/CrossSiteScripting',
    'is blocked',
    times(5, () => blocked('awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body')),
    3,
  ],
  [
    'InitialAccess:LoadBalancer/CommandInjection',
    'is blocked',
    times(5, () => blocked('awswaf:managed:aws:known-bad-inputs:Log4JRCE_Header')),
    3,
  ],
  [
    'InitialAccess:LoadBalancer/FileInclusion',
    'is blocked',
    times(5, () => blocked('awswaf:managed:aws:core-rule-set:GenericLFI_URIPath')),
    3,
  ],
  [
    'InitialAccess:LoadBalancer/RequestForgery',
    'is blocked',
    times(5, () => blocked('awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body')),
    3,
  ],
  ['CredentialAccess:LoadBalancer/CredentialStuffing', 'fails at once', times(12, () => failed), 10],
  [
    'CredentialAccess:LoadBalancer/CredentialStuffing',
    'is limited by the application',
    times(15, (at) => ({ ...failed, status: at < 5 ? 401 : 429 })),
    10,
  ],
  [
    'CredentialAccess:LoadBalancer/CredentialStuffing.Distributed',
    'fails once from each of many addresses',
    times(40, (at) => ({ ...failed, clientIp: client(at) })),
    30,
  ],
  [
    'Impact:LoadBalancer/RequestFlood',
    'sends 1,000 a second',
    times(1000, (at) => ({ atMs: startMs + at })),
    650,
  ],
  [
    'Impact:LoadBalancer/RequestFlood',
    'is stopped by a rule of rates',
    times(12, () => ({ ...blocked(), terminatingRuleId: 'limit', terminatingRuleType: 'RATE_BASED' })),
    10,
  ],
  [
    'UnauthorizedAccess:LoadBalancer/BlockedClientAdmitted',
    'is blocked ten times and then answered',
    [...times(11, () => noise), { path: '/api/orders' }],
    12,
  ],
]

const silent: readonly Row[] = [
  [
    'Recon:LoadBalancer/WebScanner',
    'a page whose images are gone',
    times(60, (at) => (at % 3 === 0 ? missing(at) : {})),
    0,
  ],
  ['Recon:LoadBalancer/WebScanner', 'one path, again and again', times(60, () => missing(1)), 0],
  [
    'Recon:LoadBalancer/WebScanner',
    'a search engine that asks for old pages, one a minute',
    times(60, (at) => ({ ...missing(at), atMs: startMs + at * 60_000 })),
    0,
  ],
  [
    'InitialAccess:LoadBalancer/SQLInjection',
    'a customer called O’Brien',
    [blocked(sqli), {}, {}, counted(sqli)],
    0,
  ],
  [
    'InitialAccess:LoadBalancer/SQLInjection',
    'labels of another kind',
    times(20, () => counted('awswaf:managed:aws:bot-control:bot:verified', 'awswaf:clientip:geo:country:DE')),
    0,
  ],
  [
    'InitialAccess:LoadBalancer/CrossSiteScripting',
    'an editor of pages, once in ten minutes',
    times(20, (at) => ({
      ...counted('awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body'),
      atMs: startMs + at * 600_000,
    })),
    0,
  ],
  [
    'InitialAccess:LoadBalancer/CommandInjection',
    'many clients, one each',
    times(20, (at) => ({
      ...counted('awswaf:managed:aws:known-bad-inputs:Log4JRCE_Header'),
      clientIp: client(at),
    })),
    0,
  ],
  [
    'InitialAccess:LoadBalancer/FileInclusion',
    'two',
    times(2, () => blocked('awswaf:managed:aws:core-rule-set:GenericLFI_URIPath')),
    0,
  ],
  [
    'InitialAccess:LoadBalancer/RequestForgery',
    'two',
    times(2, () => blocked('awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body')),
    0,
  ],
  [
    'CredentialAccess:LoadBalancer/CredentialStuffing',
    'a customer who forgot her password',
    [
      ...times(6, (at) => ({ ...failed, atMs: startMs + at * 8000 })),
      { ...failed, status: 200, atMs: startMs + 60_000 },
    ],
    0,
  ],
  [
    'CredentialAccess:LoadBalancer/CredentialStuffing',
    'a program whose token has expired',
    times(60, () => ({ ...failed, path: '/api/orders' })),
    0,
  ],
  [
    'CredentialAccess:LoadBalancer/CredentialStuffing.Distributed',
    'a large shop in the morning',
    times(400, (at) => ({
      ...failed,
      atMs: startMs + at * 500,
      clientIp: client(at),
      ...(at % 8 !== 0 && { status: 302 }),
    })),
    0,
  ],
  [
    'Impact:LoadBalancer/RequestFlood',
    'a page with 300 parts',
    times(300, (at) => ({ atMs: startMs + at })),
    0,
  ],
  [
    'Impact:LoadBalancer/RequestFlood',
    'a busy office, 50 a second',
    times(3000, (at) => ({ atMs: startMs + at * 20 })),
    0,
  ],
  [
    'UnauthorizedAccess:LoadBalancer/BlockedClientAdmitted',
    'a customer who was blocked by mistake',
    [...times(3, () => noise), {}, {}],
    0,
  ],
  [
    'UnauthorizedAccess:LoadBalancer/BlockedClientAdmitted',
    'goes on being blocked, and another comes',
    [...times(30, () => noise), { clientIp: '198.51.100.8' }],
    0,
  ],
]

for (const [type, name, scene, requestsMax] of fires)
  test(`web: ${type}: ${name}`, () => {
    const types = new Set(seen(scene).map((signal) => signal.type))
    assert.deepEqual([...types], [type])
    assert.equal(seen(scene.slice(0, requestsMax)).length, 1, `told within ${requestsMax} requests`)
  })

for (const [type, name, scene] of silent)
  test(`web: not ${type}: ${name}`, () => {
    assert.deepEqual(
      seen(scene).map((signal) => signal.type),
      [],
    )
  })

test('web: every type of finding has a row that raises it, and a near miss', () => {
  const types = webDetectors.flatMap(({ finds }) => Object.keys(finds)).sort()
  assert.equal(types.length, 10)
  assert.deepEqual([...new Set(fires.map(([type]) => type))].sort(), types)
  assert.deepEqual([...new Set(silent.map(([type]) => type))].sort(), types)
})

test('web: a client that sends the same id with each request is seen all the same', () => {
  const types = seen(
    times(20, (at) => ({ ...missing(at), requestId: '1-67891233-abcdef012345678912345678' })),
  )
  assert.deepEqual(
    types.map(({ type }) => type),
    ['Recon:LoadBalancer/WebScanner'],
  )
})

test('web: what gets through is graver than what is blocked', () => {
  assert.deepEqual(
    [counted(sqli), blocked(sqli)].map((one) => seen([one, one, one])[0]?.severity),
    [8, undefined],
  )
  const guessed = seen([...times(10, () => failed), { ...failed, status: 302 }])
  assert.deepEqual(
    guessed.map(({ severity }) => severity),
    [undefined, 8],
  )
})

test('web: a finding says whom to block, and a command does it', () => {
  const rows = [
    ['203.0.113.9', 'IPV4 --addresses 203.0.113.9/32'],
    ['2001:db8::9', 'IPV6 --addresses 2001:db8::9/128'],
  ] as const
  for (const [clientIp, want] of rows) {
    const [signal] = seen(times(3, () => ({ ...blocked(sqli), clientIp })))
    assert.ok(signal)
    const { IpAddressV4, IpAddressV6 } = signal.action.NetworkConnectionAction?.RemoteIpDetails ?? {}
    assert.equal(IpAddressV4 ?? IpAddressV6, clientIp)
    const finding = webDetectors.find(({ name }) => name === 'web-injection')?.finds[signal.type]
    const commands = remedy(finding?.remediation ?? [], signal.values).map(({ command }) => command)
    assert.ok(
      commands.some((command) => command?.includes(want)),
      commands.join('\n'),
    )
    assert.ok(commands.every((command) => command?.endsWith('--region eu-central-1')))
  }
})

test('web: what is remembered survives a restart in the midst of each scene', () => {
  const onFault = (_: string, error: unknown): void => assert.ifError(error)
  for (const [type, name, scene] of fires) {
    sent = 0
    const records = scene.map(request)
    const options = { detectors: webDetectors, surroundings: unknownSurroundings, onFault }
    const first = createDetection(options)
    const half = records.length >> 1
    const before = records.slice(0, half).flatMap((record) => first.see('web', record))
    const state = JSON.parse(JSON.stringify(first.state())) as DetectionState // `state` wrote it.
    const second = createDetection({ ...options, state })
    const after = records.slice(half).flatMap((record) => second.see('web', record))
    assert.deepEqual([...before, ...after], seen(scene), `${type}: ${name}`)
  }
})
