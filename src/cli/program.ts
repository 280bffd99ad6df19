import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { availableParallelism } from 'node:os'
import { parseUpstream, type Upstream } from '#resolver/index.ts'
import { parseNetwork } from '#services/kms/xks/index.ts'
import { exportedKinds } from '#telemetry/sql/index.ts'
import { type IngestKind, ingestKinds } from '#telemetry/ingest/index.ts'
import { isMailAddress } from '#services/sns/mail-address.ts'
import { declareAccount } from './account/declare.ts'
import { declareBackup } from './backup/declare.ts'
import { collectCertificates } from './certificates.ts'
import { type EdgeOptions, showEdge } from './edge.ts'
import { type ExportOptions, exportTelemetry, parseTime } from './export-telemetry.ts'
import { type GeoOptions, updateGeo } from './geo.ts'
import { type IngestFlags, ingestFiles } from './ingest.ts'
import { declareOperation } from './operation.ts'
import { declareIntegrity } from './integrity/declare.ts'
import { parsePrincipal, type Principal } from './principal.ts'
import { readPublicUrl } from './public-url.ts'
import { rotateRoot, type RotateOptions } from './rotate-root.ts'
import { serve, type ServeOptions } from './serve.ts'
import { version } from './version.ts'

/** The command, not run yet. Long, since it is the list of all commands and their options, and no more. */
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

program
  .command('serve')
  .description('Serve the API until a signal ends it.')
  .addOption(
    new Option('--port <number>', 'port of the API; 0 takes a free one').default(4566).argParser(portNumber),
  )
  .option('--host <address>', 'address to bind to; other than loopback opens it to the network', '127.0.0.1')
  .option(
    '--data <directory>',
    'where everything is kept (default: ./.redoubt; with --dev a folder that is removed at the end)',
  )
  .addOption(
    new Option('--workers <number>', 'server threads (default: one a core)')
      .default(availableParallelism(), 'one a core')
      .argParser(workerCount),
  )
  .addOption(
    new Option('--partition <name>', 'partition of all ARNs')
      .choices(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b'])
      .default('aws'),
  )
  .option('--dev', 'known credentials and a reset endpoint, for tests and CI only', false)
  .addOption(
    new Option(
      '--principal <account:user/name:key:secret>',
      'with --dev: a further administrator; may be repeated',
    )
      .argParser(collectPrincipals)
      .default([], 'none'),
  )
  .addOption(
    new Option(
      '--xks-ca <file>',
      'PEM certificates to trust in proxies of external key stores; may be repeated',
    )
      .argParser(collectCertificates)
      .default([], "the system's alone"),
  )
  .addOption(
    new Option(
      '--xks-network <cidr>',
      'a private network in which proxies of external key stores may be, e.g. 10.20.0.0/16; may be repeated',
    )
      .argParser(collectNetworks)
      .default([], 'public addresses alone'),
  )
  .addOption(
    new Option('--xks-timeout <milliseconds>', 'how long a proxy of an external key store may take')
      .default(250)
      .argParser((text) => wholeNumber(text, 10, 60_000)),
  )
  .addOption(
    new Option(
      '--dns-port <number>',
      'port of a DNS resolver whose queries are recorded for detection; 0 takes a free one (default: no resolver)',
    ).argParser(portNumber),
  )
  .option('--dns-host <address>', 'address that the resolver binds to (default: that of --host)')
  .addOption(
    new Option(
      '--dns-upstream <address[:port]>',
      'a resolver that is asked, e.g. 192.0.2.53 or [2001:db8::53]:5300; may be repeated',
    )
      .argParser(collectUpstreams)
      .default([], "the system's"),
  )
  .addOption(
    new Option(
      '--dns-account <id>',
      'the account whose queries the resolver records (default: the first account)',
    ).argParser(accountId),
  )
  .addOption(
    new Option('--edge-port <number>', 'port that all load balancers share for HTTP; 0 takes a free one')
      .default(8080)
      .argParser(portNumber),
  )
  .addOption(
    new Option('--edge-tls-port <number>', 'port that all load balancers share for HTTPS; 0 takes a free one')
      .default(8443)
      .argParser(portNumber),
  )
  .option('--edge-host <address>', 'address that load balancers bind to (default: that of --host)')
  .addOption(
    new Option('--edge-workers <number>', 'processes of the edge (default: one a core)')
      .default(availableParallelism(), 'one a core')
      .argParser(workerCount),
  )
  .addOption(
    new Option(
      '--oidc-network <cidr>',
      'a private network in which identity providers of load balancers may be; may be repeated',
    )
      .argParser(collectNetworks)
      .default([], 'public addresses alone'),
  )
  .addOption(
    new Option(
      '--webhook-ca <file>',
      'PEM certificates to trust in API destinations and subscribers of topics; may be repeated',
    )
      .argParser(collectCertificates)
      .default([], "the system's alone"),
  )
  .addOption(
    new Option(
      '--webhook-network <cidr>',
      'a private network in which API destinations and subscribers of topics may be; may be repeated',
    )
      .argParser(collectNetworks)
      .default([], 'public addresses alone'),
  )
  .addOption(
    new Option(
      '--public-url <url>',
      'where the world reaches the API, e.g. behind a proxy: links that subscribers are sent lead there',
    ).argParser(publicUrl),
  )
  .option('--smtp-host <name>', 'SMTP server that sends the mails of topics; without one none is sent')
  .addOption(new Option('--smtp-port <number>', 'its port').default(587).argParser(portNumber))
  .addOption(
    new Option('--smtp-from <address>', 'where those mails come from; goes with --smtp-host').argParser(
      mailAddress,
    ),
  )
  .option('--smtp-user <name>', 'who logs in there, with the password REDOUBT_SMTP_PASSWORD')
  .addOption(
    new Option(
      '--smtp-tls <how>',
      'STARTTLS, TLS from the first byte, or none: mails can be read on their way',
    )
      .choices(['starttls', 'implicit', 'none'])
      .default('starttls'),
  )
  .addOption(
    new Option('--smtp-ca <file>', 'PEM certificates to trust in the SMTP server; may be repeated')
      .argParser(collectCertificates)
      .default([], "the system's alone"),
  )
  .addHelpText(
    'after',
    `
Examples:
  $ redoubt serve                                     data in ./.redoubt, API on http://127.0.0.1:4566
  $ redoubt serve --data /var/lib/redoubt --workers 4
  $ redoubt serve --dev --port 0 --principal 123456789012:user/ci:CIKEY:CISECRET
  $ redoubt serve --dns-port 5353 --dns-upstream 192.0.2.53

The root key that seals all secrets is made in the data directory on first start. To keep it elsewhere, set
REDOUBT_ROOT_KEY (32 bytes in base64), REDOUBT_PASSPHRASE, or REDOUBT_PKCS11_MODULE, _TOKEN, _PIN and _KEY.`,
  )
  .action(async (options: ServeOptions) => {
    if (options.principal.length > 0 && !options.dev)
      program.error('--principal goes with --dev: it makes credentials that are known')
    await serve(options)
  })

const keys = program
  .command('keys')
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
  .action((options: RotateOptions) => rotateRoot(options))

program
  .command('edge')
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

const geo = program
  .command('geo')
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

program
  .command('ingest')
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

declareBackup(program)
declareAccount(program)
declareIntegrity(program)
declareOperation(program)

function timeOf(text: string): number {
  const timeMs = parseTime(text)
  if (timeMs === undefined)
    throw new InvalidArgumentError('2026-01-31 or 2026-01-31T12:00:00Z is wanted, in UTC.')
  return timeMs
}

function accountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('An account id has twelve digits.')
  return text
}

