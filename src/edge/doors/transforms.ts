import { RE2JS } from 're2js'
import type { RuleTransform } from '#core/front-door.ts'
import type { EdgeRequest } from '../request.ts'

/** What rules make of a request's host and target. */
export type Rewrite = (request: EdgeRequest) => EdgeRequest

/** What a rewrite makes is cut there: a replacement may name a long group many times. Source: the same guide, "HTTP header size limits". */
const rewrittenCharactersMax = 16_384

/**
 * Compiles a rule's transforms; `undefined` where it has none. What a rewrite makes of a target keeps only what a request line may hold, so
 * that no rewrite splits a request. Source: ELB User Guide for Application Load Balancers, "Transforms for listener rules".
 */
export function compileTransforms(transforms: readonly RuleTransform[]): Rewrite | undefined {
  if (transforms.length === 0) return undefined
  const compiled = transforms.map(({ part, regex, replace }) => ({
    part,
    expression: RE2JS.compile(regex),
    // Groups are all that a replacement refers to: what else JavaScript knows (`$'`, `$&`) stands for itself.
    replace: replace.replace(/\$(?!\d)/g, '$$$$'),
  }))
  return (request) =>
    compiled.reduce((given, { part, expression, replace }) => {
      const apply = (text: string): string =>
        expression
          .matcher(text)
          .replaceFirst(replace)
          .slice(0, rewrittenCharactersMax)
          .replace(/[^!-~\x80-\xff]/g, '')
      if (part === 'host-header') {
        const host = apply(given.host)
        return {
          ...given,
          host,
          headers: [['host', host], ...given.headers.filter(([name]) => name.toLowerCase() !== 'host')],
        }
      }
      const target = apply(given.query === undefined ? given.path : `${given.path}?${given.query}`)
      const mark = target.indexOf('?')
      const path = mark < 0 ? target : target.slice(0, mark)
      return {
        ...given,
        path: path.startsWith('/') ? path : `/${path}`,
        query: mark < 0 ? undefined : target.slice(mark + 1),
      }
    }, request)
}
