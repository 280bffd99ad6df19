import { isDigit, isLetter, isSpace, isWord, runEnd } from '../characters.ts'

const argumentMax = 400

/** The length of what stands at `at` and expands to nothing: a substitution of nothing, a special parameter. */
function emptyAt(text: string, at: number): number {
  const character = text.charAt(at)
  const next = text.charAt(at + 1)
  if (character === '`') return next === '`' ? 2 : 0
  if ('$<>'.includes(character) && next === '(' && text.charAt(at + 2) === ')') return 3
  return character === '$' && '$_!-@*'.includes(next) && next !== '' ? 2 : 0
}

/** The command word that a shell reads at `start`, quotes and empty expansions resolved. */
export function wordAt(
  text: string,
  start: number,
): { readonly word: string; readonly end: number; readonly disguised: boolean } {
  let word = ''
  let disguised = false
  let at = start
  for (; at < text.length && word.length < 80; at += 1) {
    const character = text.charAt(at)
    const code = text.charCodeAt(at)
    const empty = emptyAt(text, at)
    if (empty > 0 && word !== '') {
      at += empty - 1
      disguised = true
      continue
    }
    if (isSpace(code) || ';|&<>(){}`,'.includes(character)) break
    // A form's space.
    if (
      character === '+' &&
      word.length > 1 &&
      (isLetter(text.charCodeAt(at + 1)) || text.charAt(at + 1) === '/')
    )
      break
    if (character === "'" || character === '"' || character === '^') {
      disguised ||= at > start && isLetter(text.charCodeAt(at + 1))
    } else if (
      character === '\\' &&
      isLetter(text.charCodeAt(at + 1)) &&
      word !== '' &&
      !word.includes('\\')
    ) {
      disguised = true
    } else if (character === '$' && text.startsWith('()', at + 1)) {
      at += 2
      disguised = word !== ''
    } else if (character === '$') {
      const braced = text.charAt(at + 1) === '{'
      const close = braced ? text.slice(at, at + argumentMax).indexOf('}') : 0
      const end = braced ? (close < 0 ? -1 : at + close) : runEnd(text, at + 1, (c) => isWord(c)) - 1
      if (end > at + argumentMax || (braced && end < 0)) break
      at = Math.max(end, text.charAt(at + 1) === '@' || text.charAt(at + 1) === '*' ? at + 1 : at)
      disguised = word !== '' || (braced && isLetter(text.charCodeAt(at + 1)))
    } else word += character
  }
  return { word, end: at, disguised }
}

export type Shape = 'quoted' | 'none' | 'argument' | 'number' | 'host' | 'word' | 'assignment'

/** What the arguments after a command look like: prose has none that start with a dash or hold a path. */
export function shapeAt(text: string, start: number): Shape {
  if (text.charAt(start) === '=' || text.charAt(start) === ':') return 'assignment'
  const at = runEnd(text, start, (code) => code === 32 || code === 9)
  const first = text.charAt(at)
  if (first === '`' && at > start && text.charAt(at + 1) !== '') return 'quoted'
  if (first === '' || ';|&\n\r`)#}'.includes(first)) return 'none'
  if (at === start && !'<>'.includes(first)) return first === ',' || first === '(' ? 'assignment' : 'word'
  const end =
    runEnd(
      text.slice(at, at + argumentMax),
      0,
      (code) => !isSpace(code) && code !== 59 && code !== 124 && code !== 38 && code !== 96 && code !== 41,
    ) + at
  const argument = text.slice(at, end)
  if (argument === '/' && (end === text.length || ';|&'.includes(text.charAt(end)))) return 'argument'
  if (first === '-')
    return argument.length > 1 &&
      argument !== '--' &&
      (isLetter(argument.charCodeAt(1)) || isDigit(argument.charCodeAt(1)) || argument.startsWith('--'))
      ? 'argument'
      : 'word'
  if (first === '"' || first === "'") return 'quoted'
  if ('/~$<>*'.includes(first) && argument.length > 1) return 'argument'
  if (argument.startsWith('./') || argument.startsWith('..') || argument.includes('://')) return 'argument'
  if (isLetter(first.charCodeAt(0)) && /^.:[\\/]/.test(argument)) return 'argument'
  if (argument.startsWith('%') && argument.length > 1) return 'argument'
  if (runEnd(argument, 0, isDigit) === argument.length) return 'number'
  const dots = argument.split('.').length - 1
  // A version, not an address.
  if (dots < 3 && runEnd(argument, 0, (code) => isDigit(code) || code === 46) === argument.length)
    return 'number'
  const dot = argument.indexOf('.')
  if (dot > 0 && dot < argument.length - 1) return 'host'
  return argument.includes('/') && !argument.startsWith('http') ? 'host' : 'word'
}

/** The name without its folder and extension; a folder with wildcards in it is a disguise. */
export function commandName(word: string): string {
  const slash = Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\'))
  // A name with a folder in its middle is a package's or a page's, not a program's.
  if (slash > 0 && !'/.~\\'.includes(word.charAt(0)) && word.charAt(1) !== ':' && !word.startsWith('bin/'))
    return ''
  const name = word.slice(slash + 1).toLowerCase()
  return name.endsWith('.exe') ? name.slice(0, -4) : name
}

/** The name of a program without its version: `gcc` of `gcc-7.4`. */
export function unversioned(name: string): string {
  let end = name.length
  while (end > 2 && (isDigit(name.charCodeAt(end - 1)) || '.-'.includes(name.charAt(end - 1)))) end -= 1
  return name.slice(0, end)
}
