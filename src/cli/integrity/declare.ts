import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { RootKeyError } from '#core/seal/index.ts'
import { systemWorld } from '#core/world.ts'
import { BackupRefused } from '../backup/manifest.ts'
import { keyOfFile } from '../backup/verify-backup.ts'
import { rootKeySource } from '../root-key-sources.ts'
import { told } from '../told.ts'
import { repairWal } from './repair-wal.ts'
import { verifyDirectory } from './verify-directory.ts'

/** Lines of problems that are told. */
const problemsMax = 50

/** Adds `redoubt verify` and `redoubt repair`. */
export function declareIntegrity(program: Command): void {
  program
    .command('verify')
    .summary('read everything, and check every sum')
    .description(
      'Read all of a data directory and check every sum, while a server may be using it. Nothing is changed.',
    )
    .option('--data <directory>', 'the data directory', '.redoubt')
    .option('--root-key <file>', 'the root key, in base64 (default: as for the server)')
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt verify --data /var/lib/redoubt
  $ redoubt verify --data /var/lib/redoubt --root-key /safe/root.key

Checked: the database and its write-ahead log, every document, every sealed text, code of functions, records, log events, metrics, event
archives, columns and results of CloudTrail Lake, what detection remembers, compressed files of buckets. Exit codes: 0 all is whole; 1 something is not, and is told.`,
    )
    .action((options: { readonly data: string; readonly rootKey?: string }) =>
      told(() => verify(resolve(options.data), options.rootKey)),
    )
  program
    .command('repair')
    .summary('mend a write-ahead log that a start refuses')
    .description('Mend a damaged write-ahead log, which a start refuses. Restoring a backup comes first.')
    .option('--data <directory>', 'the data directory, whose server does not run', '.redoubt')
    .option(
      '--drop',
      'give up what was committed from the damaged place on, where it cannot be mended',
      false,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt repair --data /var/lib/redoubt
  $ redoubt repair --data /var/lib/redoubt --drop

Where one flipped bit explains the damage, it is flipped back and nothing is lost. Else nothing is done without --drop.`,
    )
    .action(({ data, drop }: { readonly data: string; readonly drop: boolean }) =>
      told(() => console.log(repairWal(resolve(data), drop))),
    )
}

async function verify(directory: string, rootKey: string | undefined): Promise<void> {
  await import('../../main.ts') // With it come all declarations of what is stored and sealed.
  const given = rootKeySource(process.env)
  if (rootKey !== undefined && !existsSync(rootKey)) throw new RootKeyError(`there is no file ${rootKey}`)
  const source = rootKey !== undefined ? keyOfFile(rootKey) : given.kind === 'file' ? undefined : given
  const found = await verifyDirectory(directory, source, systemWorld(), () => undefined)
  const { documents, opened, archives, records, objects, inUse, problems } = found
  console.log(
    `${documents} documents, ${archives} archives of code, ${records} records, ${objects} files of buckets were read${inUse ? ', while a server uses them' : ''}.`,
  )
  console.log(
    opened === undefined
      ? 'Sealed texts were NOT opened: give the root key with --root-key, or as to the server.'
      : `${opened} sealed texts open under the root key.`,
  )
  if (problems.length === 0) return console.log(`${join(directory)} is whole.`)
  const more = problems.length > problemsMax ? `\n  and ${problems.length - problemsMax} more` : ''
  throw new BackupRefused(
    `${problems.length} problems; what is damaged is not served: restore it from a backup:\n  ${problems.slice(0, problemsMax).join('\n  ')}${more}`,
  )
}
