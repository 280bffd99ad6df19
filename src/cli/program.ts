import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { exportedKinds } from '#telemetry/sql/index.ts'
import { type IngestKind, ingestKinds } from '#telemetry/ingest/index.ts'
import { accountId } from './account-id.ts'
import { declareAccount } from './account/declare.ts'
import { declareBackup } from './backup/declare.ts'
import { type EdgeOptions, showEdge } from './edge.ts'
import { type ExportOptions, exportTelemetry, parseTime } from './export-telemetry.ts'
import { type GeoOptions, updateGeo } from './geo.ts'
import { type IngestFlags, ingestFiles } from './ingest.ts'
import { declareIntegrity } from './integrity/declare.ts'
import { declareCompletion, declareLooks, declareReload } from './operation.ts'
import type { RotateOptions } from './rotate-root.ts'
import { declareServe } from './serve-command.ts'
import { version } from './version.ts'

/**
 * The command, not run yet. Long, since it is the list of all commands and their options, and no more. What loads the whole server is
 * loaded when it is asked for.
 */
export const program = new Command('redoubt')
  .description("A self-hosted security cloud that speaks AWS's wire protocols and enforces what it is told.")
  .version(version)
  .showHelpAfterError('(add --help for the options)')
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt serve                   begin: everything in ./.redoubt, the API on http://127.0.0.1:4566
  $ redoubt doctor                  what this machine lacks, and what to do about it
  $ redoubt edge                    where load balancers listen
  $ redoubt backup --out monday     a copy of everything but the root key, while the server serves
  $ redoubt verify                  whether all that is kept is whole
  $ redoubt serve --help            every option of a command
  $ source <(redoubt completion bash)

docs/guide/first-steps.md leads from here to a protected application in fifteen minutes.`,
  )

program.commandsGroup('Run a server:')
declareServe(program)
declareReload(program)

program.commandsGroup('Look at a server and its machine:')
declareLooks(program)
program
  .command('edge')
  .summary('where load balancers listen, and behind which web ACL')
  .description('Show where load balancers listen, and which web ACL is before each.')
  .option('--data <directory>', 'the data directory of the server', '.redoubt')
  .option('--json', 'print JSON, for programs', false)
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt edge
  $ redoubt edge --data /var/lib/redoubt --json | jq -r '.[].urls[0]'

Names below .localhost are this machine's own; where a system does not resolve them, name the address:
  $ curl --resolve shop-1a2b.us-east-1.elb.localhost:8080:127.0.0.1 http://shop-1a2b.us-east-1.elb.localhost:8080/`,
  )
  .action((options: EdgeOptions) => showEdge(options))

program.commandsGroup('Keep what is stored, and whole:')
declareBackup(program)
declareIntegrity(program)
const keys = program
  .command('keys')
  .summary('the keys that protect what is stored')
  .description('Look after the keys that protect what is stored.')
  .addHelpText('after', '\nExamples:\n  $ redoubt keys rotate-root --data /var/lib/redoubt')

keys
  .command('rotate-root')
  .description(
    'Make a new root key and seal everything stored under it, while the server of the directory serves on. ' +
      'Without a server, the command does it itself. Run it again after a crash: it goes on where it was cut off.',
  )
  .option('--data <directory>', 'the data directory', '.redoubt')
  .addOption(
    new Option(
      '--to <source>',
      'move the root key to the file root.key, or to a PKCS#11 token (default: where it comes from now)',
    ).choices(['file', 'pkcs11']),
  )
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt keys rotate-root --data /var/lib/redoubt
  $ REDOUBT_NEW_ROOT_KEY=$(openssl rand -base64 32) redoubt keys rotate-root    for a root key from REDOUBT_ROOT_KEY
  $ REDOUBT_NEW_PASSPHRASE=... redoubt keys rotate-root                         for another passphrase
  $ redoubt keys rotate-root --to pkcs11                                        with REDOUBT_PKCS11_... set

