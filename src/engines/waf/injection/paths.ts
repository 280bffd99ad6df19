import { isDigit, isLetter, isSpace, isWord, runEnd } from './characters.ts'
import { servedDotNames, systemFolders, tellingFiles, tellingFolders } from './system-files.ts'

const pathMax = 4096

/** Tells whether a text, read as the name of a file, climbs out of its folder or names a file of the system. */
export function isPathTraversal(text: string): boolean {
  const given = text.length > pathMax ? text.slice(0, pathMax) : text
  const path = normalized(given)
  if (path.includes('../') && climbs(path, text)) return true
  if (climbsOddly(given) || cutName.test(given)) return true
  if (isWrapped(path)) return true
  return namesSystemFile(path)
}

/** Dots and separators and nothing else, a segment of two dots among them: `..;.\.;`. */
const dotsAlone = /^[./\\;]{4,400}$/
const twoDots = /(?:^|[/\\;])\.\.[/\\;]/

/** Paths that climb by what a filter or a decoder drops: escaped separators (`\.\.\/`), semicolons as slashes. */
function climbsOddly(text: string): boolean {
  if (dotsAlone.test(text) && twoDots.test(text)) return true
  if (!text.includes('\\.\\.')) return false
  const path = normalized(text.replaceAll(/\\([./])/g, '$1'))
  return path.includes('../') && climbs(path, text)
}

/** Tells whether the path of a URL asks for a hidden file or a folder of tools that no site means to serve. */
export function isHiddenFile(path: string): boolean {
  const segments = normalized(path.slice(0, pathMax)).split('/')
  // Browsers resolve `..` before they ask.
  if (segments.includes('..')) return true
  for (const segment of segments) {
    if (
      segment.startsWith('.') &&
      segment.length > 1 &&
      segment !== '..' &&
      !servedDotNames.has(segment) &&
      isLetter(segment.charCodeAt(1))
    )
      return true
    if (tellingFiles.has(segment) && segment.includes('.')) return true
    if (segment.endsWith('~') || backupExtensions.some((extension) => segment.endsWith(extension)))
      return segment.length > 2
  }
  return false
}

const backupExtensions = [
  '.bak',
  '.old',
  '.orig',
  '.swp',
  '.sql',
  '.conf',
  '.ini',
  '.log',
  '.inc',
  '.mdb',
  '.config',
  '.cer',
  '.key',
  '.pem',
]

/** Signs of a path that servers and libraries have read as a slash or a dot, in their many ways of writing. */
const spellings: readonly (readonly [string, string])[] = [
  ['\\', '/'],
  ['\u2215', '/'],
  ['\u2216', '/'],
  ['\uff0f', '/'],
  ['\uff3c', '/'],
  ['\uff0e', '.'],
  ['\u2024', '.'],
  ['%ef%bc%8f', '/'],
  ['%ef%bc%8e', '.'],
  ['%e2%88%95', '/'],
  ['%u2215', '/'],
  ['%u2216', '/'],
  ['%uff0f', '/'],
  ['%uff0e', '.'],
  ['%u002e', '.'],
  ['%u002f', '/'],
  ['%c1%8s', '/'],
  ['%e0%80%af', '/'],
  ['%e0%80%ae', '.'],
  ['0x2e', '.'],
  ['0x2f', '/'],
  ['0x5c', '/'],
  ['\u00e0\u0080\u00af', '/'],
  ['\u00e0\u0080\u00ae', '.'],
  ['\ufffd\ufffd\ufffd', '/'],
  ['\ufffd\ufffd', '/'],
  ['..2f', '../'],
  ['%00', '\0'],
]

/** Percent signs escaped as often as one likes: as many decoders take off one each. */
const escapedPercent = /%(?:25)+(?=[2-7c%])/g
/** A dot, a slash or a backslash as an escape whose percent signs are doubled or whose digits are escaped: `%%32%65`, `%2%f`. */
const brokenEscape = /%{1,2}(?:3([25])%{0,2}6([356])|([25])%{0,2}([cef]))/g
/**
 * What is two bytes long where one is enough, whatever the second's first bits, escaped or as Latin-1 (in small letters).
 * Source: RFC 3629, section 10.
 */
const overlong = /(?:%{1,2}c([01])|([\u00e0\u00e1]))(?:%{1,2}([0-9a-f]{2})|([\0-\x24\x26-\u00bf]))/g
/** Control characters that libraries drop from a path. */
// oxlint-disable-next-line no-control-regex -- they are what is meant
const control = /%0[1-8d]|[\x01-\x08\r]/g

