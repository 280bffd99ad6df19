import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { copyDatabase, databaseFile } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { version } from '../version.ts'
import { detectionCursors, filesOf, type Part } from './data-files.ts'
import { copyHashed, digestOf } from './hashed-copy.ts'
import { type BackedUpFile, BackupRefused, type Manifest, writeManifest } from './manifest.ts'

export interface BackupRequest {
  readonly directory: string
  /** A folder that is not there yet, or empty. */
  readonly out: string
  readonly withRootKey: boolean
}

/** It is saved every few minutes: more often than once it is hardly in the way. */
const detectionTurnsMax = 10

/** Hears what is done, and how far it is; `of` is 0 where nobody knows. */
export type OnStep = (what: string, done: number, of: number) => void

/**
 * Copies a data directory while its server writes to it. The database is of one moment. What points at something else is copied
 * before what it points at, so that nothing in a backup is missed: first documents and cursors, then the segments, which only grow;
 * what detection remembers is of one generation, that of its cursors; archives of code before and after the documents, since one without a document is kept for an hour.
 * Faults: BackupRefused; what the file system says.
 */
export async function makeBackup(
  { directory, out, withRootKey }: BackupRequest,
  world: Pick<World, 'nowMs'>,
  onStep: OnStep,
): Promise<Manifest> {
  refuseUnfit(directory, out)
  if (withRootKey && !existsSync(join(directory, 'root.key')))
    throw new BackupRefused('the root key is not in a file of the data directory: leave out --with-root-key')
  mkdirSync(out, { recursive: true, mode: 0o700 })
  const madeAtMs = world.nowMs()
  const files = new Map<string, BackedUpFile>()

  async function take(part: Part): Promise<readonly string[]> {
    const paths = (filesOf(directory).get(part) ?? []).filter((path) => !files.has(path))
    for (const [position, path] of paths.entries()) {
      onStep(part, position, paths.length)
      const digest = await copyHashed(join(directory, path), join(out, path))
      if (digest) files.set(path, { path, ...digest })
    }
    return paths
  }

  /** What is saved meanwhile is of another generation than what was listed: then it is taken anew. */
  async function takeDetection(): Promise<void> {
    const cursors = async () => (await digestOf(join(directory, detectionCursors)))?.sha256
    for (let turn = 1; ; turn += 1) {
      const before = await cursors()
      const paths = await take('detection')
      const copied = files.get(detectionCursors)?.sha256
      if ((before === copied && copied === (await cursors())) || turn === detectionTurnsMax) return
      for (const path of paths) {
        await rm(join(out, path), { force: true })
        files.delete(path)
      }
    }
  }

  await take('code')
  const target = join(out, databaseFile)
  const seq = await copyDatabase(join(directory, databaseFile), target, ({ copied, total }) =>
    onStep('database', copied, total),
  )
  const database = await digestOf(target)
  if (!database) throw new BackupRefused(`${target} was removed while it was made`)
  files.set(databaseFile, { path: databaseFile, ...database })
  await take('code')
  if (withRootKey) await take('root-key') // Before the note: a start brings the key in line with a later note, not an earlier one.
  await takeDetection()
  await take('whole')
  await take('segments')
  await take('segments') // Those that were compressed meanwhile, under another name.

  const manifest: Manifest = { format: 1, version, madeAtMs, seq, files: [...files.values()] }
  writeManifest(out, manifest)
  return manifest
}

function refuseUnfit(directory: string, out: string): void {
  if (!existsSync(join(directory, databaseFile)))
    throw new BackupRefused(`${directory} is no data directory: name it with --data`)
  const inside = relative(directory, out)
  if (!inside.startsWith('..') && !inside.startsWith('/'))
    throw new BackupRefused(`${out} is within the data directory: name a folder elsewhere with --out`)
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new BackupRefused(`${out} is not empty: name another folder with --out`)
}
