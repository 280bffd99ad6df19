import { basename, dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { linesOfSegment } from '../segment-lines.ts'
import { parseSegmentFile } from '../segment-name.ts'
import { type Damage, hearDamage } from '../damage.ts'
import type { ColumnFile } from './job.ts'
import { sumOf } from './manifest.ts'

/** Segments that the engine can read by itself, and what of them nobody may see. */
export interface WholeSegments {
  /** Those in which all is as it was written. */
  readonly paths: readonly string[]
  readonly damaged: readonly Damage[]
}

/**
 * Looks through segments before the engine reads them, as it knows nothing of sums. What is whole in one that is damaged is put into the
 * table `mended`, whose column `json` has a record a row.
 */
export async function wholeSegments(
  engine: DuckDBConnection,
  paths: readonly string[],
): Promise<WholeSegments> {
  await engine.run('CREATE TABLE IF NOT EXISTS mended (json JSON)')
  const damaged: Damage[] = []
  const whole: string[] = []
  for (const path of paths) {
    const name = parseSegmentFile(basename(path))
    const known = damaged.length
    const stop = hearDamage((damage) => damaged.push(damage))
    const lines = name?.summed ? await linesOfSegment(dirname(path), name) : []
    stop()
    if (damaged.length === known) whole.push(path)
    else
      await engine.run("INSERT INTO mended SELECT unnest(string_split($1, chr(10)))::JSON WHERE $1 <> ''", [
        lines.join('\n'),
      ])
  }
  return { paths: whole, damaged }
}

/** Whether a file of columns is as it was written, which the engine does not look at; of an earlier version's nobody can say. */
export function isAsWritten({ path, sum }: ColumnFile): boolean {
  return sum === undefined || sumOf(path) === sum
}
