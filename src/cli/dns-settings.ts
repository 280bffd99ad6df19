import { isIP } from 'node:net'
import { type ResolverSettings, systemUpstreams, type Upstream } from '#resolver/index.ts'

/** What `redoubt serve` was told of its DNS resolver. */
export interface DnsOptions {
  readonly host: string
  /** Absent: none runs. */
  readonly dnsPort?: number
  readonly dnsHost?: string
  readonly dnsUpstream: readonly Upstream[]
  readonly dnsAccount?: string
}

/** Upstreams beyond these are not asked: a query has to be answered within seconds. */
const upstreamsMax = 4

/** How the resolver runs, undefined where none does; a sentence for the operator where it cannot. */
export function dnsSettingsOf(
  { host, dnsPort: port, dnsHost, dnsUpstream, dnsAccount: account }: DnsOptions,
  system = systemUpstreams,
): ResolverSettings | undefined | string {
  if (port === undefined) return undefined
  const bound = dnsHost ?? host
  // What it binds to is looked up by nobody: the resolver would be asked itself.
  const address = bound === 'localhost' ? '127.0.0.1' : bound
  if (isIP(address) === 0) return `--dns-host needs an address, not '${bound}'`
  const upstreams = (dnsUpstream.length > 0 ? dnsUpstream : system()).slice(0, upstreamsMax)
  if (upstreams.length === 0)
    return 'the system names no resolver that could be asked: name one with --dns-upstream'
  const itself = upstreams.find((one) => one.port === port && isHere(one.address, address))
  if (itself)
    return `the resolver would ask itself at ${itself.address}: name another one with --dns-upstream, or another --dns-port`
  return { host: address, port, upstreams, account }
}

const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Whether what is bound to an address is reached at another one, as far as can be told without asking the system. */
function isHere(asked: string, bound: string): boolean {
  return asked === bound || (everywhere.has(bound) && (asked.startsWith('127.') || asked === '::1'))
}
