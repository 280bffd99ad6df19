import { isSpace, isWord, runEnd, skipSpace, words } from '../characters.ts'

/** A longer text is a sample of code, or prose with code in it, which nobody's page runs. */
const statementMax = 300

/** Objects that only browsers have, whose members a statement reaches whatever they are called. */
const browserObjects = words(
  'window document navigator history location localstorage sessionstorage globalthis opener cookiestore',
)
/** Objects whose names other languages and prose have too: they count with members that only browsers' objects have. */
const sharedObjects = words('self top parent this frames string array reflect object')
const browserMembers = words(
  `location postmessage document cookie alert confirm prompt eval open frames opener localstorage sessionstorage fetch atob
  settimeout navigator origin fromcharcode fromcodepoint from apply construct constructor defineproperty`,
)
/** Functions that decode, load or run what they are given; and those of them that even an empty call gives away. */
const browserFunctions = words(
  `eval alert confirm prompt atob btoa execscript unescape decodeuri decodeuricomponent encodeuricomponent fetch import importscripts
  settimeout setinterval setimmediate function requestanimationframe queuemicrotask $ jquery`,
)
/** Functions that samples give a function, and attacks a text or a name. */
const waiting = words('settimeout setinterval setimmediate requestanimationframe queuemicrotask')
const emptyCalls = words('eval alert confirm prompt atob btoa execscript')
/** What a statement makes to send or load something. */
const constructors = words(
  'image worker sharedworker xmlhttprequest websocket eventsource function audio broadcastchannel blob activexobject',
)

interface Chain {
  /** Lower case. */
  readonly root: string
  /** The first member, lower case; empty when it is an index or there is none. */
  readonly member: string
  readonly end: number
  readonly called: boolean
  /** Called with an argument, or with a template. */
  readonly given: boolean
  readonly indexed: boolean
}

/**
 * Whether the whole of a short text is one statement of a browser's script: `navigator.vibrate(9)`, `location='//x'`,
 * `new Image().src=x`, a function that calls itself, a text given to a variable.
 */
