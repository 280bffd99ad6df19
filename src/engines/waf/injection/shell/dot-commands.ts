/**
 * What SQLite's shell does instead of a query, so far as it reaches outside: `.shell id`, `.sh`, `.system`; names may be
 * cut short. Source: SQLite, Command Line Shell, 18.
 */
const reaching = /^(?:\s|\\["'nrt]|["'])*\.[\\"']{0,3}(?:sh(?:e|el|ell)?|sys(?:t|te|tem)?)\s+[^\s{,:;.][^{]*$/
const writing =
  /^(?:\s|\\["'nrt]|["'])*\.(?:import|output|once|excel|load|read|open|dump|log|backup|restore|clone)\s+["'|]?[\w~-]*[./|][^{]*$/
/** The dot of POSIX, which reads a script: `. ./x`. */
const sourcing = /^\s{0,8}\.\s+["']?(?:~|\.{0,2})\/[\w.*?-]/

export function isDotCommand(text: string, start: number): boolean {
  const rest = text.slice(start, start + 200)
  return text.length < 400 && (reaching.test(rest) || writing.test(rest) || sourcing.test(rest))
}
