import type { RuleAction } from '#core/front-door.ts'
import type { EdgeAnswer, EdgeRequest } from '../request.ts'

type Redirect = Extract<RuleAction, { readonly type: 'redirect' }>

const placeholder = /#\{(protocol|host|port|path|query)\}/g

/**
 * Answers with the redirect's place, its `#{…}` filled in from the request. `#{path}` is the path without its leading slash.
 * Source: ELB User Guide for Application Load Balancers, "Redirect actions".
 */
export function redirectTo(
  action: Redirect,
  request: EdgeRequest,
  listenerPort: number,
): { readonly url: string; readonly answer: EdgeAnswer } {
  const host = request.headers.find(([name]) => name.length === 4 && name.toLowerCase() === 'host')?.[1] ?? ''
  const values: Readonly<Record<string, string>> = {
    protocol: request.scheme,
    host: request.host,
    port: /:(\d+)$/.exec(host)?.[1] ?? String(listenerPort),
    path: request.path.slice(1),
    query: request.query ?? '',
  }
  const fill = (text: string): string =>
    text.replace(placeholder, (_whole, name: string) => values[name] ?? '')
  const protocol = fill(action.protocol).toLowerCase()
  const query = fill(action.query)
  const url = `${protocol}://${fill(action.host)}:${fill(action.port)}${fill(action.path)}${query === '' ? '' : `?${query}`}`
  return {
    url,
    answer: {
      statusCode: action.statusCode,
      headers: [
        ['Content-Type', 'text/html'],
        ['Location', url],
      ],
      body: '',
    },
  }
}
