import type { Command } from 'commander'
import { accountId } from '../account-id.ts'
import { type ExportOptions, exportOne, type ImportOptions, importOne } from './commands.ts'

/** Adds `redoubt account`. */
export function declareAccount(program: Command): void {
  const account = program
    .command('account')
    .summary('move an account to another data directory')
    .description('Move an account from one data directory to another.')
    .addHelpText('after', '\nExamples:\n  $ redoubt account export 111122223333 --out shop.account')
  account
    .command('export')
    .description('Write all of an account, of all Regions, to one file, while its server may run.')
    .argument('<accountId>', 'the account', accountId)
    .option('--data <directory>', 'the data directory', '.redoubt')
    .requiredOption('--out <file>', 'the file to write: a new one')
    .option('--with-records', "put the account's audit records in, too", false)
    .addHelpText(
      'after',
      `
Examples:
  $ REDOUBT_EXPORT_PASSPHRASE=... redoubt account export 111122223333 --data /var/lib/redoubt --out shop.account
  $ redoubt account export 111122223333 --out shop.account --with-records

Secrets in the file are sealed under REDOUBT_EXPORT_PASSPHRASE, all else is readable, and all of it is guarded against change.
Not in it: log events, flows, metrics, event archives and buckets; what belongs to the deployment. The root key is given as to the server.`,
    )
    .action((id: string, options: ExportOptions) => exportOne(id, options))
  account
    .command('import')
    .description('Take an exported account into a data directory whose server does not run.')
    .argument('<file>', 'what redoubt account export wrote')
    .option('--data <directory>', 'the data directory, of the same partition', '.redoubt')
    .addHelpText(
      'after',
      `
Examples:
  $ REDOUBT_EXPORT_PASSPHRASE=... redoubt account import shop.account --data /var/lib/redoubt

An account that is there already is refused, unless it is empty. A file that is not whole, to the last bit, changes nothing.`,
    )
    .action((file: string, options: ImportOptions) => importOne(file, options))
}
