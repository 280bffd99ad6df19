// Goal: patterns match what AWS documents that they match, and what is none is refused.
// Method: rows of pattern, message and answer, from the examples of "Filter pattern syntax" and their neighbours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFilterPattern } from './index.ts'

const line = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
const json = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another'],
  objectList: [{ name: 'a', id: 1 }, { id: 2 }],
  SomeObject: null,
  ThisFlag: true,
  latency: 51.5,
  'dotted.key': 'x',
  nested: { deep: 'ok' },
})

const rows: readonly [pattern: string, message: string, matches: boolean][] = [
  ['', 'anything', true],
  ['ERROR', '[ERROR 400] BAD REQUEST', true],
  ['ERROR', 'error', false],
  ['ERROR ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', true],
  ['ERROR ARGUMENTS', '[ERROR 400] BAD REQUEST', false],
  ['?ERROR ?ARGUMENTS', '[WARN] ARGUMENTS', true],
  ['?ERROR ?ARGUMENTS', '[WARN]', false],
  ['ERROR -ARGUMENTS', '[ERROR 400] BAD REQUEST', true],
  ['ERROR -ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', false],
  ['"INTERNAL SERVER ERROR"', '500 INTERNAL SERVER ERROR', true],
  ['"INTERNAL SERVER ERROR"', 'INTERNAL ERROR SERVER', false],
  ['"a \\"b\\""', 'a "b"', true],
  ['%4\\d\\d%', 'status 404', true],
  ['%4\\d\\d%', 'status 504', false],
  ['[ip, user, username, timestamp, request, status_code, bytes]', line, true],
  ['[ip, user, username, timestamp, request, status_code]', line, false],
  ['[ip, user, username, timestamp, request, status_code = 4*, bytes > 1000]', line, true],
  ['[ip, user, username, timestamp, request, status_code = 4*, bytes > 2000]', line, false],
  ['[..., status_code = 404 || status_code = 410, bytes]', line, true],
  ['[ip = %127\\.0\\.0\\.[0-9]%, ...]', line, true],
  ['[ip, ..., request = *html*, status_code, bytes >= 1534]', line, true],
  ['[, , name != frank, ...]', line, false],
  ['{ $.eventType = "UpdateTrail" }', json, true],
  ['{ $.eventType = Update* }', json, true],
  ['{ $.eventType != "UpdateTrail" }', json, false],
  ['{ $.missing != "x" }', json, false],
  ['{ $.sourceIPAddress != 123.123.* }', json, true],
  ['{ $.arrayKey[0] = "value" }', json, true],
  ['{ $.objectList[1].id = 2 }', json, true],
  ['{ $.SomeObject IS NULL }', json, true],
  ['{ $.missing IS NULL }', json, false],
  ['{ $.SomeOtherObject NOT EXISTS }', json, true],
  ['{ $.nested EXISTS }', json, true],
  ['{ $.ThisFlag IS TRUE }', json, true],
  ['{ $.latency > 51 && $.latency < 52 }', json, true],
  ['{ $.latency > 5.2e1 }', json, false],
  ["{ $.['dotted.key'] = x }", json, true],
  ['{ ($.latency > 60 || $.ThisFlag IS TRUE) && $.nested.deep = "ok" }', json, true],
  ['{ $.eventType = %Trail$% }', json, true],
  ['{ $.constructor EXISTS }', json, false],
  ['{ $.arrayKey.length = 2 }', json, false],
  ['{ $.a = 1 }', 'not json', false],
]

for (const [pattern, message, matches] of rows) {
  test(`log-filter: ${pattern} on ${message.slice(0, 40)}`, () => {
    const read = parseFilterPattern(pattern)
    assert.ok(read.ok, read.ok ? '' : read.reason)
    assert.equal(read.pattern.matches(message), matches)
  })
}

test('log-filter: what is no pattern is refused, in bounded time too', () => {
  const refused = [
    ...[
      '"open',
      '%open',
      '%(%',
      '[a, b',
      '[a b]',
      '[..., b, ...]',
      '[a = 1 || b = 2]',
      '{ $.a }',
      '{ a = 1 }',
    ],
    ...['{ $.a = 1', '{ $.a < x }', '{ $.a = 1 } x', 'a=b', '{ $.a IS MAYBE }', `{${'('.repeat(60)}$.a = 1`],
  ]
  for (const text of refused) assert.equal(parseFilterPattern(text).ok, false, text)
  assert.equal(refused.length + rows.length, 57)
  const slow = parseFilterPattern('%(a+)+$%')
  assert.ok(slow.ok && !slow.pattern.matches(`${'a'.repeat(50_000)}b`))
})

test('log-filter: fields are told apart in time that grows with the message, whatever signs it opens', () => {
  const pattern = parseFilterPattern('[first, ...]')
  assert.ok(pattern.ok)
  for (const text of ['[ ', '" [ ', '[][', '[a] "b" ', 'a[ ']) {
    const [small, large] = [20_000, 1_000_000].map((length) => {
      const message = text.repeat(Math.ceil(length / text.length))
      const begin = performance.now()
      pattern.pattern.matches(message)
      return performance.now() - begin
    })
    assert.ok((large ?? 0) < 2_000, `${text}: ${small} ms, then ${large} ms`)
  }
  const split = parseFilterPattern('[a, b, c, d]')
  assert.ok(split.ok)
  assert.deepEqual(split.pattern.extract('[x y]"z w"e"f "g'), { $a: 'x y', $b: 'z w', $c: 'e"f', $d: '"g' })
})

test('log-filter: a name that no message can have a value by has none', () => {
  const rows: readonly [pattern: string, name: string, can: boolean][] = [
    ['{ $.a = 1 }', '$.a', true],
    ['{ $.a = 1 }', '$.other[0]', true],
    ['{ $.a = 1 }', '$a', false],
    ['{ $.a = 1 }', '$', false],
    ['{ $.a = 1 }', '$.a b', false],
    ['[a, b]', '$b', true],
    ['[a, b]', '$.b', false],
    ['ERROR', '$a', false],
  ]
  for (const [text, name, can] of rows) {
    const read = parseFilterPattern(text)
    assert.ok(read.ok)
    assert.equal(read.pattern.names(name), can, `${name} of ${text}`)
    if (!can) assert.equal(read.pattern.valueOf('{"a":1}', name), undefined, `${name} of ${text}`)
  }
  assert.equal(rows.length, 8)
})

test('log-filter: what a pattern names is extracted', () => {
  const fields = parseFilterPattern('[ip, ..., status, bytes]')
  assert.ok(fields.ok)
  assert.deepEqual(fields.pattern.extract(line), { $ip: '127.0.0.1', $status: '404', $bytes: '1534' })
  const document = parseFilterPattern('{ $.latency > 1 && $.missing NOT EXISTS }')
  assert.ok(document.ok)
  assert.deepEqual(document.pattern.extract(json), { '$.latency': '51.5' })
  assert.equal(document.pattern.valueOf(json, '$.objectList[0].name'), 'a')
})
