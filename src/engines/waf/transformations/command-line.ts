import { lowerAscii } from '../bytes.ts'

/**
 * Undoes what a shell overlooks: deletes \ " ' ^, deletes spaces before / and (, makes , and ; spaces, runs of spaces
 * one, and letters small.
 * Source: AWS WAF Developer Guide, "Text transformations", CMD_LINE; ModSecurity reference, cmdLine.
 */
export function cmdLine(text: string): string {
  return tidy(text.replace(/[\\"'^]+/g, ''))
}

/**
 * For POSIX shells: as CMD_LINE, but the caret stays (it escapes nothing there), and what a shell drops goes too:
 * a backslash with the newline it continues, and the empty expansions `$@` and `$*`.
 * Differs: AWS does not publish what CMD_LINE_UNIX does; this is the engine's reading of its name.
 */
export function cmdLineUnix(text: string): string {
  return tidy(text.replace(/\\\r?\n|\$[@*]|[\\"']/g, ''))
}

/**
 * For cmd.exe: as CMD_LINE, but the backslash and the apostrophe stay (a path's separator, an ordinary character).
 * Differs: AWS does not publish what CMD_LINE_WIN does; this is the engine's reading of its name.
 */
export function cmdLineWin(text: string): string {
  return tidy(text.replace(/["^]+/g, ''))
}

function tidy(text: string): string {
  return lowerAscii(text.replace(/[,;\t\n\r\f\v ]+/g, ' ').replace(/ ([/(])/g, '$1'))
}
