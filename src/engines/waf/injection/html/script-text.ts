import { isLetter, isSpace, isWord, runEnd, skipSpace, words } from '../characters.ts'

/** Functions and objects of the browser that a script put in by a stranger starts with. */
const sinks = words(
  `alert confirm prompt eval fetch settimeout setinterval setimmediate execscript print open
  document window self top parent frames globalthis location navigator localstorage sessionstorage
  function import string xmlhttprequest this constructor history atob console new throw onerror
  var let const if while for jquery $ msgbox`,
)

/** Calls that prove a script wherever they stand first. */
const proofs = words('alert confirm prompt eval execscript')

/** Whether a text begins with something that JavaScript would run: a call, an assignment, a property that is reached. */
export function beginsScript(text: string, start: number): boolean {
  let at = start
  // Parentheses, signs, keywords and comments before an expression change nothing.
  for (;;) {
    at = runEnd(text, at, (code) => isSpace(code) || '([{!+-~;,'.includes(String.fromCharCode(code)))
    if (!text.startsWith('/*', at)) break
    const close = text.indexOf('*/', at + 2)
    if (close < 0) return false
    at = close + 2
  }
  const end = runEnd(text, at, (code) => isWord(code) || code === 36)
  if (end === at) return false
  const word = text.slice(at, Math.min(end, at + 40)).toLowerCase()
  if (!sinks.has(word)) return false
  // `(alert)(1)`: parentheses around the name.
  const next = text.charAt(runEnd(text, end, (code) => isSpace(code) || code === 41))
  if (word === 'new' || word === 'throw' || word === 'var' || word === 'let' || word === 'const')
    return text.includes('=', end) || text.includes('(', end)
  if (next === '(' || next === '`') return true
  if (next === '[' || text.startsWith('?.', end)) return true
  if (next === '=' && text.charAt(skipSpace(text, end) + 1) !== '=')
    return word === 'location' || word === 'onerror'
  return next === '.' && isLetter(text.charCodeAt(end + 1))
}

/** Whether a value of an event attribute, or what follows `javascript:`, runs anything. */
export function runsScript(code: string): boolean {
  const trimmed = code.trim()
  if (trimmed === '' || isJsxValue(trimmed)) return false
  for (let at = 0; at < trimmed.length; at += 1) {
    const character = trimmed.charAt(at)
    if (character === '(' || character === '`' || character === '=' || character === '[') return true
    // Escaped or encoded further: nothing honest writes its handlers so.
    if (character === '\\' || character === '&' || character === '%') return true
  }
  return false
}

/**
 * Whether a handler is written as JSX does: `{name}`, `{() => …}`, `{async (event) => …}`. In HTML these are blocks around
 * an expression that runs nothing. The value may be cut at its first space.
 */
export function isJsxValue(value: string): boolean {
  if (!value.startsWith('{')) return false
  const inner = value.slice(1).trimStart()
  const name = runEnd(inner, 0, (code) => isWord(code) || code === 46 || code === 36)
  const after = inner.charAt(skipSpace(inner, name))
  if (name > 0 && (after === '}' || after === '' || inner.startsWith('=>', skipSpace(inner, name))))
    return true
  if (!inner.startsWith('(')) return inner === ''
  return (
    runEnd(
      inner,
      1,
      (code) => isWord(code) || isSpace(code) || ',$:{}.?'.includes(String.fromCharCode(code)),
    ) >=
      inner.length - 1 || inner.startsWith('()')
  )
}

/** Whether a text closes a string of a script that it was put into and goes on with a script of its own. */
export function breaksIntoScript(text: string): boolean {
  for (const quote of ["'", '"', '`']) {
    const at = text.indexOf(quote)
    if (at < 0) continue
    const end = runEnd(
      text,
      at + 1,
      (code) => isSpace(code) || ')]};,+-*/|&^?:<>=!'.includes(String.fromCharCode(code)),
    )
    if (end > at + 1 && startsProof(text, end)) return true
    // Further statements: `",rest);alert(1)//`.
    let statement = text.indexOf(';', end)
    for (let tries = 0; tries < 4 && statement >= 0 && statement - at < 80; tries += 1) {
      if (startsProof(text, statement + 1)) return true
      statement = text.indexOf(';', statement + 1)
    }
  }
  return startsProof(text, 0) || isSymbolsOnly(text) || handsOver(text)
}

