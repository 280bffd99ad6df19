import { isDigit, isLetter, isSpace, isWord, runEnd, skipSpace } from '../characters.ts'
import { bareCommands, plainCommands, powershellNouns, powershellVerbs, prefixCommands, wordyCommands } from './vocabulary.ts'

/** How a command came to stand where it does: a text may only be one, or follow another, or be put into a string. */
type Position = 'proof' | 'start' | 'separator' | 'line' | 'substitution' | 'backtick'

const commandsMax = 400

/** Commands that tell where one is, sent alone to see whether they run. */
const askedAlone: ReadonlySet<string> = new Set(['whoami', 'systeminfo', 'netstat', 'ifconfig', 'ipconfig', 'tasklist', 'uname', 'printenv'])
const argumentMax = 400

/** Tells whether a shell would run a command of the text's own: after a separator, in a substitution, or as the whole text. */
export function isShellCommand(text: string): boolean {
  if (hasTell(text)) return true
  if (runsAt(text, 0, 'start')) return true
  let seen = 0
  for (const { at, position } of commandPositions(text)) {
    if (position === 'proof' || runsAt(text, at, position)) return true
    if ((seen += 1) > commandsMax) return false
  }
  return false
}

/** What only a shell's code contains: internal field separators as spaces, network devices, function exports. */
function hasTell(text: string): boolean {
  if (text.includes('${IFS') || text.includes('$IFS') || text.includes('/dev/tcp/') || text.includes('/dev/udp/')) return true
  if (text.includes('$SHELL -') || text.includes('${SHELL} -')) return true
  if (isForkBomb(text) || hasInterpreterCall(text)) return true
  const start = skipSpace(text, 0)
  if (text.startsWith('()', start) && text.charAt(skipSpace(text, start + 2)) === '{') return true
  return isBatch(text)
}

/** A function that calls itself twice and is called: `f(){ f|f& };f`. */
function isForkBomb(text: string): boolean {
  const at = text.indexOf('()')
  if (at < 1 || at > 20 || text.length > 200) return false
  const open = skipSpace(text, at + 2)
  return text.charAt(open) === '{' && text.includes('&', open) && text.includes('}', open) && text.charAt(at - 1) !== ' ' && !text.includes('=>')
}

/** How scripts of other languages call a shell; in documents they stand among other lines. */
const interpreterCalls = ['wscript.shell', 'os.system(', 'os.popen(', 'subprocess.', '__import__(', 'process.spawn(', 'kernel.exec', 'cmd.exe /c', 'cmd /c ', 'cmd.exe', '/bin/sh', '/bin/bash', 'io.popen(', 'runtime.exec(']

function hasInterpreterCall(text: string): boolean {
  if (text.length > 1500) return false
  const lower = text.toLowerCase()
  return interpreterCalls.some((call) => lower.includes(call)) && !lower.includes('```') && !lower.startsWith('#!')
}

function* commandPositions(text: string): Generator<{ readonly at: number; readonly position: Position }> {
  const lines = text.length > 4000 ? 99 : text.split('\n').length
  const prose = wordsOutsideCode(text) > 8
  let backticks = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    const next = text.charAt(at + 1)
    if (character === ';') {
      if (!endsEntity(text, at)) yield { at: at + 1, position: lines > 4 ? 'line' : 'separator' }
    } else if (character === '|' || character === '&') {
      // A Markdown table's cells, and a bitwise operator of code, are no pipes.
      const doubled = next === character
      yield { at: at + (doubled ? 2 : 1), position: lines > 2 ? 'line' : 'separator' }
      if (doubled) at += 1
    } else if (character === '\n' || character === '\r') yield { at: at + 1, position: lines > 4 ? 'line' : 'separator' }
    else if (character === '\\' && (next === 'n' || next === 'r') && lines === 1) yield { at: at + 2, position: 'separator' }
    else if (character === '`') {
      backticks += 1
      if (backticks % 2 === 1 && next !== '`' && !prose) yield { at: at + 1, position: 'backtick' }
    } else if ((character === '$' || character === '<' || character === '>') && next === '(') yield { at: at + 2, position: lines > 12 ? 'line' : 'substitution' }
    else if (character === '{' && (at === 0 || !isWord(text.charCodeAt(at - 1)))) {
      const list = braceList(text, at)
      if (list !== '' && runsAt(list, 0, 'substitution')) yield { at, position: 'proof' }
    }
  }
}

/** `{id,}` and `{wget,x}` are a command and its arguments. */
function braceList(text: string, at: number): string {
  const close = runEnd(text.slice(at + 1, at + argumentMax), 0, (code) => code !== 125 && code !== 123 && !isSpace(code) && code !== 34) + at + 1
  const inner = text.slice(at + 1, close)
  return text.charAt(close) === '}' && inner.includes(',') ? inner.replaceAll(',', ' ') : ''
}

/** Words that stand outside of `…`: a text with many is prose, and what is between its backticks is code that it quotes. */
function wordsOutsideCode(text: string): number {
  let count = 0
  let inside = false
  let inWord = false
  for (let at = 0; at < text.length && count < 20; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 96) inside = !inside
    const word = !inside && isLetter(code)
    if (word && !inWord) count += 1
    inWord = word
  }
  return count
}

