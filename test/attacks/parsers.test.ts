// Goal: no text that somebody sends costs more time than its length justifies, whichever parser reads it.
// Method: each parser reads, at the largest size that it is given, one piece of text over and over: every opening, separator and escape of the
// languages, plain and behind a beginning that leads it inside. The processor time of each is bounded; a wrong answer is other tests' matter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCertificate } from '#core/x509/index.ts'
import { parseList } from '#engines/detect/index.ts'
import { parsePattern, parseSchedule } from '#engines/events/index.ts'
import { parseFilterPattern } from '#engines/log-filter/index.ts'
import { parseInsightsQuery } from '#engines/log-insights/index.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import { checkRegex } from '#engines/waf/index.ts'
import { ingestKinds, kinds } from '#telemetry/ingest/index.ts'
import { nameTables } from '#telemetry/sql/index.ts'
import { parseCbor } from '#wire/cbor/parse.ts'
import { parseJson } from '#wire/json/parse.ts'
import { parametersOf } from '#wire/query/parameters.ts'
import { readClaim } from '#wire/sigv4/index.ts'
import { parseXml } from '#wire/xml/read.ts'

const mebibyte = 1024 * 1024
const nowMs = Date.UTC(2026, 0, 2)

interface Parser {
  readonly read: (text: string) => unknown
  /** The longest text that comes to it. Units: characters. */
  readonly charactersMax: number
  /** Beginnings that lead inside its grammar. */
  readonly beginnings?: readonly string[]
}