/** As much of a text as is read for calls with comments in them. */
const commentedMax = 4096

/** A function that shows something, under another name (`a=alert,a(1)`), or handed to a method that calls it: `[1].find(alert)`. */
function handsOver(written: string): boolean {
  const text = written.includes('/*')
    ? written.slice(0, commentedMax).replace(/\/\*[^*]{0,80}\*\//g, ' ')
    : written
  if (/\w\s*=\s*(?:alert|confirm|prompt|eval)\s*[,;]\s*(?:throw\b|\w{1,40}\s*[(`])/i.test(text)) return true
  if (/\bonerror\s*=\s*(?:alert|confirm|prompt|eval)\b/i.test(text)) return true
  if (/\[\s{0,4}["'`]constructor["'`]\s{0,4}\]\s{0,4}[(`]/i.test(text)) return true
  // `[].sort.call`${alert}1``: a template hands its values to the function before it.
  if (/[\w\])]\s{0,4}`[^`]{0,40}\$\{\s{0,4}(?:alert|confirm|prompt|eval)\s{0,4}[}.]/i.test(text)) return true
  if (/\(\s{0,4}\w{1,8}\s{0,4},\s{0,4}(?:alert|confirm|prompt|eval)\s{0,4}\)\s{0,4}[(`]/i.test(text))
    return true
  return /[\])'"`/\w]\s{0,4}\.\s{0,4}(?:find|map|foreach|filter|some|every|sort|replace|call|apply|from|then|reduce|flatmap|bind|construct)\w{0,10}\s{0,4}[(`](?:[^()]{0,20},)?\s{0,4}(?:alert|confirm|prompt|eval)\s{0,4}[),]/i.test(
    text,
  )
}

/** Script written with `[]()!+` alone, which needs no letters. */
function isSymbolsOnly(text: string): boolean {
  if (!text.includes('[]') || !text.includes('!')) return false
  return (
    runEnd(text, 0, (code) => isSpace(code) || '[]()!+'.includes(String.fromCharCode(code))) === text.length
  )
}

/** The text itself is a script: a call of a function that shows something or runs its argument. */
export function startsProof(text: string, start: number): boolean {
  if (!beginsScript(text, start)) return false
  const at = runEnd(text, start, (code) => !isLetter(code) && code !== 36)
  const end = runEnd(text, at, (code) => isWord(code))
  const word = text.slice(at, Math.min(end, at + 40)).toLowerCase()
  if (proofs.has(word)) return true
  const next = text
    .slice(
      runEnd(text, end, (code) => code === 41),
      end + 14,
    )
    .toLowerCase()
  if (word === 'new') return next.trimStart().startsWith('function')
  if (word === 'document')
    return ['.cookie', '.domain', '.write', '.location', '.body', '.createelem', '['].some((member) =>
      next.startsWith(member),
    )
  if (
    word === 'window' ||
    word === 'self' ||
    word === 'top' ||
    word === 'parent' ||
    word === 'globalthis' ||
    word === 'frames'
  ) {
    return (
      next.startsWith('[') ||
      next.startsWith('.locat') ||
      next.startsWith('.name') ||
      next.startsWith('.alert') ||
      next.startsWith('.eval')
    )
  }
  if (word === 'location') return start > 0
  // A text that is run: no function of a sample is given one so.
  if (word === 'function' || word === 'settimeout' || word === 'setinterval')
    if (/^\(\s*['"`]/.test(next)) return true
  return (
    (word === 'settimeout' ||
      word === 'setinterval' ||
      word === 'fetch' ||
      word === 'import' ||
      word === 'string') &&
    start > 0
  )
}
