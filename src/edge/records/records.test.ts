// Goal: the access log and the WAF log are AWS's formats to the letter, samples and metrics count what happened, and nothing that a client
// sent ends a line or a field. Method: records of the test's making, read back from the files as an operator would.
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { FlowRecord, WebRecord } from '#engines/detect/index.ts'
import type { AccountId, Arn } from '#core/arn.ts'
import type { FrontDoor, GuardedWebACL, LogDelivery, WebACLLogging } from '#core/front-door.ts'
import type { MatchedRule, Verdict } from '#engines/waf/index.ts'
import type { ConnectionRecord, RequestRecord } from '../record.ts'
import {
  attributes,
  doorPart,
  frontDoor,
  group,
  groupPart,
  listener,
  movableWorld,
  rule,
  target,
  toGroup,
} from '../rig.test.ts'
import { createRecords } from './index.ts'
import { isKept } from './waf-log.ts'

const atMs = Date.UTC(2026, 10, 26, 12, 3, 4, 567)
const visibility = (MetricName: string) => ({
  MetricName,
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
})
const accessLogs = { bucket: 'logs', prefix: 'web' }

const door = frontDoor({ attributes: { ...attributes, accessLogs } })
const one = group([target(80), target(81, { state: 'unhealthy' })])

const webACL = (logging?: WebACLLogging): GuardedWebACL => ({
  arn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn, // An ARN like any other.
  account: '111122223333' as AccountId, // Twelve digits.
  region: 'us-east-1',
  name: 'a',
  scope: 'REGIONAL',
  acl: {
    VisibilityConfig: visibility('a'),
    Rules: [
      { Name: 'bad', Statement: { ByteMatchStatement: {} } },
      {
        Name: 'managed',
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet' } },
      },
    ],
  },
  ruleGroups: {},
  regexPatternSets: {},
  addressSets: [],
  bodyBytesMax: 8_192,
  tokenDomains: [],
  logging,
})

function record(wish: Partial<RequestRecord> = {}): RequestRecord {
  return {
    frontDoor: door,
    listener: listener(),
    rule: rule(toGroup()),
    request: {
      method: 'GET',
      path: '/a',
      query: 'b=c',
      httpVersion: '1.1',
      headers: [
        ['Host', 'shop.example'],
        ['User-Agent', 'test "1"\\'],
        ['Authorization', 'secret'],
      ],
      host: 'shop.example',
      scheme: 'http',
      client: { address: '192.0.2.1', port: 5_000 },
      receivedAtMs: atMs,
    },
    actions: ['forward'],
    target: { group: one, address: '127.0.0.1:80', availabilityZone: 'us-east-1a', statusCode: 200 },
    statusCode: 200,
    classification: { is: 'Acceptable' },
    traceId: 'Root=1-67891233-abcdef012345678912345678',
    answeredAtMs: atMs + 12,
    requestProcessingSec: 0.001,
    targetProcessingSec: 0.01,
    responseProcessingSec: 0.001,
    receivedBytes: 100,
    sentBytes: 200,
    ...wish,
  }
}

function verdict(wish: Partial<Verdict> = {}): Verdict {
  return {
    action: { type: 'ALLOW' },
    terminatingRule: undefined,
    labels: [],
    insertedHeaders: [],
    nonTerminating: [],
    oversize: [],
    ...wish,
  }
}

const judged = (
  given: Verdict,
  logging?: WebACLLogging,
  responseCodeSent?: number,
): RequestRecord['judgement'] => ({
  webACL: webACL(logging),
  verdict: given,
  country: 'CH',
  bodyBytes: 3,
  insertedHeaders: [],
  responseCodeSent,
})

const bad: MatchedRule = { rule: 'bad', visibility: visibility('bad') }
const inGroup: MatchedRule = {
  rule: 'managed',
  visibility: visibility('managed'),
  withinGroup: {
    group: 'AWSManagedRulesSQLiRuleSet',
    rule: 'SQLi_QUERYARGUMENTS',
    visibility: visibility('SQLi_QUERYARGUMENTS'),
  },
}
const blocked = verdict({
  action: { type: 'BLOCK', response: { statusCode: 403, headers: [] } },
  terminatingRule: bad,
  labels: ['team:x'],
})

