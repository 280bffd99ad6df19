// Goal: what AWS writes is read as it is meant; what is not that is rejected with its reason, whatever it is, and nothing of it is believed.
// Method: records as AWS documents them, rows of broken ones, and random texts and objects.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCloudTrail } from './cloudtrail.ts'
import { readDnsQuery } from './dns.ts'
import { createFlowReader, defaultFlowFormat } from './flow.ts'
import { registeredName } from './domains.ts'
import { type Read, rejections } from './rejection.ts'
import { readWafLog } from './waf.ts'

const nowMs = Date.UTC(2026, 0, 10)

const trail = {
  ...{ eventVersion: '1.08', eventTime: '2026-01-05T12:00:00Z', eventSource: 'iam.amazonaws.com' },
  ...{
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-cli/2.9',
  },
  ...{ eventID: '3038ebd2-c98a-4c65-9b6e-e22506292313', readOnly: false, managementEvent: true },
  ...{ recipientAccountId: '111122223333', responseElements: null, eventType: 'AwsApiCall' },
  requestParameters: { userName: 'bob' },
  userIdentity: {
    type: 'IAMUser',
    userName: 'ann',
    accountId: '111122223333',
    sessionContext: { attributes: {} },
  },
}
const dns = {
  ...{ version: '1.100000', account_id: '111122223333', region: 'eu-central-1', vpc_id: 'vpc-0a1b' },
  ...{ query_timestamp: '2026-01-05T12:00:00Z', query_name: 'WWW.Example.com.', query_type: 'A' },
  ...{ query_class: 'IN', rcode: 'NOERROR', srcaddr: '10.0.0.5', srcport: '56067', transport: 'UDP' },
  answers: [{ Rdata: '198.51.100.7', Type: 'A', Class: 'IN' }],
  ...{ srcids: { instance: 'i-0123456789abcdef0' }, firewall_rule_action: 'BLOCK' },
}
const waf = {
  ...{ timestamp: Date.UTC(2026, 0, 5), formatVersion: 1, terminatingRuleId: 'limit', action: 'BLOCK' },
  webaclId: 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/a1b2',
  ...{ terminatingRuleType: 'RATE_BASED', httpSourceName: 'ALB', responseCodeSent: null },
  httpSourceId: '111122223333-app/shop/50dc6c495c0c9188',
  httpRequest: {
    ...{ clientIp: '203.0.113.9', country: 'DE', uri: '/login', args: '', httpVersion: 'HTTP/1.1' },
    ...{ httpMethod: 'POST', requestId: '1-2-3' },
    headers: [
      { name: 'Host', value: 'shop.example' },
      { name: 'User-Agent', value: 'curl/8' },
    ],
  },
  labels: [{ name: 'awswaf:managed:aws:core-rule-set:NoUserAgent_Header' }],
}
const flowLine =
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK'

function said<Item>(read: Read<Item> | undefined): string {
  return read === undefined ? 'nothing' : 'record' in read ? 'read' : read.rejected
}
const oneTrail = (text: string): string => said(readCloudTrail(text, nowMs)[0])
const oneDns = (text: string): string => said(readDnsQuery(text, nowMs))
const oneWaf = (text: string): string => said(readWafLog(text, nowMs))
const oneFlow = (line: string, format = defaultFlowFormat): string =>
  said(createFlowReader(format, nowMs)?.read(line))

test('reading: a file of a trail, each record by itself', () => {
  const file = JSON.stringify({ Records: [trail, { ...trail, eventTime: 'then' }, 7, trail] })
  assert.deepEqual(readCloudTrail(file, nowMs).map(said), ['read', 'time out of range', 'wrong type', 'read'])
  const [read] = readCloudTrail(JSON.stringify(trail), nowMs)
  assert.ok(read && 'record' in read)
  assert.deepEqual(read.record, trail)
})

test('reading: a query, without the dot, in small letters', () => {
  const read = readDnsQuery(JSON.stringify(dns), nowMs)
  assert.deepEqual('record' in read && read.record, {
    ...{ accountId: '111122223333', region: 'eu-central-1', vpcId: 'vpc-0a1b' },
    atMs: Date.UTC(2026, 0, 5, 12),
    ...{ queryName: 'www.example.com', queryType: 'A', rcode: 'NOERROR', srcaddr: '10.0.0.5' },
    answers: [{ rdata: '198.51.100.7', type: 'A' }],
    ...{ transport: 'UDP', instanceId: 'i-0123456789abcdef0', blocked: true },
  })
})

