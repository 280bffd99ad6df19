// Lines of `redoubt` that people are shown, and what the command itself makes of them: it parses them, and does nothing.
import { type Command, CommanderError } from 'commander'
import { program } from '../../src/cli/program.ts'

/** A line of `redoubt` as it is shown. */
export interface CommandLine {
  readonly shown: string
  /** The words behind `redoubt`. */
  readonly words: readonly string[]
  /** It is typed as it is; otherwise it may only name a command, without what that needs. */
  readonly isWhole: boolean
}

/** Those of a page: of its blocks that are typed, and between backticks in its text. */
export function commandLinesIn(page: string): readonly CommandLine[] {
  const fence = /^ *```(?<language>\w*)[^\n]*\n(?<body>.*?)^ *```$/gms
  const typed = [...page.matchAll(fence)].flatMap(({ groups }) =>
    groups?.['language'] === 'text' ? [] : linesOf(groups?.['body'] ?? ''),
  )
  const named = [...page.replaceAll(fence, '').matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => [code])
  return [
    ...typed.flatMap((line) => commandsOf(line, true)),
    ...named.flatMap((line) => commandsOf(line, false)),
  ]
}

/** Those of a help text's examples; what a line does may stand behind it. */
export function commandLinesOfHelp(help: string): readonly CommandLine[] {
  const lines = [...help.matchAll(/^ {2}\$ (.*)$/gm)].flatMap(([, line = '']) => line.split(/ {2,}/)[0] ?? [])
  return lines.flatMap((line) => commandsOf(line, true))
}

/** Those of a unit of systemd. */
export function commandLinesOfUnit(unit: string): readonly CommandLine[] {
  return [...unit.matchAll(/^Exec\w+=(.*)$/gm)].flatMap(([, line = '']) => commandsOf(line, true))
}

function linesOf(block: string): readonly string[] {
  return block.replaceAll(/\\\n\s*/g, ' ').split('\n')
}

/** Names of the command, as people call it. */
const isCommand = (word: string | undefined): boolean =>
  word === 'redoubt' || word?.endsWith('bin/redoubt') === true

/** What stands before a command and is none of it. */
const isBefore = (word: string): boolean => /^(?:\$|sudo|exec|npx|[A-Z][A-Z0-9_]*=.*)$/s.test(word)

function commandsOf(line: string, isWhole: boolean): readonly CommandLine[] {
  return simpleCommandsOf(line).flatMap((all) => {
    const at = all.findIndex((word) => !isBefore(word))
    const [first, ...rest] = at < 0 ? [] : all.slice(at)
    const npm = first === 'npm' && rest[0] === 'start'
    if (!npm && !isCommand(first)) return []
    const words = npm ? ['serve', ...rest.slice(2)] : rest
    // Whatever stands for more than one word is left out with what follows.
    const end = words.findIndex((word) => word === '…' || word === '...')
    return words.length === 0 ? [] : [{ shown: line, words: end < 0 ? words : words.slice(0, end), isWhole }]
  })
}

/** The words of each simple command of a line of a shell: quotes are taken off, and comments and redirections left out. */
function simpleCommandsOf(line: string): readonly (readonly string[])[] {
  const pieces =
    line.match(/'[^']*'|"[^"]*"|\\.|\s+#.*$|^#.*$|\s+|&&|\|\||[$<]\(|[|;&()]|[^\s'"\\|;&()]+/gs) ?? []
  const commands: string[][] = [[]]
  let joins = false
  let redirects = false
  for (const piece of pieces) {
    const last = commands.at(-1) ?? []
    if (/^\s*#/.test(piece)) break
    if (/^\s+$/.test(piece)) joins = false
    else if (/^(?:&&|\|\||[$<]\(|[|;&()])$/.test(piece)) {
      commands.push([])
      joins = redirects = false
    } else if (/^\d?>/.test(piece)) redirects = true
    else if (!redirects) {
      const word = piece.replaceAll(/^(['"])(.*)\1$/gs, '$2').replace(/^\\/, '')
      if (joins) last.push(`${last.pop() ?? ''}${word}`)
      else last.push(word)
      joins = true
    }
  }
  return commands.filter((words) => words.length > 0)
}

/** Codes of commander for what only lacks something. */
const lacks: ReadonlySet<string> = new Set([
  'commander.missingMandatoryOptionValue',
  'commander.missingArgument',
  'commander.help', // A word that stands for a group of commands.
])
const shows: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version'])

/** Why the command refuses a line; undefined: it takes it. */
export function refusalOf({ words, isWhole }: Pick<CommandLine, 'words' | 'isWhole'>): string | undefined {
  try {
    harmless().parse(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (shows.has(error.code) || (!isWhole && lacks.has(error.code))) return undefined
    return error.message
  }
}

let made: Command | undefined

/** The command as it is declared, with actions that do nothing, and that looks at no file. */
function harmless(): Command {
  if (made) return made
  for (const command of allCommands()) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    if (command.commands.length === 0) command.action(() => undefined)
    for (const option of command.options)
      if (option.flags.includes('<file>')) option.argParser((path) => path)
  }
  return (made = program)
}

/** The command and all below it. */
export function allCommands(command: Command = program): readonly Command[] {
  return [command, ...command.commands.flatMap((below) => allCommands(below))]
}

export function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  return help
}
