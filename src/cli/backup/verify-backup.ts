import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createSeal,
  loadRootKey,
  RootKeyError,
  type RootKeySource,
  rootKeysOf,
  type Seal,
} from '#core/seal/index.ts'
import {
  type Collection,
  databaseFile,
  declaredCollections,
  openStill,
  type StillDatabase,
} from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { digestOf } from './hashed-copy.ts'
import type { OnStep } from './make-backup.ts'
import { BackupRefused, type Manifest, readManifest } from './manifest.ts'

/** What a backup was found to be. */
export interface Verdict {
  readonly manifest: Manifest
  readonly documents: number
  /** Sealed texts that opened; undefined where no root key was there to try it. */
  readonly opened: number | undefined
  /** What is wrong with it, a line each; none when it can be restored. */
  readonly problems: readonly string[]
}

/** Lines of problems that are told. */
const problemsMax = 20

/**
 * Looks through a whole backup and changes nothing: every file's digest, SQLite's own check, every document, and every sealed text under
 * the root key from `source`, or from the backup where it holds it.
 * Faults: BackupRefused; RootKeyError where the source's key is not the backup's.
 */
export async function verifyBackup(
  folder: string,
  source: RootKeySource | undefined,
  world: Pick<World, 'randomBytes'>,
  onStep: OnStep,
): Promise<Verdict> {
  const manifest = readManifest(folder)
  const problems: string[] = []
  for (const [position, { path, bytes, sha256 }] of manifest.files.entries()) {
    onStep('files', position, manifest.files.length)
    const found = await digestOf(join(folder, path))
    if (!found) problems.push(`${path} is missing`)
    else if (found.bytes !== bytes || found.sha256 !== sha256) problems.push(`${path} was changed`)
  }
  if (!existsSync(join(folder, 'root-key.json')))
    throw new BackupRefused(`${folder} has no root-key.json any more: use another backup`)
  const seal = openSealOf(folder, source, world)
  let counts = { documents: 0, opened: 0 }
  try {
    const database = openStill(join(folder, databaseFile))
    try {
      problems.push(...database.problems().map((line) => `${databaseFile}: ${line}`))
      counts = readThrough(database, seal, problems, onStep)
    } finally {
      database.close()
    }
  } catch (error) {
    problems.push(
      `${databaseFile} cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`,
    )
  }
  const { documents, opened } = counts
  return { manifest, documents, opened: seal && opened, problems: problems.slice(0, problemsMax) }
}

/** Reads every document, and opens its sealed texts where there is a seal; adds what is wrong to `problems`. */
export function readThrough(
  database: StillDatabase,
  seal: Seal | undefined,
  problems: string[],
  onStep: OnStep,
): { readonly documents: number; readonly opened: number } {
  const known = new Map<string, Collection<object>>([...declaredCollections()].map((one) => [one.name, one]))
  let [documents, opened] = [0, 0]
  for (const { service, type, account, region, id, document } of database.documents()) {
    if (++documents % 1_000 === 0) onStep('documents', documents, 0)
    const collection = known.get(`${service}/${type}`)
    if (!collection) {
      problems.push(`${service}/${type} is a type of documents that this version of Redoubt does not know`)
      continue
    }
    collection.reseal(document, id, (purpose, context, sealed) => {
      const plaintext = seal?.tryOpen(purpose, context, sealed)
      plaintext?.fill(0)
      if (plaintext) opened += 1
      else if (seal)
        problems.push(`a sealed text of ${service}/${type} ${id} of ${account}/${region} does not open`)
      return sealed
    })
  }
  return { documents, opened }
}

/** A seal under the root key from the source, or else from the folder; undefined where there is neither. */
export function openSealOf(
  folder: string,
  source: RootKeySource | undefined,
  { randomBytes }: Pick<World, 'randomBytes'>,
): Seal | undefined {
  const candidates = source ? [source] : keptKeys(folder)
  for (const [position, candidate] of candidates.entries()) {
    try {
      return createSeal({ ...rootKeysOf(loadRootKey(candidate, folder, randomBytes)), randomBytes })
    } catch (error) {
      if (!(error instanceof RootKeyError) || position + 1 === candidates.length) throw error
    }
  }
  return undefined
}

/** Given as from the environment: reading a key's file at start would also tidy up after a rotation. */
function keptKeys(folder: string): readonly RootKeySource[] {
  return ['root.key', 'root.key.next']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map(keyOfFile)
}

/** A root key that lies in a file somewhere. */
export function keyOfFile(path: string): RootKeySource {
  return { kind: 'environment', value: readFileSync(path, 'latin1').trim() }
}