function brokenMeaning(written: string, ...digits: readonly (string | undefined)[]): string {
  const [high = '', low = '', first = '', second = ''] = digits
  const code = high === '' ? first + second : high + (low === '3' ? 'c' : low === '5' ? 'e' : 'f')
  return code === '2e' ? '.' : code === '2f' || code === '5c' ? '/' : written
}

function overlongMeaning(written: string, ...parts: readonly (string | undefined)[]): string {
  const [digit, lead, hex, raw] = parts
  const high = digit === '1' || lead === '\u00e1' ? 64 : 0
  const low = raw === undefined ? Number.parseInt(hex ?? '', 16) : raw.charCodeAt(0)
  const code = high + (low & 63)
  return code === 46 ? '.' : code === 47 || code === 92 ? '/' : written
}

/** What no list of spellings can have all of: escapes of escapes, broken ones, overlong bytes. */
function unescaped(text: string): string {
  let path = text
  if (path.includes('%'))
    path = path
      .replaceAll(escapedPercent, '%')
      .replaceAll(overlong, overlongMeaning)
      .replaceAll(brokenEscape, brokenMeaning)
  else if (/[\u00e0\u00e1]/.test(path)) path = path.replaceAll(overlong, overlongMeaning)
  return path.replaceAll(control, '')
}

/** What one of the spellings has. */
const respelled = /[\\%\x80-\uffff]|0x[25]|\.\.2f/
/** What is dropped between dots and slashes, or may be. */
const padded = /[\0";]|\/[/.]|\.\.\./

/** The path in one way of writing: lower case, slashes, without what servers drop between dots and slashes. */
function normalized(text: string): string {
  let path = unescaped(text.toLowerCase())
  if (respelled.test(path))
    for (const [written, meant] of spellings)
      if (path.includes(written)) path = path.replaceAll(written, meant)
  if (!padded.test(path)) return path
  // `..;/` (Tomcat drops parameters), `....//` and `.../` (filters drop `../` once), `/./`, NUL.
  let plain = ''
  for (let at = 0; at < path.length; at += 1) {
    const character = path.charAt(at)
    if (character === '\0' || character === '"') continue
    if (character === ';' && plain.endsWith('..')) {
      const end = runEnd(path, at + 1, (code) => isWord(code) || code === 61)
      if (path.charAt(end) === '/') {
        at = end - 1
        continue
      }
    }
    if (character === ';' && plain.endsWith('.') && path.charAt(at + 1) === '/') continue
    if (character === ';' && plain.endsWith('./') && path.charAt(at + 1) === '.') continue
    if (character === '/' && plain.endsWith('/') && !plain.endsWith(':/')) continue
    if (character === '/' && plain.endsWith('/.')) {
      plain = plain.slice(0, -1)
      continue
    }
    plain += character
  }
  return plain.replaceAll('....', '..').replaceAll('.../', '../')
}

/** Whether the segments climb above where the path starts, or climb to a system's folder. */
function climbs(path: string, text: string): boolean {
  const prose = looksLikeText(text)
  let depth = 0
  let climbed = 0
  let start = 0
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const segment = path.slice(start, at)
    start = at + 1
    if (segment.endsWith('..') && !isWord(segment.charCodeAt(segment.length - 3))) {
      depth -= 1
      climbed += 1
      if (climbed > 2 && !prose) return true
      const rest = path.slice(start, start + 40)
      if (systemFolders.some((folder) => rest.startsWith(folder)) || tellingFiles.has(fileName(rest)))
        return true
      if (depth < 0 && !prose && !rest.startsWith('..')) return true
    } else if (segment.endsWith(':') || segment.endsWith('='))
      depth = 0 // A member's or an argument's name: the root is here.
    else if (segment !== '' && segment !== '.') depth += 1
  }
  if (climbed > 0 && !prose && tellingFiles.has(fileName(path.slice(start)).replace(/[}\])]+$/, '')))
    return true
  return path.endsWith('/..') && depth <= 0 && !prose
}

/** Documents mention relative paths of sources; only what stands alone, or names a file, is a path. */
function looksLikeText(text: string): boolean {
  let gaps = 0
  for (let at = 0; at < text.length && gaps < 4; at += 1)
    if (isSpace(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at - 1))) gaps += 1
  return gaps >= 4
}

function fileName(rest: string): string {
  return rest.slice(
    0,
    runEnd(
      rest,
      0,
      (code) =>
        !isSpace(code) &&
        code !== 47 &&
        code !== 63 &&
        code !== 35 &&
        code !== 38 &&
        code !== 34 &&
        code !== 39,
    ),
  )
}

