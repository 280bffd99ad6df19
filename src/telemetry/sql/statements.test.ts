// Goal: a user's statement reads its own tables and calls harmless functions; whatever else it tries is refused before it runs, and would
// get nowhere if it ran.
// Method: rows of statements that Lake takes and of escapes, each in a fresh engine; then the locked engine alone, without the list of what
// is allowed before it; and the list alone, by what the engine's own catalogue has.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { doJob } from './do-job.ts'
import { lock, openEngine } from './engine.ts'
import { functions } from './functions.ts'
import type { Question } from './job.ts'
import { nameTables } from './table-names.ts'

const id = '0a1b2c3d-0000-4000-8000-0123456789ab'
const other = 'ffffffff-0000-4000-8000-0123456789ab'
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)

function question(statement: string, parameters: readonly string[] = []): Question {
  const collected = [{ selectors: [[{ field: 'eventCategory', equals: ['Management'] } as const]] }]
  return {
    statement: nameTables(statement).text,
    parameters,
    nowMs,
    views: [{ name: id, notBeforeMs: 0, notAfterMs: nowMs, collected }],
  }
}

async function checked(statement: string, parameters: readonly string[] = []): Promise<string> {
  const answer = await doJob({ kind: 'check', ...question(statement, parameters) })
  return answer.kind === 'done' ? 'done' : `${answer.kind}: ${answer.reason}`
}

const allowed: readonly string[] = [
  `SELECT * FROM ${id}`,
  `SELECT eventName, count(*) FROM ${id} WHERE eventTime > '2026-01-01 00:00:00' GROUP BY eventName`,
  `SELECT eventName, COUNT(*) AS n FROM "${id}" GROUP BY 1 HAVING count(*) > 2 ORDER BY n DESC LIMIT 10 OFFSET 2;`,
  `SELECT DISTINCT userIdentity.arn, useridentity.sessioncontext.sessionissuer.username FROM ${id} AS e`,
  `SELECT e.eventName FROM ${id} e WHERE e.readOnly = false AND errorCode IS NOT NULL AND eventName LIKE 'Create%'`,
  `SELECT element_at(requestParameters, 'userName') FROM ${id} WHERE eventSource IN ('iam.amazonaws.com', 'sts.amazonaws.com')`,
  `SELECT requestParameters['userName'], json_extract_scalar(eventJson, '$.eventName') FROM ${id}`,
  `SELECT r.arn, count(*) FROM ${id} CROSS JOIN UNNEST(resources) AS t(r) GROUP BY r.arn`,
  `WITH calls AS (SELECT * FROM ${id}), more AS (SELECT * FROM calls) SELECT count(*) FROM more`,
  `SELECT * FROM (SELECT eventName, row_number() OVER (PARTITION BY eventSource ORDER BY eventTime) AS n FROM ${id}) WHERE n = 1`,
  `SELECT a.eventID FROM ${id} a JOIN ${id} b USING (eventID) LEFT JOIN ${id} c ON c.eventID = a.eventID`,
  `SELECT eventName FROM ${id} UNION ALL SELECT eventSource FROM ${id} EXCEPT SELECT awsRegion FROM ${id}`,
  `SELECT CASE WHEN readOnly THEN 'r' ELSE 'w' END, CAST(eventTime AS DATE), try_cast(eventName AS bigint) FROM ${id}`,
  `SELECT date_trunc('hour', eventTime), year(eventTime), extract(hour FROM eventTime), eventTime + INTERVAL 1 DAY FROM ${id}`,
  `SELECT * FROM ${id} WHERE eventTime > date_add('day', -7, now()) AND eventTime <= current_timestamp AND eventTime >= current_date`,
  `SELECT approx_distinct(eventName), arbitrary(eventName), max_by(eventName, eventTime) FROM ${id}`,
  `SELECT eventName FROM ${id} WHERE eventID IN (SELECT eventID FROM ${id}) AND EXISTS (SELECT 1 FROM ${id})`,
  `SELECT eventName || '-' || lower(eventSource), regexp_like(eventName, '^Create'), coalesce(errorCode, '') FROM ${id}`,
  `SELECT count(*) FILTER (WHERE readOnly), array_agg(DISTINCT eventName ORDER BY eventName) FROM ${id}`,
  `SELECT eventName /* a comment; DROP TABLE x */ FROM ${id} -- and another`,
  `SELECT eventName FROM ${id} WHERE eventTime BETWEEN '2026-01-01' AND '2026-01-03' AND NOT (readOnly = true OR 1 + 2 * 3 > 4)`,
  `SELECT 'read_csv(''/etc/passwd'')', '; DROP', eventName FROM ${id}`,
]

