// Goal: text that would change a statement is told from text that only looks like SQL.
// Method: rows of both, each with the reason; the examples are our own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSqlInjection, type Sensitivity } from './index.ts'

const attacks: readonly (readonly [why: string, text: string])[] = [
  ['a condition that always holds, after a quote', "smith' OR 7=7"],
  ['the same, closing the last quote again', "smith' or 'q'='q"],
  ['the same, in double quotes', 'smith" or "q"="q'],
  ['a backslash escapes the first quote where MySQL reads', '\\" or 3=3 -- '],
  ['parentheses of the statement are closed first', "x')) or (4=4"],
  ['a numeric place needs no quote', '17 or 9=9'],
  ['a comparison with a column, after a number', '17 and owner_id=3'],
  ['a comment hides the rest', "root'-- "],
  ['a hash hides the rest in MySQL', "root'#"],
  ['union, with as many columns', '-4 union all select null,null,version()'],
  ['union, in executable comments', '4/*!50000union*//*!50000select*/1,2'],
  ['union, with comments in place of spaces', "4'/**/union/**/select/**/name,2/**/from/**/users#"],
  ['exponent that MySQL glues to a word', '1e0union select 2,3'],
  ['a second statement', '4; drop table invoices'],
  ['a second statement of SQL Server', "4'; waitfor delay '0:0:9'--"],
  ['a second statement with a variable', "x'; declare @q varchar(99); set @q=0x73; exec(@q)--"],
  ['a command through the server', "x'; exec master..xp_cmdshell 'dir'--"],
  ['time tells the answer', "4' and sleep(9) and 'a'='a"],
  ['time tells, PostgreSQL', '4||pg_sleep(9)--'],
  ['an error tells the answer', '4 and extractvalue(1,concat(0x7e,user()))'],
  ['a nested statement in an expression', "4'||(select password from users limit 1)||'"],
  ['a nested statement, whatever stands before', 'tag id="1 and (select 2 from (select(sleep(9)))q)"'],
  ['ordering to count columns', "4' order by 12-- -"],
  ['a server variable', '4 and @@version_compile_os'],
  ['a cast that fails with the answer', "4' and 1=cast(version() as int)--"],
  ['a PostgreSQL cast and JSON operator', `4' or '{"a":1}'::jsonb <@ '{"a":1,"b":2}'::jsonb--`],
  ['CASE as a condition', '(case when 2=2 then 3 else 4 end)'],
  ['LIKE instead of an equals sign', "4' or 'a' like 'a"],
  ['a file is written', "4' union select 1,2 into outfile '/tmp/q"],
  ['a condition that waits for the value the application adds', "x' or name='"],
  ['a function left open', 'group_concat('],
  ['the catalogue by name', 'information_schema.columns'],
  ['a condition tight between quotes', "a'or'a"],
  ['a statement begun after a quote', "';select q"],
  ['a cast of PostgreSQL where a value stands', `'{"a":1}'::jsonb - 1`],
  ['a clause of the statement around it', 'from orders where owner="'],
  ['ODBC braces around an operand', '4 or {fn sleep(9)}'],
  ['a constant as a condition', "4' or 1 or '"],
  ['a statement is made to answer', "4' returning 1--"],
  ['a backtick closes an identifier', '`name` where 3=3 or (select(sleep(9)))#'],
]

const benign: readonly (readonly [why: string, text: string])[] = [
  ['a name with an apostrophe', "Siobhan O'Brien"],
  ['two of them', "O'Brien and O'Neil or D'Arcy"],
  ['contractions', "It's what they've said, and I don't mind"],
  ['possessives of plurals', "the students' and the teachers' rooms"],
  ['words of SQL in prose', 'Select a plan or join the union of workers from where you live'],
  ['a union that selects', 'the trade union select committee'],
  ['inches', '5" or 6" pipes'],
  ['feet and inches', `6' 2" tall`],
  ['quoted words', `"yes" or "no", 'maybe' and "never"`],
  ['a quotation and its author', `"Less is more" -- an architect`],
  ['a search with operators', '"red shoes" OR "blue shoes" -leather'],
  ['a filter in a language of its own', "status = 'open' and priority > 3"],
  ['a filter with placeholders', '#s = :open AND begins_with(sk, :prefix)'],
  ['JavaScript', "if (a === 'x' || b === 'y') { return c['z'] }"],
  ['shell in Markdown', 'Run `git log -- file` or `git diff`'],
  ['a document of JSON', '{"select":"*","from":["a","b"],"where":{"id":1}}'],
  ['an instruction', 'Please update your profile; set a new picture, then delete the old one'],
  ['prose with semicolons', 'Begin early; do not wait; if you can, call us'],
  ['drop and table apart', 'drop the table tennis group an e-mail'],
  ['a statement quoted in a sentence', 'To list them, use "select name" in the menu'],
  ['numbers and words', '2 or 3 bedroom flats under 900'],
  ['a rating', '10/10 would order again by phone'],
  ['a mathematical text', 'x = 1 and y = 2 if and only if a < b'],
  ['a UUID', '3f0c2b1e-9a77-4a58-8d0e-5d4f0f7a6b21'],
  ['base64', 'U2VsZWN0IGEgcGxhbiBmcm9tIHRoZSBsaXN0IQ=='],
  ['a URL', 'https://shop.example/search?q=a&order=by-date#top'],
  ['a date range', '2024-01-01 to 2024-12-31'],
  ['C# and hashes', "I write C# and F#; it's #1"],
  ['an emphasis with dashes', "we waited -- and waited -- for the others'"],
  ['a function in prose', 'Call concat() or count() to join them'],
  ['a greeting', "Hi, I'm Jo; what's up?"],
  ['a quotation within a quotation', `He said: "She said 'no'."`],
  ['a generic type', 'Map<String, List<User>> where T : class'],
  ['a Markdown table', '| id | name |\n|----|------|\n| 1 | and |'],
  ['a quoted word between spaces', 'salt "and" pepper'],
  ['a place after from', 'from Paris where we live'],
  ['a namespace of C++', "std::string s = 'a'; b::c()"],
  ['a lantern', "Jack-o'-lantern?"],
  ['an operator in backticks', 'Ranges are joined by white space or `||`.'],
]

for (const [why, text] of attacks) {
  test(`SQL injection: ${why}`, () => {
    assert.equal(isSqlInjection(text, 'LOW'), true, text)
    assert.equal(isSqlInjection(text, 'HIGH'), true, 'HIGH finds all that LOW finds')
  })
}
for (const [why, text] of benign) {
  test(`no SQL injection: ${why}`, () => assert.equal(isSqlInjection(text, 'LOW'), false, text))
}

const probes: readonly (readonly [why: string, text: string, LOW: boolean])[] = [
  ['a word and a comparison of nothing', `hand "like" stamp`, false],
  ['a clause without a value', '4 limit 2', false],
  ['a comment that reads like a sentence', "dogs' -- and all their friends", false],
]
for (const [why, text, LOW] of probes) {
  test(`SQL injection by sensitivity: ${why}`, () => {
    const found = (sensitivity: Sensitivity): boolean => isSqlInjection(text, sensitivity)
    assert.deepEqual([found('LOW'), found('HIGH')], [LOW, true], text)
  })
}

test('every row ran, and there are at least as many benign ones', () => {
  assert.deepEqual([attacks.length, benign.length, probes.length], [40, 39, 3])
})