const form = (text: string) => ({
  ...{ method: 'POST', path: '/', query: '', body: Buffer.from(text) },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const signed = (headers: Record<string, string>, query = '') => ({
  ...{ method: 'GET', path: '/', query, headers, body: Buffer.alloc(0) },
  rawHeaders: Object.entries(headers).flat(),
})

/** Every language that a request, a document or a record of somebody else is written in. */
const parsers: Readonly<Record<string, Parser>> = {
  JSON: { read: parseJson, charactersMax: mebibyte, beginnings: ['{"a":', '"'] },
  XML: { read: parseXml, charactersMax: mebibyte, beginnings: ['<a>', '<a b="', '<!--'] },
  CBOR: { read: (text) => parseCbor(Buffer.from(text, 'latin1')), charactersMax: mebibyte },
  'query parameters': {
    read: (text) => parametersOf(form(text)),
    charactersMax: mebibyte,
    beginnings: ['a='],
  },
  'Authorization header': {
    read: (text) => readClaim(signed({ authorization: text })),
    charactersMax: 64 * 1024,
    beginnings: ['AWS4-HMAC-SHA256 ', 'AWS4-HMAC-SHA256 Credential='],
  },
  'presigned query': {
    read: (text) => readClaim(signed({}, text)),
    charactersMax: 64 * 1024,
    beginnings: ['X-Amz-Algorithm=AWS4-HMAC-SHA256&', 'X-Amz-Credential='],
  },
  policy: {
    read: (text) => parsePolicy(text, 'identity'),
    charactersMax: 128 * 1024,
    beginnings: ['{"Version":"2012-10-17","Statement":[', '{"Statement":{"Action":["'],
  },
  'event pattern': {
    read: (text) => parsePattern(text),
    charactersMax: 4096,
    beginnings: ['{"a":', '{"a":[{"wildcard":"'],
  },
  schedule: {
    read: (text) => parseSchedule(text),
    charactersMax: 256,
    beginnings: ['cron(', 'rate(', 'at('],
  },
  'filter pattern': {
    read: parseFilterPattern,
    charactersMax: 1024,
    beginnings: ['{ $.a = ', '[a, ', '{ ('],
  },
  'Insights query': {
    read: (text) => parseInsightsQuery(text, { limit: 100 }),
    charactersMax: 10_000,
    beginnings: ['filter ', 'stats ', 'parse @message ', 'filter @message like /'],
  },
  'table names of SQL': {
    read: nameTables,
    charactersMax: 10_000,
    beginnings: ['SELECT * FROM ', "SELECT '", '--', '/*'],
  },
  'regular expression': { read: checkRegex, charactersMax: 512, beginnings: ['(?:a', '(a*)*'] },
  certificate: {
    read: (text) => readCertificate({ certificate: text, privateKey: text, chain: text }, nowMs),
    charactersMax: 32 * 1024,
    beginnings: ['-----BEGIN CERTIFICATE-----\n'],
  },
  'list of threats': { read: (text) => parseList('TXT', text, 'threat'), charactersMax: mebibyte },
  'list of threats in STIX': {
    read: (text) => parseList('STIX', text, 'threat'),
    charactersMax: mebibyte,
    beginnings: ['<a>'],
  },
  ...Object.fromEntries(
    ingestKinds.map((kind): [string, Parser] => [
      `records: ${kind}`,
      {
        read: (text) => kinds[kind].reader(undefined, nowMs)(text),
        charactersMax: mebibyte,
        beginnings: ['{"a":', '{"Records":[', '2 123456789012 eni-1 '],
      },
    ]),
  ),
}

/** What is said over and over. */
const pieces = [
  ...[
    '[',
    '{',
    '(',
    '<',
    '"',
    "'",
    '`',
    '\\',
    '/',
    '*',
    '%',
    '&',
    '=',
    ',',
    ';',
    ':',
    '.',
    '-',
    '+',
    '|',
    '#',
    '@',
    '$',
    ' ',
  ],
  ...[
    '\n',
    '\t',
    '\0',
    '0',
    '9',
    'a',
    'A',
    'é',
    '\u{1f600}',
    '\x81',
    '\xa1',
    '\x9f',
    '\xff',
    '{}',
    '[]',
    '()',
    '""',
    '<a>',
  ],
  ...[
    '{"a":',
    '[{"a":',
    '{"a":[',
    '<a b="c">',
    '</a>',
    '<a/>',
    '&amp;',
    '&#65;',
    '<!--',
    '<![CDATA[',
    '%41',
    '%ff',
    'a=b&',
  ],
  ...[
    'a.1.',
    'member.1=',
    'a,',
    '"a",',
    '1,',
    '1 ',
    'a ',
    'a\n',
    '\\u0041',
    '\\"',
    '${',
    '*a',
    'a*',
    '?',
    'a?',
    '(a',
    '(a|',
    'a|',
  ],
  ...[
    ' and ',
    ' or ',
    ' not ',
    '(1+',
    '1e9',
    '--',
    '/*',
    '*/',
    "''",
    '.*',
    '[^',
    '(?:',
    'a{9}',
    '0x',
    '2/',
    'L-',
    '10.0.0.0/8\n',
    'a: b\r\n',
  ],
]

/** Processor time of one text of the largest size. Units: milliseconds. */
const cpuMsMax = 1_000
const textsMin = 3_000

test('no parser takes longer than a text of its size may take', (t) => {
  let [texts, slowest, where] = [0, 0, '']
  for (const [name, { read, charactersMax, beginnings = [] }] of Object.entries(parsers))
    for (const beginning of ['', ...beginnings])
      for (const piece of pieces) {
        const text = (beginning + piece.repeat(Math.ceil(charactersMax / piece.length))).slice(
          0,
          charactersMax,
        )
        const started = process.cpuUsage()
        try {
          read(text)
        } catch (error) {
          assert.ok(!(error instanceof RangeError), `${name} of ${JSON.stringify(piece)}: ${String(error)}`)
        }
        const { user, system } = process.cpuUsage(started)
        const ms = (user + system) / 1_000
        texts += 1
        if (ms > slowest)
          [slowest, where] = [ms, `${name} of ${JSON.stringify(beginning)} and ${JSON.stringify(piece)}`]
        assert.ok(ms <= cpuMsMax, `${where}: ${Math.round(ms)} ms`)
      }
  assert.ok(texts >= textsMin, `${texts} texts`)
  t.diagnostic(`${texts} texts; the slowest took ${Math.round(slowest)} ms: ${where}`)
})
