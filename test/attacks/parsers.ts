// Every language that a request, a document or a record of somebody else is written in, with the size that comes to its parser.
import { decodeJwt } from 'jose'
import { parseArn } from '#core/arn.ts'
import { readCertificate } from '#core/x509/index.ts'
import { cookieValues } from '#edge/cookies.ts'
import { compileWildcard } from '#edge/doors/wildcard.ts'
import { jsonMembers } from '#edge/oidc/json-members.ts'
import { readAnswerHead } from '#edge/proxy/answer-head.ts'
import { readClientHello } from '#edge/proxy/client-hello.ts'
import { defaultEdgeLimits } from '#edge/proxy/index.ts'
import { readRequestHead } from '#edge/proxy/request-head.ts'
import type { EdgeRequest } from '#edge/request.ts'
import { parseList } from '#engines/detect/index.ts'
import { isPath, parsePattern, parseSchedule, transformerProblem } from '#engines/events/index.ts'
import { parseZone } from '#engines/events/schedule/zone.ts'
import { parseFilterPattern } from '#engines/log-filter/index.ts'
import { parseInsightsQuery } from '#engines/log-insights/index.ts'
import { compile, parsePolicy } from '#engines/policy/index.ts'
import { checkRegex, compileWebACL, parseAddress, SlidingCounter } from '#engines/waf/index.ts'
import { parsePath } from '#engines/waf/fields/json-body.ts'
import { multipartTexts } from '#engines/waf/texts/multipart.ts'
import { readQuery } from '#resolver/query.ts'
import { readBlock } from '#services/ec2/cidr.ts'
import { readFormat } from '#services/ec2/flow-logs/fields.ts'
import { readMatcher } from '#services/elbv2/health-check.ts'
import { readRuleArn } from '#services/events/arns.ts'
import { readDetail } from '#services/events/json-object.ts'
import { parseDestination } from '#services/guardduty/destinations/place.ts'
import { parseLocation } from '#services/guardduty/lists/location.ts'
import { readBlob } from '#services/kms/cryptography/ciphertext.ts'
import { readExternalBlob } from '#services/kms/cryptography/external-blob.ts'
import { readPointer } from '#services/logs/pointer.ts'
import { readUniversal } from '#services/scheduler/universal.ts'
import { checkSubscriptionPolicy } from '#services/sns/delivery-policy.ts'
import { checkFilter } from '#services/sns/filter.ts'
import { checkText } from '#services/sqs/message-attributes.ts'
import { readRedriveAllowPolicy, readRedrivePolicy } from '#services/sqs/redrive-policy.ts'
import { readRoleArn } from '#services/sts/role-arn.ts'
import { readToken } from '#telemetry/audit/cursor.ts'
import { namedResource } from '#telemetry/audit/resource-types.ts'
import { ingestKinds, kinds } from '#telemetry/ingest/index.ts'
import { readPosition } from '#telemetry/logs/log-event.ts'
import { nameTables } from '#telemetry/sql/index.ts'
import { parseCbor } from '#wire/cbor/parse.ts'
import { parseHead } from '#wire/http1/head.ts'
import { defaultLimits } from '#wire/http1/index.ts'
import { parseJson } from '#wire/json/parse.ts'
import { parametersOf } from '#wire/query/parameters.ts'
import { parseAmzDate, parseDateHeader } from '#wire/sigv4/amz-date.ts'
import { readClaim } from '#wire/sigv4/index.ts'
import { parseXml } from '#wire/xml/read.ts'

const mebibyte = 1024 * 1024
const kibibyte = 1024
const nowMs = Date.UTC(2026, 0, 2)

export interface Parser {
  readonly read: (text: string) => unknown
  /** The longest text that comes to it. Units: characters. */
  readonly charactersMax: number
  /** What leads inside its grammar, and what ends the text behind the pieces. */
  readonly frames?: readonly (readonly [beginning: string, end: string])[]
  /** Texts of its own that go as deep, or as wide, as they may. */
  readonly texts?: readonly string[]
}

