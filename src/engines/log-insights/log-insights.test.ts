// Goal: queries come to what AWS documents, and what is none is refused. Method: rows of a query and its result over a few events.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseInsightsQuery, type Row, TooMuch, type Value } from './index.ts'

const events = [
  { '@timestamp': 300_000, '@message': 'user=ann, took 30 ms', level: 'ERROR', ms: 30, ip: '10.0.0.1' },
  { '@timestamp': 200_000, '@message': 'user=bob, took 20 ms', level: 'INFO', ms: '20', ip: '10.0.1.1' },
  { '@timestamp': 100_000, '@message': 'user=ann, took 10 ms', level: 'ERROR', ms: 10, ip: '192.168.0.1' },
  { '@timestamp': 0, '@message': 'started' },
] as const

function rowOf(event: object): Row {
  return {
    bytes: 100,
    get: (field) => (Object.hasOwn(event, field) ? ((event as Record<string, Value>)[field] ?? null) : null),
  } // An own one.
}

function ask(text: string, limit = 10_000) {
  const read = parseInsightsQuery(text, { limit })
  assert.ok(read.ok, read.ok ? '' : `${text}: ${read.reason}`)
  const { columns, start } = read.query
  const run = start()
  for (const event of events) if (!run.push(rowOf(event))) break
  const { rows, matched } = run.end()
  const shown = columns.filter((column) => column !== '@ptr')
  return {
    columns: shown,
    rows: rows.map((row) => shown.map((column) => row[columns.indexOf(column)])),
    matched,
  }
}

const rows: readonly [query: string, columns: readonly string[], rows: readonly (readonly unknown[])[]][] = [
  ['fields ms | limit 2', ['ms'], [[30], ['20']]],
  ['fields ms | sort ms asc | limit 2', ['ms'], [[null], [10]]],
  ['filter level = "ERROR" | fields ms * 2 as double', ['double'], [[60], [20]]],
  ['fields ms | filter ms > 15 and level != "INFO"', ['ms'], [[30]]],
  ['fields ms | filter @message like /user=(ann|eve)/ and not (ms >= 30)', ['ms'], [[10]]],
  ['fields ms | filter @message not like "user"', ['ms'], [[null]]],
  ['fields ms | filter level in ["INFO", "WARN"]', ['ms'], [['20']]],
  ['fields ms | filter ispresent(ms) | stats count(*) as n', ['n'], [[3]]],
  [
    'stats count(*), sum(ms), avg(ms), min(ms), max(ms) by level | filter ispresent(level)',
    ['level', 'count(*)', 'sum(ms)', 'avg(ms)', 'min(ms)', 'max(ms)'],
    [
      ['ERROR', 2, 40, 20, 10, 30],
      ['INFO', 1, 20, 20, '20', '20'],
    ],
  ],
  [
    'stats count() as n by bin(3m) as at | sort at',
    ['at', 'n'],
    [
      [0, 2],
      [180_000, 2],
    ],
  ],
  [
    'stats pct(ms, 50) as p, count_distinct(level) as kinds, stddev(ms) as s',
    ['p', 'kinds', 's'],
    [[20, 2, 10]],
  ],
  ['stats earliest(ms) as e, latest(ms) as l', ['e', 'l'], [[10, 30]]],
  [
    'parse @message "user=*, took * ms" as user, took | display user, took',
    ['user', 'took'],
    [
      ['ann', '30'],
      ['bob', '20'],
      ['ann', '10'],
      [null, null],
    ],
  ],
  ['parse @message /took (?<took>\\d+)/ | stats max(took) as most', ['most'], [['30']]],
  ['parse @message /user=(\\w+)/ as user | dedup user | display user', ['user'], [['ann'], ['bob'], [null]]],
  [
    'fields concat(level, "-", ms) as c, toupper(level) as u, strlen(level) as n | limit 1',
    ['c', 'u', 'n'],
    [['ERROR-30', 'ERROR', 5]],
  ],
  [
    'fields coalesce(none, level) as c, substr(level, 1, 3) as s, replace(level, "R", "L") as r | limit 1',
    ['c', 's', 'r'],
    [['ERROR', 'RRO', 'ELLOL']],
  ],
  ['fields ms | filter isIpv4InSubnet(ip, "10.0.0.0/24")', ['ms'], [[30]]],
  ['fields abs(-2) + 2 ^ 3 % 5 as n | limit 1', ['n'], [[5]]],
  ['# a comment\nfields level # and another\n| limit 1', ['level'], [['ERROR']]],
  ['fields `level` | limit 1', ['level'], [['ERROR']]],
  ['sort ms desc | dedup level | fields ms | filter ispresent(ms)', ['ms'], [[30], ['20']]],
]

