import { isDigit, isHexDigit, isSpace, isWord, runEnd } from './characters.ts'

/** Schemes that make a server speak other protocols than a page's. */
const schemes = [
  'gopher',
  'dict',
  'file',
  'ftp',
  'ftps',
  'sftp',
  'tftp',
  'ldap',
  'ldaps',
  'smb',
  'netdoc',
  'jar',
  'imap',
  'pop3',
  'telnet',
  'rtsp',
  'rmi',
  'mongodb',
  'ssh2.exec',
]

/** Names that resolve within a provider's or one's own network. */
const internalNames = [
  'localhost',
  'localhost.localdomain',
  'metadata',
  'metadata.google.internal',
  'instance-data',
  'kubernetes.default.svc',
  'host.docker.internal',
  'rancher-metadata',
  'ip6-localhost',
  'ip6-loopback',
  'gateway.docker.internal',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'metadata.nicob.net',
  'spoofed.burpcollaborator.net',
  'localtest.me',
  'kubernetes.default',
]
const internalSuffixes = [
  '.localhost',
  '.internal',
  '.local',
  '.localdomain',
  '.nip.io',
  '.xip.io',
  '.sslip.io',
  '.localtest.me',
  '.svc.cluster.local',
  '.lvh.me',
  '.vcap.me',
  '.consul',
  '.svc',
  '.lan',
  '.corp',
  '.intranet',
]

/** Where stores and their like listen: what speaks HTTP to a name without a domain there is no browser. */
const servicePorts: ReadonlySet<string> = new Set(
  '22 25 389 1433 1521 2375 2379 3306 5432 5672 5984 6379 8500 9200 11211 27017'.split(' '),
)

/** Services that tell an attacker that a server has called them. */
const interactionSuffixes = [
  '.oast.me',
  '.oast.fun',
  '.oast.pro',
  '.oast.live',
  '.oast.site',
  '.oast.online',
  '.interact.sh',
  '.burpcollaborator.net',
  '.oastify.com',
  '.dnslog.cn',
  '.ceye.io',
  '.webhook.site',
  '.requestbin.net',
  '.requestrepo.com',
  '.canarytokens.com',
  '.ngrok.io',
  '.pipedream.net',
  '.bxss.me',
  '.xss.ht',
]

/** Tells whether a text is or holds a URL that would make a server call its own network, or speak another protocol. */
export function isServerRequest(text: string): boolean {
  const whole = text.trim()
  if (namesMetadata(whole)) return true
  // A share of Windows: whoever opens it gives the credentials of the server.
  if (/^\\\\[\w.-]{1,255}\\\w/.test(whole)) return true
  // Where the text begins, and where the name ends that it begins with: looked for once, not for each colon.
  const begins = text.length - text.trimStart().length
  const named = runEnd(text, 0, isWord)
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let start = at
    while (
      start > 0 &&
      at - start < 12 &&
      (isWord(text.charCodeAt(start - 1)) || '.+-'.includes(text.charAt(start - 1)))
    )
      start -= 1
    const scheme = text.slice(start, at).toLowerCase()
    const slashes = runEnd(text, at + 1, (code) => code === 47 || code === 92) - at - 1
    if (scheme === '' || (slashes === 0 && scheme !== 'http' && scheme !== 'https')) continue
    const alone =
      start <= begins ||
      text.charAt(start - 1) === ':' ||
      text.charAt(start - 1) === '/' ||
      // `url=http://…`: the name has come along.
      (text.charAt(start - 1) === '=' && named === start - 1)
    if (slashes >= 2 && alone && schemes.includes(scheme)) return true
    const web = scheme === 'http' || scheme === 'https'
    if ((web && (alone || slashes > 0)) || (alone && slashes >= 2)) {
      if (isInternalAuthority(text, at + 1 + slashes, alone)) return true
    }
  }
  if (isInternalName(whole)) return true
  return whole.startsWith('//') && isInternalAuthority(whole, 2, true)
}

/** `localhost/…`, `localhost:80`: an address without its scheme. */
function isInternalName(text: string): boolean {
  const end = runEnd(text, 0, (code) => isWord(code) || code === 46 || code === 45)
  return (
    end > 0 &&
    (text.charAt(end) === '/' || text.charAt(end) === ':') &&
    internalNames.includes(text.slice(0, end).toLowerCase()) &&
    !text.startsWith('metadata')
  )
}

