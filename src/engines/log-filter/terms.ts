import { search } from './condition.ts'
import { BadPattern, type FilterPattern } from './pattern.ts'
import { Scanner } from './scanner.ts'

/**
 * `ERROR "not found" ?warn -debug %4\d\d%`: all terms are there and none that is excluded; of optional ones, any, where there are no
 * others. Source: CloudWatch Logs User Guide, "Filter pattern syntax", Match terms in unstructured log events.
 */
export function readTerms(text: string): FilterPattern {
  const scanner = new Scanner(text)
  const terms: Record<'required' | 'optional' | 'excluded', ((message: string) => boolean)[]> = {
    required: [],
    optional: [],
    excluded: [],
  }
  let regularExpressions = 0
  while (!scanner.isAtEnd) {
    const kind = scanner.take('?') ? 'optional' : scanner.take('-') ? 'excluded' : 'required'
    const expression = scanner.regularExpression()
    if (expression !== undefined) {
      regularExpressions += 1
      terms[kind].push(search(expression))
      continue
    }
    const term = scanner.quoted() ?? scanner.match(/[^\s"%?[\]{}()|&=<>!]+/y)
    if (term === undefined)
      throw new BadPattern('terms with other characters than letters and digits stand in quotes')
    terms[kind].push((message) => message.includes(term))
  }
  const { required, optional, excluded } = terms
  return {
    regularExpressions,
    matches: (message) =>
      required.every((is) => is(message)) &&
      (required.length > 0 || optional.length === 0 || optional.some((is) => is(message))) &&
      !excluded.some((is) => is(message)),
    extract: () => ({}),
    names: () => false,
    valueOf: () => undefined,
  }
}
