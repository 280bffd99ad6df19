import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of a backup. */
export interface BackedUpFile {
  /** Below the backup's folder, as below the data directory; parts are separated by `/`. */
  readonly path: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** What a backup says of itself. It is written last: a folder without one is no whole backup. */
export interface Manifest {
  readonly format: 1
  /** The version of Redoubt that made it. */
  readonly version: string
  readonly madeAtMs: number
  /** The change log's sequence at the moment whose state the database has. */
  readonly seq: number
  readonly files: readonly BackedUpFile[]
}

/** What makes a backup, or a place for one, unfit; the message says what to do. */
export class BackupRefused extends Error {}

const manifestFile = 'backup.json'

export function writeManifest(folder: string, manifest: Manifest): void {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  writeFileSync(join(folder, manifestFile), text, { mode: 0o600, flush: true })
}

/** Faults: BackupRefused. */
export function readManifest(folder: string): Manifest {
  let text: string
  try {
    text = readFileSync(join(folder, manifestFile), 'utf8')
  } catch {
    throw new BackupRefused(
      `${folder} is no whole backup: it has no ${manifestFile}, which is written last; make another, or name the right folder`,
    )
  }
  const manifest = parse(text)
  if (!manifest)
    throw new BackupRefused(
      `${join(folder, manifestFile)} is damaged, or of a later version of Redoubt: use another backup, or that version`,
    )
  return manifest
}

function parse(text: string): Manifest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
  if (!isRecord(value) || value['format'] !== 1 || typeof value['version'] !== 'string') return undefined
  const { madeAtMs, seq, files } = value
  if (!Number.isSafeInteger(madeAtMs) || !Number.isSafeInteger(seq)) return undefined
  if (!Array.isArray(files) || !files.every(isFile)) return undefined
  return value as unknown as Manifest // All its members were looked at above.
}

function isFile(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { path, bytes, sha256 } = value
  return (
    typeof path === 'string' && isBelow(path) && Number.isSafeInteger(bytes) && typeof sha256 === 'string'
  )
}

/** Whether a path stays below the folder that it is joined to: a backup may come from elsewhere. */
function isBelow(path: string): boolean {
  return (
    path !== '' && path.split('/').every((part) => !['', '.', '..'].includes(part)) && !/[\\\0]/.test(path)
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
