import type { WebRequest } from '../request.ts'
import type { Decision, Verdict } from '../verdict.ts'
import { type CompiledWebACL, inspectOrBlock } from '../web-acl.ts'

/** What a middleware needs of its host. */
export interface MiddlewareOptions {
  /** The web ACL of the moment: asked for each request, so that it can be exchanged under traffic. */
  readonly webACL: () => CompiledWebACL
  readonly nowMs: () => number
  /** Called with what should not have happened; the request has been blocked. */
  readonly reportBug: (bug: unknown) => void
  /** Called with each verdict, for metrics, samples and logs. */
  readonly record?: (request: WebRequest, verdict: Verdict) => void
  /** How much of a body is inspected. */
  readonly bodyBytesMax?: number
  /** What the request's token says. Without it no request has one, and whoever is to be checked is held. */
  readonly token?: (request: Omit<WebRequest, 'token'>) => WebRequest['token']
  /** The page that makes a client solve a CAPTCHA or a challenge. Without it the answer has no body. */
  readonly page?: (check: Check, request: WebRequest) => Answer
}

/** A decision that has the client prove something before its request goes on. */
export type Check = Extract<Decision, { readonly type: 'CAPTCHA' | 'CHALLENGE' }>

/** What a host answers in place of the application. */
export interface Answer {
  readonly statusCode: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Source: AWS WAF Developer Guide, "Size limits for body inspection", the default of most resource types. */
const bodyBytesDefault = 16_384

export function bodyBytesMaxOf({ bodyBytesMax }: MiddlewareOptions): number {
  return bodyBytesMax ?? bodyBytesDefault
}

const contentTypes = {
  TEXT_PLAIN: 'text/plain',
  TEXT_HTML: 'text/html',
  APPLICATION_JSON: 'application/json',
} as const

/** What a request is answered instead of being let through; `undefined`: it is let through. */
export interface Judged {
  readonly verdict: Verdict
  readonly answer: Answer | undefined
}

/** Inspects a request, and tells `record` what came of it; where the inspection fails, the request is blocked. */
export function judge(bare: Omit<WebRequest, 'token'>, options: MiddlewareOptions): Judged {
  const request: WebRequest = { ...bare, token: options.token?.(bare) }
  const verdict = inspectOrBlock(options.webACL(), request, options.nowMs(), options.reportBug)
  options.record?.(request, verdict)
  return { verdict, answer: answerTo(verdict.action, request, options) }
}

/** What a client is answered that is not let through; `undefined`: it is let through. */
export function answerTo(
  action: Decision,
  request: WebRequest,
  { page }: Pick<MiddlewareOptions, 'page'>,
): Answer | undefined {
  if (action.type === 'ALLOW') return undefined
  if (action.type === 'BLOCK') {
    const { statusCode, headers, body } = action.response
    if (body === undefined) return { statusCode, headers, body: '' }
    const typed = headers.filter(([name]) => name.toLowerCase() !== 'content-type')
    return {
      statusCode,
      headers: [...typed, ['content-type', contentTypes[body.contentType]]],
      body: body.content,
    }
  }
  const kind = action.type === 'CAPTCHA' ? 'captcha' : 'challenge'
  const answer = page?.(action, request) ?? {
    statusCode: kind === 'captcha' ? 405 : 202,
    headers: [['cache-control', 'no-store']] as const,
    body: '',
  }
  return { ...answer, headers: [...answer.headers, ['x-amzn-waf-action', kind]] }
}

/** Path, query and fragment of a request's target as received. An absolute target's scheme and host are no path. */
export function splitTarget(target: string): Pick<WebRequest, 'path' | 'query' | 'fragment'> {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0] ?? ''
  const [, path = '', query = '', fragment] =
    /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(target.slice(origin.length)) ?? []
  return { path: path === '' ? '/' : path, query, fragment }
}
