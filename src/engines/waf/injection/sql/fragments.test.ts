// Goal: pieces of statements, cut anywhere, are told from the words, numbers and quotations that people send alone.
// Method: rows of both by construct; each construct stands for its relatives, and the examples are our own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needs, signsOf } from '../signs/index.ts'
import { isSqlInjection } from './index.ts'

const attacks: Readonly<Record<string, readonly string[]>> = {
  'a call that is cut off': ['if(3=', 'week(', 'ascii!(', 'pi||(', 'right"(', 'call addUser('],
  'a statement after a semicolon': [
    ';alter',
    "9';truncate",
    ';delete[q',
    '; insert `',
    ';shutdown --',
    ';rename',
  ],
  'a statement that a comment ends': [
    'DROP q;--',
    'shutdown;#',
    'desc q;--',
    'q;--',
    '8 --',
    'truncate q --',
  ],
  'a quote and a semicolon that end the statement': ["admin';", "root'); --", 'q");', "';commit'"],
  'strings side by side': ["7' '8", "' ' 3", '7" " 8'],
  'constants compared': [
    "'q'<>'r",
    '"q"="q',
    '6 <> 7',
    '6 <=> 6',
    '44=44',
    "'q' rlike 'q",
    "'q'<'r",
    'null is null',
  ],
  'constants joined': ['1 && 1', 'true xor false', '|| true', '&& 7', "7 or '"],
  'a connective and a constant': [
    "or '8'x",
    'xor 6*',
    'and ~1',
    'or not null',
    'or false',
    'not 5 or',
    "7 and '7'",
  ],
  'a connective behind the quote': ["' and", '" or 7', "' xor true", "') or 7", "' && 6", "' or @q"],
  'an escape that closes': ["\\' or 7", '\\") and (7', "\\' is null", "\\'; x", "\\' union", "\\'||8"],
  'an operator that waits': ["' not like", "' rlike '", "' group by", "q' mod '", "' not in (", "' exists ("],
  'a clause of a list': ['in (6,7)', 'not in ("q")', "in('q')"],
  'a pattern': ["like 'q%'", "regexp '^q'", 'rlike binary q', 'q like w escape e', 'like null'],
  'a collation': ['collate nocase', 'q collate latin1_bin'],
  'a union cut off': [
    'union distinct select',
    'union select',
    '7 union all',
    'intersect select.7',
    'minus select`q`',
  ],
  'a nested statement cut off': ['(select', 'q = ( select', 'not exists (select', '>any (select'],
  'a clause with a constant': [
    'having 6',
    "having '6'",
    'having q=',
    'limit 6,7',
    'limit 6 offset 7',
    'procedure analyse',
  ],
  CASE: ['case when', '(case 6 when', 'select case', 'then 6 else 7'],
  'a clause closed before': [') or 7', ') then 6', ') having 6'],
  'names in backticks': [
    'from `q`.`w` where',
    'update `q` set',
    'join `q` on',
    'insert into `q`',
    '`q`=`w`',
    'from [q].[w]',
  ],
  'an alias that closes': ["' as w from", "as' from", 'as `q` from'],
  'strings computed with': ["'^'", "Q '|' W", "' % from = 7 '8", '" * q "8', "'+@q"],
  'a variable': ['@q:=(select', 'select @q', '@q --', 'into @q'],
  'a comment that is executed': ['/*!50000from*/', 'q/*!*/', '/*!where'],
  'a procedure run': ['exec sp_helptext', 'execute immediate', 'call xp_q'],
  'a name of the inside': ['xp_regwrite', 'sysprocesses', 'pg_authid', 'dba_users', 'sqlncli'],
  'information about the server': ['database()', 'connection_id()', 'char(65,66)'],
  'a routine made': ['create function q returns', 'create or replace procedure q as'],
  'a full-text condition': ['match (q) against', 'match(q,w) against('],
  'a statement of SQL Server or Oracle': ['merge into q using', 'alter table q charset'],
  'a number or string that ends, and a clause': [
    '7 union all',
    '-7 order by',
    '7) group by q',
    "7') into @q",
    '7) xor 6',
    '7; drop',
  ],
  'a comparison after the quote': ["'>=7", "' != 6", "' * 7", "'||(", "'+q+'"],
  'a list cut off, or after a name': [
    "in ('q",
    'in(7,',
    'where q.w in (7)',
    'in (0x7f, null)',
    '7 between 6 and 8',
    '7 or 7',
  ],
  'parentheses closed, and a comment': ['7)--', "q'))#", 'q)/*'],
  'names in backticks joined': ['left join `q` on', '`q`.`w` =', 'select `q`.`w`'],
  'a number that readers of numbers hang on': [
    '2.2250738585072012e-308',
    '22.250738585072011e-309',
    '0.0022250738585072012E-305',
  ],
}

const benign: readonly string[] = [
  ...['5\' 11"', '12"', "size 9';", '24" or 27" monitor', "the dogs';", "O'Brien; D'Arcy", "rock 'n' roll"],
  ...['and 1 more thing', 'or 5', '3 in 1', 'x or y', 'between 5 and 10', '50% and up', 'XOR gate'],
  ...['read;select;insert', 'id;name;update', 'a; drop by', 'red;blue;green', ';-)', 'sad :(', 'well ;-('],
  ...['Choose a colour (select)', 'Size (select', 'union select committee', 'Union of workers (local)'],
  ...[
    'in (London)',
    'made in (China)',
    'like 5 people',
    'I like "Friends"',
    "like 'that'",
    'sounds like fun',
  ],
  ...['having 2 kids', 'limit 5 per customer', 'case closed', 'in case when it rains', 'Case (brown)'],
  ...[
    'import `x` from `y`',
    'from `main` branch',
    'from `x` where you need it',
    'Select `Save`',
    '`a`, `b` and `c`',
  ],
  ...[
    'known as "Bob" from Leeds',
    "'Settings' > 'Account'",
    "A '&' B",
    'salt "and" pepper',
    "' and counting",
  ],
  ...['" OR brand', '1) or 2)', ') and then', '@bob select one', '@jane -- great job', 'hello @bob or @jane'],
  ...[
    '/*! normalize.css v8.0.1 */',
    '/*!important*/',
    'execute order',
    'exec summary',
    'call center (',
    'match (a)',
  ],
  ...[
    '2.2250738585072014E-308',
    '1e-300',
    '22250738585072011',
    'f(x) = (x)',
    'varchar(255)',
    'char(10)',
    'count(id)',
  ],
  ...[
    'status = 1',
    'rating>=4',
    'name != null',
    'x is null',
    '1+1=2',
    '--verbose',
    '2024--2025',
    '12" union',
    '7 or 8',
    'q) and w',
    '(7) - (8)',
    'C# and F#',
  ],
  ...[
    "'self'",
    "default-src 'self'; script-src 'none'",
    '"red" "blue" shoes',
    '= 5',
    'where `x` is the name',
  ],
]

for (const [why, texts] of Object.entries(attacks)) {
  test(`a piece of SQL: ${why}`, () => {
    for (const text of texts) {
      assert.equal(isSqlInjection(text, 'LOW'), true, text)
      assert.equal(needs.SqlInjection(signsOf(text)), true, `the needs rule out ${text}`)
    }
  })
}
for (const text of benign) {
  test(`no piece of SQL: ${text}`, () => assert.equal(isSqlInjection(text, 'LOW'), false, text))
}

test('every row ran', () => {
  assert.deepEqual([Object.values(attacks).flat().length, benign.length], [159, 82])
})