for (const [query, columns, want] of rows) {
  test(`log-insights: ${query}`, () => {
    const found = ask(query)
    assert.deepEqual([found.columns, found.rows], [columns, want])
  })
}

test('log-insights: what is no query is refused', () => {
  const refused = [
    ...[
      '',
      'fields',
      'select 1',
      'fields a |',
      'filter',
      'filter a like /(/',
      'limit 0',
      'limit 10001',
      'stats ms',
    ],
    ...[
      'stats median(ms)',
      'fields nothing(1)',
      'fields abs(1, 2)',
      'parse "a * b"',
      'parse @message "a" as b',
    ],
    ...['fields a b', 'stats pct(ms, 101)', `filter ${'('.repeat(200)}a`, 'fields bin(5x)'],
  ]
  for (const text of refused) assert.equal(parseInsightsQuery(text, { limit: 10_000 }).ok, false, text)
  assert.equal(refused.length + rows.length, 40)
})

/** How a run over as many rows ends. */
function run(text: string, rowOfIndex: (index: number) => Row, count: number): 'ended' | 'too much' {
  const read = parseInsightsQuery(text, { limit: 10_000 })
  assert.ok(read.ok, read.ok ? '' : `${text}: ${read.reason}`)
  const { push, end } = read.query.start()
  try {
    for (let index = 0; index < count; index += 1) if (!push(rowOfIndex(index))) break
    end()
    return 'ended'
  } catch (error) {
    if (error instanceof TooMuch) return 'too much'
    throw error
  }
}

test('log-insights: a query that would hold more memory than one may is told so', () => {
  const small = (index: number): Row => ({
    get: (field) => (field === '@message' ? `message ${index}` : index),
    bytes: 500,
  })
  const text = 'x'.repeat(1_000_000)
  const large = (index: number): Row => ({
    get: (field) => (field === '@message' ? `${index}${text}` : index),
    bytes: 2_000_000,
  })
  const many = Array.from({ length: 1_000 }, () => 'count()').join(',')
  const rows: readonly [
    query: string,
    row: (index: number) => Row,
    count: number,
    want: 'ended' | 'too much',
  ][] = [
    [`stats ${many} by @message`, small, 5_000, 'too much'],
    ['stats count() by @message', small, 50_000, 'ended'],
    ['sort @timestamp', large, 1_000, 'too much'],
    ['sort @timestamp', small, 50_000, 'ended'],
    ['fields @message', large, 1_000, 'too much'],
    ['dedup @message', large, 1_000, 'too much'],
    ['stats max(@message) by @timestamp', large, 1_000, 'too much'],
    ['stats latest(@message)', large, 1_000, 'ended'],
    ['stats count_distinct(@message)', large, 1_000, 'too much'],
    ['fields concat(@message, @message) as a | fields concat(a, a) as b', large, 1, 'too much'],
    ['fields replace(@message, "x", "yyyy") as a', large, 1, 'too much'],
  ]
  for (const [query, row, count, want] of rows) assert.equal(run(query, row, count), want, query.slice(0, 60))
  assert.equal(rows.length, 11)
})

test('log-insights: as many rows as asked for, and how many matched', () => {
  assert.equal(ask('fields ms', 2).rows.length, 2)
  assert.equal(ask('filter level = "ERROR" | stats count(*)').matched, 2)
  assert.equal(ask('stats count(*)').matched, 4)
})
