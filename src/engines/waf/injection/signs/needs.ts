import { anyMark, anyWord, mark, type Signs, word } from './signs.ts'

/**
 * What a text must have for each detector to find something in it: necessary, far from sufficient. A detector that learns
 * something new must say here what that needs; the tests hold every row against its detector.
 */
export const needs = {
  SqlInjection(signs) {
    if (anyWord(signs, word.sqlFirm)) return true
    if (anyMark(signs, quotes | mark.semicolon | mark.at | mark.control) && anyWord(signs, word.sqlStatement))
      return true
    if (anyWord(signs, word.sqlStatement) && anyWord(signs, word.sqlFunction)) return true
    if (anyWord(signs, word.sqlOrder) && anyWord(signs, word.sqlBy)) return true
    const comment = anyMark(signs, mark.hash) || anyWord(signs, word.sqlComment)
    const compares =
      anyMark(signs, compareMarks | mark.control | mark.lineEnd | mark.wide) ||
      anyWord(signs, word.sqlCompare)
    const logic = anyWord(signs, word.sqlLogic)
    if (logic && (comment || compares || anyMark(signs, brackets | mark.slash | mark.star | mark.percent)))
      return true
    if (comment && anyMark(signs, mark.semicolon | mark.at)) return true
    if (anyWord(signs, word.sqlConnected) && anyMark(signs, computeMarks)) return true
    if (comment && anyWord(signs, word.sqlClause)) return true
    if (anyMark(signs, quotes))
      return (
        comment ||
        logic ||
        anyMark(signs, compareMarks | mark.open | patternMarks | mark.semicolon) ||
        anyWord(signs, word.sqlClause | word.sqlFunction)
      )
    if (!anyMark(signs, mark.open)) return false
    if (!anyMark(signs, mark.close)) return true // A function left open.
    return anyMark(signs, computeMarks) || anyWord(signs, word.sqlFunction | word.sqlHex | word.sqlOperator)
  },
  CrossSiteScripting(signs) {
    if (anyMark(signs, mark.less | mark.ampersand | mark.backslash | mark.wide)) return true
    if (anyWord(signs, word.scriptPiece | word.xml)) return true
    if (anyMark(signs, mark.dollar) && anyMark(signs, callMarks)) return true
    if (anyWord(signs, word.scriptObject) && anyMark(signs, callMarks | mark.equals)) return true
    if (anyMark(signs, mark.equals)) {
      // A text given to a variable, a string closed before a member is given a value, a function that calls itself.
      if (anyMark(signs, quotes) && anyMark(signs, mark.semicolon | mark.dot)) return true
      if (anyMark(signs, mark.greater) && anyMark(signs, mark.open)) return true
    }
    if (anyWord(signs, word.scriptName) && anyMark(signs, callMarks | mark.equals | mark.question | mark.dot))
      return true
    if (anyMark(signs, mark.bracket) && anyMark(signs, mark.exclamation)) return true
    if (anyMark(signs, mark.equals) && anyWord(signs, word.scriptAttribute)) return true
    return (
      anyMark(signs, mark.colon) &&
      (anyMark(signs, mark.space | mark.control | mark.lineEnd) || anyWord(signs, word.scriptScheme))
    )
  },
  ShellCommand(signs) {
    if (anyMark(signs, shellMarks) || anyWord(signs, word.shellTell | word.shellVerb)) return true
    if (anyMark(signs, mark.space | mark.wide) && anyMark(signs, argumentMarks)) return true
    return anyMark(signs, mark.slash) && (anyWord(signs, word.shellFolder) || anyMark(signs, wildMarks))
  },
  PathTraversal: (signs) =>
    anyMark(signs, pathMarks | mark.colon | mark.semicolon | mark.control) || anyWord(signs, word.path),
  HiddenFile: (signs) => anyMark(signs, pathMarks | mark.dot | mark.tilde) || anyWord(signs, word.path),
  ExecutableFile: (signs) => anyMark(signs, mark.dot | mark.control | mark.semicolon),
  ServerRequest: (signs) =>
    anyMark(signs, mark.colon | mark.slash | mark.backslash) || anyWord(signs, word.address),
  Template: (signs) =>
    anyMark(signs, mark.brace | mark.bracket) ||
    (anyMark(signs, mark.open) && anyMark(signs, mark.hash | mark.at)) ||
    (anyMark(signs, mark.less) && anyMark(signs, mark.hash | mark.percent)),
  XmlEntities: (signs) =>
    anyWord(signs, word.xml) || (anyMark(signs, mark.less) && anyMark(signs, mark.exclamation)),
  NoSql: (signs) =>
    anyMark(signs, mark.dollar) ||
    anyWord(signs, word.lookup) ||
    (anyMark(signs, mark.quote | mark.doubleQuote) && anyMark(signs, closingMarks)) ||
    (anyWord(signs, word.database) && anyMark(signs, mark.open | compareMarks)),
  // A parenthesis alone breaks a filter too.
  Ldap: (signs) =>
    anyMark(signs, mark.open | mark.close) &&
    (anyMark(signs, filterMarks) || !anyMark(signs, mark.open) || !anyMark(signs, mark.close)),
  Php: (signs) =>
    anyMark(signs, mark.dollar | mark.open) ||
    anyWord(signs, word.php) ||
    (anyMark(signs, mark.less) && anyMark(signs, mark.question)) ||
    (anyMark(signs, mark.colon) && anyMark(signs, mark.doubleQuote)),
  Java: (signs) =>
    anyWord(signs, word.java) ||
    (anyMark(signs, mark.wide) && anyMark(signs, mark.control)) ||
    (anyMark(signs, mark.open) && anyMark(signs, mark.hash) && anyMark(signs, mark.at)),
  Node: (signs) =>
    anyMark(signs, mark.backslash) ||
    anyWord(signs, word.node) ||
    (anyWord(signs, word.nodeCall) && anyMark(signs, mark.open)),
  LogLookup: (signs) => anyMark(signs, mark.dollar) && anyMark(signs, mark.brace),
  HeaderLines: (signs) => anyMark(signs, mark.lineEnd | mark.wide),
  ServerInclude: (signs) =>
    anyMark(signs, mark.ampersand) || (anyMark(signs, mark.less) && anyMark(signs, mark.exclamation)),
} as const satisfies Record<string, (signs: Signs) => boolean>