test('statements: what Lake takes', async () => {
  const answers: string[] = []
  for (const statement of allowed) {
    const answer = await checked(statement)
    if (answer !== 'done') answers.push(`${answer}: ${statement}`)
  }
  assert.deepEqual(answers, [])
  assert.equal(await checked(`SELECT * FROM ${id} WHERE eventName = ?`, ['CreateUser']), 'done')
  assert.equal(allowed.length, 22)
})

const refused: readonly [name: string, statement: string, want: RegExp][] = [
  // Tables that are not its own.
  ['another data store', `SELECT * FROM ${other}`, /no event data store/],
  ['another data store within', `SELECT (SELECT count(*) FROM ${other}) FROM ${id}`, /no event data store/],
  ['the records of the account', `SELECT * FROM records, ${id}`, /no event data store records/],
  ['the records being written', `SELECT * FROM growing, ${id}`, /no event data store growing/],
  ['a schema before it', `SELECT * FROM main."${id}"`, /has a schema/],
  ['a catalogue before it', `SELECT * FROM memory.main."${id}"`, /has a schema/],
  ['information_schema', `SELECT * FROM information_schema.tables, ${id}`, /has a schema/],
  ['pg_catalog', `SELECT * FROM pg_catalog.pg_settings, ${id}`, /has a schema/],
  ['the catalogue of SQLite', `SELECT * FROM sqlite_master, ${id}`, /no event data store/],
  ['settings', `SELECT * FROM duckdb_settings(), ${id}`, /functions that make tables/],
  ['a view of settings', `SELECT * FROM duckdb_tables, ${id}`, /no event data store/],
  [
    'pg_tables in the shape of its own name',
    `WITH pg_tables AS (SELECT * FROM pg_tables) SELECT * FROM pg_tables, ${id}`,
    /not supported/,
  ],
  [
    'a name of its own, outside',
    `SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x), x, ${id}`,
    /no event data store x/,
  ],
  [
    'a name of its own, in itself',
    `WITH growing AS (SELECT * FROM growing) SELECT * FROM growing, ${id}`,
    /no event data store growing/,
  ],
  [
    'a name of its own, before it',
    `WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a, ${id}`,
    /no event data store b/,
  ],
  // Files and addresses.
  ['a file by its name', `SELECT * FROM '/etc/passwd', ${id}`, /no event data store/],
  ['a file by its name, quoted', `SELECT * FROM "/etc/passwd.csv", ${id}`, /no event data store/],
  [
    'a file as a name of its own',
    `WITH "/etc/passwd.csv" AS (SELECT 1) SELECT * FROM ${id}`,
    /not supported/,
  ],
  ['read_csv', `SELECT * FROM read_csv('/etc/passwd'), ${id}`, /functions that make tables/],
  ['read_csv_auto', `SELECT * FROM read_csv_auto('/etc/passwd'), ${id}`, /functions that make tables/],
  ['read_text', `SELECT * FROM read_text('/proc/self/environ'), ${id}`, /functions that make tables/],
  ['read_blob', `SELECT * FROM read_blob('/etc/shadow'), ${id}`, /functions that make tables/],
  ['read_json', `SELECT * FROM read_json('/tmp/x.json'), ${id}`, /functions that make tables/],
  ['read_ndjson_objects', `SELECT * FROM read_ndjson_objects('/tmp/x'), ${id}`, /functions that make tables/],
  ['read_parquet', `SELECT * FROM read_parquet('/tmp/*.parquet'), ${id}`, /functions that make tables/],
  [
    'parquet_metadata',
    `SELECT * FROM parquet_metadata('/tmp/x.parquet'), ${id}`,
    /functions that make tables/,
  ],
  [
    'parquet_scan in a subquery',
    `SELECT (SELECT count(*) FROM parquet_scan('/tmp/x')) FROM ${id}`,
    /functions that make tables/,
  ],
  ['glob', `SELECT * FROM glob('/etc/*'), ${id}`, /functions that make tables/],
  ['sniff_csv', `SELECT * FROM sniff_csv('/etc/passwd'), ${id}`, /functions that make tables/],
  ['an address', `SELECT * FROM 'https://198.51.100.1/x.parquet', ${id}`, /no event data store/],
  ['query', `SELECT * FROM query('SELECT 1'), ${id}`, /functions that make tables/],
  ['query_table', `SELECT * FROM query_table('growing'), ${id}`, /functions that make tables/],
  [
    'json_execute_serialized_sql',
    `SELECT * FROM json_execute_serialized_sql('{}'), ${id}`,
    /functions that make tables/,
  ],
  ['range', `SELECT * FROM range(1000000000000), ${id}`, /functions that make tables/],
  ['generate_series', `SELECT * FROM generate_series(1, 10), ${id}`, /functions that make tables/],
  ['repeat_row', `SELECT * FROM repeat_row(1, num_rows = 100), ${id}`, /functions that make tables/],
  ['pragma functions', `SELECT * FROM pragma_database_list(), ${id}`, /functions that make tables/],
  ['duckdb_secrets', `SELECT * FROM duckdb_secrets(), ${id}`, /functions that make tables/],
  ['duckdb_functions', `SELECT * FROM duckdb_functions(), ${id}`, /functions that make tables/],
  // Functions that tell of the machine, or make much of little.
  ['getenv', `SELECT getenv('HOME') FROM ${id}`, /function getenv/],
  ['current_setting', `SELECT current_setting('temp_directory') FROM ${id}`, /function current_setting/],
  ['getvariable', `SELECT getvariable('x') FROM ${id}`, /function getvariable/],
  ['version', `SELECT version() FROM ${id}`, /function version/],
  ['current_database', `SELECT current_database() FROM ${id}`, /function current_database/],
  ['nextval', `SELECT nextval('s') FROM ${id}`, /function nextval/],
  ['txid_current', `SELECT txid_current() FROM ${id}`, /function txid_current/],
  ['write_log', `SELECT write_log('x') FROM ${id}`, /function write_log/],
  ['json_serialize_sql', `SELECT json_serialize_sql('SELECT 1') FROM ${id}`, /function json_serialize_sql/],
  ['a function of a schema', `SELECT system.main.getenv('HOME') FROM ${id}`, /has a schema|not supported/],
  ['a quoted function', `SELECT "getenv"('HOME') FROM ${id}`, /function getenv/],
  ['a chained function', `SELECT eventName.getenv() FROM ${id}`, /function getenv/],
  [
    'a function in a filter',
    `SELECT count(*) FILTER (WHERE getenv('A') = 'b') FROM ${id}`,
    /function getenv/,
  ],
  ['a function in ORDER BY', `SELECT eventName FROM ${id} ORDER BY getenv('A')`, /function getenv/],
  [
    'a function in LIMIT',
    `SELECT eventName FROM ${id} LIMIT (SELECT length(getenv('A')))`,
    /function getenv/,
  ],
  ['a function in a window', `SELECT sum(1) OVER (ORDER BY getenv('A')) FROM ${id}`, /function getenv/],
  ['a function in a join', `SELECT 1 FROM ${id} a JOIN ${id} b ON getenv('A') = 'b'`, /function getenv/],
  ['a function in GROUP BY', `SELECT count(*) FROM ${id} GROUP BY getenv('A')`, /function getenv/],
  ['a function in unnest', `SELECT * FROM ${id}, unnest([getenv('A')])`, /function getenv/],
  ['a function in a cast', `SELECT CAST(getenv('A') AS VARCHAR) FROM ${id}`, /function getenv/],
  ['a function in DISTINCT ON', `SELECT DISTINCT ON (getenv('A')) eventName FROM ${id}`, /function getenv/],
  ['a function in QUALIFY', `SELECT eventName FROM ${id} QUALIFY getenv('A') = 'b'`, /function getenv/],
  ['a function in REPLACE', `SELECT * REPLACE (getenv('A') AS eventName) FROM ${id}`, /function getenv/],
  [
    'a function in an aggregate’s order',
    `SELECT array_agg(1 ORDER BY getenv('A')) FROM ${id}`,
    /function getenv/,
  ],
  [
    'a function in grouping sets',
    `SELECT 1 FROM ${id} GROUP BY GROUPING SETS ((getenv('A')), ())`,
    /function getenv/,
  ],
  ['a function in VALUES', `SELECT * FROM (VALUES (getenv('A'))) t(a), ${id}`, /supported|function getenv/],
  [
    'a function in an interval',
    `SELECT eventTime + INTERVAL (getenv('A')) DAY FROM ${id}`,
    /function getenv/,
  ],
  ['a function in TRY', `SELECT TRY(getenv('A')) FROM ${id}`, /function getenv|supported/],
  ['a function in a struct', `SELECT {'a': getenv('A')} FROM ${id}`, /supported|function/],
  ['a function in a map', `SELECT MAP {'a': getenv('A')} FROM ${id}`, /supported|function/],
  ['a function in a comprehension', `SELECT [getenv(x) FOR x IN ['A']] FROM ${id}`, /supported|function/],
  ['a function in a lateral join', `SELECT * FROM ${id}, LATERAL (SELECT getenv('A'))`, /function getenv/],
  ['a function in IN', `SELECT 1 FROM ${id} WHERE eventName IN (getenv('A'))`, /function getenv/],
  ['a function, FROM first', `FROM ${id} SELECT getenv('A')`, /function getenv/],
  [
    'a function in a window’s frame',
    `SELECT sum(1) OVER (ORDER BY eventTime ROWS length(getenv('A')) PRECEDING) FROM ${id}`,
    /function getenv/,
  ],
  [
    'a function in a set operation',
    `SELECT eventName FROM ${id} UNION SELECT getenv('A')`,
    /function getenv/,
  ],
  [
    'a function in a materialized part',
    `WITH a AS MATERIALIZED (SELECT getenv('A')) SELECT * FROM a, ${id}`,
    /function getenv/,
  ],
  [
    'a file in a materialized part',
    `WITH a AS MATERIALIZED (SELECT * FROM '/etc/passwd') SELECT * FROM a, ${id}`,
    /no event data store/,
  ],
  [
    'a file in a set operation',
    `SELECT eventName FROM ${id} UNION SELECT * FROM 'x.csv'`,
    /no event data store/,
  ],
  ['a file in EXISTS', `SELECT 1 FROM ${id} WHERE EXISTS (SELECT 1 FROM 'x.csv')`, /no event data store/],
  [
    'a file in a parameter of a function',
    `SELECT coalesce((SELECT max(a) FROM 'x.csv'), 1) FROM ${id}`,
    /no event data store/,
  ],
  ['repeat', `SELECT repeat('x', 1000000000) FROM ${id}`, /function repeat/],
  ['a list of everything', `SELECT range(1000000000) FROM ${id}`, /function range/],
  ['lambda', `SELECT list_transform([1], lambda x: x + 1) FROM ${id}`, /not supported/],
  ['COLUMNS', `SELECT COLUMNS('event.*') FROM ${id}`, /not supported/],
  [
    'a cast to a type of one’s own',
    `SELECT CAST(eventName AS sometype) FROM ${id}`,
    /not supported|does not exist/i,
  ],
  // Other statements, and more than one.
  ['two statements', `SELECT 1 FROM ${id}; SELECT 2 FROM ${id}`, /exactly one statement/],
  ['a second that is no SELECT', `SELECT 1 FROM ${id}; DROP VIEW "${id}"`, /SELECT/],
  ['nothing', `-- ${id}`, /exactly one statement|read/],
  ['INSERT', `INSERT INTO growing SELECT * FROM ${id}`, /SELECT/],
  ['CREATE TABLE AS', `CREATE TABLE x AS SELECT * FROM ${id}`, /SELECT/],
  ['COPY', `COPY (SELECT * FROM ${id}) TO '/tmp/out.csv'`, /SELECT/],
  ['COPY FROM', `COPY growing FROM '/etc/passwd'`, /SELECT/],
  ['ATTACH', `ATTACH '/tmp/x.db' AS x`, /SELECT/],
  ['INSTALL', 'INSTALL httpfs', /SELECT/],
  ['LOAD', "LOAD '/tmp/x.duckdb_extension'", /SELECT/],
  ['SET', 'SET enable_external_access = true', /SELECT/],
  ['PRAGMA', 'PRAGMA database_list', /SELECT/],
  ['CALL', 'CALL pragma_version()', /SELECT/],
  ['EXPORT', "EXPORT DATABASE '/tmp/x'", /SELECT/],
  ['EXPLAIN', `EXPLAIN SELECT * FROM ${id}`, /SELECT/],
  ['DESCRIBE', `DESCRIBE "${id}"`, /supported|SELECT/],
  ['SHOW in FROM', `SELECT * FROM (SHOW ALL TABLES), ${id}`, /supported|SELECT/],
  ['SUMMARIZE in FROM', `SELECT * FROM (SUMMARIZE "${id}")`, /supported|SELECT/],
  ['PIVOT', `PIVOT "${id}" ON eventName USING count(*)`, /supported|SELECT/],
  ['VALUES', `VALUES ((SELECT count(*) FROM ${id}))`, /supported/],
  [
    'endless recursion',
    `WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r, ${id}`,
    /supported|no event data store r/,
  ],
  ['CREATE MACRO', `CREATE MACRO f() AS 1`, /SELECT/],
  ['PREPARE', `PREPARE x AS SELECT * FROM ${id}`, /SELECT/],
  // What cannot be read.
  ['no SQL', `SELEC * FROM ${id}`, /syntax/i],
  ['a column that is not there', `SELECT nothing FROM ${id}`, /nothing/],
  ['a parameter that was not given', `SELECT * FROM ${id} WHERE eventName = ?`, /1 parameters, and 0/],
  ['a quote that does not end', `SELECT 'x FROM ${id}`, /unterminated/i],
  ['deep nesting', `SELECT ${'abs('.repeat(3000)}1${')'.repeat(3000)} FROM ${id}`, /./],
  ['deep queries', `${'SELECT * FROM ('.repeat(400)}SELECT 1 FROM ${id}${')'.repeat(400)}`, /./],
  ['a long sum', `SELECT ${Array.from({ length: 2000 }, () => '1').join('+')} FROM ${id}`, /./],
]