export function isStatement(text: string): boolean {
  const code = text.trim()
  if (code.length > statementMax || code.length < 4) return false
  if (assignsText(code) || callsItself(code) || callsProof(code)) return true
  if (/^with\s*\(\s*(?:document|window|location|self|alert|\w{1,20}\))/i.test(code) && !code.includes('):'))
    return !/^with\s*\([^)]*$/i.test(code) && /[=(]/.test(code.slice(code.indexOf(')')))
  const start = runEnd(code, 0, (c) => isSpace(c) || '([{!+-~;,'.includes(String.fromCharCode(c)))
  const made = /^new\s/i.test(code.slice(start, start + 4))
  const chain = readChain(code, made ? skipSpace(code, start + 3) : start)
  if (chain === undefined || !endsStatement(code, chain)) return false
  if (made) return constructors.has(chain.root) && chain.called
  return isTelling(code, chain)
}

function isTelling(code: string, { root, member, end, called, given, indexed }: Chain): boolean {
  const after = skipSpace(code, end)
  const assigns = code.charAt(after) === '='
  if (waiting.has(root) && /^\w+\(\s*(?:async\b|function\b|\(|\w{1,20}\s*=>)/i.test(code.trim())) return false
  if (browserFunctions.has(root) && member === '')
    return called && (given || emptyCalls.has(root)) && (root.length > 1 || isQuery(code))
  if (root === '$' || root === 'jquery') return called && (given || member !== '')
  // A place is a word of forms: what it is given must be an address.
  if (root === 'location' && assigns && member === '')
    return /^=\s*(?:(['"`])[^'"`]*[:/]|name\b|atob)/.test(code.slice(after))
  if (member === '' && !indexed) return false
  if (browserObjects.has(root)) return given || (indexed && called) || (assigns && isValue(code, after))
  if (!sharedObjects.has(root)) return false
  if (!browserMembers.has(member) && !(indexed && /\[[^\]]{0,40}['"`/]/.test(code))) return false
  return given || (assigns && isValue(code, after))
}

/** What is assigned is a text, a list, or comes from a call or a member: a form's pairs have plain words there. */
function isValue(code: string, equals: number): boolean {
  return /^=\s*(?:['"`[({/]|\w{1,40}[(.`])/.test(code.slice(equals, equals + 60))
}

/** `$('…')`, of jQuery, and something done with what it finds. */
function isQuery(code: string): boolean {
  return /^\$\(\s*['"`][^'"`]{1,80}['"`]\s*\)\s*\.\s*\w/.test(code)
}

/** A name, and the members, indexes and calls that follow it. */
function readChain(code: string, start: number): Chain | undefined {
  const name = runEnd(code, start, (c) => isWord(c) || c === 36)
  if (name === start) return undefined
  let member = ''
  let called = false
  let given = false
  let indexed = false
  let at = name
  for (;;) {
    const next = skipSpace(code, at)
    const sign = code.charAt(next)
    if (sign === '.' || sign === '?') {
      const dot = sign === '?' ? next + 1 : next
      if (code.charAt(dot) !== '.') break
      const first = skipSpace(code, dot + 1)
      const end = runEnd(code, first, (c) => isWord(c) || c === 36)
      if (end === first && sign === '.') break
      if (member === '') member = code.slice(first, end).toLowerCase()
      at = end
    } else if (next === at && (sign === '(' || sign === '[' || sign === '`')) {
      // Prose has a space before its brackets: "document.pdf (final)".
      const end = sign === '`' ? closingTemplate(code, next) : closingBracket(code, next)
      if (sign === '[') indexed = true
      else {
        called = true
        given ||= code.slice(next + 1, end).trim().length > 1
      }
      at = end
    } else break
  }
  return { root: code.slice(start, name).toLowerCase(), member, end: at, called, given, indexed }
}

/** Past the bracket that closes this one, or the end of a text that is cut. */
function closingBracket(code: string, start: number): number {
  let depth = 0
  let quote = ''
  for (let at = start; at < code.length; at += 1) {
    const character = code.charAt(at)
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
    } else if ('\'"`'.includes(character)) quote = character
    else if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return code.length
}

function closingTemplate(code: string, start: number): number {
  const end = code.indexOf('`', start + 1)
  return end < 0 ? code.length : end + 1
}

/** A statement ends with the text, with a sign, or gives what it reached a value; after it, prose would go on with a word. */
function endsStatement(code: string, { end }: Chain): boolean {
  const after = skipSpace(code, end)
  const next = code.charAt(after)
  if (next === '=') return code.charAt(after + 1) !== '=' && code.charAt(after + 1) !== '>'
  return next === '' || ');,/}+-*&|?<'.includes(next)
}

/** `a="x";` and nothing else: a piece of a script, or of what it is put together from. */
function assignsText(code: string): boolean {
  return /^(?:var\s{1,8})?[a-z_$][\w$]{0,30}\s{0,8}=\s{0,8}(?:"(?:[^"\\]|\\.){0,200}"|'(?:[^'\\]|\\.){0,200}'|`[^`]{0,200}`);$/i.test(
    code,
  )
}

/**
 * A call of what only proves that a script runs, within signs and not within words: `1);alert(1)`, `if(1)prompt(1)`,
 * `throw~confirm(1)`.
 */
function callsProof(code: string): boolean {
  if (!/(?:^|[^\w.$\s"'`<>-])\s?(?:alert|confirm|prompt|eval)(?:\([^)]|`)/i.test(code)) return false
  return !/[a-z]{2,}[,.:]? +(?!alert|confirm|prompt|eval|function|this|in\b|of\b)[a-z]{2,}/i.test(
    code.replace(keywords, ''),
  )
}

const keywords =
  /\b(?:new|return|throw|typeof|void|delete|await|async|else|var|let|const|catch|try|case|default|function)\b/gi

/** A function without a name that is called where it stands: `(()=>{…})()`, `!function(){…}()`. */
function callsItself(code: string): boolean {
  if (code.includes('\n')) return false
  if (
    !/^[!+\-~(;\s]{1,8}(?:async\s{0,4})?(?:function\b|\w{0,20}\s{0,4}=>|\([\w\s,]{0,40}\)\s{0,4}=>)/i.test(
      code,
    )
  )
    return false
  return /[)}]\s{0,8}\)?\s{0,8}(?:\([^()]{0,40}\)|`[^`]{0,40}`)[\s;)]{0,8}(?:\/\/.*)?$/.test(code)
}