test('reading: a line of a web ACL names its load balancer', () => {
  const read = readWafLog(JSON.stringify(waf), nowMs)
  assert.deepEqual('record' in read && read.record, {
    ...{ atMs: waf.timestamp, webACLArn: waf.webaclId, status: 403, action: 'BLOCK' },
    ...{ labels: ['awswaf:managed:aws:core-rule-set:NoUserAgent_Header'], clientIp: '203.0.113.9' },
    ...{ requestId: '1-2-3', method: 'POST', path: '/login', host: 'shop.example', userAgent: 'curl/8' },
    accountId: '111122223333',
    resourceArn:
      'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188',
    ...{ terminatingRuleId: 'limit', terminatingRuleType: 'RATE_BASED' },
  })
})

test('reading: flow logs of the default format, of a custom one and of a header line', () => {
  const read = createFlowReader(defaultFlowFormat, nowMs)?.read(flowLine)
  assert.deepEqual(read && 'record' in read && read.record, {
    ...{
      accountId: '123456789010',
      region: undefined,
      interfaceId: 'eni-1235b8ca123456789',
      instanceId: undefined,
      vpcId: undefined,
    },
    ...{ srcaddr: '172.31.16.139', dstaddr: '172.31.16.21', srcport: 20_641, dstport: 22, protocol: 6 },
    ...{ packets: 20, bytes: 4249, startMs: 1_418_530_010_000, endMs: 1_418_530_070_000, action: 'ACCEPT' },
    ...{ flowDirection: undefined, tcpFlags: undefined },
  })
  const fields =
    'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status flow-direction traffic-path region'
  const line =
    '5 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK ingress - eu-west-1'
  for (const format of [fields, fields.replaceAll(/[\w-]+/g, '${$&}')]) {
    const custom = createFlowReader(format, nowMs)?.read(line)
    assert.ok(custom && 'record' in custom, format)
    const { instanceId, region, tcpFlags, flowDirection, bytes, packets } = custom.record
    assert.deepEqual(
      [instanceId, region, tcpFlags, flowDirection, bytes, packets],
      ['i-01234567890123456', 'eu-west-1', 2, 'ingress', 568, 8],
    )
  }
})

test('reading: the way of a flow between private addresses is learnt from what all records of an interface share', () => {
  const reader = createFlowReader(defaultFlowFormat, nowMs)
  const directions = [
    ['10.0.0.5', '10.0.0.9'],
    ['10.0.0.8', '10.0.0.5'],
    ['10.0.0.5', '10.0.0.7'],
    ['10.0.0.5', '198.51.100.7'],
  ].map(([from = '', to = '']) => {
    const read = reader?.read(flowLine.replace('172.31.16.139', from).replace('172.31.16.21', to))
    return read && 'record' in read ? read.record.flowDirection : 'rejected'
  })
  assert.deepEqual(directions, [undefined, 'ingress', 'egress', undefined])
})

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
const json = (value: object): string => JSON.stringify(value)

