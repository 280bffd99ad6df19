import { bareCommands, plainCommands, toolCommands } from './vocabulary.ts'

/** A manager of packages told to install. People look such lines up, so that it takes a sign of one who wants it run. */
const installs =
  /^\s*(?:sudo\s+)?(?:(?:pip|pip2|pip3|pipx|gem|npm|pnpm|yarn|apt|apt-get|yum|dnf|apk|brew|snap|zypper|opkg|pkg|cargo|composer|conda|cpan|cpanm|easy_install|npx|go|luarocks|choco|winget|scoop|pacman|dpkg)\s+(?:(?:-\S+\s+){0,3}(?:install|add|download|reinstall)\s+[\w@./:=<>~-]+(?:\s+-\S+){0,3}|-(?:i|S[yu]*|U)\s+[\w@./-]+))\s*$/
/** By another's rights, without being asked, from an address or a path. */
const unattended =
  /^\s*sudo\s|:\/\/|\s(?:\.{0,2}\/|~\/)|\s-(?:-yes|-assume-yes|-quiet|-noconfirm|-user|y|yq|qy|q{1,2}|f)(?:\s|$)/
/** A search for a program that an attacker wants to use. */
const asks = /^\s*(?:which|whereis|command\s+-v|type\s+-[ap])\s+([a-z][\w-]{1,20})\s*$/
/** A program in quotes, and its arguments: `'curl' x`. */
const quoted = /^\s*(?:'([a-z][\w./-]{1,30})'|"([a-z][\w./-]{1,30})")((?:\s+[\w./:=@-]{1,40}){1,4})\s*$/
/** A program by a name with a dash, and an option as programs have them: `some-tool -t x`. */
const dashed = /^\s*[a-z][a-z0-9]*(?:[-_][a-z0-9]+){1,3}\s+(?:-[a-zA-Z]|--[a-z][a-z-]{1,30})(?:[\s=]|$)/
/** Programs of which each consists of several, and what one is asked for. */
const families =
  /^\s*(?:ansible|chef|salt|puppet|knife|apt|dpkg|systemd|lwp|lxc|pg|cups|avahi)-[a-z]{2,20}(?:\s+[\w./:=@-]{1,40}){1,3}\s*$/
/** The path of a program, without the root. */
const program = /^\s*(?:usr\/)?(?:local\/)?s?bin\/([\w.-]{2,30})\s*$/

/** Words that a sentence goes on with after the name of a program. */
const prose =
  /\s(?:is|are|was|and|or|not|the|a|an|of|to|in|on|for|with|by|as|at|it|error|errors|vs|tutorial|alternative)(?:\s|$)/i

/** Tells whether the whole text, one short line, is a command as one types it, though nothing in it is a shell's alone. */
export function isTypedAlone(text: string): boolean {
  if (text.length > 120) return false
  if (prose.test(text)) return false
  if ((installs.test(text) && unattended.test(text)) || dashed.test(text) || families.test(text)) return true
  const asked = asks.exec(text)?.[1]
  if (asked !== undefined)
    return plainCommands.has(asked) && (!toolCommands.has(asked) || /^(?:perl|python3?|gcc|php)$/.test(asked))
  const name = quoted.exec(text)
  if (name !== null) {
    const command = name[1] ?? name[2] ?? ''
    return plainCommands.has(command) && !toolCommands.has(command)
  }
  const path = program.exec(text)?.[1]
  return path !== undefined && !toolCommands.has(path) && (plainCommands.has(path) || bareCommands.has(path))
}