const form = (text: string) => ({
  ...{ method: 'POST', path: '/', query: '', body: Buffer.from(text) },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const signed = (headers: Record<string, string>, query = '') => ({
  ...{ method: 'GET', path: '/', query, headers, body: Buffer.alloc(0) },
  rawHeaders: Object.entries(headers).flat(),
})
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const withCookies = (text: string): EdgeRequest => ({
  ...{ method: 'GET', path: '/', query: undefined, host: 'a', receivedAtMs: nowMs },
  ...{ client: { address: '192.0.2.1', port: 1 } },
  httpVersion: '1.1',
  scheme: 'http',
  headers: [['Cookie', text]],
})
const nested = (opening: string, within: string, closing: string, times: number): string =>
  opening.repeat(times) + within + closing.repeat(times)

const visibility =
  '"VisibilityConfig":{"SampledRequestsEnabled":false,"CloudWatchMetricsEnabled":false,"MetricName":"m"}'
const aclWith = (rules: string): string => `{"DefaultAction":{"Allow":{}},${visibility},"Rules":[${rules}]}`
const ruleWith = (statement: string, name = 'r'): string =>
  `{"Name":"${name}","Priority":0,"Action":{"Block":{}},${visibility},"Statement":${statement}}`
const matching = (text: string): string =>
  `{"ByteMatchStatement":{"SearchString":"${text}","FieldToMatch":{"UriPath":{}},"PositionalConstraint":"CONTAINS","TextTransformations":[{"Priority":0,"Type":"NONE"}]}}`
const regexWith = (text: string): string =>
  `{"RegexMatchStatement":{"RegexString":"${text}","FieldToMatch":{"UriPath":{}},"TextTransformations":[{"Priority":0,"Type":"NONE"}]}}`
const aroundStatement = aclWith(ruleWith('*')).split('*')
const nothing = () => undefined

function readWebACL(text: string): unknown {
  const world = {
    ...{ addressSet: nothing, regexPatternSet: nothing, ruleGroup: nothing, managedRuleGroup: nothing },
    ...{ locate: nothing, autonomousSystem: nothing },
  }
  return compileWebACL(parseJson(text), world, new SlidingCounter())
}

/** Parsed, and ready to decide by. */
function readPolicy(text: string): unknown {
  const read = parsePolicy(text, 'identity')
  return 'policy' in read ? compile([{ name: 'p', policy: read.policy }]) : read
}

/** A policy around the value of a condition. */
const conditionWith = (operator: string, key: string) =>
  [
    `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"${operator}":{"${key}":"`,
    '"}}}}',
  ] as const

/** Of a request: those that anybody sends before he is known, then those of whom is let in, then records and lists. */
export const parsers: Readonly<Record<string, Parser>> = {
  'head of a call': {
    read: (text) => parseHead(text, defaultLimits),
    charactersMax: 48 * kibibyte,
    frames: [['GET / HTTP/1.1\r\nHost: h\r\nX: ', ''], ['GET /', ' HTTP/1.1\r\nHost: h'], ['GET / HTTP/1.1\r\n', '']],
  },
  'head of a web request': {
    read: (text) => readRequestHead(text, defaultEdgeLimits),
    charactersMax: defaultEdgeLimits.headBytesMax,
    frames: [['GET / HTTP/1.1\r\nHost: h\r\nX: ', ''], ['GET /', ' HTTP/1.1\r\nHost: h'], ['GET / HTTP/1.1\r\nConnection: ', '']],
  },
  'head of an answer': {
    read: (text) => readAnswerHead(text, 'GET', defaultEdgeLimits),
    charactersMax: defaultEdgeLimits.answerHeadBytesMax,
    frames: [['HTTP/1.1 200 ', ''], ['HTTP/1.1 200 OK\r\nX: ', ''], ['HTTP/1.1 200 OK\r\n', '']],
  },
  ClientHello: {
    read: (text) => readClientHello(bytes(text)),
    charactersMax: 16 * kibibyte,
    frames: [['\x16\x03\x01\x3f\xf0\x01\x00\x3f\xec\x03\x03', '']],
  },
  cookies: { read: (text) => cookieValues(withCookies(text), 'aws-waf-token', 4), charactersMax: 64 * kibibyte },
  multipart: {
    read: (text) => multipartTexts(text, 'multipart/form-data; boundary=b'),
    charactersMax: 64 * kibibyte,
    frames: [['--b\r\n', ''], ['--b\r\nContent-Disposition: form-data; name=', '\r\n\r\nx\r\n--b--'], ['--', '\r\n']],
  },
  'path against a listener’s pattern': {
    read: (text) => compileWildcard(text.slice(0, 128))(text),
    charactersMax: 16 * kibibyte,
    frames: [['*a*a*a*a', 'b'], ['*?*?*?', '']],
  },
  'DNS query': {
    read: (text) => readQuery(bytes(text)),
    charactersMax: 64 * kibibyte,
    frames: [['\0\x01\x01\0\0\x01\0\0\0\0\0\x02', '']],
    // A name that points at itself, and names that point at one another.
    texts: ['\0\x01\x01\0\0\x01\0\0\0\0\0\0\xc0\x0c\0\x01\0\x01', `\0\x01\x01\0\0\x01\0\0\0\0\0\x01${'\xc0\x0c'.repeat(30_000)}`],
  },
  'provider’s answer': { read: (text) => jsonMembers(Buffer.from(text)), charactersMax: 64 * kibibyte, frames: [['{"a":', '}']] },
  'provider’s token': { read: decodeJwt, charactersMax: 64 * kibibyte, frames: [['e30.', '.'], ['.', '.']] },
  JSON: {
    read: parseJson,
    charactersMax: mebibyte,
    frames: [['{"a":', ''], ['"', ''], ['[', '0]'], ['{"a":"', '"}']],
  },
  XML: { read: parseXml, charactersMax: mebibyte, frames: [['<a>', ''], ['<a b="', ''], ['<!--', ''], ['<a>', '</a>'], ['<a b="', '"/>']] },
  CBOR: { read: (text) => parseCbor(bytes(text)), charactersMax: mebibyte, frames: [['\x9f', '\xff'], ['\xbf', '\xff']] },
  'query parameters': { read: (text) => parametersOf(form(text)), charactersMax: mebibyte, frames: [['a=', '']] },
  'Authorization header': {
    read: (text) => readClaim(signed({ authorization: text })),
    charactersMax: 64 * kibibyte,
    frames: [['AWS4-HMAC-SHA256 ', ''], ['AWS4-HMAC-SHA256 Credential=', ''], ['AWS4-HMAC-SHA256 Credential=a/20260102/r/s/aws4_request, SignedHeaders=', ', Signature=0']],
  },
  'presigned query': {
    read: (text) => readClaim(signed({}, text)),
    charactersMax: 64 * kibibyte,
    frames: [['X-Amz-Algorithm=AWS4-HMAC-SHA256&', ''], ['X-Amz-Credential=', '']],
  },
  date: { read: (text) => [parseAmzDate(text), parseDateHeader(text)], charactersMax: 32 * kibibyte, frames: [['20260102T', 'Z']] },
  ARN: {
    read: (text) => [parseArn(text), readRuleArn(text), namedResource(text), parseDestination(text)],
    charactersMax: 64 * kibibyte,
    frames: [['arn:aws:s3:::', ''], ['arn:aws:events:us-east-1:111122223333:rule/', ''], ['arn:', ':a:b:c:d']],
  },
  'ARN of a role': {
    read: (text) => readRoleArn(text, { partition: 'aws' }),
    charactersMax: 2 * kibibyte,
    frames: [['arn:aws:iam::111122223333:role/', '!'], ['arn:aws:iam::111122223333:role/', '/r']],
  },
  'place of a list': { read: parseLocation, charactersMax: 2 * kibibyte, frames: [['s3://bucket/', ''], ['https://s3.amazonaws.com/bucket/', '']] },
  'token of a page': { read: (text) => readToken(text, 'q'), charactersMax: 64 * kibibyte },
  'pointer of a log event': { read: (text) => [readPointer(text), readPosition(text)], charactersMax: 64 * kibibyte },
  'CIDR block': { read: (text) => [readBlock(text), parseAddress(text)], charactersMax: 64 * kibibyte, frames: [['10.0.0.0/', ''], ['::', '/8'], ['1.', '']] },
  policy: {
    read: readPolicy,
    charactersMax: 128 * kibibyte,
    frames: [
      ['{"Version":"2012-10-17","Statement":[', ''],
      ['{"Statement":{"Action":["', ''],
      ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"', '"}}'],
      ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::', '"}}'],
      ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${', '}"}}'],
      ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${ a', ", ' '}\"}}"],
      ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":"s3:', '"}}'],
      conditionWith('StringLike', 'aws:PrincipalTag/a'),
      conditionWith('DateLessThan', 'aws:CurrentTime'),
      conditionWith('IpAddress', 'aws:SourceIp'),
      conditionWith('NumericLessThan', 'kms:GrantOperations'),
      conditionWith('ArnLike', 'aws:SourceArn'),
    ],
    texts: [
      `{"Version":"2012-10-17","Statement":[${'{"Effect":"Allow","Action":"s3:*","Resource":"*"},'.repeat(2_500)}{}]}`,
      `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":[${'"arn:aws:s3:::*a*a*a*",'.repeat(5_000)}"*"]}}`,
    ],
  },
  'web ACL': {
    read: readWebACL,
    charactersMax: 256 * kibibyte,
    frames: [
      ['{"DefaultAction":{"Allow":{}},"Rules":[', ']}'],
      [aroundStatement[0] ?? '', aroundStatement[1] ?? ''],
      [`${aroundStatement[0]}{"AndStatement":{"Statements":[`, `]}}${aroundStatement[1]}`],
    ],
    texts: [
      aclWith(ruleWith(nested('{"NotStatement":{"Statement":', '{}', '}}', 9_000))),
      aclWith(ruleWith(nested('{"AndStatement":{"Statements":[', '{}', ']}}', 7_000))),
      aclWith(ruleWith(`{"OrStatement":{"Statements":[${`${matching('YQ==')},`.repeat(1_500)}${matching('YQ==')}]}}`)),
      aclWith(ruleWith(`{"OrStatement":{"Statements":[${`${regexWith('(?:a|b){1,99}(?:c|d){1,99}')},`.repeat(1_000)}${regexWith('a')}]}}`)),
      aclWith(Array.from({ length: 1_200 }, (_, index) => ruleWith(matching('YQ=='), `r${index}`)).join()),
      aclWith(ruleWith(matching('A'.repeat(200_000)))),
    ],
  },
  'pointer into JSON': { read: parsePath, charactersMax: 512, frames: [['/', '']] },
  'regular expression': {
    read: checkRegex,
    charactersMax: 512,
    frames: [['(?:a', ''], ['(a*)*', ''], ['(', ')'], ['[', ']']],
    texts: ['((((a{9}){9}){9}){9}){9}', nested('(?:', 'a', '){2}', 80), nested('(', 'a', '){0,9}', 60), '(?:a|b|c|d){1000}', '\\p{L}{1000}'],
  },
  'detail of an event': { read: readDetail, charactersMax: 256 * kibibyte, frames: [['{"a":', '}']] },
  'event pattern': {
    read: (text) => parsePattern(text),
    charactersMax: 4 * kibibyte,
    frames: [
      ['{"a":', ''],
      ['{"a":[', ']}'],
      ['{"a":[{"wildcard":"', '"}]}'],
      ['{"a":[{"numeric":[', ']}]}'],
      ['{"a":[{"cidr":"', '"}]}'],
      ['{"$or":[', ']}'],
      ['{"a":[{"anything-but":{"prefix":["', '"]}}]}'],
    ],
    texts: [nested('{"a":', '["b"]', '}', 680), nested('{"$or":[{"a":["b"]},', '{"c":["d"]}', ']}', 150), `{"$or":[${'{"a":["b"]},'.repeat(300)}{"c":["d"]}]}`],
  },
  schedule: {
    read: (text) => parseSchedule(text),
    charactersMax: 256,
    frames: [['cron(', ')'], ['rate(', ')'], ['at(', ')'], ['cron(0 0 ', ' * ? *)'], ['cron(0 0 * * ', ' *)']],
  },
  'time zone': { read: parseZone, charactersMax: 64, frames: [['Europe/', '']] },
  'input transformer': {
    read: (text) => [transformerProblem({ InputTemplate: text, InputPathsMap: { a: '$.a' } }, 't'), isPath(text)],
    charactersMax: 8 * kibibyte,
    frames: [['{"a":', '}'], ['"<', '>"'], ['$.', ''], ['{"a":"', '"}']],
    texts: ['<a>'.repeat(2_700), `{"a":[${'<a>,'.repeat(2_000)}1]}`],
  },
  'universal target': { read: readUniversal, charactersMax: 2 * kibibyte, frames: [['arn:aws:scheduler:::aws-sdk:sqs:', '']] },
  'filter pattern': {
    read: parseFilterPattern,
    charactersMax: kibibyte,
    frames: [['{ $.a = ', ''], ['[a, ', ']'], ['{ (', ''], ['{ $.a = "', '" }'], ['{ ', ' $.a = 1 }'], ['%', '%']],
    texts: [`{ ${nested('(', '$.a = 1', ')', 400)} }`],
  },
  'Insights query': {
    read: (text) => parseInsightsQuery(text, { limit: 100 }),
    charactersMax: 10_000,
    frames: [['filter ', ''], ['stats ', ''], ['parse @message ', ''], ['filter @message like /', '/'], ['parse @message "', '" as a'], ['fields ', ' as a']],
    texts: [`filter ${nested('(', 'a = 1', ')', 4_900)}`, `filter ${'not '.repeat(2_400)}a`, `fields ${'-'.repeat(9_000)}1 as a`, `filter a${' and a'.repeat(1_600)}`],
  },
  'table names of SQL': {
    read: nameTables,
    charactersMax: 10_000,
    frames: [['SELECT * FROM ', ''], ["SELECT '", ''], ['--', ''], ['/*', ''], ["SELECT '", "' FROM a"], ['SELECT "', '" FROM a']],
  },
  certificate: {
    read: (text) => readCertificate({ certificate: text, privateKey: text, chain: text }, nowMs),
    charactersMax: 32 * kibibyte,
    frames: [['-----BEGIN CERTIFICATE-----\n', ''], ['-----BEGIN CERTIFICATE-----\n', '\n-----END CERTIFICATE-----\n'], ['-----BEGIN EC PRIVATE KEY-----\n', '\n-----END EC PRIVATE KEY-----\n']],
    texts: ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'.repeat(500), '-----BEGIN '.repeat(2_900)],
  },
  'ciphertext of KMS': { read: (text) => [readBlob(bytes(text)), readExternalBlob(bytes(text))], charactersMax: 8 * kibibyte, frames: [['\x01', ''], ['\x02', '']] },
  'format of flow logs': { read: readFormat, charactersMax: 32 * kibibyte, frames: [['${version} ', '']] },
  'codes of a health check': { read: readMatcher, charactersMax: 32 * kibibyte, frames: [['200-', ''], ['200,', '']] },
  'policy of deliveries': { read: checkSubscriptionPolicy, charactersMax: 64 * kibibyte, frames: [['{"healthyRetryPolicy":', '}']] },
  'filter policy': { read: checkFilter, charactersMax: 256 * kibibyte, frames: [['{"a":[', ']}'], ['{"a":', '}']], texts: [`{"a":[${'"b",'.repeat(60_000)}"c"]}`] },
  'message of SQS': { read: checkText, charactersMax: mebibyte },
  'redrive policy': { read: (text) => [attempt(readRedrivePolicy, text), attempt(readRedriveAllowPolicy, text)], charactersMax: 64 * kibibyte, frames: [['{"redrivePermission":"byQueue","sourceQueueArns":[', ']}']] },
  'list of threats': { read: (text) => parseList('TXT', text, 'threat'), charactersMax: mebibyte },
  'list of threats in STIX': { read: (text) => parseList('STIX', text, 'threat'), charactersMax: mebibyte, frames: [['<a>', '']] },
  ...Object.fromEntries(
    ingestKinds.map((kind): [string, Parser] => [
      `records: ${kind}`,
      {
        read: (text) => kinds[kind].reader(undefined, nowMs)(text),
        charactersMax: mebibyte,
        frames: [['{"a":', ''], ['{"Records":[', ''], ['{"Records":[', ']}'], ['2 123456789012 eni-1 ', '']],
      },
    ]),
  ),
} // prettier-ignore

/** The same where what is refused is thrown, so that the next one is asked too. */
function attempt(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof RangeError) throw error
    return error
  }
}