/** Whether the semicolon at `at` closes an HTML entity, whole or with its ampersand cut off. */
function endsEntity(text: string, at: number): boolean {
  let start = at
  while (start > 0 && at - start < 10 && isWord(text.charCodeAt(start - 1))) start -= 1
  const name = text.slice(start, at)
  return text.charAt(start - 1) === '&' || text.charAt(start - 1) === '#' || ['amp', 'lt', 'gt', 'quot', 'nbsp'].includes(name)
}

/** The command word that a shell reads at `start`, quotes and empty expansions resolved. */
function wordAt(text: string, start: number): { readonly word: string; readonly end: number; readonly disguised: boolean } {
  let word = ''
  let disguised = false
  let at = start
  for (; at < text.length && word.length < 80; at += 1) {
    const character = text.charAt(at)
    const code = text.charCodeAt(at)
    if (isSpace(code) || ';|&<>(){}`,'.includes(character)) break
    if (character === '+' && word.length > 1 && isLetter(text.charCodeAt(at + 1))) break // A form's space.
    if (character === "'" || character === '"' || character === '^') {
      disguised ||= at > start && isLetter(text.charCodeAt(at + 1))
    } else if (character === '\\' && isLetter(text.charCodeAt(at + 1)) && word !== '' && !word.includes('\\')) {
      disguised = true
    } else if (character === '$') {
      const braced = text.charAt(at + 1) === '{'
      const end = braced ? text.indexOf('}', at) : runEnd(text, at + 1, (c) => isWord(c)) - 1
      if (end > at + argumentMax || (braced && end < 0)) break
      at = Math.max(end, text.charAt(at + 1) === '@' || text.charAt(at + 1) === '*' ? at + 1 : at)
      disguised = word !== ''
    } else word += character
  }
  return { word, end: at, disguised }
}

type Shape = 'quoted' | 'none' | 'argument' | 'number' | 'host' | 'word' | 'assignment'

/** What the arguments after a command look like: prose has none that start with a dash or hold a path. */
function shapeAt(text: string, start: number): Shape {
  if (text.charAt(start) === '=' || text.charAt(start) === ':') return 'assignment'
  const at = runEnd(text, start, (code) => code === 32 || code === 9)
  const first = text.charAt(at)
  if (first === '' || ';|&\n\r`)#}'.includes(first)) return 'none'
  if (at === start && !'<>'.includes(first)) return first === ',' ? 'word' : first === '(' ? 'assignment' : 'word'
  const end = runEnd(text.slice(at, at + argumentMax), 0, (code) => !isSpace(code) && code !== 59 && code !== 124 && code !== 38 && code !== 96) + at
  const argument = text.slice(at, end)
  if (argument === '/' && (end === text.length || ';|&'.includes(text.charAt(end)))) return 'argument'
  if (first === '-') return argument.length > 1 && argument !== '--' && (isLetter(argument.charCodeAt(1)) || isDigit(argument.charCodeAt(1)) || argument.startsWith('--')) ? 'argument' : 'word'
  if (first === '"' || first === "'") return 'quoted'
  if ('/~$<>*'.includes(first) && argument.length > 1) return 'argument'
  if (argument.startsWith('./') || argument.startsWith('..') || argument.includes('://')) return 'argument'
  if (isLetter(first.charCodeAt(0)) && argument.charAt(1) === ':' && '\\/'.includes(argument.charAt(2))) return 'argument'
  if (argument.startsWith('%') && argument.length > 1) return 'argument'
  if (runEnd(argument, 0, isDigit) === argument.length) return 'number'
  const dot = argument.indexOf('.')
  if (dot > 0 && dot < argument.length - 1) return 'host'
  return argument.includes('/') && !argument.startsWith('http') ? 'host' : 'word'
}

function runsAt(text: string, from: number, position: Position): boolean {
  let start = runEnd(text, from, (code) => (isSpace(code) && code !== 10) || code === 40 || code === 39 || code === 34 || code === 123 || code === 33 || code === 64)
  for (let prefixes = 0; prefixes < 4; prefixes += 1) {
    const read = wordAt(text, start)
    const command = commandName(read.word)
    if (command === '') return false
    const shape = shapeAt(text, read.end)
    if (shape === 'assignment') return false
    if (counts(command, shape, position, read, text, from, start)) return true
    if (!prefixCommands.has(command) || position === 'line') return false
    start = skipSpace(text, read.end)
    if (position === 'start') position = 'separator'
  }
  return false
}

/** The name without its folder and extension; a folder with wildcards in it is a disguise. */
function commandName(word: string): string {
  const slash = Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\'))
  // A name with a folder in its middle is a package's or a page's, not a program's.
  if (slash > 0 && !'/.~\\'.includes(word.charAt(0)) && word.charAt(1) !== ':' && !word.startsWith('bin/')) return ''
  const name = word.slice(slash + 1).toLowerCase()
  return name.endsWith('.exe') ? name.slice(0, -4) : name
}