async function written(
  t: TestContext,
  all: readonly RequestRecord[],
  {
    doors = [door],
    connections = [],
  }: { doors?: readonly FrontDoor[]; connections?: readonly ConnectionRecord[] } = {},
) {
  const buckets = mkdtempSync(join(tmpdir(), 'redoubt-records-'))
  t.after(() => rmSync(buckets, { recursive: true, force: true }))
  const { world } = movableWorld()
  const records = createRecords({ world, log: ({ event }) => assert.fail(event), buckets, worker: 0 })
  records.configure([...doors.map(doorPart), groupPart(one)], [])
  for (const given of all) records.recorder.request(given)
  const reports = records.take()
  for (const ended of connections) records.recorder.connection(ended)
  const observed = records.takeObserved()
  await records.close()
  const files = globSync('**/*.gz', { cwd: buckets }).toSorted()
  return {
    reports,
    web: observed.web.map((line) => JSON.parse(line) as WebRecord), // `webRecordLine` wrote it.
    flows: observed.flow.map((line) => JSON.parse(line) as FlowRecord), // `flowsOf` did.
    files,
    lines: files.map((file) =>
      gunzipSync(readFileSync(join(buckets, file)))
        .toString('utf8')
        .trimEnd()
        .split('\n'),
    ),
  }
}

test('records: requests are told of for detection where somebody asks for it, and nowhere else', async (t) => {
  const given = record({ statusCode: 403, judgement: judged(blocked) })
  const observed = { ...given, frontDoor: { ...door, observed: true } }
  const { web } = await written(t, [given, observed])
  const [first, ...others] = web
  assert.deepEqual(others, [])
  const { resourceArn, clientIp, action, terminatingRuleId, labels, status, path } = first ?? {}
  assert.deepEqual(
    [resourceArn, clientIp, action, terminatingRuleId, labels, status, path],
    [door.arn, given.request.client.address, 'BLOCK', 'bad', ['team:x'], 403, given.request.path],
  )
})

test('records: a connection is a flow each way, of whose requests it brought or whose port it came to', async (t) => {
  const observed = { ...door, observed: true }
  const given = record({ frontDoor: observed })
  const ended = (wish: Partial<ConnectionRecord>): ConnectionRecord => ({
    ...{ port: 8080, localAddress: '192.0.2.1', address: '198.51.100.7', clientPort: 1, admitted: true },
    ...{ openedAtMs: 1_000, closedAtMs: 2_000, receivedBytes: 100, sentBytes: 3_000 },
    ...wish,
  })
  const own = door.listeners[0]?.port ?? 0
  const { address, port } = given.request.client
  const rows: readonly [why: string, connection: ConnectionRecord, flows: readonly string[]][] = [
    [
      'with a request, on the shared port',
      ended({ address, clientPort: port }),
      [
        `${address}:${port} > 192.0.2.1:8080 1/100 ACCEPT 3`,
        `192.0.2.1:8080 > ${address}:${port} 3/3000 ACCEPT 19`,
      ],
    ],
    ['without one, on the shared port', ended({}), []],
    [
      'without one, on its own port',
      ended({ port: own, sentBytes: 0 }),
      [`198.51.100.7:1 > 192.0.2.1:${own} 1/100 ACCEPT 3`, `192.0.2.1:${own} > 198.51.100.7:1 1/0 ACCEPT 19`],
    ],
    [
      'not admitted',
      ended({ port: own, admitted: false, receivedBytes: 0 }),
      [`198.51.100.7:1 > 192.0.2.1:${own} 1/0 REJECT 2`],
    ],
  ]
  for (const [why, connection, want] of rows) {
    const { flows } = await written(t, [given], { doors: [observed], connections: [connection] })
    const shown = flows.map(
      ({ srcaddr, srcport, dstaddr, dstport, packets, bytes, action, tcpFlags }) =>
        `${srcaddr}:${srcport} > ${dstaddr}:${dstport} ${packets}/${bytes} ${action} ${tcpFlags}`,
    )
    assert.deepEqual(shown, want, why)
  }
  const network = { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] }
  const standing = await written(t, [], {
    doors: [{ ...observed, network }],
    connections: [ended({ port: own })],
  })
  for (const flow of standing.flows) assert.partialDeepStrictEqual(flow, network)
  assert.equal(standing.flows.length, 2)
  const { flows } = await written(t, [record()], { connections: [ended({ port: own })] })
  assert.deepEqual(flows, [], 'nobody asks for it')
  assert.equal(rows.length, 4)
})

