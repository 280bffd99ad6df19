import { isDigit, isLetter, isSpace, isWord, runEnd, skipSpace, words } from './characters.ts'

interface Delimiter {
  readonly open: string
  readonly close: string
  /** Delimiters that other languages share prove less: the expression must reach further. */
  readonly shared: boolean
}

const delimiters: readonly Delimiter[] = [
  { open: '{{', close: '}}', shared: true },
  { open: '${', close: '}', shared: true },
  { open: '#{', close: '}', shared: false },
  { open: '*{', close: '}', shared: false },
  { open: '@{', close: '}', shared: false },
  { open: '~{', close: '}', shared: false },
  { open: '{%', close: '%}', shared: false },
  { open: '<%', close: '%>', shared: false },
  { open: '[[', close: ']]', shared: true },
  { open: '@(', close: ')', shared: false },
  { open: '{', close: '}', shared: true },
]

const expressionMax = 300

/** Members and functions by which expressions reach from a value to the machine. */
const reaching = words(
  `__class__ __mro__ __subclasses__ __globals__ __init__ __builtins__ __import__ __base__ __bases__ __dict__ __getattribute__
  mro subclasses popen getclass forname getmethod getruntime newinstance getenv runtime processbuilder scriptengine scriptenginemanager
  classloader getdeclaredmethod getdeclaredfields constructor prototype mainmodule require child_process execsync spawnsync
  os system exec passthru shell_exec subprocess check_output file_get_contents readfile eval assert fromcharcode
  getfilter registerundefinedfiltercallback lipsum cycler joiner namespace url_for get_flashed_messages self _self request config
  settings secret_key freemarker velocity java javax springframework ognl application open backtick irb file ls dir
  getattribute getsystemproperty inspect linecache importlib getresource tostring env phpinfo
  attr server dump print lookup alert sleep`,
)

/** Members that no template shows: reaching for one is enough. */
const telling = words('constructor __proto__ secret_key _self')

/** Objects of an engine's own that a template alone shows only to see whether it is one. */
const ownObjects = words('config self settings request _self')

/** Words of statements in `{% … %}` and `<% … %>`. */
const statementWords = words(
  'if for set include import extends macro block with debug load php system exec eval render do end',
)

/** The longest text that is taken for one expression; longer ones are templates that somebody writes. */
const probeMax = 200

/**
 * An expression as the whole text that only its engine would read so: FreeMarker's `[=7*7]`, Go's functions of texts, a text
 * that Handlebars binds, Velocity's files, OGNL's assignments, and what leads from an engine's objects to the server.
 */
