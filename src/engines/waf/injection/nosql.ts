import { isOrmLookup } from './orm-lookups.ts'
import { isLetter, isSpace, runEnd, skipSpace, words } from './characters.ts'

const operators = words(
  `eq ne gt gte lt lte in nin and or nor not exists type mod regex text where all elemmatch size expr jsonschema func
  function accumulator comment lookup group match project unwind set inc push pull rename`,
)

/** Operators of queries that nobody writes as plain words of another language, where the sign may stand for a variable. */
const firm = words(
  'eq ne gt gte lt lte nin nor regex where elemmatch expr jsonschema accumulator exists lookup or and not in func',
)

/** Tells whether a text puts operators of a document database, or of a mapper's, where a value or a name belongs. */
export function isNoSqlInjection(text: string): boolean {
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
    const end = runEnd(text, at + 1, isLetter)
    const name = text.slice(at + 1, Math.min(end, at + 20)).toLowerCase()
    if (operators.has(name) && isOperatorAt(text, at, end, name)) return true
  }
  return breaksIntoQuery(text) || isOrmLookup(text)
}

function isOperatorAt(text: string, at: number, end: number, name: string): boolean {
  const before = text.charAt(at - 1)
  const after = text.charAt(end)
  if (before === '[' && after === ']') return true // user[$ne]=
  if (at === 0 && end === text.length) return firm.has(name) // The name of a member.
  // Whoever closes what stood before and goes on with a member needs no operator that is known for it.
  if (!firm.has(name) && !/^['"\s}\])]+,\s*$/.test(text.slice(0, Math.min(at, 40)))) return false
  const quote = before === '"' || before === "'" ? before : ''
  const colon = skipSpace(text, quote === '' ? end : end + 1)
  if (quote !== '' && after !== quote) return false
  if (text.charAt(colon) !== ':') return false
  let opening = at - (quote === '' ? 1 : 2)
  while (opening >= 0 && isSpace(text.charCodeAt(opening))) opening -= 1
  return opening < 0 || text.charAt(opening) === '{' || text.charAt(opening) === ','
}

/** Code for a `$where`: a string or condition closed, and members of the document, or a loop that waits, put in. */
function breaksIntoQuery(text: string): boolean {
  for (const quote of ["'", '"']) {
    const at = text.indexOf(quote)
    if (at < 0) continue
    const start = runEnd(
      text,
      at + 1,
      (code) => isSpace(code) || ')};|&+'.includes(String.fromCharCode(code)),
    )
    const joined = text.slice(at + 1, start)
    const rest = text.slice(start, start + 60)
    if (joined.trim() === '') continue
    if (
      rest.startsWith('this.') ||
      (rest.startsWith('return') && !isLetter(rest.charCodeAt(6))) ||
      rest.startsWith('db.')
    )
      return true
    if (
      joined.includes(';') &&
      (rest.startsWith('sleep(') ||
        rest.startsWith('while(') ||
        rest.startsWith('while (') ||
        rest.startsWith('do{') ||
        rest.startsWith('var ') ||
        rest.includes('new Date('))
    )
      return true
    if (joined.includes('||') || joined.includes('&&')) {
      if (/^(?:true|1|!0)\s*(?:\/\/|\|\||&&|['"}]|$)/.test(rest)) return true
      const compare = text.indexOf('==', start)
      if (compare > start && compare - start < 20) return true
    }
  }
  return (text.startsWith('db.') && text.includes('(') && text.includes('.', 3)) || comparesMember(text)
}

/** A condition on the document that stands alone: `this.password.length > 0`. */
function comparesMember(text: string): boolean {
  return text.startsWith('this.') && /^this(?:\.\w{1,40}){1,4}\s*(?:[=!]=|[<>]|\.match\()/.test(text)
}