test('records: the access log is AWS’s, in AWS’s place', async (t) => {
  const { files, lines } = await written(t, [
    record(),
    record({
      target: undefined,
      rule: undefined,
      actions: ['waf'],
      statusCode: 403,
      requestProcessingSec: -1,
      targetProcessingSec: -1,
      responseProcessingSec: -1,
      judgement: judged(blocked),
    }),
    record({
      request: {
        ...record().request,
        path: '/"\n\x1b',
        query: undefined,
        headers: [['User-Agent', 'a\r\nb "c"']],
      },
    }),
  ])
  assert.equal(files.length, 1)
  assert.match(
    files[0] ?? '',
    /^logs\/web\/AWSLogs\/111122223333\/elasticloadbalancing\/us-east-1\/2026\/11\/26\/111122223333_elasticloadbalancing_us-east-1_app\.door\.0123456789abcdef_20261126T1205Z_127\.0\.0\.1_[0-9a-f]{8}\.log\.gz$/,
  )
  const [forwarded, refused, injected] = lines[0] ?? []
  assert.equal(
    forwarded,
    'http 2026-11-26T12:03:04.579000Z app/door/0123456789abcdef 192.0.2.1:5000 127.0.0.1:80 0.001 0.010 0.001 200 200 100 200 ' +
      '"GET http://shop.example:80/a?b=c HTTP/1.1" "test \\x221\\x22\\x5c" - - arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/group ' +
      '"Root=1-67891233-abcdef012345678912345678" "-" "-" 0 2026-11-26T12:03:04.567000Z "forward" "-" "-" "127.0.0.1:80" "200" "-" "-" -',
  )
  assert.match(
    refused ?? '',
    / - -1 -1 -1 403 - 100 200 .* - 2026-11-26T12:03:04\.567000Z "waf" "-" "-" "-" "-" "-" "-" -$/,
  )
  assert.equal(lines[0]?.length, 3, 'nothing that was sent ends a line')
  assert.match(
    injected ?? '',
    /"GET http:\/\/shop\.example:80\/\\x22\\x0a\\x1b HTTP\/1\.1" "a\\x0d\\x0ab \\x22c\\x22"/,
  )
})

const place = { bucket: 'aws-waf-logs-x', prefix: '' }
const nothing = { uriPath: false, queryString: false, method: false, headers: [] }

test('records: the WAF log is AWS’s, blackened as it was asked', async (t) => {
  const plain = { place, redact: nothing }
  const black = {
    place,
    redact: { uriPath: true, queryString: true, method: true, headers: ['authorization'] },
  }
  const ended = verdict({
    ...blocked,
    terminatingRule: inGroup,
    nonTerminating: [{ ...bad, action: 'COUNT' }],
  })
  const { files, lines } = await written(t, [
    record({ judgement: judged(blocked, plain, 403) }),
    record({ judgement: judged(ended, black, 403) }),
    record({ judgement: judged(verdict(), plain) }),
    record({ judgement: judged(verdict({ terminatingRule: inGroup }), plain) }),
  ])
  const [wafFile] = files.filter((file) => file.startsWith('aws-waf-logs-x/'))
  assert.match(
    wafFile ?? '',
    /^aws-waf-logs-x\/AWSLogs\/111122223333\/WAFLogs\/us-east-1\/a\/2026\/11\/26\/12\/00\/111122223333_waflogs_us-east-1_a_20261126T1200Z_[0-9a-f]{8}\.log\.gz$/,
  )
  const all = (lines[files.indexOf(wafFile ?? '')] ?? []).map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  )
  assert.deepEqual(all[0], {
    timestamp: atMs,
    formatVersion: 1,
    webaclId: webACL().arn,
    terminatingRuleId: 'bad',
    terminatingRuleType: 'REGULAR',
    action: 'BLOCK',
    terminatingRuleMatchDetails: [],
    httpSourceName: 'ALB',
    httpSourceId: '111122223333-app/door/0123456789abcdef',
    ruleGroupList: [],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: [],
    requestHeadersInserted: [],
    responseCodeSent: 403,
    httpRequest: {
      clientIp: '192.0.2.1',
      country: 'CH',
      headers: record().request.headers.map(([name, value]) => ({ name, value })),
      uri: '/a',
      args: 'b=c',
      httpVersion: 'HTTP/1.1',
      httpMethod: 'GET',
      requestId: '1-67891233-abcdef012345678912345678',
      scheme: 'http',
      host: 'shop.example',
    },
    labels: [{ name: 'team:x' }],
    requestBodySize: 3,
    requestBodySizeInspectedByWAF: 3,
  })
  assert.deepEqual(
    [all[1]?.['terminatingRuleId'], all[1]?.['terminatingRuleType']],
    ['managed', 'MANAGED_RULE_GROUP'],
  )
  assert.deepEqual(all[1]?.['nonTerminatingMatchingRules'], [
    { ruleId: 'bad', action: 'COUNT', ruleMatchDetails: [] },
  ])
  assert.match(
    JSON.stringify(all[1]?.['ruleGroupList']),
    /AWS#AWSManagedRulesSQLiRuleSet.*SQLi_QUERYARGUMENTS/,
  )
  assert.doesNotMatch(JSON.stringify(all[1]), /secret|b=c|"\/a"|"GET"/)
  assert.equal(all[2]?.['terminatingRuleId'], 'Default_Action')
  assert.match(JSON.stringify(all[1]?.['ruleGroupList']), /"terminatingRule":{[^}]*"action":"BLOCK"/)
  assert.match(JSON.stringify(all[3]?.['ruleGroupList']), /"terminatingRule":{[^}]*"action":"ALLOW"/)
})

