import { join } from 'node:path'
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api'
import { refusalOf } from './allowed.ts'
import { columnList, linesOf, list, literal, recordsOf } from './columns.ts'
import { lock, openEngine, useThreads } from './engine.ts'
import { macros } from './functions.ts'
import type { Damage } from '../damage.ts'
import type { Job, JobAnswer, QueryLimits, QueryResult, Question, Records } from './job.ts'
import { tooMuchMemory } from './limits.ts'
import { observedRecords } from './observed.ts'
import { viewStatement } from './view.ts'
import { isAsWritten, wholeSegments } from './whole-segments.ts'

/** The statement's own fault. */
class Refused extends Error {}

/** Does one job in a process of its own. */
export async function doJob(job: Job): Promise<JobAnswer> {
  try {
    const engine = await openEngine(job.kind === 'convert' ? { spillTo: job.folder } : {})
    switch (job.kind) {
      case 'check':
        await engine.run(`CREATE TABLE records AS ${recordsOf("(SELECT '{}'::JSON AS json WHERE false)")}`)
        await prepareQuestion(engine, job)
        return { kind: 'done' }
      case 'query':
        return {
          kind: 'done',
          damaged: await openRecords(engine, job),
          result: await answer(engine, job),
        }
      case 'convert':
        return { kind: 'done', damaged: await convert(engine, job) }
      case 'export':
        return { kind: 'done', damaged: await exportRecords(engine, job) }
    }
  } catch (error) {
    return { kind: error instanceof Refused ? 'refused' : 'failed', reason: textOf(error) }
  }
}

/** Makes `records`: what is in the account's files, and what of the growing segments is the account's. Answers what was left out. */
async function openRecords(
  engine: DuckDBConnection,
  { account, files, growing }: Records,
): Promise<readonly Damage[]> {
  const { paths, damaged } = await wholeSegments(engine, growing)
  const { true: whole = [], false: others = [] } = Object.groupBy(files, (file) => `${isAsWritten(file)}`)
  const lines = linesOf(paths, { growing: true })
  await readTable(engine, 'growing', `${recordsOf(lines)} WHERE r.recipientAccountId = ${literal(account)}`)
  const columns = list(whole.map(({ path }) => path))
  const closed = whole.length === 0 ? '' : `SELECT ${columnList} FROM read_parquet(${columns}) UNION ALL `
  await engine.run(`CREATE VIEW records AS ${closed}SELECT ${columnList} FROM growing`)
  return [...damaged, ...others.map(({ path }) => ({ file: path, at: 0 }))]
}

/** By one thread where it must be: each may have a whole segment of large records before it, and several copies of that. */
async function readTable(engine: DuckDBConnection, name: string, select: string): Promise<void> {
  const statement = `CREATE TABLE ${name} AS ${select}`
  try {
    await engine.run(statement)
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    await useThreads(engine, 1)
    await engine.run(statement)
    await useThreads(engine)
  }
}

async function prepareQuestion(
  engine: DuckDBConnection,
  { statement, parameters, views, nowMs }: Question,
  folder?: string,
): Promise<DuckDBPreparedStatement> {
  for (const macro of macros(nowMs)) await engine.run(macro)
  for (const view of views) await engine.run(viewStatement('records', view))
  await lock(engine, folder)
  const names = new Set(views.map(({ name }) => name))
  const refused = refusalOf(await parsed(engine, statement), names)
  if (refused !== undefined) throw new Refused(refused)
  return asRefused(async () => {
    const statements = await engine.extractStatements(statement)
    if (statements.count !== 1) throw new Error('it is not exactly one statement')
    const prepared = await statements.prepare(0)
    if (prepared.parameterCount !== parameters.length)
      throw new Error(`it has ${prepared.parameterCount} parameters, and ${parameters.length} were given`)
    for (const [index, parameter] of parameters.entries()) prepared.bindVarchar(index + 1, parameter)
    return prepared
  })
}

/** A statement as the engine itself reads it. */
async function parsed(engine: DuckDBConnection, statement: string): Promise<unknown> {
  const reader = await engine.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [statement])
  const [[text] = []] = reader.getRows()
  return typeof text === 'string' ? JSON.parse(text) : undefined
}

