import type { Command } from 'commander'
import {
  backUp,
  type BackupOptions,
  restore,
  type RestoreOptions,
  verify,
  type VerifyOptions,
} from './commands.ts'

/** Adds `redoubt backup` and `redoubt restore`. */
export function declareBackup(program: Command): void {
  const backup = program
    .command('backup')
    .summary('copy all of it while a server serves, and check copies')
    .description('Copy a data directory while its server serves on, and check such copies.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ redoubt backup --out /backup/monday\n  $ redoubt backup verify /backup/monday --root-key /safe/root.key',
    )
  backup
    .command('make', { isDefault: true })
    .description('Make a backup: what was acknowledged before is in it. The word make may be left out.')
    .option('--data <directory>', 'the data directory', '.redoubt')
    .requiredOption('--out <folder>', 'where the backup is written: a folder that is new or empty')
    .option('--with-root-key', 'put root.key in too: whoever reads the backup then reads every secret', false)
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt backup --data /var/lib/redoubt --out /backup/monday
  $ redoubt backup --out /backup/monday && tar -C /backup -cz monday > monday.tar.gz

In it is all of the data directory but its locks, its control socket and the root key: database, telemetry, code of functions, buckets,
metrics, root-key.json. Keep the root key apart from backups; each opens with the root key of its time.`,
    )
    .action((options: BackupOptions) => backUp(options))
  backup
    .command('verify')
    .description(
      "Check a backup and change nothing: every file, SQLite's integrity, every document, every sealed text.",
    )
    .argument('<folder>', 'the backup')
    .option('--root-key <file>', 'the root key, in base64 (default: from the environment, as for the server)')
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt backup verify /backup/monday --root-key /safe/root.key
  $ REDOUBT_PASSPHRASE=... redoubt backup verify /backup/monday

Exit codes: 0 the backup is whole; 1 it is not, or the root key is another's.`,
    )
    .action((folder: string, options: VerifyOptions) => verify(folder, options))
  program
    .command('restore')
    .summary('make a data directory of a backup')
    .description('Make a new data directory of a backup.')
    .argument('<folder>', 'the backup')
    .requiredOption('--data <directory>', 'the data directory to make: new or empty')
    .addHelpText(
      'after',
      `
Examples:
  $ redoubt restore /backup/monday --data /var/lib/redoubt
  $ install -m 600 /safe/root.key /var/lib/redoubt/root.key && redoubt serve --data /var/lib/redoubt`,
    )
    .action((folder: string, options: RestoreOptions) => restore(folder, options))
}