test('statements: escapes are refused before they run', async () => {
  const answers: string[] = []
  for (const [name, statement, want] of refused) {
    const answer = await checked(statement)
    if (!answer.startsWith('refused: ') || !want.test(answer))
      answers.push(`${name}: ${answer.slice(0, 200)}`)
  }
  assert.deepEqual(answers, [])
  assert.equal(refused.length, 115)
})

test('statements: the locked engine itself refuses what would reach out of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-lake-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'secret.csv')
  writeFileSync(file, 'a\nsecret\n')
  const rows: readonly [name: string, statement: string][] = [
    ['read_csv', `SELECT * FROM read_csv('${file}')`],
    ['read_text', `SELECT * FROM read_text('${file}')`],
    ['read_blob', `SELECT * FROM read_blob('${file}')`],
    ['a file by its name', `SELECT * FROM '${file}'`],
    ['glob', `SELECT file FROM glob('${folder}/*')`],
    ['COPY', `COPY (SELECT 1) TO '${folder}/out.csv'`],
    ['ATTACH', `ATTACH '${folder}/x.db' AS x`],
    ['INSTALL', 'INSTALL httpfs'],
    ['LOAD', 'LOAD httpfs'],
    ['EXPORT', `EXPORT DATABASE '${folder}/x'`],
    ['external access again', 'SET enable_external_access = true'],
    ['more folders', `SET allowed_directories = ['/']`],
    ['more memory', "SET memory_limit = '100GB'"],
    ['unlocked', 'SET lock_configuration = false'],
    ['a temporary folder', `SET temp_directory = '${folder}'`],
    ['RESET', 'RESET memory_limit'],
  ]
  const engine = await openEngine()
  await lock(engine)
  for (const [name, statement] of rows)
    await assert.rejects(engine.runAndReadAll(statement), Error, `${name} was not refused`)
  assert.equal(rows.length, 16)
})

