import { runEnd, skipSpace } from './characters.ts'

/** Tells whether a text breaks out of the value in an LDAP search filter: closes its parenthesis and opens conditions of its own. */
export function isLdapInjection(text: string): boolean {
  if (!text.includes('(') && !text.includes(')')) return false
  if (text.length > 4096) return false
  // What closes or opens a filter, and nothing else: sent to see whether the filter breaks. One parenthesis alone is a slip of the finger.
  if (/^\s*(?:(?:\*\)|\)\))\)*\s*[&|]?|\)\s*[&|]|\(\s*[&|!])\s*$/.test(text)) return true
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === ')') {
      const end = runEnd(text, at, isClosing)
      for (let one = at; one < end; one += 1) if (text.charCodeAt(one) === 41) depth -= 1
      // `)(` after a closing of what the text did not open: `*)(uid=*`, `x)(|(cn=*)`, `*))%00`.
      if (depth < 0 && opensCondition(text, end)) return true
      at = end - 1
    } else if (character === '(') {
      depth += 1
      if (opensList(text, at)) return true
    }
  }
  return (
    text.startsWith('*(') ||
    text.startsWith('*)') ||
    /^\s*\([\w.;-]{1,64}[~<>]?=[^()]{0,64}\*\)\s*$/.test(text)
  )
}

/** What closes conditions and joins them: `)`, `!`, `&`, `|`. */
const isClosing = (code: number): boolean => code === 41 || code === 33 || code === 38 || code === 124

/** Behind a run of such signs. */
function opensCondition(text: string, at: number): boolean {
  if (text.charCodeAt(at) === 0 || text.startsWith('\\00', at)) return true
  // Some servers skip spaces: `) ( &`. Prose has a word after such a parenthesis, not an operator.
  const spaced = skipSpace(text, at)
  if (text.charAt(spaced) !== '(') return false
  if (/^\([\s(]{0,8}[|&!]\s{0,8}(?:$|\()/.test(text.slice(spaced, spaced + 32))) return true
  if (spaced !== at) return false
  while (text.charAt(at + 1) === '(') at += 1
  const next = text.charAt(at + 1)
  return next === '|' || next === '&' || next === '!' || comparesAt(text, at + 1)
}

/** `(|(a=…)`, `(&(a=…)`: a list of conditions. */
function opensList(text: string, at: number): boolean {
  const operator = text.charAt(at + 1)
  if (operator !== '|' && operator !== '&') return false
  return text.charAt(at + 2) === '(' ? comparesAt(text, at + 3) || text.charAt(at + 3) === '!' : false
}

/** An attribute and its comparison: `uid=`, `cn~=`, `1.2.3:dn:=`. */
function comparesAt(text: string, start: number): boolean {
  let at = start
  while (at - start < 64 && /[\w.;:-]/.test(text.charAt(at))) at += 1
  return (
    at > start &&
    (text.charAt(at) === '=' || (text.charAt(at + 1) === '=' && '~<>:'.includes(text.charAt(at))))
  )
}
