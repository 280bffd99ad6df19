import { Malformed } from '../fault.ts'
import { parametersMax } from '../limits.ts'
import { formDecoded } from '../uri.ts'

/** A query string's parameters by name, decoded, in their order. Faults: Malformed. */
export function queryParameters(query: string): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>()
  if (query === '') return parameters
  const pairs = query.split('&', parametersMax + 1)
  if (pairs.length > parametersMax)
    throw new Malformed(`The query string has more than ${parametersMax} parameters`)
  for (const pair of pairs) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = formDecoded(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : formDecoded(pair.slice(equals + 1))
    const values = parameters.get(name)
    if (values) values.push(value)
    else parameters.set(name, [value])
  }
  return parameters
}