const probes =
  /^\s*(?:\[=\s{0,4}\d+\s{0,4}[*+/-]|\{\{-?\s{0,4}(?:(?:printf|println|print|html|js|urlquery|define|template|call)\s{1,4}["'][^"'{}]{0,60}["']\s{0,4}-?\}\}|#with\s{1,4}["']|(?:request|app|self|config|session)\.(?:application|environ|env|server|registry|loader|_\w{1,20})\b|_self\.)|#(?:parse|evaluate|include)\s{0,4}\(\s{0,4}["']|%\{\s{0,4}\(?#\w{1,30}\s{0,4}=)/i

/** Tells whether a text holds a template's expression that computes or reaches for objects; merely naming a value is none. */
export function isTemplateInjection(text: string): boolean {
  if (showsOwnObject(text) || (text.length < probeMax && probes.test(text))) return true
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (
      code !== 123 &&
      code !== 36 &&
      code !== 35 &&
      code !== 42 &&
      code !== 64 &&
      code !== 126 &&
      code !== 60 &&
      code !== 91
    )
      continue
    if (isDirective(text, at)) return true
    const delimiter = delimiters.find(({ open }) => text.startsWith(open, at))
    if (delimiter === undefined) continue
    const start = at + delimiter.open.length
    const expression = text.slice(start, start + expressionMax)
    if (acts(closed(expression, delimiter.close), delimiter)) return true
    at = start - 1
  }
  return false
}

/** `{{config}}` and nothing else. */
function showsOwnObject(text: string): boolean {
  const whole = text.trim()
  return (
    whole.startsWith('{{') && whole.endsWith('}}') && ownObjects.has(whole.slice(2, -2).trim().toLowerCase())
  )
}

function closed(expression: string, close: string): string {
  const end = expression.indexOf(close)
  return end < 0 ? expression : expression.slice(0, end)
}

/** FreeMarker's `<#assign …>`, Velocity's `#set(…)`, PHP's and ERB's tags that print. */
function isDirective(text: string, at: number): boolean {
  if (text.startsWith('<#', at) || text.startsWith('[#', at)) {
    const word = text.slice(at + 2, runEnd(text, at + 2, isLetter))
    return (
      ['assign', 'list', 'include', 'import', 'macro', 'function', 'setting', 'attempt'].includes(word) &&
      isSpace(text.charCodeAt(at + 2 + word.length))
    )
  }
  if (text.charAt(at) === '#') {
    const word = text.slice(at + 1, Math.min(runEnd(text, at + 1, isLetter), at + 12))
    const next = text.charAt(skipSpace(text, at + 1 + word.length))
    if ((word === 'set' || word === 'foreach' || word === 'evaluate') && next === '(')
      return text.includes('$', at)
    return word === 'include' && next === '(' && text.includes('"', at)
  }
  return text.startsWith('{php}', at) || text.startsWith('{system(', at) || text.startsWith('{literal}', at)
}

function acts(expression: string, { open, shared }: Delimiter): boolean {
  const inner = expression.trim().replace(/^[=\-%@!#?]\s*/, '')
  if (inner === '') return false
  if (open === '{') return braceCalls(inner)
  if (open === '{%' || open === '<%') {
    const word = inner.slice(0, runEnd(inner, 0, isLetter)).toLowerCase()
    return (
      statementWords.has(word) ||
      computes(inner) ||
      reaches(inner) ||
      (open === '<%' && (inner.includes('(') || inner.includes('`')))
    )
  }
  if (open === '[[') return computes(inner)
  if (open === '@{' && inner.startsWith('[')) return true // Perl: an expression within a string.
  if (computes(inner)) return true
  return reaches(inner) || (!shared && inner.includes('('))
}

/** Smarty's `{system('id')}`; a brace alone belongs to every language. */
function braceCalls(inner: string): boolean {
  const end = runEnd(inner, 0, (code) => isWord(code))
  if (inner.startsWith('$smarty.') || inner.startsWith('Smarty_')) return true
  if (inner.slice(0, end) === 'math' && inner.includes('=', end)) return true
  return (
    (['system', 'passthru', 'exec', 'shell_exec', 'self'].includes(inner.slice(0, end)) &&
      (inner.charAt(end) === '(' || inner.startsWith('::', end))) ||
    (isDigit(inner.charCodeAt(0)) && computes(inner))
  )
}

/** Arithmetic of constants: `7*7`, `'a'*3`, `1338-1`: nobody's template needs it, whoever probes does. */
function computes(expression: string): boolean {
  let at = skipSpace(expression, 0)
  while (expression.charAt(at) === '(') at += 1
  const quote = expression.charAt(at)
  let end: number
  if (quote === "'" || quote === '"') {
    end = expression.indexOf(quote, at + 1) + 1
    if (end === 0) return false
  } else end = runEnd(expression, at, (code) => isDigit(code) || code === 46)
  if (end === at) return false
  const operator = expression.charAt(skipSpace(expression, end))
  if (operator === '' || !'*+-/%'.includes(operator)) return false
  const second = skipSpace(expression, skipSpace(expression, end) + 1)
  const next = expression.charCodeAt(second)
  return isDigit(next) || next === 39 || next === 34 || operator === '*'
}

/** A word that reaches for objects, as a member, a call or a key. */
function reaches(expression: string): boolean {
  for (let at = 0; at < expression.length;) {
    if (!isWord(expression.charCodeAt(at))) {
      at += 1
      continue
    }
    const end = runEnd(expression, at, isWord)
    const word = expression.slice(at, end).toLowerCase()
    const before = expression.charAt(at - 1)
    const after = expression.charAt(skipSpace(expression, end))
    const filter = expression.slice(0, at).trimEnd().endsWith('|')
    if (word.startsWith('__') && word.endsWith('__') && word.length > 5) return true
    if (telling.has(word) && (before === '.' || before === '"' || before === "'")) return true
    if (
      reaching.has(word) &&
      (filter ||
        before === '.' ||
        before === '"' ||
        before === "'" ||
        before === '?' ||
        after === '(' ||
        after === '.' ||
        after === '[' ||
        after === '|')
    ) {
      if (expression.includes('(') || expression.includes('[') || expression.includes('|')) return true
    }
    if (word === 't' && after === '(' && at === 0) return true
    at = end
  }
  return (
    expression.includes('"_"*2') ||
    joinsStrings(expression) ||
    expression.includes('?new(') ||
    expression.includes('?eval') ||
    expression.includes('?api')
  )
}

/** A key put together of two strings, `['__cla'+'ss__']`: whoever writes it so hides it. */
function joinsStrings(expression: string): boolean {
  return /\[\s*(?:'[^']{0,40}'\s*[+~]\s*'|"[^"]{0,40}"\s*[+~]\s*")/.test(expression)
}
