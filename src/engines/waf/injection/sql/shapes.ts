/**
 * Tells a piece of a statement by its signs. Each row is one construct of the grammar, of few and fixed signs; no row repeats
 * what itself repeats without a limit, so that it is read in time linear in the text, which is short and trimmed. Where a
 * row has a space it means one: what is spaced otherwise, the reader of statements reads.
 */
export const hasShape = (text: string): boolean =>
  shapes.some((shape) => shape.test(text)) ||
  (quotesFirst.test(text) && afterQuote.some((shape) => shape.test(text))) ||
  endsQuoteAndStatement(text) ||
  isLimitOfDoubles(text)

const shapes: readonly RegExp[] = [
  // Strings side by side, of which the application opened the first and closes the last.
  /\d(?:' '|" "|` `) ?\d/,
  /^(['"]) \1 ?\d+$/,
  /^(['"])[^'"\w]*;\w+[^'"\w]*(?:['"]|$)/, // `';print'`: closed, and a verb begun where the application closes again.
  /[(,] ?'''' ?[),]/, // An escaped quote as an argument.
  /^\w{0,20}['"] as \w{1,20} from\b|\bas `[^`]{1,40}` from\b/i,
  /\bas['"`] {0,4}(?:\w{1,30}['"`])? {0,4}from\b/i, // An alias that closes, and the source.
  /^\\0x[0-9a-f]{4,}/i, // An escape that would close, and a hexadecimal literal.

  // An escape that closes, and a condition.
  /\\['"] {0,4}\)?\)? {0,4}(?:and|or|xor|&&|\|\|) {0,4}\(?["']?(?:not )?(?:\d|true|false|null|\w{1,20}$)/i,
  /\\['"] {0,4}\)?\)? {0,4}(?:(?:not )?(?:like|in|regexp|rlike|between)\b|is (?:not )?null|union\b|(?:order|group) by\b|having\b|;)/i,

  // Names in backticks where the grammar has names, and what goes on after them.
  /\bfrom `[^`]{1,64}`(?:\.`[^`]{1,64}`| ?(?:limit|(?:order|group) by|having|join)\b)/i,
  /^(?:from|join|into|update) \[\w{1,64}\] ?(?:[.,(]|(?:where|set|on|values)\b)/i,
  /^(?:from|join|into|update|where|having|(?:order|group) by|set) `[^`]{1,64}` ?(?:[.,=<>(]|(?:set|on|values|union|using|limit|inner|left)\b|where(?:$| ?[`'"(\d]| \w{1,20} ?[=<>]))/i,
  /^select `[^`]{1,64}`(?: ?,| from|\.`)/i,
  /^(?:left |right |inner |cross |full |outer ){1,2}join `[^`]{1,64}`/i,
  /^`\w{1,64}`\.`\w{1,64}` ?[=<>]/,
  /^(?:delete from|insert into|drop table|truncate table|alter table) `[^`]{1,64}`/i,
  /^`\w{1,64}` ?(?:=|<>|!=|<=|>=) ?`\w{1,64}`$/,

  // Conditions: an operator that only SQL writes so, and an operand of the kind that it asks for.
  /^(?:not )?in ?\( ?(?:-?\d+|0x[0-9a-f]{1,16}|null|@\w{1,40}|'[^']{0,40}'|"[^"]{0,40}") ?(?:, ?(?:-?\d+|0x[0-9a-f]{1,16}|null|@\w{1,40}|'[^']{0,40}'|"[^"]{0,40}") ?){0,20}\)$/i,
  /^(?:not )?in ?\( ?['"]\w{0,20}['"]?,?$|^in\(\d+,?$/i, // The same, cut off.
  /^(?:where|and|or) [\w.]{1,40} (?:not )?in ?\( ?[\d'"]/i,
  /^\d+ (?:not )?(?:in ?\(\d+(?:, ?\d+){0,20}\)|between \d+ and \d+)$/i,
  /^(\d+) or \1$/i,
  /^not between (?:\d+|'[^']{0,40}'|"[^"]{0,40}") and\b/i,
  /^(?:not )?i?like ?(?:'[^']{0,40}%|"[^"]{0,40}%|null\b)/i,
  /^(?:not )?(?:regexp|rlike) ?(?:['"]|binary\b)/i,
  /\b(?:rlike|regexp|like) binary\b/i,
  /\blike \S{1,40} escape\b/i,
  /\bcollate ['"]?(?:nocase|rtrim|binary|(?:utf8|latin|ascii|binary|gbk|big5|cp\d|sql_)\w*)/i,
  /(?:<>|!=|[<>=]) ?(?:all|any|some) ?\(/i,
  /\d (?:not )?(?:like|rlike|regexp|glob|sounds like) (?:\d+|['"][^'"]*['"]?)$/i,
  /^(?:null|true|false|\d+|'[^']{0,40}'|"[^"]{0,40}") is (?:not )?(?:null|true|false|unknown)$/i,
  /^\d+ ?(?:!=|<>|<=>) ?\d+$/,
  /^-?(\d{1,12}) ?= ?\1$/,
  /^(?:&&|\|\|) ?(?:[-+~!]?\d+|true|false|null)$/i,
  /^(?:\d+|true|false|null) ?(?:&&|\|\||xor) ?(?:\d+|true|false|null)$/i,

  // A connective, and an operand that holds always, or an operator before it that leaves no prose.
  /^(?:and|or|xor) ?(?:'\d+'|"\d+")/i,
  /^\d+ (?:and|or|xor) ?(?:['"](?:\d+['"]?)?|[-~!]\d+)$/i,
  /^xor ?(?:\d+|['"]\w*['"]) ?(?:[-+*/%=<>!^|&]|$)/i,
  /^(?:and|or) (?:[-~!]\d+|\d+[-+*^|&]|not (?:\d+|null|true|false)|null|true|false)$/i,
  /^not \d+ ?(?:[=<>]|(?:or|and)$)/i,
  /^(?:and|or) \d+\.e\b/i,
  /^x?or ['"]\d+$/i,

  // Statements, and parts of them, that say what they are.
  /(?:^|[=<>,(]|\b(?:in|exists|any|all|some|not)) ?\( ?select$/i,
  /[\d'"*)] union (?:all|distinct)\b/i,
  /^union (?:all|distinct)(?: select)?$|^union ?(?:select|\( ?(?:select)?)$|^union @\w/i,
  /^(?:.{0,20}\b)?(?:select|except|intersect|minus)(?:\.\d|[~!]\d|`\w|@\w)/i,
  /^(?:union|except|intersect|minus) (?:all |distinct )?select(?:[-+]\d| ?["'`])/i,
  /^SELECT (?=\w*[a-z])\w{1,64} FROM\b/,
  /^\(?(?:select )?case (?:\w{1,20} )?when(?:$| \d| \w{1,20} ?[=<>])|^select case$/i,
  /\bthen \d+ else \d+/i,
  /^having (?:\d+$|['"]|\w{1,20} ?[=<>]|\w{1,20}\()/i,
  /^limit \d+(?:,|, ?\d+| offset \d+)$/i,
  /^select (?:sleep|benchmark|extractvalue|updatexml|load_file|group_concat|concat|version|current_user|if|char|unhex)$/i,
  /^procedure analyse\b/i,
  /\bmatch ?\([^()]{1,80}\) ?against\b/i,
  /^merge (?:into \w{1,64} )?using\b/i,
  /^alter (?:table |database )?\w{1,64} (?:character set|charset|convert to)\b/i,
  /^create (?:or replace )?(?:function|procedure|trigger) [\w.]{1,64}(?: ?\(| returns\b| as\b)/i,
  /^(?:exec|execute|call) (?:[sx]p_\w+|master\b)/i,
  /^(?:exec|execute|call) [\w.]{1,64}\($/i,
  /^execute immediate\b|^execute ?[("'@]$/i,
  /^\) (?:when|then|else|or|and|xor|union|having|limit|like|regexp|rlike|div|(?:order|group) by)(?: (?:\w{1,2}|\d+|['"(]))?$/i,
  /^(?:['"`)] ?)?into @\w+$/i,

  // What hides or ends the statement around.
  /\/\*!(?:\d{5}|\*\/|(?:select|union|from|where|and|or|into|limit|order|table|insert|update|delete|drop|join|having)\b)/i,
  /^\w{1,20};(?:--|#|\/\*)[- ]*$/,
  /^\d+ --[- ]*$/,
  /^(?:drop|truncate|alter|delete|insert|replace|grant|revoke|shutdown|desc|describe|show) ?(?:\w{1,64} ?)?(?:--|\/\*|; ?--|; ?#|;?\/\*.{0,40}\*\/\w*)[- ]*$/i,
  /^;(?: ?--|\w{4,12} ?--|\w{4,12} ?#)/,
  /^[^`]{0,40}` ?(?:;|--|#|\/\*)[- ]*$/,

  /^\w{1,20}['"]?\)+ ?(?:--|#|\/\*)[- ]*$/,
  /^-?\d+['"]?\)*; ?(?:drop|truncate|alter|shutdown|waitfor|declare|exec|select|insert|update|delete|union)$/i,

  // A number or a string that ends, and the next clause.
  /^-?\d+'?\)* (?:(?:union|intersect)(?: all| distinct)?(?: select)?|order by|group by \w{1,20}|into @\w{1,20}|having \d+|limit \d+, ?\d+)$/i,
  /^-?\d+\)+ ?(?:(?:and|or) \(+\d+(?:=\d*)?|(?:xor|&&|\|\|) ?\(?\d+)$/i,

  // Variables.
  /^@\w{1,40} ?:?= ?@\w|^select @@?$/i,
  /^@`[^`]{0,40}`?$|^@\w{1,40} ?:=|^(?:select|union) @\w{1,40}$|[\w'"] ?:= ?\(? ?select\b/i,

  // Calls that have a meaning in SQL alone. Source: MySQL 8.4, 14.15 Information Functions.
  /^(?:database|schema|session_user|system_user|current_user|connection_id|last_insert_id|user|version)\(\);?$/i,
  /^(?:char|chr|concat|concat_ws) ?\((?:(?:\d+|0x[0-9a-f]+|'[^']{0,40}'), ?){1,30}(?:\d+|0x[0-9a-f]+|'[^']{0,40}')\)$/i,
]

/** A quote that closes the application's string, perhaps with an escape before it, and parentheses that it had opened. */
const quotesFirst = /^[\w ]{0,20}\\?['"`]/

const afterQuote: readonly RegExp[] = [
  // A connective after the quote and a space, and at most an operand.
  /^['"`](?:\)+ ?| \)*)(?:and|or|xor)(?:(?: not)? \(?[-~!]?(?:\d+|null|true|false|@\w{1,12}|[a-z]\w?))?$/i,
  /^['"`](?:\)+ ?| \)*)(?:(?:&&|\|\||=|<|>) ?|(?:xor|like|regexp) |(?<= )(?:div|mod) )\(?(?:\d+|null|true|false)$/i,
  /^['"`][ )]*(?:not )?(?:regexp|rlike|like|ilike|glob)$/i, // A pattern that the application's text is to be.
  /^['"`](?:\)+ ?| \)*)(?:not (?:regexp|like|in|between|exists)|is (?:not )?(?:null|true|false|unknown)|(?:order|group) by|having|procedure|union(?: all)?)(?: ?\(| \d+| ?['"`])?$|^['"`] ?\)* ?(?:exists|in) ?\($/i,
  // A word, the quote, an operator, and the next string begun.
  /^\w{0,20}(['"]) (?:xor|mod|div|like|rlike|regexp|sounds like) \1\w{0,20}$/i,
  // An operator after the closed string, and a digit in the string begun.
  /^(['"]) ?[-+*/%^|&<>=!~][^'"]*['"] ?\d+$/,
  /^['"] ?(?:[-+*/|&=^]|\|\|) ?@/,
  /^['"] ?(?:!=|<>|>=|<=|[=<>*^|&%]) ?-?\d+$/,
  /^['"] ?(?:\+|-|\*|\|\|) ?\($/,
  /^(['"])\+\w{1,40}\+\1$/,
  /^'[-&^*=]'$/, // `'-'`: two strings computed with, which the application opened and closes.
  /^\w+ (['"])(?:%|<<|>>|\^|\||\*|~|&&|\|\||<>|!=|=)\1 \w+$/, // The same, with a name on both sides.
  /^\d+ (['"])(?:and|or|xor|div|mod|like)\1 \d+$/i,
  /^(['"])\w{0,20}\1(?:<|>|<=|>=|\|\||\^|&|<@|@>)\1\w{0,20}\1?$/,
  /^'[[{][^']{0,80}' ?(?:@>|<@|\?[|&]?|#>>?|->>?) ?(?:'|\d)/, // PostgreSQL's operators on JSON.
]

/** One quote in all, which only the application can have opened, and a semicolon behind it: `admin';`, `x");`. */
const endsQuoteAndStatement = (text: string): boolean =>
  /^(?:[^'"`;]{0,40}[^'"`;s\d]|)'\)*; ?(?:--[- ]*|#)?$|^[^'"`;]{0,40}[^'"`;\d]"\)*; ?(?:--[- ]*|#)?$/.test(
    text,
  )

/**
 * The decimal at the border of what a double holds normalized, which readers of numbers in PHP (CVE-2010-4645) and Java
 * (CVE-2010-4476) never stop reading; however it is written, but for the constant DBL_MIN itself, which ends in 14.
 */
function isLimitOfDoubles(text: string): boolean {
  if (!text.includes('38585072')) return false
  const match = /^[-+]?([\d.]{17,80})e-(\d{1,3})$/i.exec(text)
  if (match === null) return false
  const digits = (match[1] ?? '').replace('.', '').replace(/^0+/, '')
  return /^22250738585072(?:007|01[12])/.test(digits)
}
