import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { tellDamage } from '../damage.ts'
import { readSummedFile, summedText } from '../summed-file.ts'
import type { ColumnFile } from './job.ts'

/** Segments that were converted together, and the accounts of which there is a file. */
export interface Converted {
  /** Names the files: each is `<account>/<name>.parquet`. */
  readonly name: string
  /** The UTC day that the segments began on. */
  readonly day: string
  readonly segments: readonly string[]
  readonly accounts: readonly string[]
  /** Sums of the files, by account; an earlier version made none. */
  readonly sums?: Readonly<Record<string, string>>
}

/** By name: of an earlier version, without sums. */
const [manifestFile, unsummedFile] = ['manifest.summed.jsonl', 'manifest.json']

/**
 * What there is, whole and on disk; a file that it does not name is of a conversion that did not end. What is damaged of it is told and
 * passed over: those segments are converted again while the trail has them.
 */
export async function readManifest(folder: string): Promise<readonly Converted[]> {
  const summed = await readSummedFile(join(folder, manifestFile))
  if (summed) return summed.lines.map((line) => JSON.parse(line) as Converted) // `writeManifest` wrote it.
  try {
    return JSON.parse(await readFile(join(folder, unsummedFile), 'utf8')) as readonly Converted[] // Our own file.
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** An account's file of what was converted together. */
export function columnFile(
  folder: string,
  account: string,
  { name, sums }: Pick<Converted, 'name' | 'sums'>,
): ColumnFile {
  return { path: join(folder, account, `${name}.parquet`), sum: sums?.[account] }
}

/** Replaces the manifest, at once and durably. */
export async function writeManifest(folder: string, all: readonly Converted[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, manifestFile)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(summedText(all.map((one) => JSON.stringify(one))))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await sync(folder)
  await rm(join(folder, unsummedFile), { force: true })
}

/** Brings a file, or the names in a folder, onto the disk. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Looks through the files that a manifest names, and tells of those that are not as they were written. */
export async function verifyColumns(folder: string): Promise<void> {
  for (const one of await readManifest(folder))
    for (const account of one.accounts) {
      const { path, sum } = columnFile(folder, account, one)
      if (sum !== undefined && existsSync(path) && sumOf(path) !== sum) tellDamage({ file: path, at: 0 })
    }
}

const pieceBytes = 1024 * 1024

/** The sum of a file of columns: the engine, which writes and reads them, makes none. Faults: what the file system says. */
export function sumOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const piece = Buffer.allocUnsafe(pieceBytes)
    let sum = 0
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
      sum = crc32(piece.subarray(0, read), sum)
    return sum.toString(16).padStart(8, '0')
  } finally {
    closeSync(file)
  }
}
