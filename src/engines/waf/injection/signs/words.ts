import { packages as javaPackages } from '../java.ts'
import { reaching as nodeMembers } from '../node.ts'
import { settings as phpSettings } from '../php.ts'
import { askedAlone, interpreterCalls, powershellVerbs, prefixCommands } from '../shell/index.ts'
import { inside, statements, tellingFunctions } from '../sql/index.ts'

const digits = Array.from('0123456789')
const list = (words: string): readonly string[] => words.split(/\s+/).filter(Boolean)
const spaced = (words: readonly string[]): readonly string[] => words.map((word) => `${word} `)
const statementsWith = (second: boolean): readonly string[] =>
  [...statements].filter(([, words]) => words.size > 0 === second).map(([word]) => word)

/**
 * Pieces of texts, in groups, that stand for the words of the languages that are injected: a bit for each group. A piece
 * is found wherever it stands, whatever the case of its letters, so that a group may hold of texts in which nothing is
 * injected, and must hold of all in which something is.
 */
const groups = {
  /** What proves SQL by itself, or begins what does. */
  sqlFirm: [
    ...list('union intersect except minus select case outfile dumpfile || && @@ $$ ::'),
    ...statementsWith(true),
    ...inside,
    ...list("like regexp glob xor in( '''' \\0x"),
    'in (',
    "' '",
    '" "',
    '` `',
    ...digits.flatMap((digit) =>
      digits.flatMap((other) => [
        `${digit}=${other}`,
        `${digit} = ${other}`,
        `${digit}= ${other}`,
        `${digit} =${other}`,
      ]),
    ),
    ...list(
      '38585072 != <> <=> := /*! collate char( chr( concat( concat_ws( user() schema() version() connection_id() last_insert_id()',
    ),
    ...digits.flatMap((digit) => [
      `having ${digit}`,
      `limit ${digit}`,
      `not ${digit}`,
      `then ${digit}`,
      `${digit}.e`,
      `${digit} or ${digit}`,
      `${digit} --`,
    ]),
    ...['null', 'true', 'false', 'unknown'].flatMap((value) =>
      ['is', 'is not', 'or', 'and', 'or not', 'and not'].map((before) => `${before} ${value}`),
    ),
    ...['or', 'and'].flatMap((before) => ['-', '~', '!'].map((sign) => `${before} ${sign}`)),
    ...["'", '"'].flatMap((quote) =>
      ['-', '+', '/', '&', '^'].flatMap((sign) => [`${quote}${sign}`, `${quote} ${sign}`]),
    ),
    ...['exec', 'execute', 'call'].flatMap((verb) =>
      ['sp_', 'xp_', 'master'].map((name) => `${verb} ${name}`),
    ),
    ...[
      'from [',
      'join [',
      'into [',
      'update [',
      'into @',
      ' div ',
      ' mod ',
      'procedure analyse',
      'char (',
      'chr (',
      'concat (',
    ],
    ...list('=@ )-- )# )/* ;commit ;rollback ;show ;go ;kill ;reconfigure'),
    ...['= @', ') --', ') #', ') /*', 'join `', 'select @'],
    ...[') then', ') when', ') else', ') limit'],
  ],
  /** A connective before a number. */
  sqlConnected: digits.flatMap((digit) => [`or ${digit}`, `and ${digit}`]),
  sqlStatement: statementsWith(false),
  sqlFunction: [...tellingFunctions, 'xp_', 'dbms_', 'utl_'],
  sqlLogic: list('and or xor where having on when from'),
  sqlCompare: [
    ...list('like glob match regexp between sounds similar overlaps .is .in'),
    ' is',
    ' in',
    ...digits.flatMap((digit) => [`${digit}is`, `${digit}in`]),
  ],
  sqlClause: list('having limit where procedure into returning'),
  sqlOrder: list('order group'),
  sqlBy: ['by'],
  sqlComment: list('-- /*'),
  sqlHex: ['0x'],
  sqlBinary: ['binary'],
  sqlOperator: list('div mod collate escape at'),
  /** Names that a script begins with. */
  scriptName: list(
    `alert confirm prompt eval execscript new document window self top parent globalthis frames location settimeout setinterval
    fetch import string function`,
  ),
  /** Objects and functions of a browser that prove nothing before they are called or given a value. */
  scriptObject: list(
    `atob btoa unescape decodeuri encodeuri localstorage sessionstorage navigator history opener reflect object array constructor onerror
    xmlhttprequest websocket eventsource activexobject worker blob audio image cookiestore broadcastchannel jquery setimmediate
    requestanimationframe queuemicrotask`,
  ),
  scriptAttribute: list('on srcdoc style dataformatas'),
  scriptScheme: list('script mocha data'),
  /** What a page or a script put together from pieces has at the borders of these. */
  scriptPiece: [
    ...list(
      `--> --!> ]]> with( $( newline; tab; colon; lpar; rpar; semi; sol; bsol; lbrace; rbrace; lsqb; rsqb; lbrack; rbrack; equals;
      excl; grave; period; #x binding behavior behaviour @import ession expression script: $event`,
    ),
    ...Array.from('0123456789').map((digit) => `#${digit}`),
    'with (',
  ],
  shellTell: [
    ...interpreterCalls,
    ...askedAlone,
    ...list('/dev/tcp/ /dev/udp/ alias ..'),
    ...list(
      'proxycommand localcommand askpass -pack= checkpoint-action to-command use-compress --rsh rsync-path --pager open-files',
    ),
    ...[
      'exist ',
      'defined ',
      'errorlevel ',
      'cmdextversion ',
      ' equ ',
      ' neq ',
      ' lss ',
      ' leq ',
      ' gtr ',
      ' geq ',
    ],
    ...spaced([...prefixCommands]),
    ...spaced(list('install add download which whereis')),
  ],
  shellVerb: [...powershellVerbs].map((verb) => `${verb}-`),
  shellFolder: ['bin/'],
  path: list('win.ini boot.ini ssh2. convert. 0x2 0x5 ..2f'),
  address: list('169.254. 100.100.100.200 192.0.0.192'),
  xml: list('adw xinclude :include xsl:import'),
  database: ['db.', 'this.'],
  /** What stands between the columns of a mapper's path. */
  lookup: ['__'],
  php: [
    ...phpSettings,
    ...list('[php] globals[ _get[ _post[ _request[ _cookie[ _server[ _session[ _files[ _env['),
    ...list('md5 sha1 php include require __ echo print die exit return'),
    ...list(
      `call_user shell_exec passthru proc_open pcntl_exec create_func file_put_c file_get_c highlight_file show_source base64_dec
      gzinflate array_map usort preg_replace`,
    ),
  ],
  java: [
    ...javaPackages,
    ...list(
      `ro0ab kztaau cs7qaf aced0005 runtime processbuilder _memberaccess @ognl #context[ #request[ class.module class.classloader
      getclass classloader allowstaticmethodaccess redirect init autodeserialize infile interceptor factory trace_level
      rerouteserver loggerfile objectserializer`,
    ),
  ],
  node: [
    ...nodeMembers,
    ...list(
      'require( import( __proto__ constructor _$$nd_func object fs. os. vm. child_process. exec spawn fork process. sync(',
    ),
  ],
  nodeCall: list('while for console. function'),
} as const satisfies Record<string, readonly string[]>

type Group = keyof typeof groups

// Object.keys of a literal are its keys.
const names = Object.keys(groups) as readonly Group[]

/** The bit of each group. */
export const word = Object.fromEntries(names.map((name, number) => [name, 1 << number])) as {
  readonly [Name in Group]: number // fromEntries of all names.
}

/** Every piece with its group's bit. */
export const pieces: readonly (readonly [piece: string, bit: number])[] = names.flatMap((name) =>
  groups[name].map((piece) => [piece, word[name]] as const),
)
