import { isDigit, isLetter, isSpace, runEnd, skipSpace } from './characters.ts'
import { unescapeScript } from './escapes.ts'

/** What reaches from Node's globals to the machine. */
export const reaching = [
  'process.mainmodule',
  'process[',
  'process.binding(',
  'global.process',
  'globalthis.process',
  'constructor.constructor',
  "constructor['",
  'constructor["',
  'constructor._load(',
  'module._load(',
  "child_process').",
  'child_process").',
  '_$$nd_func$$_',
  'this.constructor',
  'require.main',
  'process.exit(',
  'process.kill(',
  'vm.runin',
  '.constructor(',
  'arguments.callee',
]

/** The longest text that is taken for one call; a longer one is a sample. */
const callMax = 120
/** A module's function, or what tells of the process, as the whole text; a module that runs commands, wherever it is fetched. */
const modules =
  /^\s*(?:(?:fs|os|vm|child_process)\.\w{2,30}\(\s*['"`]?[^'"`)]|(?:exec|execfile|spawn|fork)(?:sync)?\(\s*['"`]|process\.(?:env\.\w|cwd\(|versions?\b|argv\b|pid\b|platform\b|memoryusage|uptime)[^\s]*$|require\(\s*['"`](?:node:)?(?:fs|os|net|http|vm|path|util|module|crypto|worker_threads)['"`]\s*\)[;.]?|[^a-z]*(?:readfile|readdir|writefile|appendfile|unlink)sync\()|(?:require|import)\(\s*['"`](?:node:)?(?:child_process|vm2?|worker_threads)['"`]\s*\)/

/** Tells whether a text is script for a server: what reaches Node's modules, pollutes prototypes, or loops for ever. */
export function isNodeCode(text: string): boolean {
  const plain = unescapeScript(text).toLowerCase()
  if (pollutesPrototype(plain)) return true
  if (plain.includes('_$$nd_func$$_')) return true
  const short = plain.length < 300
  if (
    short &&
    /(?:^|[^=\s]|[(,;]\s)require\(\s*['"](?:node:)?(?:fs|child_process|net|vm|os)['"]\s*\)\s*\./.test(plain)
  )
    return true
  if (plain.length < callMax && modules.test(plain)) return true
  for (const part of reaching) if (plain.includes(part) && (short || isCalled(plain, part))) return true
  return short && (loops(plain) || isLog(plain))
}

/** In a longer text, only what is called by a statement that stands alone counts. */
function isCalled(plain: string, part: string): boolean {
  return (
    (part === 'child_process' || part === 'execsync' || part === '_load(' || part === 'process.mainmodule') &&
    plain.includes('process.mainmodule') &&
    !plain.includes('\n#')
  )
}

/** `__proto__` or `constructor.prototype` as a member's name. */
function pollutesPrototype(plain: string): boolean {
  const at = plain.indexOf('__proto__')
  if (at >= 0) {
    const next = plain.charAt(at + 9)
    if (
      plain.length === 9 ||
      next === '[' ||
      next === '.' ||
      next === ':' ||
      next === '=' ||
      next === ']' ||
      (/^["']\s{0,4}:/.test(plain.slice(at + 9, at + 16)) && /^\s*[{[]/.test(plain))
    )
      return plain.length < 4000
  }
  return (
    /^\s*\{\s*["']constructor["']\s*:\s*\{\s*["']prototype["']/.test(plain) ||
    /^object(?:\.prototype|\[["']prototype["']\])[.[]/.test(plain) ||
    plain.startsWith('constructor[prototype]') ||
    plain.startsWith('constructor.prototype') ||
    plain.includes('[constructor][prototype]') ||
    plain.includes('.constructor.prototype')
  )
}

/** `while(true)`, `while(!0)`: a condition that hangs on nothing. */
function loops(plain: string): boolean {
  let at = skipSpace(plain, 0)
  if (!plain.startsWith('while', at) && !plain.startsWith('for', at)) return false
  at = skipSpace(plain, runEnd(plain, at, isLetter))
  if (plain.charAt(at) !== '(') return false
  const start = runEnd(plain, at, (code) => isSpace(code) || '(!+-~;'.includes(String.fromCharCode(code)))
  return [
    'true',
    '1',
    '0',
    'this',
    'new ',
    'string',
    'undefined',
    'null',
    '{}',
    '[]',
    '[',
    '{',
    ')',
    "'",
    '"',
  ].some((constant) => plain.startsWith(constant, start))
}

/** The text is one call of the console's, or opens a function: what a probe for an eval looks like. */
function isLog(plain: string): boolean {
  if (plain.startsWith('console.')) {
    const end = runEnd(plain, 8, isLetter)
    // With a constant: `console.log(1)`. A sample of code says more.
    const argument = runEnd(plain, end + 1, (code) => isDigit(code) || code === 34 || code === 39)
    return end > 8 && plain.charAt(end) === '(' && argument > end + 1 && plain.charAt(argument) === ')'
  }
  const start = skipSpace(plain, 0)
  return (
    plain.startsWith('function', start) &&
    plain.charAt(skipSpace(plain, start + 8)) === '(' &&
    plain.includes('{')
  )
}