const brackets = mark.open | mark.close | mark.brace | mark.closingBrace
const quotes = mark.quote | mark.doubleQuote | mark.backtick
const compareMarks =
  mark.question | mark.less | mark.equals | mark.greater | mark.tilde | mark.exclamation | mark.at
const patternMarks = mark.star | mark.percent | mark.pipe
const computeMarks =
  mark.plus |
  mark.dash |
  mark.star |
  mark.slash |
  mark.percent |
  mark.tilde |
  mark.pipe |
  mark.ampersand |
  mark.hash |
  mark.exclamation |
  mark.less |
  mark.greater |
  mark.colon
const callMarks = mark.open | mark.backtick | mark.bracket
const shellMarks =
  mark.semicolon |
  mark.pipe |
  mark.ampersand |
  mark.lineEnd |
  mark.backtick |
  mark.dollar |
  mark.less |
  mark.greater |
  mark.brace |
  mark.percent |
  mark.backslash |
  mark.quote |
  mark.doubleQuote |
  mark.tilde |
  mark.control
const argumentMarks = mark.dash | mark.slash | mark.star
const wildMarks = mark.question | mark.star | mark.bracket
const pathMarks = mark.slash | mark.backslash | mark.percent | mark.wide
const closingMarks =
  mark.control | mark.close | mark.closingBrace | mark.semicolon | mark.pipe | mark.ampersand | mark.plus
const filterMarks =
  mark.pipe | mark.ampersand | mark.exclamation | mark.equals | mark.star | mark.backslash | mark.control
