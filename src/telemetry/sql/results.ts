import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSummedFile, summedText } from '../summed-file.ts'
import type { QueryResult } from './job.ts'

type Row = QueryResult['rows'][number]

/** What queries came to, for whichever worker is asked: in files, `rowsPerFile` rows each. */
export interface Results {
  readonly write: (queryId: string, result: QueryResult) => Promise<void>
  /** Rows from `from` on; fewer where there are no more, none of a query that has none. Undefined where they are damaged, which is told. */
  readonly read: (
    queryId: string,
    from: number,
    count: number,
  ) => Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[] } | undefined>
  /** Removes those that nobody wants any more. */
  readonly sweep: (isWanted: (queryId: string) => boolean) => Promise<void>
}

interface Part {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

const rowsPerFile = 1000
/** An earlier version's files had no sums. */
const [suffix, unsummedSuffix] = ['.summed.jsonl', '.json']
const idForm = /^[0-9a-f-]{36}$/

export function createResults(directory: string): Results {
  const root = join(directory, 'telemetry', 'lake', 'results')

  function folderOf(queryId: string): string {
    if (!idForm.test(queryId)) throw new Error('no id of a query')
    return join(root, queryId)
  }

  return {
    async write(queryId, { columns, rows }) {
      const folder = folderOf(queryId)
      const staging = `${folder}.new`
      await rm(staging, { recursive: true, force: true })
      await rm(folder, { recursive: true, force: true })
      await mkdir(staging, { recursive: true, mode: 0o700 })
      for (let at = 0; at === 0 || at < rows.length; at += rowsPerFile) {
        const part: Part = { columns, rows: rows.slice(at, at + rowsPerFile) }
        const file = join(staging, `${at / rowsPerFile}${suffix}`)
        await writeFile(file, summedText([JSON.stringify(part)]), { mode: 0o600 })
      }
      await rename(staging, folder)
    },
    async read(queryId, from, count) {
      const folder = folderOf(queryId)
      let columns: readonly string[] = []
      const found: Row[] = []
      for (let file = Math.floor(from / rowsPerFile); file * rowsPerFile < from + count; file += 1) {
        const part = await readPart(join(folder, String(file)))
        if (part === 'damaged') return undefined
        if (!part) break
        const first = file * rowsPerFile
        columns = part.columns
        found.push(...part.rows.slice(Math.max(0, from - first), from + count - first))
      }
      return { columns, rows: found }
    },
    async sweep(isWanted) {
      await mkdir(root, { recursive: true, mode: 0o700 })
      for (const name of await readdir(root))
        if (!isWanted(name)) await rm(join(root, name), { recursive: true, force: true })
    },
  }
}

async function readPart(path: string): Promise<Part | 'damaged' | undefined> {
  const summed = await readSummedFile(`${path}${suffix}`)
  if (summed) return summed.isWhole ? (JSON.parse(summed.lines[0] ?? '{}') as Part) : 'damaged' // Written above.
  try {
    return JSON.parse(await readFile(`${path}${unsummedSuffix}`, 'utf8')) as Part // Written by that version.
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