async function answer(
  engine: DuckDBConnection,
  job: Question & Records & { readonly limits: QueryLimits },
): Promise<QueryResult> {
  const prepared = await prepareQuestion(engine, job, job.folder)
  const result = await asRefused(() => prepared.stream())
  const columns = result.columnNames()
  const rows: (string | null)[][] = []
  let bytes = 0
  for (;;) {
    const chunk = await asRefused(() => result.fetchChunk())
    if (!chunk || chunk.rowCount === 0) break
    for (const row of chunk.getRows()) {
      const shown = row.map(shownValue)
      for (const value of shown) bytes += (value?.length ?? 0) + 16
      rows.push(shown)
      if (rows.length > job.limits.rowsMax || bytes > job.limits.bytesMax)
        throw new Refused(
          `it has more than ${job.limits.rowsMax} rows or ${job.limits.bytesMax} bytes of results`,
        )
    }
  }
  return { columns, rows, eventsScanned: await countEvents(engine) }
}

/** Files know how many they hold: nothing is read for it. */
async function countEvents(engine: DuckDBConnection): Promise<number> {
  const reader = await engine.runAndReadAll('SELECT count(*) FROM records')
  return Number(reader.getRows()[0]?.[0] ?? 0)
}

/** A value as Lake shows it, which is text. */
function shownValue(value: DuckDBValue): string | null {
  if (value === null) return null
  return String(value)
}

/** What the engine says to a statement is said to whoever wrote it, but for what is about the machine. */
async function asRefused<Value>(task: () => Promise<Value>): Promise<Value> {
  try {
    return await task()
  } catch (error) {
    if (isOutOfMemory(error)) throw new Refused(tooMuchMemory)
    const [said = ''] = textOf(error).split('\n')
    // What is the machine's own is said to nobody.
    if (/^(?:IO|HTTP|Permission|Internal|Fatal|Invalid Configuration)\b/i.test(said)) throw error
    throw new Refused(said)
  }
}

function isOutOfMemory(error: unknown): boolean {
  return /^Out of Memory/i.test(textOf(error))
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Writes segments that are closed as one file an account, in columns: `recipientAccountId` of no other form is no account's. Records are
 * read into a table first, and accounts are written one after another: to read, sort and write all of them at once takes many times the
 * memory, and more with each account.
 */
async function convert(
  engine: DuckDBConnection,
  { segments, folder, lenient }: Extract<Job, { readonly kind: 'convert' }>,
): Promise<readonly Damage[]> {
  const { paths, damaged } = await wholeSegments(engine, segments)
  await readTable(
    engine,
    'records',
    `${recordsOf(linesOf(paths, { growing: lenient }))} WHERE regexp_full_match(r.recipientAccountId, '[0-9]{12}')`,
  )
  const found = await engine.runAndReadAll('SELECT DISTINCT recipientAccountId FROM records')
  for (const account of found.getRows().map(([value]) => String(value)))
    await engine.run(
      `COPY (SELECT ${columnList} FROM records WHERE recipientAccountId = ${literal(account)} ORDER BY eventTime) ` +
        `TO ${literal(join(folder, `${account}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`,
    )
  return damaged
}

async function exportRecords(
  engine: DuckDBConnection,
  { of, growing, fromMs, toMs, file }: Extract<Job, { readonly kind: 'export' }>,
): Promise<readonly Damage[]> {
  const { paths, damaged } = await wholeSegments(engine, growing)
  const within = { fromMs, toMs }
  // They come in the order of segments, and are not sorted: all of a trail is larger than any memory.
  await useThreads(engine, 1)
  await engine.run(
    `COPY (${of === 'audit' ? auditRecords(paths, within) : observedRecords(of, paths, within)}) ` +
      `TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE_BYTES '64MB')`,
  )
  return damaged
}

function auditRecords(
  paths: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): string {
  return (
    `SELECT ${columnList} FROM (${recordsOf(linesOf(paths, { growing: true }))}) ` +
    `WHERE epoch_ms(eventTime) >= ${Math.trunc(fromMs)} AND epoch_ms(eventTime) < ${Math.trunc(toMs)}`
  )
}