Only who may enter the data directory can do this. Back up before and after: redoubt.db and root-key.json together, the root key
apart from them. Backups made before need the root key of their time.`,
  )
  .action(async (options: RotateOptions) => (await import('./rotate-root.ts')).rotateRoot(options))

program.commandsGroup('Bring data in and out:')
program
  .command('ingest')
  .summary('bring AWS logs of your own to detection')
  .description(
    'Bring records of AWS to detection: files and folders, whether a server of the directory runs or not.',
  )
  .addArgument(
    new Argument(
      '<kind>',
      'what they are: logs of CloudTrail, VPC flows, Route 53 Resolver queries, web ACLs',
    ).choices(ingestKinds),
  )
  .argument('<path...>', 'files (JSON, text, gzip; of flow logs Parquet too), and folders of them')
  .option('--data <directory>', 'the data directory', '.redoubt')
  .addOption(
    new Option('--account <id>', "whose records they are to be (default: their own account's)").argParser(
      accountId,
    ),
  )
  .option(
    '--format <fields>',
    'of flow logs without a line that names their fields: as CreateFlowLogs takes it',
  )
  .option('--watch', 'look for new files, and for more in those that grow, until a signal ends it', false)
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt ingest cloudtrail ./AWSLogs
  $ redoubt ingest flow --account 111122223333 flows.log.gz
  $ redoubt ingest flow --format '\${interface-id} \${srcaddr} \${dstaddr} \${protocol} \${packets} \${bytes} \${start} \${end} \${action}' flows.txt
  $ redoubt ingest dns --watch /var/log/resolver

What was ingested before is passed over: run it again after a crash, or for files that have grown.`,
  )
  .action((kind: IngestKind, paths: string[], flags: IngestFlags) => ingestFiles(kind, paths, flags))

const telemetry = program
  .command('telemetry')
  .summary('what was recorded, as Parquet')
  .description('What was recorded, for other programs.')
  .addHelpText('after', '\nExamples:\n  $ redoubt telemetry export --from 2026-01-01 --out audit.parquet')
telemetry
  .command('export')
  .description(
    'Write records of all accounts as one Parquet file, while a server of the directory serves on.',
  )
  .option('--data <directory>', 'the data directory of the server', '.redoubt')
  .addOption(
    new Option('--kind <kind>', 'audit records, flows, DNS queries or web requests')
      .choices(exportedKinds)
      .default('audit'),
  )
  .addOption(
    new Option('--from <time>', 'from when on, in UTC: 2026-01-31 or 2026-01-31T12:00:00Z')
      .argParser(timeOf)
      .makeOptionMandatory(),
  )
  .addOption(new Option('--to <time>', 'until when, that not included (default: now)').argParser(timeOf))
  .requiredOption('--out <file>', 'the file to write')
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt telemetry export --from 2026-01-01 --to 2026-02-01 --out january.parquet
  $ redoubt telemetry export --kind flow --from 2026-01-01 --out flows.parquet
  $ duckdb -c "SELECT eventName, count(*) FROM 'january.parquet' GROUP BY ALL"`,
  )
  .action((options: ExportOptions) => exportTelemetry(options))

declareAccount(program)
const geo = program
  .command('geo')
  .summary('newer data about where addresses are')
  .description('The data by which web ACLs know where addresses are.')
  .addHelpText('after', '\nExamples:\n  $ redoubt geo update')
geo
  .command('update')
  .description('Bring the newest data from the npm registry into the data directory.')
  .option('--data <directory>', 'the data directory of the server', '.redoubt')
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt geo update
  $ redoubt geo update --data /var/lib/redoubt

Countries: @ip-location-db/geo-whois-asn-country-mmdb (CC0). For rules about autonomous systems put an MMDB file with
autonomous_system_number into the data directory as geo/asn.mmdb.`,
  )
  .action((options: GeoOptions) => updateGeo(options))

program.commandsGroup('In a shell:').helpCommand(true)
declareCompletion(program)

function timeOf(text: string): number {
  const timeMs = parseTime(text)
  if (timeMs === undefined)
    throw new InvalidArgumentError('2026-01-31 or 2026-01-31T12:00:00Z is wanted, in UTC.')
  return timeMs
}
