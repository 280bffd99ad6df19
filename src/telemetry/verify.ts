import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { readPacked } from './archive/packed-day.ts'
import { type Damage, hearDamage, tellDamage } from './damage.ts'
import { blankDamaged } from './line-sums.ts'
import { verifyLogs } from './logs/index.ts'
import { listSegments } from './retention.ts'
import { linesOfSegment } from './segment-lines.ts'
import { verifyColumns } from './sql/index.ts'
import { readSummedFile } from './summed-file.ts'

/** What was looked through. */
export interface TelemetryVerdict {
  /** Lines and chunks that are as they were written, and lines of earlier versions, which have no sums. */
  readonly records: number
  readonly damaged: readonly Damage[]
}

/** Looks through all that was recorded in a data directory, and changes nothing; a server may be adding to it. */
export async function verifyTelemetry(directory: string): Promise<TelemetryVerdict> {
  const damaged: Damage[] = []
  const stop = hearDamage((damage) => damaged.push(damage))
  let records = 0
  try {
    const telemetry = join(directory, 'telemetry')
    for (const folder of [join(directory, 'metrics'), ...foldersIn(telemetry)])
      for (const name of await listSegments(folder)) records += (await linesOfSegment(folder, name)).length
    const logs = join(telemetry, 'logs')
    if (existsSync(logs)) records += await verifyLogs(logs)
    for (const folder of foldersIn(join(telemetry, 'archives'))) await verifyArchive(folder)
    const lake = join(telemetry, 'lake')
    for (const folder of [join(telemetry, 'detection'), ...foldersIn(join(lake, 'results'))])
      records += await verifyFiles(folder)
    for (const folder of foldersIn(lake)) await verifyColumns(folder)
  } finally {
    stop()
  }
  return { records, damaged }
}

/** Files of summed lines that count as a whole. */
async function verifyFiles(folder: string): Promise<number> {
  let lines = 0
  for (const { name } of entriesOf(folder))
    if (name.endsWith('.summed.jsonl')) lines += (await readSummedFile(join(folder, name)))?.lines.length ?? 0
  return lines
}

async function verifyArchive(folder: string): Promise<void> {
  for (const { name } of entriesOf(folder)) {
    if (name.endsWith('.new')) continue // Being written, or left by a crash: it counts once it has its name.
    const path = join(folder, name)
    const file = await openIfThere(path)
    if (!file) continue
    try {
      const text = name.endsWith('.zst')
        ? await readPacked(file, 0, Number.MAX_SAFE_INTEGER, path)
        : await file.readFile()
      // A file may end in what a crash tore, or is just being written.
      const whole = text.subarray(0, text.lastIndexOf('\n') + 1)
      if (name.includes('.summed.')) blankDamaged(whole, (at) => tellDamage({ file: path, at }))
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('is damaged'))) throw error
      tellDamage({ file: path, at: 0 })
    } finally {
      await file.close()
    }
  }
}

/** A server may have packed or removed it meanwhile. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function foldersIn(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
