import { isDigit, isLetter, isWord, runEnd, skipSpace, words } from '../characters.ts'
import { Tokens, type Token } from './tokens.ts'
import { hasShape } from './shapes.ts'
import {
  commonFunctions,
  comparingWords,
  furtherFunctions,
  logicalWords,
  statements,
  tellingFunctions,
} from './vocabulary.ts'

/**
 * Tells whether a short text is a piece of a statement that only makes sense inside one: cut off after a parenthesis,
 * an operator or a verb, or whole and closed by a comment. Each question is about a construct of the grammar that
 * prose, names and paths do not have.
 */
export function isProbe(text: string): boolean {
  // `id=div name="` as a value: the application's own syntax may have come along.
  const name = runEnd(text, 0, isWord)
  return isPiece(text) || (name > 0 && text.charAt(name) === '=' && isPiece(text.slice(name + 1)))
}

function isPiece(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === '') return false
  if (endsInOpenCall(trimmed) || stacksVerb(trimmed) || closesStatement(trimmed)) return true
  if (hasShape(trimmed)) return true
  const tokens = firstTokens(text)
  return (
    comparesConstants(tokens) || continuesCondition(tokens) || hidesAfterVariable(tokens) || runsOne(tokens)
  )
}

const tokensMax = 8

/** The tokens of a short piece; of a longer text, none. */
function firstTokens(text: string): readonly Token[] {
  const tokens = new Tokens(text, 0, true, true)
  const found: Token[] = []
  for (let token = tokens.next(); token.kind !== 'end'; token = tokens.next()) {
    if (found.length === tokensMax) return []
    found.push(token)
  }
  return found
}

const isFunction = (name: string): boolean =>
  commonFunctions.has(name) || tellingFunctions.has(name) || furtherFunctions.has(name)

/** `:(`, `;-(` and the like end a sentence, and no call. */
const frown = /[:;=8][-'o^]?\($/

/** A function's name, at most a few signs by which filters are tried, and a parenthesis that nothing follows. */
function endsInOpenCall(text: string): boolean {
  const open = cutCall(text)
  if (open < 1 || frown.test(text.slice(0, open + 1))) return false
  // A text with whole parentheses calls something itself; a quote shows that it is a piece all the same.
  if (text.includes(')') && !/['"`]/.test(text)) return false
  let end = open
  while (end > 0 && open - end < 7 && !isWord(text.charCodeAt(end - 1))) end -= 1
  if (end === 0 || (end < open && text.slice(end, open).trim() === '')) return false
  let start = end
  while (start > 0 && end - start < 32 && isWord(text.charCodeAt(start - 1))) start -= 1
  // `%20user(`: the digits are the rest of an escape.
  return isFunction(text.slice(runEnd(text, start, isDigit), end).toLowerCase())
}

/** Where the parenthesis is that ends the text, or before whose first operand's operator it ends: `if(2=`. */
function cutCall(text: string): number {
  if (text.endsWith('(')) return text.length - 1
  const cut = /\( ?\w{0,20} ?[=<>,]{1,2}$/.exec(text)
  return cut?.index ?? -1
}

const stackedVerbs = words(
  'drop truncate alter create insert delete update exec execute shutdown waitfor declare select grant revoke merge',
)

/** A verb right after a semicolon, and then no word of a sentence: `;truncate[x`, `x;drop`, `; insert "`. */
function stacksVerb(text: string): boolean {
  for (let at = text.indexOf(';'); at >= 0; at = text.indexOf(';', at + 1)) {
    const start = at === 0 ? skipSpace(text, 1) : at + 1
    const end = runEnd(text, start, isWord)
    const verb = text.slice(start, end).toLowerCase()
    if (at === 0 && end === text.length && (statements.has(verb) || (start === 1 && alone.has(verb))))
      return true
    if (!stackedVerbs.has(verb)) continue
    const next = text.charAt(at === 0 ? skipSpace(text, end) : end)
    if (next === '[' || next === '`' || next === '"' || next === "'" || next === '*') return true
    // `read;select;insert` lists rights; a value that ends where a statement begins is one word, number or quote.
    if (end === text.length && runEnd(text, 0, (code) => isWord(code) || code === 39 || code === 41) === at)
      return listed.has(verb) ? !isLetter(text.charCodeAt(at - 1)) : true
  }
  return false
}

/** Statements of one word. */
const alone = words('commit rollback show go kill reconfigure')

/** Verbs that lists of rights and of operations are made of. */
const listed = words('select insert update delete create execute')

/** A statement's verb first, and last a semicolon with a comment sign that hides the rest. */
function closesStatement(text: string): boolean {
  const verb = text.slice(0, runEnd(text, 0, isWord)).toLowerCase()
  return (statements.has(verb) || verb === 'show') && /; {0,3}--$/.test(text)
}

/** Operators that make constants into a condition which no one would need to write. */
const differing = words('<> != <=> !== ==')
const equals = words('= == === <=>')

/** A number or string, an operator and another, and nothing else: `'x'!='y`, `'q' like 'q'`. */
function comparesConstants(tokens: readonly Token[]): boolean {
  const [left, operator, right, ...more] = tokens
  if (left === undefined || operator === undefined || right === undefined) return false
  if (more.length > 1 || (more[0] !== undefined && more[0].kind !== 'comment')) return false
  if (!isConstant(left) || !isConstant(right)) return false
  const strings = left.kind === 'string' && right.kind !== 'number'
  if (operator.kind === 'compare' && strings) return differing.has(operator.text) || equals.has(operator.text)
  if (operator.kind === 'compare' && left.kind === 'number' && right.kind === 'number')
    return left.text === right.text && left.text.length === 1 && operator.text === '='
  return strings && comparingWords.has(operator.text) && operator.text !== 'in' && operator.text !== 'is'
}

const isConstant = ({ kind }: Token): boolean =>
  kind === 'number' || kind === 'string' || kind === 'openString'

/** An operator first, and last a connective or a string left open: the statement is on both sides of the text. */
function continuesCondition(tokens: readonly Token[]): boolean {
  const [first, operand, ...more] = tokens
  const last = more.at(-1)
  if (first === undefined || operand === undefined || last === undefined || more.length > 3) return false
  if (operand.kind !== 'word' && operand.kind !== 'number') return false
  if (first.text === '/' || first.text === '*' || first.text === '%')
    return more.length === 1 && (last.text === 'and' || last.text === 'or' || last.text === 'xor')
  return (
    (first.text === 'div' || first.text === 'mod' || logicalWords.has(first.text)) &&
    more.length === 2 &&
    more[0]?.kind === 'compare' &&
    last.kind === 'openString' &&
    last.end - last.start === 1
  )
}

/** A variable, and a comment that says nothing but hides the rest. */
function hidesAfterVariable([variable, comment]: readonly Token[]): boolean {
  return variable?.kind === 'variable' && comment?.kind === 'comment' && comment.text.trim() === ''
}

/** What people say that they execute. */
const executed = words(
  `query queries command commands order orders plan plans code script scripts task tasks job jobs test tests program
  programs function functions method methods statement statements workflow workflows action actions request requests
  all now it this that permission permissions file files search report trade trades contract agreement step steps
  sql process strategy pipeline again immediately operation operations and or`,
)

/** `EXECUTE name` is a whole statement: it runs what was prepared under the name, or a procedure. */
function runsOne(tokens: readonly Token[]): boolean {
  const [verb, name, ...more] = tokens
  return (
    verb?.text === 'execute' &&
    name?.kind === 'word' &&
    more.length === 0 &&
    skipSpace(name.text, 0) === 0 &&
    !executed.has(name.text)
  )
}