test('records: a log that goes to a log group is told to the main thread, under its web ACL', async (t) => {
  const { files, reports } = await written(t, [
    record({ judgement: judged(blocked, { redact: nothing }, 403) }),
    record({
      judgement: judged(verdict(), { redact: nothing, filter: { defaultKeep: false, filters: [] } }),
    }),
  ])
  assert.deepEqual(
    files.filter((file) => file.startsWith('aws-waf-logs-')),
    [],
  )
  const [log, ...others] = reports.logs
  assert.deepEqual([log?.source, log?.lines.length, others.length], [webACL().arn, 1, 0])
  const [line] = log?.lines ?? []
  assert.equal(line?.[0], atMs)
  assert.match(line?.[1] ?? '', /^{"timestamp":.*"terminatingRuleId":"bad"/)
})

test('records: an access log that is delivered has the fields, the form and the delimiter that the delivery says', async (t) => {
  const delivery = (name: string, more: Partial<LogDelivery>): LogDelivery => ({
    arn: `arn:aws:logs:us-east-1:111122223333:delivery:${name}` as Arn, // An ARN like any other.
    format: 'plain',
    fields: ['elb_status_code', 'user_agent', 'conn_trace_id'],
    delimiter: ',',
    ...more,
  })
  const logDeliveries = [delivery('1', {}), delivery('2', { format: 'json' })]
  const { reports, files } = await written(t, [record({ frontDoor: frontDoor({ logDeliveries }) })])
  assert.deepEqual(files, [], 'no bucket was named')
  assert.deepEqual(
    reports.logs.map(({ source, lines }) => [source.slice(-1), ...(lines[0] ?? [])]),
    [
      ['1', atMs + 12, '200,"test \\x221\\x22\\x5c",-'],
      ['2', atMs + 12, '{"elb_status_code":"200","user_agent":"test \\"1\\"\\\\","conn_trace_id":"-"}'],
    ],
  )
})

test('records: a log’s filter keeps and drops as it says', () => {
  const kept = (filter: WebACLLogging['filter'], given: Verdict) =>
    isKept({ place, redact: nothing, filter }, given)
  const blocks = { keep: true, meetsAll: false, conditions: [{ action: 'BLOCK' }, { label: 'team:y' }] }
  const both = { keep: false, meetsAll: true, conditions: [{ action: 'BLOCK' }, { label: 'team:x' }] }
  const rows: readonly [WebACLLogging['filter'], Verdict, boolean][] = [
    [undefined, verdict(), true],
    [{ defaultKeep: false, filters: [] }, verdict(), false],
    [{ defaultKeep: false, filters: [blocks] }, blocked, true],
    [{ defaultKeep: false, filters: [blocks] }, verdict(), false],
    [{ defaultKeep: true, filters: [both, blocks] }, blocked, false],
    [{ defaultKeep: true, filters: [both] }, verdict({ labels: ['team:x'] }), true],
    [
      { defaultKeep: false, filters: [{ keep: true, meetsAll: false, conditions: [{ action: 'COUNT' }] }] },
      verdict({ nonTerminating: [{ ...bad, action: 'COUNT' }] }),
      true,
    ],
  ]
  for (const [filter, given, want] of rows) assert.equal(kept(filter, given), want)
  assert.equal(rows.length, 7)
})

test('records: samples stand under the metrics of the rules that matched, and of the default action', async (t) => {
  const { reports } = await written(t, [
    record({ judgement: judged(blocked, undefined, 403) }),
    ...Array.from({ length: 150 }, () => record({ judgement: judged(verdict()) })),
    record({ judgement: judged(verdict({ nonTerminating: [{ ...inGroup, action: 'COUNT' }] })) }),
  ])
  const shown = reports.samples.map(({ metricName, population, requests }) => [
    metricName,
    population,
    requests.length,
    requests[0]?.action,
  ])
  assert.deepEqual(shown, [
    ['bad', 1, 1, 'BLOCK'],
    ['a', 151, 100, 'ALLOW'],
    ['managed', 1, 1, 'COUNT'],
    ['SQLi_QUERYARGUMENTS', 1, 1, 'COUNT'],
  ])
  const [first] = reports.samples[0]?.requests ?? []
  assert.deepEqual([first?.uri, first?.country, first?.responseCodeSent], ['/a?b=c', 'CH', 403])
})

test('records: metrics count what was done, under AWS’s names and dimensions', async (t) => {
  const failed = {
    ...record().target,
    group: one,
    address: '127.0.0.1:80',
    availabilityZone: 'us-east-1a',
    statusCode: undefined,
    error: 'connect',
  } as const
  const { reports } = await written(t, [
    record({ judgement: judged(blocked, undefined, 403), target: undefined, statusCode: 403 }),
    record({ judgement: judged(verdict()) }),
    record({
      judgement: judged(verdict({ ...blocked, terminatingRule: inGroup }), undefined, 403),
      target: undefined,
      statusCode: 403,
    }),
    record({ target: failed, statusCode: 502, targetProcessingSec: -1 }),
    record({ target: undefined, actions: ['redirect'], statusCode: 301 }),
  ])
  // One metric may come in several pieces, as of a web ACL before and after a change.
  const sums = new Map<string, number>()
  for (const { namespace, name, dimensions, sum } of reports.metrics) {
    const key = `${namespace} ${name} ${dimensions.map((one) => one.join('=')).join(',')}`
    sums.set(key, (sums.get(key) ?? 0) + sum)
  }
  const wanted: readonly [string, number][] = [
    ['AWS/WAFV2 BlockedRequests Region=us-east-1,Rule=bad,WebACL=a', 1],
    ['AWS/WAFV2 BlockedRequests Region=us-east-1,Rule=ALL,WebACL=a', 2],
    ['AWS/WAFV2 AllowedRequests Region=us-east-1,Rule=Default_Action,WebACL=a', 1],
    [
      'AWS/WAFV2 BlockedRequests ManagedRuleGroup=AWSManagedRulesSQLiRuleSet,ManagedRuleGroupRule=SQLi_QUERYARGUMENTS,Region=us-east-1,WebACL=a',
      1,
    ],
    ['AWS/ApplicationELB RequestCount LoadBalancer=app/door/0123456789abcdef', 5],
    [
      'AWS/ApplicationELB HTTPCode_Target_2XX_Count LoadBalancer=app/door/0123456789abcdef,TargetGroup=targetgroup/group/1',
      1,
    ],
    ['AWS/ApplicationELB HTTPCode_ELB_4XX_Count LoadBalancer=app/door/0123456789abcdef', 2],
    ['AWS/ApplicationELB HTTPCode_ELB_502_Count LoadBalancer=app/door/0123456789abcdef', 1],
    [
      'AWS/ApplicationELB TargetConnectionErrorCount AvailabilityZone=us-east-1a,LoadBalancer=app/door/0123456789abcdef',
      1,
    ],
    ['AWS/ApplicationELB HTTP_Redirect_Count LoadBalancer=app/door/0123456789abcdef', 1],
    ['AWS/ApplicationELB ProcessedBytes LoadBalancer=app/door/0123456789abcdef', 1500],
  ]
  for (const [key, sum] of wanted) assert.equal(sums.get(key), sum, key)
  assert.equal(wanted.length, 11)
  const time = reports.metrics.find(
    ({ name, dimensions }) => name === 'TargetResponseTime' && dimensions.length === 3,
  )
  assert.deepEqual([time?.count, time?.max, time?.distribution], [1, 0.01, [[0.01, 1]]])
})
