import { isLetter, isSpace, isWord, runEnd, skipSpace } from '../characters.ts'
import {
  bareCommands,
  plainCommands,
  powershellNouns,
  powershellVerbs,
  prefixCommands,
  toolCommands,
  wordyCommands,
} from './vocabulary.ts'

import { commandName, shapeAt, unversioned, wordAt, type Shape } from './command-words.ts'
import { isDotCommand } from './dot-commands.ts'
import { braceWords, hasExpansion } from './expansions.ts'
import { braceList, commandPositions, type Position } from './positions.ts'
import { hasTell } from './tells.ts'
import { isTypedAlone } from './typed-alone.ts'
import { hasGluedSwitch, isScheduled } from './windows.ts'

export { interpreterCalls } from './tells.ts'
export { powershellVerbs, prefixCommands } from './vocabulary.ts'

const spacesMax = 64

/** Commands that tell where one is, sent alone to see whether they run. */
export const askedAlone: ReadonlySet<string> = new Set([
  'whoami',
  'systeminfo',
  'netstat',
  'ifconfig',
  'ipconfig',
  'tasklist',
  'uname',
  'printenv',
])

/** Commands of which a number is asked: they wait, or stop. */
const waiting: ReadonlySet<string> = new Set(
  'sleep timeout ping ping6 wait exit return kill umask ulimit id last'.split(' '),
)

/** Tells whether a shell would run a command of the text's own: after a separator, in a substitution, or as the whole text. */
export function isShellCommand(text: string): boolean {
  if (hasTell(text) || hasExpansion(text) || isTypedAlone(text)) return true
  if (runsAt(text, 0, 'start')) return true
  for (const { at, position } of commandPositions(text)) {
    const list = position === 'list' ? braceList(text, at) : ''
    if (list === '' ? runsAt(text, at, position) : runsAt(list, 0, 'substitution')) return true
  }
  return false
}

function runsAt(text: string, from: number, position: Position): boolean {
  if (position === 'start' || position === 'separator') {
    if (hasGluedSwitch(text, from, position === 'start')) return true
    if (position === 'separator' && (isDotCommand(text, from) || isScheduled(text, from))) return true
  }
  let start =
    from +
    runEnd(
      text.slice(from, from + spacesMax),
      0,
      (code) =>
        (isSpace(code) && code !== 10) ||
        code === 40 ||
        code === 39 ||
        code === 34 ||
        code === 123 ||
        code === 33 ||
        code === 64,
    )
  for (let prefixes = 0; prefixes < 4; prefixes += 1) {
    if (position !== 'line' && braceWords(text, start).some(isCommand)) return true
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

const isCommand = (name: string): boolean => plainCommands.has(name) || wordyCommands.has(name)

interface Read {
  readonly word: string
  readonly end: number
  readonly disguised: boolean
}

/** A host or a file, and after it one word on a line of its own, is no list. */
function followsHost(text: string, from: number): boolean {
  return text.length < 80 && /^[\w-]+(?:\.[\w-]+)+[\r\n]+$/.test(text.slice(0, from))
}

function isNetCommand(text: string, end: number): boolean {
  const start = skipSpace(text, end)
  return [
    'user',
    'localgroup',
    'group',
    'view',
    'use',
    'share',
    'accounts',
    'start',
    'session',
    'config',
  ].includes(text.slice(start, runEnd(text, start, isLetter)).toLowerCase())
}

function counts(
  command: string,
  shape: Shape,
  position: Position,
  read: Read,
  text: string,
  from: number,
  start: number,
): boolean {
  const before = text.charAt(from - 2)
  const afterQuote = (before === '"' || before === "'") && text.charAt(from - 1) === ';' && from < 4
  const plain = plainCommands.has(command) || plainCommands.has(unversioned(command))
  const known = plain || wordyCommands.has(command) || bareCommands.has(command)
  if (position !== 'newline' && isDisguisedPath(read.word, command, known)) return true
  if (isCmdlet(command)) return position !== 'line'
  if (!known)
    return (
      read.word.startsWith('/') && position !== 'line' && position !== 'start' && read.word.includes('bin/')
    )
  const commanding = shape === 'argument'
  switch (position) {
    case 'start':
      if (read.disguised && known && (shape !== 'word' || plain)) return true
      if (shape === 'none' && askedAlone.has(command))
        return text.slice(start).trim().length === command.length
      if (command === 'alias') return text.includes('=')
      // A name with a dash is no word: what follows it are its arguments.
      if (plain && shape === 'word' && command.includes('-') && text.length < 80)
        return !toolCommands.has(command)
      return (
        commanding && !(command === 'for' || command === 'if' || command === 'links' || command === 'path')
      )
    case 'newline':
      if (toolCommands.has(command)) return false
      if (plain) return shape !== 'word' && shape !== 'number'
      return shape === 'none'
        ? bareCommands.has(command) && (from < 3 || followsHost(text, from))
        : commanding && command !== 'at'
    case 'separator':
      if (read.disguised && known) return true
      if (toolCommands.has(command) && (shape === 'word' || shape === 'none' || shape === 'number'))
        return false
      if (plain) return shape !== 'word' || text.length < 80
      if (shape === 'none') return bareCommands.has(command)
      if (command === 'echo' || command === 'printf') return shape !== 'word' || text.length < 80
      if (command === 'net' && isNetCommand(text, read.end)) return true
      if (command === 'ps' && /^\s+(?:f?aux?w*|ef|ax)(?![\w-])/.test(text.slice(read.end, read.end + 12)))
        return true
      if (shape === 'word' || shape === 'quoted') return afterQuote && text.length < 60
      return commanding || shape === 'host' || (shape === 'number' && waiting.has(command))
    case 'backtick':
      // After a space it is how Markdown quotes code, unless the code reads files of the system.
      if (from > 1 && isSpace(text.charCodeAt(from - 2)))
        return (
          known &&
          text
            .slice(read.end, read.end + 3)
            .trimStart()
            .startsWith('/')
        )
      if (toolCommands.has(command)) return false
      if (shape === 'none') return plain || bareCommands.has(command)
      return plain || shape !== 'word' || command === 'echo'
    case 'substitution':
      if (read.disguised && known) return true
      if (shape === 'none') return plain || bareCommands.has(command)
      return plain || shape !== 'word' || command === 'echo'
    case 'line':
    case 'list':
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
  return (
    (bin && wild(command) && command !== '*') ||
    (wild(word.slice(0, slash)) &&
      word.slice(0, slash).includes('?') &&
      runEnd(command, 0, (code) => isWord(code) || code === 63 || code === 42) === command.length)
  )
}

function isCmdlet(command: string): boolean {
  const dash = command.indexOf('-')
  return (
    dash > 0 && powershellVerbs.has(command.slice(0, dash)) && powershellNouns.has(command.slice(dash + 1))
  )
}