interface Read {
  readonly word: string
  readonly end: number
  readonly disguised: boolean
}

function isNetCommand(text: string, end: number): boolean {
  const start = skipSpace(text, end)
  return ['user', 'localgroup', 'group', 'view', 'use', 'share', 'accounts', 'start', 'session', 'config'].includes(text.slice(start, runEnd(text, start, isLetter)).toLowerCase())
}

function counts(command: string, shape: Shape, position: Position, read: Read, text: string, from: number, start: number): boolean {
  const before = text.charAt(from - 2)
  const afterQuote = (before === '"' || before === "'") && text.charAt(from - 1) === ';' && from < 4
  const plain = plainCommands.has(command)
  const known = plain || wordyCommands.has(command) || bareCommands.has(command)
  if (isDisguisedPath(read.word, command, known)) return true
  if (isCmdlet(command)) return position !== 'line'
  if (!known) return read.word.startsWith('/') && position !== 'line' && position !== 'start' && read.word.includes('bin/')
  const commanding = shape === 'argument'
  switch (position) {
    case 'start':
      if (read.disguised && known && (shape !== 'word' || plain)) return true
      if (shape === 'none' && askedAlone.has(command)) return text.slice(start).trim().length === command.length
      if (command === 'alias') return text.includes('=')
      return commanding && !(command === 'for' || command === 'if' || command === 'links' || command === 'path')
    case 'line':
      return false
    case 'separator':
      if (read.disguised && known) return true
      if (plain) return shape !== 'word' || text.length < 80
      if (shape === 'none') return bareCommands.has(command)
      if (command === 'echo' || command === 'printf') return shape !== 'word' || text.length < 80
      if (command === 'net' && isNetCommand(text, read.end)) return true
      if (shape === 'word' || shape === 'quoted') return afterQuote && text.length < 60
      return commanding || shape === 'number' || shape === 'host'
    case 'substitution':
    case 'backtick':
      return plain || shape !== 'word' || command === 'echo' || bareCommands.has(command)
    case 'proof':
      return true
    default:
      return false
  }
}

/** `/bin/ls`, and paths to programs with wildcards in place of letters: `/???/c?t`, `/bin/ca*`. */
function isDisguisedPath(word: string, command: string, known: boolean): boolean {
  if (!word.startsWith('/') || word.includes('=')) return false
  if (known && word.includes('bin/')) return true
  const slash = word.lastIndexOf('/')
  if (slash < 2 || command.length > 12) return false
  const wild = (part: string): boolean => part.includes('?') || part.includes('*')
  const bin = word.includes('bin/')
  return (bin && wild(command) && command !== '*') || (wild(word.slice(0, slash)) && word.slice(0, slash).includes('?') && runEnd(command, 0, (code) => isWord(code) || code === 63 || code === 42) === command.length)
}

function isCmdlet(command: string): boolean {
  const dash = command.indexOf('-')
  return dash > 0 && powershellVerbs.has(command.slice(0, dash)) && powershellNouns.has(command.slice(dash + 1))
}

/** Windows batch: `for /r … %a in (…) do`, `if %x% equ`, `%SystemRoot%` and its like. */
function isBatch(text: string): boolean {
  const lower = text.slice(0, 4096).toLowerCase()
  if (!lower.includes('%') && !lower.startsWith('if ') && !lower.startsWith('for ')) return false
  for (const variable of ['%systemroot%', '%systemdrive%', '%comspec%', '%windir%', '%programfiles', '%userprofile%', '%appdata%', '%temp%']) {
    if (lower.includes(variable)) return true
  }
  for (let at = lower.indexOf('for '); at >= 0; at = lower.indexOf('for ', at + 4)) {
    if (at > 0 && isWord(lower.charCodeAt(at - 1))) continue
    const rest = lower.slice(at + 4, at + 300).trimStart()
    const loop = rest.startsWith('%') || (rest.startsWith('/') && 'rdfl'.includes(rest.charAt(1)))
    if (loop && rest.includes('%') && rest.includes(' in') && rest.includes('do')) return true
  }
  for (let at = lower.indexOf('if '); at >= 0; at = lower.indexOf('if ', at + 3)) {
    if (at > 0 && isWord(lower.charCodeAt(at - 1))) continue
    const rest = lower.slice(at + 3, at + 120).trimStart()
    if ((rest.startsWith('"%') || rest.startsWith('"!') || rest.startsWith('not "') || rest.startsWith('%') || rest.startsWith('not %')) && rest.includes('==')) return true
    if (rest.startsWith('/i ') || rest.startsWith('not exist ') || rest.startsWith('exist ') || rest.startsWith('defined ') || rest.startsWith('not defined ') || rest.startsWith('errorlevel ') || rest.startsWith('cmdextversion ')) return at === 0 || lower.includes('%')
    if ([' equ ', ' neq ', ' lss ', ' leq ', ' gtr ', ' geq '].some((operator) => rest.includes(operator))) return true
  }
  return false
}
