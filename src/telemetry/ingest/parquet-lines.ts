import type { Piece } from './lines.ts'

/**
 * Flow logs in Parquet as lines of text: first one that names the fields, then a record each.
 * Source: VPC User Guide, "Publish flow logs to Amazon S3": columns have the fields' names, with `_` for `-`.
 */
export async function* parquetLinesOf(path: string): AsyncGenerator<Piece, void> {
  // Loaded by who needs it alone: it is large.
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })
  const connection = await instance.connect()
  try {
    const result = await connection
      .stream('SELECT * FROM read_parquet($path)', { path })
      .catch(() => undefined)
    if (!result) return yield { kind: 'torn' }
    yield {
      kind: 'line',
      text: result
        .columnNames()
        .map((name) => name.replaceAll('_', '-'))
        .join(' '),
    }
    for await (const rows of result.yieldRows())
      for (const row of rows) yield { kind: 'line', text: row.map(cellOf).join(' ') }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function cellOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return typeof value === 'string' && value !== '' ? value.replaceAll(' ', '_') : '-'
}
