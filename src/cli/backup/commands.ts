import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { RootKeyError, type RootKeySource } from '#core/seal/index.ts'
import { systemWorld } from '#core/world.ts'
import { rootKeySource } from '../root-key-sources.ts'
import { told } from '../told.ts'
import { makeBackup, type OnStep } from './make-backup.ts'
import { BackupRefused, type Manifest } from './manifest.ts'
import { restoreBackup } from './restore-backup.ts'
import { keyOfFile, verifyBackup } from './verify-backup.ts'

/** What `redoubt backup` was told. */
export interface BackupOptions {
  readonly data: string
  readonly out: string
  readonly withRootKey: boolean
}

/** Each sets the exit code 1, with a line that says what to do, where it fails. */
export function backUp({ data, out, withRootKey }: BackupOptions): Promise<void> {
  return told(async () => {
    const request = { directory: resolve(data), out: resolve(out), withRootKey }
    const manifest = await makeBackup(request, systemWorld(), progress())
    console.log(backedUp(manifest, request.out, withRootKey))
  })
}

/** What `redoubt backup verify` was told. */
export interface VerifyOptions {
  readonly rootKey?: string
}

export function verify(folder: string, { rootKey }: VerifyOptions): Promise<void> {
  return told(async () => {
    await import('../../main.ts') // With it come all declarations of what is stored and sealed.
    const source = sourceFor(rootKey)
    const found = await verifyBackup(resolve(folder), source, systemWorld(), progress())
    const { manifest, documents, opened, problems } = found
    console.log(
      `${manifest.files.length} files and ${documents} documents, of ${timeOf(manifest)}, made by version ${manifest.version}`,
    )
    console.log(
      opened === undefined
        ? 'Sealed texts were NOT opened: give the root key with --root-key, or as to the server, to be sure that it fits.'
        : `${opened} sealed texts open under the root key.`,
    )
    if (problems.length === 0) return console.log('The backup is whole.')
    throw new BackupRefused(`this backup cannot be relied on:\n  ${problems.join('\n  ')}`)
  })
}

/** What `redoubt restore` was told. */
export interface RestoreOptions {
  readonly data: string
}

export function restore(folder: string, { data }: RestoreOptions): Promise<void> {
  return told(async () => {
    const directory = resolve(data)
    const manifest = await restoreBackup(resolve(folder), directory, progress())
    const key = existsSync(join(directory, 'root.key'))
      ? 'The root key was in the backup.'
      : `The root key was not in the backup: put it back as ${join(directory, 'root.key')} (mode 0600), or give it as before.`
    console.log(
      `${directory} is as it was at ${timeOf(manifest)}.\n${key}\nStart it: redoubt serve --data ${directory}`,
    )
  })
}

/** The key in a file, or where the environment says; undefined where neither is said. */
function sourceFor(rootKey: string | undefined): RootKeySource | undefined {
  if (rootKey !== undefined) {
    if (!existsSync(rootKey)) throw new RootKeyError(`there is no file ${rootKey}`)
    return keyOfFile(rootKey)
  }
  const source = rootKeySource(process.env)
  return source.kind === 'file' ? undefined : source
}

function backedUp(manifest: Manifest, out: string, withRootKey: boolean): string {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  const size = `${(bytes / 1024 ** 2).toFixed(1)} MiB in ${manifest.files.length} files`
  return `${out} holds the data directory as of ${timeOf(manifest)}: ${size}.
In it: the database, telemetry, code of functions, buckets, metrics, and root-key.json (which names the root key, and does not hold it).
${
  withRootKey
    ? 'WARNING: the root key is in it too, as --with-root-key says: whoever reads the backup reads every secret. Guard it so.'
    : 'Not in it: the root key, without which no stored secret opens. Keep it apart from the backup, and do not lose it.'
}
Check it: redoubt backup verify ${out}`
}

function timeOf({ madeAtMs }: Manifest): string {
  return new Date(madeAtMs).toISOString()
}

/** A line on a terminal that tells how far it is; where nobody looks, nothing. */
function progress(): OnStep {
  if (!process.stderr.isTTY) return () => undefined
  return (what, done, of) => {
    const far = of > 0 ? `${Math.floor((100 * done) / of)} %` : String(done)
    process.stderr.write(`\r\u001b[K${what} ${far}\r`)
  }
}
