import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { RootKeySource } from '#core/seal/index.ts'
import {
  DamagedWal,
  databaseFile,
  DirectoryInUse,
  examineWalOf,
  lockDataDirectory,
  openStill,
} from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { DamagedCode, openCodeStore } from '#functions/index.ts'
import { verifyTelemetry } from '#telemetry/index.ts'
import type { OnStep } from '../backup/make-backup.ts'
import { BackupRefused } from '../backup/manifest.ts'
import { openSealOf, readThrough } from '../backup/verify-backup.ts'
import { verifyBuckets } from './verify-buckets.ts'

/** What a data directory was found to be. */
export interface DirectoryVerdict {
  readonly documents: number
  /** Sealed texts that opened; undefined where no root key was there to try it. */
  readonly opened: number | undefined
  readonly archives: number
  readonly records: number
  /** Compressed files of buckets. */
  readonly objects: number
  /** Whether a server was using it meanwhile. */
  readonly inUse: boolean
  /** What is wrong, a line each. */
  readonly problems: readonly string[]
}

/**
 * Looks through all of a data directory that has sums, and changes nothing, while a server may be using it: the write-ahead log is then
 * its own. Of files that the operator laid into buckets nobody can say whether they are as they were.
 * Faults: BackupRefused where there is no data directory; RootKeyError where the key is another's; DamagedWal.
 */
export async function verifyDirectory(
  directory: string,
  source: RootKeySource | undefined,
  world: Pick<World, 'randomBytes' | 'nowMs'>,
  onStep: OnStep,
): Promise<DirectoryVerdict> {
  if (!existsSync(join(directory, databaseFile)))
    throw new BackupRefused(`${directory} is no data directory: name it with --data`)
  const unlock = lockIfFree(directory)
  try {
    // SQLite would forget what is behind a damaged place as soon as it opens the database.
    const wal = unlock ? examineWalOf(directory) : undefined
    if (wal?.kind === 'damaged') throw new DamagedWal(`${join(directory, databaseFile)}-wal`, wal)
    const problems: string[] = []
    const seal = openSealOf(directory, source, world)
    let counts = { documents: 0, opened: 0 }
    try {
      const database = openStill(join(directory, databaseFile))
      try {
        onStep('database', 0, 0)
        problems.push(...database.problems().map((line) => `${databaseFile}: ${line}`))
        counts = readThrough(database, seal, problems, onStep)
      } finally {
        database.close()
      }
    } catch (error) {
      problems.push(`${databaseFile}: ${error instanceof Error ? error.message : 'unknown error'}`)
    }
    onStep('code', 0, 0)
    const archives = await verifyCode(directory, world, problems)
    onStep('telemetry', 0, 0)
    const { records, damaged } = await verifyTelemetry(directory)
    for (const { file, at } of damaged) problems.push(`${relative(directory, file)} is damaged at byte ${at}`)
    onStep('buckets', 0, 0)
    const buckets = join(directory, 'buckets')
    const { files: objects, damaged: objectsDamaged } = await verifyBuckets(buckets)
    for (const file of objectsDamaged) problems.push(`${join('buckets', file)} is damaged`)
    const { documents, opened } = counts
    return { documents, opened: seal && opened, archives, records, objects, inUse: !unlock, problems }
  } finally {
    unlock?.()
  }
}

async function verifyCode(
  directory: string,
  { nowMs }: Pick<World, 'nowMs'>,
  problems: string[],
): Promise<number> {
  const folder = join(directory, 'functions', 'code')
  const store = openCodeStore(directory, () => '', nowMs) // It only reads.
  const digests = existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name)) : []
  for (const digest of digests)
    try {
      await store.get(digest)
    } catch (error) {
      if (!(error instanceof DamagedCode)) throw error
      problems.push(relative(directory, error.message))
    }
  return digests.length
}

/** Undefined where a server has it. */
function lockIfFree(directory: string): (() => void) | undefined {
  try {
    return lockDataDirectory(directory)
  } catch (error) {
    if (error instanceof DirectoryInUse) return undefined
    throw error
  }
}