/** What is broken, how it is read, and what is said of it. */
const rows: readonly (readonly [name: string, said: string, want: string])[] = [
  ['no JSON', oneTrail('{'), 'not JSON'],
  ['nothing', oneTrail(''), 'not JSON'],
  ['a torn file', oneTrail('{"Records":[{"eventName":'), 'not JSON'],
  ['a list', oneTrail('[]'), 'wrong type'],
  ['a file without a list', oneTrail('{"Records":7}'), 'wrong type'],
  ['no time', oneTrail(json({ ...trail, eventTime: undefined })), 'field missing'],
  ['no time but null', oneTrail(json({ ...trail, eventTime: null })), 'field missing'],
  ['the future', oneTrail(json({ ...trail, eventTime: '2027-01-01T00:00:00Z' })), 'time out of range'],
  ['an hour ahead', oneTrail(json({ ...trail, eventTime: '2026-01-10T00:59:00Z' })), 'read'],
  ['before AWS', oneTrail(json({ ...trail, eventTime: '1999-01-01T00:00:00Z' })), 'time out of range'],
  ['a number for a name', oneTrail(json({ ...trail, eventName: 7 })), 'wrong type'],
  ['a list for parameters', oneTrail(json({ ...trail, requestParameters: [] })), 'wrong type'],
  ['an identity in text', oneTrail(json({ ...trail, userIdentity: 'root' })), 'wrong type'],
  ['an ARN that is an object', oneTrail(json({ ...trail, userIdentity: { arn: {} } })), 'wrong type'],
  [
    'an issuer in text',
    oneTrail(json({ ...trail, userIdentity: { sessionContext: { sessionIssuer: 'a' } } })),
    'wrong type',
  ],
  ['a session in text', oneTrail(json({ ...trail, userIdentity: { sessionContext: '' } })), 'wrong type'],
  ['a resource in text', oneTrail(json({ ...trail, resources: ['a'] })), 'wrong type'],
  ['a flag in text', oneTrail(json({ ...trail, readOnly: 'true' })), 'wrong type'],
  ['10 MB', oneTrail(json({ ...trail, userAgent: 'a'.repeat(1e7) })), 'too long'],
  ['deep', oneTrail(`{"requestParameters":{"a":${deep}}}`), 'too deep'],
  ['brackets within a text', oneTrail(json({ ...trail, userAgent: `"\\"${deep}` })), 'read'],
  ['no JSON', oneDns('7 7'), 'not JSON'],
  ['a later version', oneDns(json({ ...dns, version: '2.0' })), 'unknown version'],
  ['no name', oneDns(json({ ...dns, query_name: undefined })), 'field missing'],
  ['a number for a name', oneDns(json({ ...dns, query_name: 7 })), 'wrong type'],
  ['answers in text', oneDns(json({ ...dns, answers: 'a' })), 'wrong type'],
  ['an answer without data', oneDns(json({ ...dns, answers: [{ Type: 'A' }] })), 'wrong type'],
  ['the future', oneDns(json({ ...dns, query_timestamp: '2027-01-01T00:00:00Z' })), 'time out of range'],
  ['a name without end', oneDns(json({ ...dns, query_name: 'a.'.repeat(5000) })), 'too long'],
  ['10 MB', oneDns(json({ ...dns, query_name: 'a'.repeat(1e7) })), 'too long'],
  ['deep', oneDns(`{"answers":${deep}}`), 'too deep'],
  ['no JSON', oneWaf('-'), 'not JSON'],
  ['a later version', oneWaf(json({ ...waf, formatVersion: 2 })), 'unknown version'],
  ['no request', oneWaf(json({ ...waf, httpRequest: undefined })), 'field missing'],
  ['a request in text', oneWaf(json({ ...waf, httpRequest: 'a' })), 'wrong type'],
  ['an action of its own', oneWaf(json({ ...waf, action: 'constructor' })), 'wrong type'],
  ['a label in text', oneWaf(json({ ...waf, labels: ['a'] })), 'wrong type'],
  ['seconds for milliseconds', oneWaf(json({ ...waf, timestamp: 1_767_571_200 })), 'time out of range'],
  ['10 MB', oneWaf(json({ ...waf, webaclId: 'a'.repeat(1e7) })), 'too long'],
  ['a line too short', oneFlow('2 1 eni-1'), 'wrong columns'],
  ['a line too long', oneFlow(`${flowLine} more`), 'wrong columns'],
  ['nothing', oneFlow(''), 'wrong columns'],
  ['a header again', oneFlow(defaultFlowFormat), 'unknown version'],
  ['version 1', oneFlow(flowLine.replace(/^2/, '1')), 'unknown version'],
  ['version 11', oneFlow(flowLine.replace(/^2/, '11')), 'unknown version'],
  ['no data', oneFlow('2 1 eni-1 - - - - - - - 1431280876 1431280934 - NODATA'), 'no data'],
  ['skipped', oneFlow('2 1 eni-1 - - - - - - - 1431280876 1431280934 - SKIPDATA'), 'no data'],
  ['an ICMP flow without ports', oneFlow(flowLine.replace('20641 22 6', '- - 1')), 'read'],
  ['a TCP flow without ports', oneFlow(flowLine.replace('20641 22', '- -')), 'wrong type'],
  ['a port beyond all', oneFlow(flowLine.replace('20641', '65536')), 'wrong type'],
  ['a number with a sign', oneFlow(flowLine.replace(' 20 ', ' -20 ')), 'wrong type'],
  ['a number with an exponent', oneFlow(flowLine.replace(' 20 ', ' 2e1 ')), 'wrong type'],
  ['an address that is none', oneFlow(flowLine.replace('172.31.16.21', '__proto__')), 'wrong type'],
  ['an action of its own', oneFlow(flowLine.replace('ACCEPT', 'accept')), 'wrong type'],
  ['the future', oneFlow(flowLine.replaceAll('14185300', '99185300')), 'time out of range'],
  ['milliseconds for seconds', oneFlow(flowLine.replaceAll(/(14185300..)/g, '$1000')), 'time out of range'],
  ['ancient', oneFlow(flowLine.replaceAll('14185300', '4185300')), 'time out of range'],
  ['10 MB', oneFlow(`${flowLine}${'a'.repeat(1e7)}`), 'too long'],
  ['a line of Windows', oneFlow(`${flowLine}\r`), 'read'],
  ['a format without addresses', oneFlow(flowLine, 'version account-id interface-id'), 'nothing'],
  ['a format that names a field twice', oneFlow(flowLine, `${defaultFlowFormat} bytes`), 'nothing'],
  ['a format without end', oneFlow(flowLine, 'a '.repeat(1e6)), 'nothing'],
]

