import { type Command, InvalidArgumentError, Option } from 'commander'
import { availableParallelism } from 'node:os'
import { parseUpstream, type Upstream } from '#resolver/index.ts'
import { parseNetwork } from '#services/kms/xks/index.ts'
import { isMailAddress } from '#services/sns/mail-address.ts'
import { accountId } from './account-id.ts'
import { collectCertificates } from './certificates.ts'
import { parsePrincipal, type Principal } from './principal.ts'
import { readPublicUrl } from './public-url.ts'
import type { ServeOptions } from './serve.ts'
import { wholeNumber } from './whole-number.ts'

/** Adds `redoubt serve`. Long, since it is the list of its options, and no more. */
export function declareServe(program: Command): void {
  const command = program
    .command('serve')
    .summary('serve until a signal ends it')
    .description('Serve the API, the edge and all that acts by itself until a signal ends it.')
    .optionsGroup('The API and what is kept:')
    .addOption(
      new Option('--port <number>', 'port of the API; 0 takes a free one')
        .default(4566)
        .argParser(portNumber),
    )
    .option(
      '--host <address>',
      'address to bind to; other than loopback opens it to the network',
      '127.0.0.1',
    )
    .option(
      '--data <directory>',
      'where everything is kept (default: ./.redoubt; with --dev a folder that is removed at the end)',
    )
    .addOption(
      new Option('--workers <number>', 'server threads')
        .default(availableParallelism(), 'one a core')
        .argParser(workerCount),
    )
    .addOption(
      new Option('--partition <name>', 'partition of all ARNs')
        .choices(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b'])
        .default('aws'),
    )
    .addOption(
      new Option(
        '--public-url <url>',
        'where the world reaches the API, e.g. behind a proxy: links that subscribers are sent lead there',
      ).argParser(publicUrl),
    )
    .optionsGroup('For tests and CI:')
    .option('--dev', 'known credentials and a reset endpoint, for tests and CI only', false)
    .addOption(
      new Option(
        '--principal <account:user/name:key:secret>',
        'with --dev: a further administrator; may be repeated',
      )
        .argParser(collectPrincipals)
        .default([], 'none'),
    )
    .optionsGroup('The edge, where load balancers listen:')
    .addOption(
      new Option('--edge-port <number>', 'port that all load balancers share for HTTP; 0 takes a free one')
        .default(8080)
        .argParser(portNumber),
    )
    .addOption(
      new Option(
        '--edge-tls-port <number>',
        'port that all load balancers share for HTTPS; 0 takes a free one',
      )
        .default(8443)
        .argParser(portNumber),
    )
    .option('--edge-host <address>', 'address that load balancers bind to (default: that of --host)')
    .addOption(
      new Option('--edge-workers <number>', 'processes of the edge')
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
    .optionsGroup('What it reaches outside:')
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
    .optionsGroup('Mails of topics:')
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
    .optionsGroup('The DNS resolver:')
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
    .optionsGroup('Options:')
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
        command.error('--principal goes with --dev: it makes credentials that are known')
      // It loads the whole server, which other commands do without.
      await (await import('./serve.ts')).serve(options)
    })
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
