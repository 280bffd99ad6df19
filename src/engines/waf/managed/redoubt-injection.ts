import type { GroupRow } from './group.ts'
import { callback, callbackInPath, mailCommand, markup, operatorsOnly, sessionFile } from './misplaced.ts'
import { detecting, type NamedPart, testing } from './rows.ts'

const everywhere: readonly NamedPart[] = ['QUERYARGUMENTS', 'BODY', 'COOKIE', 'URIPATH', 'HEADER']

/** What AWS's groups do not look for, and the parts in which they do not look for what they know. */
export const redoubtInjection: GroupRow = {
  vendor: 'Redoubt',
  name: 'RedoubtInjectionRuleSet',
  labels: 'injection',
  capacity: 200,
  description:
    'Injection into templates, XML, NoSQL, LDAP, code and headers, and requests that a server is made to send; injection of every kind wherever in a request it stands.',
  rules: [
    ...detecting('TemplateInjection', ['Template'], everywhere),
    ...detecting('XMLEntities', ['XmlEntities'], everywhere),
    ...detecting('NoSQLInjection', ['NoSql'], everywhere),
    ...detecting('LDAPInjection', ['Ldap'], everywhere),
    ...detecting('ServerRequest', ['ServerRequest'], ['QUERYARGUMENTS', 'BODY', 'COOKIE', 'URIPATH']),
    ...detecting('JavaScriptCode', ['Node'], everywhere),
    ...detecting('ServerInclude', ['ServerInclude'], everywhere),
    ...detecting('HeaderLines', ['HeaderLines'], ['QUERYARGUMENTS', 'BODY', 'COOKIE', 'URIPATH']),
    ...detecting('ExecutableFile', ['ExecutableFile'], ['BODY', 'HEADER']),
    ...detecting('HiddenFile', ['HiddenFile'], ['URIPATH']),
    ...detecting('ShellCommand', ['ShellCommand'], ['COOKIE', 'URIPATH', 'HEADER']),
    ...detecting('PathTraversal', ['PathTraversal'], ['COOKIE', 'HEADER']),
    ...detecting('PHPCode', ['Php'], ['COOKIE', 'URIPATH']),
    ...detecting('JavaCode', ['Java'], ['COOKIE']),
    ...detecting('LogLookup', ['LogLookup'], ['COOKIE']),
    ...detecting('SQLInjection', ['SqlInjection'], ['HEADER']),
    ...detecting('CrossSiteScripting', ['CrossSiteScripting'], ['HEADER']),
    ...testing('Markup', ['COOKIE', 'HEADER'], markup),
    ...testing('MailCommands', ['QUERYARGUMENTS', 'BODY'], mailCommand),
    ...testing('OperatorsOnly', ['QUERYARGUMENTS', 'BODY', 'COOKIE'], operatorsOnly),
    ...testing('CallbackAddress', ['QUERYARGUMENTS', 'BODY', 'COOKIE'], callback),
    ...testing('CallbackAddress', ['URIPATH'], callbackInPath),
    ...testing('SessionFile', ['BODY', 'HEADER'], sessionFile),
  ],
}
