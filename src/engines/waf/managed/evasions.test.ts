// Goal: an attack that the managed groups find is found however its request is put together around it. Method: one attack, in requests that
// readers of forms, documents and packed bodies take, though they look like something else or hold much besides.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import type { WebRequest } from '../request.ts'
import { browse, groupNamed, matchedRules } from './rig.test.ts'

const sql = groupNamed('AWSManagedRulesSQLiRuleSet')
const attack = "1' or 1=1--"
const pair = `id=${encodeURIComponent(attack)}`

function sent(type: string, body: string | Uint8Array, ...more: (readonly [string, string])[]): WebRequest {
  return { ...browse('/items', ['Content-Type', type], ...more), method: 'POST', body: Buffer.from(body) }
}

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const document = JSON.stringify({ id: attack }).replaceAll("'", '\\u0027')
const part = `Content-Disposition: form-data; name="id"\r\n\r\n${attack}\r\n`
const parts = (body: string, boundary = 'b') => sent(`multipart/form-data; boundary=${boundary}`, body)
const gzip = ['Content-Encoding', 'gzip'] as const
/** What packs badly, the same each time. */
const noise = Buffer.concat(
  Array.from({ length: 400 }, (_, at) => createHash('sha256').update(String(at)).digest()),
)

const rows: readonly (readonly [title: string, request: WebRequest])[] = [
  ['a form', sent(form, `a=1&${pair}`)],
  ['a form that begins as JSON does', sent(form, '[=1&id=1+or+1=1')],
  ['a form that begins as XML does', sent(form, '<=1&id=1+or+1=1')],
  ['JSON', sent(json, document)],
  ['JSON behind a mark of UTF-8', sent(json, `\ufeff${document}`)],
  ['JSON of no type behind a mark of UTF-8', sent('text/plain', `\ufeff${document}`)],
  ['a part', parts(`--b\r\n${part}--b--\r\n`)],
  ['a part behind a preamble', parts(`preamble\r\n--b\r\n${part}--b--\r\n`)],
  ['a part behind a preamble that looks like a boundary', parts(`--x\r\n\r\n--b\r\n${part}--b--\r\n`)],
  [
    'a part whose value holds the boundary, within a line',
    parts(`--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1--b' or 1=1--\r\n--b--\r\n`),
  ],
  [
    'a part whose value holds a line that begins with the boundary',
    parts(`--b\r\nContent-Disposition: form-data; name="id"\r\n\r\nx\r\n--bc\r\n1' or 1=1--\r\n--b--\r\n`),
  ],
  [
    'the last of many boundaries',
    parts(`--x\r\n\r\n--b\r\n${part}--b--\r\n`, 'x; boundary=y; boundary=z; boundary=b'),
  ],
  ['a quoted boundary', parts(`--x\r\n\r\n--b c\r\n${part}--b c--\r\n`, '"b c"')],
  ['behind thousands of empty arguments', browse(`/items?${'=&'.repeat(6_000)}${pair}`)],
  [
    'behind thousands of arguments',
    browse(`/items?${Array.from({ length: 6_000 }, (_, at) => `${at.toString(36)}=`).join('&')}&${pair}`),
  ],
  ['packed', sent(form, gzipSync(pair), gzip)],
  ['packed otherwise', sent(form, deflateSync(pair), ['Content-Encoding', 'deflate'])],
  ['packed before 128 KiB of nothing', sent(form, gzipSync(`${pair}&a=${' '.repeat(1 << 18)}`), gzip)],
  [
    'packed, and cut where the inspection ends',
    {
      ...sent(form, gzipSync(Buffer.concat([Buffer.from(`${pair}&a=`), noise])).subarray(0, 8_192), gzip),
      bodyCut: true,
    },
  ],
  [
    'packed, with a broken end',
    sent(form, Buffer.concat([gzipSync(pair).subarray(0, -8), Buffer.alloc(8)]), gzip),
  ],
]

test('an attack is found in whatever a reader would read it', () => {
  const missed = rows.filter(([, request]) => matchedRules(sql, request).rules.length === 0)
  assert.deepEqual(
    missed.map(([title]) => title),
    [],
  )
  assert.equal(rows.length, 20)
})

test('what is benign stays so in the same surroundings', () => {
  const plain = 'id=7&note=plain+text'
  const benign: readonly (readonly [string, WebRequest])[] = [
    ['a form that begins as JSON does', sent(form, `[=1&${plain}`)],
    [
      'a part that holds the boundary',
      parts('--b\r\nContent-Disposition: form-data; name="id"\r\n\r\na--b c\r\n--b--\r\n'),
    ],
    ['many arguments', browse(`/items?${'=&'.repeat(6_000)}${plain}`)],
    ['packed before 128 KiB of nothing', sent(form, gzipSync(`${plain}&a=${' '.repeat(1 << 18)}`), gzip)],
  ]
  for (const [title, request] of benign) assert.deepEqual(matchedRules(sql, request).rules, [], title)
  assert.equal(benign.length, 4)
})