function portNumber(text: string): number {
  return wholeNumber(text, 0, 65_535)
}

function mailAddress(text: string): string {
  if (!isMailAddress(text))
    throw new InvalidArgumentError('A mail address is wanted, e.g. cloud@example.com.')
  return text
}

function publicUrl(text: string): string {
  const origin = readPublicUrl(text)
  if (origin === undefined)
    throw new InvalidArgumentError(
      'An http or https URL without path or credentials is wanted, e.g. https://cloud.example.com.',
    )
  return origin
}

function workerCount(text: string): number {
  return wholeNumber(text, 1, 64)
}

function wholeNumber(text: string, min: number, max: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < min || number > max)
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is wanted.`)
  return number
}

function collectPrincipals(text: string, earlier: readonly Principal[]): readonly Principal[] {
  const principal = parsePrincipal(text)
  if (!principal)
    throw new InvalidArgumentError(
      'ACCOUNT:user/NAME:ACCESSKEY:SECRET is wanted, e.g. 123456789012:user/ci:CIKEY:CISECRET.',
    )
  return [...earlier, principal]
}

function collectUpstreams(text: string, earlier: readonly Upstream[]): readonly Upstream[] {
  const upstream = parseUpstream(text)
  if (!upstream)
    throw new InvalidArgumentError('An address is wanted, e.g. 192.0.2.53 or [2001:db8::53]:5300.')
  return [...earlier, upstream]
}

function collectNetworks(text: string, earlier: readonly string[]): readonly string[] {
  if (!parseNetwork(text))
    throw new InvalidArgumentError('A network is wanted, e.g. 10.20.0.0/16 or fd12::/16.')
  return [...earlier, text]
}