test('statements: a locked engine reads the folder that it was given, and nothing beside it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-lake-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['own', 'own-too', 'other']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'x.csv'), 'a\n1\n')
  }
  const engine = await openEngine()
  await lock(engine, join(folder, 'own'))
  const read = (path: string) => engine.runAndReadAll(`SELECT * FROM read_csv('${path}')`)
  assert.equal((await read(join(folder, 'own/x.csv'))).currentRowCount, 1)
  const paths = [
    'other/x.csv',
    'own-too/x.csv',
    'own/../other/x.csv',
    '*/x.csv',
    'own/../*/x.csv',
    'own*/x.csv',
  ]
  for (const path of paths) await assert.rejects(read(`${folder}/${path}`), Error, path)
  assert.equal(paths.length, 6)
})

test('statements: no function that is allowed is of a kind that reads, or makes much of little', async () => {
  const engine = await openEngine()
  const reader = await engine.runAndReadAll(
    "SELECT DISTINCT lower(function_name), function_type FROM duckdb_functions() WHERE function_type IN ('table', 'pragma', 'table_macro')",
  )
  const tables = new Set(reader.getRows().map(([name]) => String(name)))
  assert.ok(tables.size > 50)
  const scalarToo = new Set(['unnest', 'histogram'])
  assert.deepEqual(
    [...functions].filter((name) => tables.has(name) && !scalarToo.has(name)),
    [],
  )
  for (const name of [
    'repeat',
    'range',
    'generate_series',
    'getenv',
    'lpad',
    'rpad',
    'error',
    'query',
    'current_setting',
  ])
    assert.equal(functions.has(name), false, name)
})
