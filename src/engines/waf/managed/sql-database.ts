import { isSqlInjection } from '../injection/index.ts'
import { anyMark, anyWord, mark, word } from '../injection/signs/index.ts'
import type { TextTest } from '../statements/index.ts'
import type { GroupRow } from './group.ts'
import { detecting, testing } from './rows.ts'

/** Statements and functions that change, read or wait for a database beside the query that they were put into. */
const extended =
  /\b(?:xp_cmdshell|xp_dirtree|sp_executesql|utl_http|utl_inaddr|dbms_(?:pipe|lock|xmlgen)|load_file|into\s+(?:out|dump)file|information_schema|pg_(?:sleep|read_file)|waitfor\s+delay|benchmark\s*\(|extractvalue\s*\(|updatexml\s*\(|sysobjects|sqlite_master)/i

/** Constructs of SQL that no sentence has, and that stand in requests to get past readers of SQL. */
const constructs =
  /\bunion\s*(?:(?:all|distinct)\s*)?\(+\s*select\b|\bsounds\s+like\s*\(|\bbinary\s+binary\b|\d\.e\s*\(|\bhaving\s{0,8}\(?\s{0,8}\d{1,16}\s{0,8}(?:[=<>]|\s(?:or|and)\b)|\b(?:and|or)\s+char\s*\(\s*\d|\\union\s+select\b|#\s*union\b|'\s{0,8}(?:or|and)\s{0,8}\(?\s{0,8}glob\b/i

/** What code has and a sentence about databases rarely. */
const code = /['"(;]|--/

/** Patterns that the tokenizer's low sensitivity leaves alone, where they stand beside what only databases know. */
const operators = mark.equals | mark.less | mark.greater | mark.backslash | mark.hash

const extendedPattern: TextTest = {
  test: isExtendedPattern,
  needs: (signs) =>
    anyWord(signs, word.sqlBinary) ||
    (anyMark(signs, mark.open | mark.quote | mark.doubleQuote | mark.semicolon | mark.dash | operators) &&
      (anyWord(signs, word.sqlFirm | word.sqlFunction | word.sqlLogic | word.sqlCompare) ||
        (anyMark(signs, mark.open) && anyMark(signs, mark.dot)))) ||
    anyWord(signs, word.sqlLogic),
}

function isExtendedPattern(text: string): boolean {
  return constructs.test(text) || (extended.test(text) && code.test(text) && isSqlInjection(text, 'HIGH'))
}

export const sqlDatabase: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesSQLiRuleSet',
  labels: 'sql-database',
  capacity: 200,
  description: 'Parts of SQL queries where none belong.',
  rules: [
    ...detecting('SQLi', ['SqlInjection'], ['QUERYARGUMENTS']),
    ...testing('SQLiExtendedPatterns', ['QUERYARGUMENTS'], extendedPattern),
    ...detecting('SQLi', ['SqlInjection'], ['BODY']),
    ...testing('SQLiExtendedPatterns', ['BODY'], extendedPattern),
    ...detecting('SQLi', ['SqlInjection'], ['COOKIE', 'URIPATH']),
  ],
}