/** Streams that PHP and Java open in the place of a file. */
const wrappers = [
  'php://',
  'file://',
  'file:/',
  'phar://',
  'zip://',
  'zlib://',
  'bzip2://',
  'compress.zlib://',
  'compress.bzip2://',
  'expect://',
  'glob://',
  'ogg://',
  'rar://',
  'ssh2.',
  'data://',
  'jar:',
  'netdoc:',
  'url:file:',
  'classpath:',
  'php:/',
  'input:/',
]

function isWrapped(path: string): boolean {
  const start = path.startsWith('/') ? 1 : 0
  const wrapper = wrappers.find((candidate) => path.startsWith(candidate, start))
  if (wrapper !== undefined && path.length > start + wrapper.length)
    return wrapper !== 'jar:' || path.includes('!')
  // A file's content within its address: a picture is shown, a text is included.
  if (/^\/?data:(?:text\/(?:plain|x-php|php)|application\/x-(?:httpd-)?php)?[;,]\S/.test(path)) return true
  return (
    path.includes('php://filter/') || path.startsWith('convert.iconv.') || path.startsWith('convert.base64-')
  )
}

/** A path of the system from its root on, with or without a drive, or its end that is a telling file. */
function namesSystemFile(path: string): boolean {
  let start = runEnd(path, 0, isSpace)
  while (path.charAt(start) === '/' && path.charAt(start + 1) === '/') start += 1
  const drive =
    isLetter(path.charCodeAt(start)) && path.charAt(start + 1) === ':' && path.charAt(start + 2) === '/'
  if (drive)
    return looksLikeText(path)
      ? tellingFolders.some((folder) => path.startsWith(folder, start + 2))
      : path.length > start + 4 && !isOwnFile(path, start + 2)
  const rooted = path.charAt(start) === '/' ? path.slice(start) : `/${path.slice(start)}`
  if (looksLikeText(rooted) && !rooted.includes('/etc/passwd')) return false
  if (
    rooted.includes('/etc/passwd') ||
    rooted.includes('/etc/shadow') ||
    rooted.includes('/etc/hosts') ||
    rooted.includes('/win.ini') ||
    rooted.includes('/boot.ini') ||
    rooted.includes('/proc/self/')
  )
    return true
  const bare = path.charAt(start) !== '/'
  if (tellingFolders.some((folder) => rooted.startsWith(folder)))
    return !bare || tellingFiles.has(lastName(rooted)) || rooted.startsWith('/etc/')
  const last = lastName(rooted)
  if (telling.test(path)) return true
  if (hiddenAlone.test(path) && !servedDotNames.has(last)) return true
  if (holdsKeys.test(path)) return true
  if (bare && path.includes('/') && last.startsWith('.') && tellingFiles.has(last)) return true
  return (
    !bare &&
    tellingFiles.has(lastName(rooted)) &&
    rooted.indexOf('/', 1) > 0 &&
    !isDigit(rooted.charCodeAt(1))
  )
}

/** Devices, processes and a Java application's own folder. */
const telling =
  /^\/*(?:dev\/(?:u?random|zero|full|mem|kmem|tcp|stdin)|proc\/(?:self|\d{1,7}\/\w+)|etc|root\/[\w./-]+|(?:web|meta)-inf\/[\w./-]*)$/
/** A file's name that is cut at a NUL, so that it has another extension. */
const cutName = /\w(?:\0|%00)\.?[a-z]{1,5}$/i

/** A file at the root whose name begins with a dot, and nothing else. */
const hiddenAlone = /^\/\.[a-z_][\w.-]{1,40}$/

/** Folders of a person's that keep keys and credentials. */
const holdsKeys = /(?:^|\/)\.(?:ssh|aws|gnupg|kube|docker|azure|gcloud)\/\w/

/** A file that a person has on a machine of their own: what browsers send of an upload, documents. */
function isOwnFile(path: string, start: number): boolean {
  if (path.startsWith('/fakepath/', start)) return !path.includes('..')
  return (
    path.startsWith('/users/', start) &&
    !path.includes('..') &&
    !path.startsWith('/users/administrator/', start) &&
    !path.includes('/appdata/') &&
    !lastName(path).startsWith('.') &&
    !tellingFiles.has(lastName(path))
  )
}

const lastName = (path: string): string => fileName(path.slice(path.lastIndexOf('/') + 1))
