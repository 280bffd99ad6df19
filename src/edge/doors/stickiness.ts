import type { RuleAction, Target, TargetGroup } from '#core/front-door.ts'
import type { EdgeRequest, Header } from '../request.ts'
import { cookieOf, type SealedCookies } from './cookies.ts'
import { keyOf } from './target-groups.ts'

type Forward = Extract<RuleAction, { readonly type: 'forward' }>

/** Source: ELB User Guide for Application Load Balancers, "Sticky sessions". Each has a twin for requests from other sites. */
const [groupCookie, balancerCookie, applicationCookie] = ['AWSALBTG', 'AWSALB', 'AWSALBAPP-0'] as const

/** Where a client has been, by its cookies; a cookie that was not sealed here says nothing. */
export class Stickiness {
  readonly #cookies: SealedCookies
  readonly #nowMs: () => number

  constructor(cookies: SealedCookies, nowMs: () => number) {
    this.#cookies = cookies
    this.#nowMs = nowMs
  }

  /** The ARN of the target group that the client stays with. */
  groupOf(request: EdgeRequest, { groupStickinessSec }: Forward): string | undefined {
    if (groupStickinessSec === undefined) return undefined
    return this.#read(groupCookie, request)
  }

  /** The key of the target that the client stays with. */
  targetOf(request: EdgeRequest, group: TargetGroup): string | undefined {
    const { stickiness } = group
    if (stickiness === undefined) return undefined
    if (stickiness.type === 'lb_cookie') return this.#read(balancerCookie, request, group.arn)
    // The application's own cookie must be there still: without it, its session is over.
    if (cookieOf(request.headers, stickiness.cookieName) === undefined) return undefined
    return this.#read(applicationCookie, request, group.arn)
  }

  /** The cookies of an answer, by which the client comes back to where it was. */
  cookiesFor(
    { scheme }: EdgeRequest,
    action: Forward,
    group: TargetGroup,
    target: Target,
    answer: readonly Header[],
  ): readonly Header[] {
    const cookies: Header[] = []
    const { stickiness } = group
    if (action.groupStickinessSec !== undefined)
      cookies.push(...this.#twins(groupCookie, '', group.arn, action.groupStickinessSec))
    if (stickiness?.type === 'lb_cookie')
      cookies.push(...this.#twins(balancerCookie, group.arn, keyOf(target), stickiness.durationSec))
    if (stickiness?.type === 'app_cookie' && sets(answer, stickiness.cookieName))
      cookies.push(
        this.#cookie(
          applicationCookie,
          this.#sealed(applicationCookie, group.arn, keyOf(target), stickiness.durationSec),
          stickiness.durationSec,
          scheme === 'https' ? '; Secure' : '',
        ),
      )
    return cookies
  }

  #twins(name: string, context: string, value: string, durationSec: number): readonly Header[] {
    const sealed = this.#sealed(name, context, value, durationSec)
    return [
      this.#cookie(name, sealed, durationSec, ''),
      this.#cookie(`${name}CORS`, sealed, durationSec, '; SameSite=None; Secure'),
    ]
  }

  #cookie(name: string, value: string, durationSec: number, further: string): Header {
    const expires = new Date(this.#nowMs() + durationSec * 1000).toUTCString()
    return ['Set-Cookie', `${name}=${value}; Expires=${expires}; Path=/${further}`]
  }

  #sealed(name: string, context: string, value: string, durationSec: number): string {
    const expiresMs = this.#nowMs() + durationSec * 1000
    return this.#cookies.seal(`${name} ${context}`, `${expiresMs} ${value}`)
  }

  #read(name: string, { headers }: EdgeRequest, context = ''): string | undefined {
    const sent = cookieOf(headers, name) ?? cookieOf(headers, `${name}CORS`)
    const opened = this.#cookies.open(`${name} ${context}`, sent)
    if (opened === undefined) return undefined
    const space = opened.indexOf(' ')
    return Number(opened.slice(0, space)) > this.#nowMs() ? opened.slice(space + 1) : undefined
  }
}

function sets(answer: readonly Header[], cookieName: string): boolean {
  return answer.some(
    ([name, value]) =>
      name.length === 10 && name.toLowerCase() === 'set-cookie' && value.startsWith(`${cookieName}=`),
  )
}
