import { RE2JS } from 're2js'
import type { RuleCondition } from '#core/front-door.ts'
import { addressSet, parseAddress } from '#engines/waf/index.ts'
import type { EdgeRequest } from '../request.ts'
import { compileWildcard } from './wildcard.ts'

export type Holds = (request: EdgeRequest) => boolean

/**
 * Compiles a condition. Values without wildcards are looked up, not tried one by one. Host names, header values and query strings are
 * compared without regard to case, paths with it. Source: ELB User Guide for Application Load Balancers, "Condition types for listener
 * rules". Faults: throws on an expression or block that the API would have refused.
 */
export function compileCondition(condition: RuleCondition): Holds {
  switch (condition.field) {
    case 'host-header': {
      const matches = texts(condition.match, condition.values, true)
      return ({ host }) => matches(host)
    }
    case 'path-pattern': {
      const matches = texts(condition.match, condition.values, false)
      return ({ path }) => matches(path)
    }
    case 'http-header': {
      const matches = texts(condition.match, condition.values, true)
      const name = condition.name.toLowerCase()
      return ({ headers }) =>
        headers.some(
          ([sent, value]) =>
            sent.length === name.length && sent.toLowerCase() === name && matches(value.toLowerCase()),
        )
    }
    case 'http-request-method': {
      const methods = new Set(condition.values)
      return ({ method }) => methods.has(method)
    }
    case 'source-ip': {
      const set = addressSet(condition.values)
      if (!set.ok) throw new Error(`a rule's source is no CIDR block: ${condition.values.join(' ')}`)
      return ({ client }) => {
        const address = parseAddress(client.address)
        return address !== undefined && set.value.has(address)
      }
    }
    case 'query-string': {
      const wanted = condition.values.map(({ key, value }) => ({
        key: key === undefined ? undefined : texts('wildcard', [key], true),
        value: texts('wildcard', [value], true),
      }))
      return ({ query }) =>
        query !== undefined &&
        pairsOf(query.toLowerCase()).some(([key, value]) =>
          wanted.some((one) => (one.key === undefined || one.key(key)) && one.value(value)),
        )
    }
  }
}

/** Whether one of the values fits a text; where case does not count, the text comes in lower case. */
function texts(
  match: 'wildcard' | 'regex',
  values: readonly string[],
  ignoresCase: boolean,
): (text: string) => boolean {
  if (match === 'regex') {
    const expressions = values.map((value) => RE2JS.compile(value, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0))
    return (text) => expressions.some((expression) => expression.matcher(text).find())
  }
  const given = values.map((value) => (ignoresCase ? value.toLowerCase() : value))
  const exact = new Set(given.filter((value) => !/[*?]/.test(value)))
  const patterns = given.filter((value) => /[*?]/.test(value)).map(compileWildcard)
  const all = exact.size === 0 ? patterns : [(text: string) => exact.has(text), ...patterns]
  const [only] = all
  // A request meets every rule before its own: what most conditions have is one value.
  return all.length === 1 && only ? only : (text) => all.some((matches) => matches(text))
}

function pairsOf(query: string): readonly (readonly [key: string, value: string])[] {
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
  })
}