/** The paths of metadata services by which machines get their credentials. */
function namesMetadata(text: string): boolean {
  return (
    text.includes('169.254.169.254') ||
    text.includes('169.254.170.2') ||
    text.includes('100.100.100.200') ||
    text.includes('192.0.0.192') ||
    text.includes('/latest/meta-data') ||
    text.includes('/computeMetadata/') ||
    text.includes('/metadata/v1') ||
    text.includes('[fd00:ec2::254]')
  )
}

function isInternalAuthority(text: string, start: number, alone: boolean): boolean {
  const end =
    runEnd(
      text.slice(start, start + 300),
      0,
      (code) =>
        !isSpace(code) &&
        code !== 47 &&
        code !== 63 &&
        code !== 35 &&
        code !== 92 &&
        code !== 34 &&
        code !== 39 &&
        code !== 60,
    ) + start
  const authority = text.slice(start, end).toLowerCase()
  // Credentials before the host hide it; parsers disagree about more than one at-sign or a fragment within.
  if (alone && authority.indexOf('@') > 0) return true
  const host = plainDigits(hostOf(authority.slice(authority.lastIndexOf('@') + 1)))
  if (host === '') return false
  if (host.startsWith('[')) return isInternalIpv6(host) || alone
  const address = ipv4(host)
  if (address !== undefined)
    return isInternalAddress(address) ? alone || !host.startsWith('127.') : !isDottedDecimal(host)
  if (!alone) return internalNames.slice(1).includes(host) && host !== 'metadata'
  return (
    interactionSuffixes.some((suffix) => `.${host}`.endsWith(suffix)) ||
    internalNames.includes(host) ||
    (!host.includes('.') && servicePorts.has(authority.slice(authority.lastIndexOf(':') + 1))) ||
    internalSuffixes.some((suffix) => host.endsWith(suffix))
  )
}

function hostOf(authority: string): string {
  if (authority.startsWith('[')) return authority.slice(0, authority.indexOf(']') + 1)
  const colon = authority.indexOf(':')
  return (colon < 0 ? authority : authority.slice(0, colon)).replace(/\.$/, '')
}

/** Digits and dots of other alphabets (circled, full-width, ideographic) become ASCII, as resolvers make them. */
function plainDigits(host: string): string {
  let ascii = true
  for (let at = 0; at < host.length; at += 1) if (host.charCodeAt(at) > 126) ascii = false
  return ascii ? host : host.normalize('NFKC').replaceAll('\u3002', '.')
}

/** An IPv4 address in any notation of inet_aton: one to four parts, decimal, octal or hexadecimal. */
function ipv4(host: string): number | undefined {
  const parts = host.split('.')
  if (parts.length > 4) return undefined
  let value = 0
  for (const [index, part] of parts.entries()) {
    const hex = part.startsWith('0x')
    const digits = hex ? part.slice(2) : part
    if (part === '' || runEnd(digits, 0, hex ? isHexDigit : isDigit) !== digits.length || digits.length > 40)
      return undefined
    const number = hex
      ? Number.parseInt(digits || '0', 16)
      : Number.parseInt(digits, digits.length > 1 && digits.startsWith('0') ? 8 : 10)
    if (!Number.isFinite(number)) return undefined
    const last = index === parts.length - 1
    // Parts too large wrap around in lenient parsers.
    value += last ? number % 256 ** (5 - parts.length) : (number % 256) * 256 ** (3 - index)
  }
  return value % 2 ** 32
}

function isDottedDecimal(host: string): boolean {
  const parts = host.split('.')
  return (
    parts.length === 4 &&
    parts.every(
      (part) =>
        part.length <= 3 &&
        (part === '0' || !part.startsWith('0')) &&
        runEnd(part, 0, isDigit) === part.length &&
        Number(part) < 256,
    )
  )
}

const internalNetworks: readonly (readonly [base: number, bits: number])[] = [
  [0, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0a80000, 16],
]

function isInternalAddress(address: number): boolean {
  return internalNetworks.some(
    ([base, bits]) => Math.floor(address / 2 ** (32 - bits)) === Math.floor(base / 2 ** (32 - bits)),
  )
}

function isInternalIpv6(host: string): boolean {
  const inner = host.slice(1, -1)
  return (
    inner === '' ||
    inner.startsWith('::') ||
    inner.startsWith('fe80') ||
    inner.startsWith('fc') ||
    inner.startsWith('fd') ||
    inner.startsWith('0:0') ||
    inner.startsWith('0000:') ||
    isMapped(inner)
  )
}

/** An IPv4 address within an IPv6 one. */
function isMapped(inner: string): boolean {
  return inner.includes('.')
}
