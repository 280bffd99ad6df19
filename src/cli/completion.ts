import type { Command } from 'commander'

export const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

/** What can follow a command, by the words that lead to it: `keys rotate-root`. */
interface Words {
  readonly path: string
  readonly next: readonly string[]
}

/** A script that completes commands, options and their choices, made from their declaration. */
export function completionFor(program: Command, shell: Shell): string {
  const all = wordsOf(program, '')
  switch (shell) {
    case 'bash':
      return `${bash(all)}complete -o default -F _redoubt redoubt\n`
    case 'zsh':
      return `whence compdef > /dev/null || { autoload -Uz compinit && compinit }\nautoload -U +X bashcompinit && bashcompinit\n${bash(all)}complete -o default -F _redoubt redoubt\n`
    case 'fish':
      return fish(all)
  }
}

function wordsOf(command: Command, path: string): readonly Words[] {
  const options = [...command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? ''), '--help']
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  const below = command.commands.flatMap((each) => wordsOf(each, `${path} ${each.name()}`.trim()))
  const next = [...command.commands.map((each) => each.name()), ...choices, ...options]
  return [{ path, next: next.filter((word) => word !== '') }, ...below]
}

/** Names of the program's own: no shell finds anything in them to expand. */
function bash(all: readonly Words[]): string {
  const cases = all.map(({ path, next }) => `    '${path}') words='${next.join(' ')}' ;;`)
  const names = all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join('|')
  // Not `path`: in zsh that is PATH.
  return `_redoubt() {
  local at='' word words='' try
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    try="\${at:+$at }$word"
    case "$try" in ${names}) at="$try" ;; esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
`
}

function fish(all: readonly Words[]): string {
  return all
    .map(({ path, next }) => {
      const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`)
      const when = path === '' ? '__fish_use_subcommand' : seen.join('; and ')
      return `complete -c redoubt -n '${when}' -a '${next.join(' ')}'\n`
    })
    .join('')
}
