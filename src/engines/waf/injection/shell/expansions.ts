import { isSpace } from '../characters.ts'

const textMax = 4096
/** As much as is looked at for folders behind expansions: a path is short. */
const pathMax = 400

/** Expansions with operators that a variable of any case may have, and no template of another language. */
const operated =
  /\$\{(?:[#!][A-Za-z_@*]|:[^}\s]|(?:\w{1,40}|[@*])(?::\d{1,6}(?::-?\d{1,6})?\}|##|%%|\/\/[^}\s]|\^\^|,,|@[A-Za-z]\}))/
/** Those of variables of the environment: `${PATH#…}`, `${PATH%…}`, `${PATH/x/y}`, `${PATH:-x}`. */
const environment = /\$\{[A-Z_][A-Z_0-9]{1,40}(?:#|%\D|\/[^/}]{0,40}\/|:[-=?+])/
/** What expands to nothing between letters: `pi$()ng`, `pi<()ng`. */
const nothing = /[A-Za-z][$<>]\(\)[A-Za-z]/
/** Folders that stand for the present, the last and the stacked ones: `~+`, `~-`, `~+1/x`. */
const tilde = /^\s*~(?:[-+]\s*$|[-+]\d{0,2}\/)/
/** A file of the system that is written or read in place of a terminal. */
const redirection = /^\s*\d?(?:>>?\|?|<)\s?\/(?:tmp|dev|etc|var|usr|root|home|opt|proc|bin|srv|run)\//
/** Descriptors sent elsewhere: `2>&1`, `&>/dev/null`. */
const descriptors = /(?:^|[\s"')])(?:\d>&\d|&>|\d?>>?)\s?(?:\/dev\/null\b|(?<=\d>&\d)(?:\s|$|[;|&"')]))/
/** Folders of a system, between slashes. */
const folders = /(?:^|[\s=:;|&"'<>(])\/(?:etc|bin|sbin|usr|proc|var|home|root|tmp|dev|opt|boot)(?:\/|$|\s)/i

/**
 * Tells whether a text has an expansion as only a shell writes it.
 * Source: POSIX.1-2024, Shell Command Language, 2.6 Word Expansions; Bash Reference Manual, 3.5 Shell Expansions.
 */
export function hasExpansion(text: string): boolean {
  if (text.length > textMax) return false
  if (text.includes('${') && (operated.test(text) || (isOneLine(text) && environment.test(text)))) return true
  if (isOneLine(text) && (nothing.test(text) || descriptors.test(text))) return true
  return tilde.test(text) || redirection.test(text) || hidesFolder(text)
}

const isOneLine = (text: string): boolean => text.length < 200 && !text.trim().includes('\n')

/** `/et$$c/passwd`, `/e''tc`, `/[e]tc`: a system's folder that is there only when a shell has expanded the text. */
function hidesFolder(text: string): boolean {
  if (text.length > pathMax || !text.includes('/')) return false
  const given = text.replaceAll('+', ' ')
  const plain = given
    .replaceAll(/\$(?:[$@*!_-]|\(\)|\{[@*!]\})|''|""|``|(?<=[a-z])\\(?=[a-z])/gi, '')
    .replaceAll(/\[([\w.])[^\][\s]{0,8}\]/g, '$1')
  return plain !== given && !folders.test(given) && folders.test(plain)
}

/** What the braces within a word make of it: `c{a,oun}t` is `cat` and `count`. */
export function braceWords(text: string, start: number): readonly string[] {
  let end = start
  while (end < text.length && end - start < 60 && !isSpace(text.charCodeAt(end)) && text.charAt(end) !== ';')
    end += 1
  const match = /^([\w./-]*)\{([\w#./,-]*,[\w#./,-]*)\}([\w./-]*)/.exec(text.slice(start, end))
  if (match === null) return []
  const [, before = '', list = '', after = ''] = match
  // An object's members are listed without an empty one.
  if (before === '' && after === '' && !list.startsWith(',')) return []
  if (!/\w/.test(list)) return []
  return list
    .split(',')
    .slice(0, 8)
    .map((part) => before + part + after)
}
