import { decodeEntities } from './entities.ts'
import { base64Text } from './hidden.ts'
import { isExecutableName } from './uploads.ts'
import { isHeaderInjection } from './header-lines.ts'
import { isCrossSiteScripting } from './html/index.ts'
import { isJavaCode } from './java.ts'
import { isLdapInjection } from './ldap.ts'
import { isLogLookup } from './lookups.ts'
import { isNodeCode } from './node.ts'
import { isNoSqlInjection } from './nosql.ts'
import { isHiddenFile, isPathTraversal } from './paths.ts'
import type { needs } from './signs/index.ts'
import { isPhp } from './php.ts'
import { isServerInclude } from './server-includes.ts'
import { isServerRequest } from './server-requests.ts'
import { isShellCommand } from './shell/index.ts'
import { isSqlInjection } from './sql/index.ts'
import { isTemplateInjection } from './templates.ts'
import { declaresEntities } from './xml-entities.ts'

export { isCrossSiteScripting, isSqlInjection }

/** Where in a request a text stood. A `name` is that of an argument, a member or a cookie; a `filename` that of an upload. */
export type Place = 'path' | 'name' | 'value' | 'header' | 'cookie' | 'body' | 'filename'

/** A recognizer of one kind of attack in one text. */
export interface Detector {
  readonly name: keyof typeof needs
  /** The attack, in the words by which rules and reports name it. */
  readonly attack: string
  /** Where such a text does harm; everywhere when absent. */
  readonly places?: readonly Place[]
  readonly test: (text: string) => boolean
}

/** Every detector. To add one: a file that exports a predicate, a row here, and one that says what it needs. */
export const detectors: readonly Detector[] = [
  { name: 'SqlInjection', attack: 'SQL injection', test: (text) => isSqlInjection(text, 'LOW') },
  { name: 'CrossSiteScripting', attack: 'cross-site scripting', test: isCrossSiteScripting },
  { name: 'ShellCommand', attack: 'command injection', test: isShellCommand },
  { name: 'PathTraversal', attack: 'path traversal and local file inclusion', test: isPathTraversal },
  {
    name: 'HiddenFile',
    attack: 'request for a file that is not to be served',
    places: ['path'],
    test: isHiddenFile,
  },
  { name: 'ExecutableFile', attack: 'upload of a program', places: ['filename'], test: isExecutableName },
  {
    name: 'ServerRequest',
    attack: 'server-side request forgery',
    test: isServerRequest,
    places: ['name', 'value', 'cookie', 'body', 'path'],
  },
  { name: 'Template', attack: 'server-side template injection', test: isTemplateInjection },
  { name: 'XmlEntities', attack: 'XML external entities', test: declaresEntities },
  { name: 'NoSql', attack: 'NoSQL injection', test: isNoSqlInjection },
  { name: 'Ldap', attack: 'LDAP injection', test: isLdapInjection },
  { name: 'Php', attack: 'PHP code injection', test: isPhp },
  { name: 'Java', attack: 'Java code injection and deserialization', test: isJavaCode },
  { name: 'Node', attack: 'JavaScript code injection and prototype pollution', test: isNodeCode },
  { name: 'LogLookup', attack: 'Log4j lookup', test: isLogLookup },
  {
    name: 'HeaderLines',
    attack: 'header injection and response splitting',
    places: ['path', 'name', 'value', 'cookie'],
    test: isHeaderInjection,
  },
  { name: 'ServerInclude', attack: 'server-side include', test: isServerInclude },
]

/** The names of the detectors that find the text, or what it hides in base64, to be an attack. */
export function detect(text: string, place: Place): readonly string[] {
  const texts = readings(text, place)
  return detectors
    .filter(({ places, test }) => (places?.includes(place) ?? true) && texts.some(test))
    .map(({ name }) => name)
}

/** The text, and what else an application may read in it: the last segments of a path, base64's meaning. */
export function readings(text: string, place: Place): readonly string[] {
  const more: string[] = [text]
  const entities = decodeEntities(text)
  if (entities !== text) more.push(entities)
  const decoded = base64Text(text)
  if (decoded !== undefined) more.push(decoded)
  if (place === 'path') {
    const last = text.slice(text.lastIndexOf('/') + 1)
    for (const part of [text.slice(1), last]) if (part !== '' && !more.includes(part)) more.push(part)
    const inner = base64Text(last)
    if (inner !== undefined) more.push(inner)
  }
  return more
}