test('reading: what is broken is rejected with its reason', () => {
  for (const [name, got, want] of rows) assert.equal(got, want, name)
  assert.equal(rows.length, 62)
})

const anyText = fc.oneof(
  fc.string(),
  fc.json(),
  fc.string({ unit: fc.constantFrom(...'{}[]":,\\ 019eE.-$ntf'.split('')), maxLength: 200 }),
)
const isSaid = (word: string): boolean => word === 'read' || (rejections as readonly string[]).includes(word)

test('reading: any text is read or rejected', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const read of readCloudTrail(text, nowMs)) assert.ok(isSaid(said(read)))
      for (const word of [oneDns(text), oneWaf(text), oneFlow(text)]) assert.ok(isSaid(word), word)
      const reader = createFlowReader(text, nowMs)
      assert.ok(reader === undefined || isSaid(said(reader.read(text))))
    }),
    { numRuns: 2000 },
  )
})

test('reading: a record of which one member is anything is read with right types, or rejected', () => {
  const names = [
    ...Object.keys(trail),
    '__proto__',
    'constructor',
    'resources',
    'errorCode',
    'additionalEventData',
  ]
  const anyMember = fc.tuple(fc.constantFrom(...names), fc.jsonValue())
  fc.assert(
    fc.property(anyMember, ([name, value]) => {
      const text = `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify({ ...trail, [name]: undefined }).slice(1)}`
      const [read] = readCloudTrail(text, nowMs)
      if (read === undefined || 'rejected' in read) return
      const { eventName, errorCode, userIdentity, requestParameters, resources = [] } = read.record
      assert.equal(typeof eventName, 'string')
      assert.ok(errorCode === undefined || typeof errorCode === 'string')
      assert.ok(userIdentity === undefined || typeof (userIdentity.arn ?? '') === 'string')
      assert.ok(requestParameters === undefined || typeof requestParameters === 'object')
      assert.ok(resources.every(({ ARN = '' }) => typeof ARN === 'string'))
      assert.equal(Object.getPrototypeOf(read.record), Object.prototype)
    }),
    { numRuns: 2000 },
  )
  assert.equal(({} as { eventName?: string }).eventName, undefined)
})

test('reading: a registered name is the end of the name, and its label is in it', () => {
  const name = fc.array(fc.stringMatching(/^[a-z0-9]{1,12}$/), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(name, (labels) => {
      const whole = labels.join('.')
      const found = registeredName(whole)
      if (labels.length < 2) return assert.equal(found, undefined)
      assert.ok(found)
      assert.equal(found.below === '' ? found.domain : `${found.below}.${found.domain}`, whole)
      assert.ok(found.domain.startsWith(`${found.label}.`))
      return undefined
    }),
  )
})
