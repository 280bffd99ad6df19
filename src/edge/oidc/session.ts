import type { Seal } from '#core/seal/index.ts'
import { cookieValues } from '../cookies.ts'
import type { EdgeRequest, Header } from '../request.ts'
import { AuthFailed } from './outcome.ts'

/** A user who has logged in: all that the edge knows, which the browser keeps for it. */
export interface Session {
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string }
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** Milliseconds since 1970. */
  readonly accessExpiresMs: number | undefined
  readonly endsAtMs: number
}

const purpose = 'elb session'
const shardLength = 4_000

/** Source: Application Load Balancers User Guide, "Authenticate users": cookies of 4 K, 16 K in all. */
const shardsMax = 4

/** The session's text for its action and host; two actions that keep different sessions do not open one another's. */
export function sealSession(seal: Seal, context: string, session: Session): string {
  const { claims, accessToken, refreshToken, accessExpiresMs, endsAtMs } = session
  const text = JSON.stringify([claims, accessToken, refreshToken ?? null, accessExpiresMs ?? null, endsAtMs])
  const sealed = seal.seal(purpose, context, text)
  if (sealed.length > shardsMax * shardLength)
    throw new AuthFailed(500, 'AuthUserinfoResponseSizeExceeded', 'more than the cookies of a session hold')
  return sealed
}

export function openSession(seal: Seal, context: string, sealed: string, nowMs: number): Session | undefined {
  const opened = seal.tryOpen(purpose, context, sealed)
  if (opened === undefined) return undefined
  const [claims, accessToken, refreshToken, accessExpiresMs, endsAtMs] = JSON.parse(opened.toString()) as [
    Session['claims'],
    string,
    string | null,
    number | null,
    number,
  ] // Authentic: sealSession wrote it.
  if (endsAtMs <= nowMs) return undefined
  return {
    claims,
    accessToken,
    refreshToken: refreshToken ?? undefined,
    accessExpiresMs: accessExpiresMs ?? undefined,
    endsAtMs,
  }
}

/** The text that a request's cookies hold together. */
export function sessionText(request: EdgeRequest, cookieName: string): string | undefined {
  let text: string | undefined
  for (let shard = 0; shard < shardsMax; shard += 1) {
    const [value] = cookieValues(request, `${cookieName}-${shard}`, 1)
    if (value === undefined) break
    text = (text ?? '') + value
  }
  return text
}

/** The cookies for a session; those that it needs no longer end. */
export function sessionCookies(
  request: EdgeRequest,
  cookieName: string,
  sealed: string,
  lifeSec: number,
): readonly Header[] {
  const cookies: Header[] = []
  for (let shard = 0; shard < shardsMax; shard += 1) {
    const value = sealed.slice(shard * shardLength, (shard + 1) * shardLength)
    const name = `${cookieName}-${shard}`
    if (value !== '') cookies.push(['Set-Cookie', cookie(request, name, value, lifeSec)])
    else if (cookieValues(request, name, 1).length > 0)
      cookies.push(['Set-Cookie', cookie(request, name, '', 0)])
  }
  return cookies
}

/**
 * A cookie that no script reads and no other site's request brings, save for a link that is followed.
 * Differs: AWS's say SameSite=None.
 */
export function cookie({ scheme }: EdgeRequest, name: string, value: string, lifeSec: number): string {
  return `${name}=${value}; Path=/; Max-Age=${lifeSec}; HttpOnly; SameSite=Lax${scheme === 'https' ? '; Secure' : ''}`
}
