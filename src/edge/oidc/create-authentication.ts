import { createHash } from 'node:crypto'
import { Bounded } from '#core/bounded.ts'
import { isOver } from '#core/elapsed.ts'
import type { FrontDoor, Listener, OidcAction } from '#core/front-door.ts'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import type { World } from '#core/world.ts'
import type { EdgeAnswer, EdgeRequest, Header } from '../request.ts'
import { createDiscovery } from './discovery.ts'
import { subjectOfIdToken } from './id-token.ts'
import { identityHeaders } from './identity-headers.ts'
import {
  browserMark,
  loginLifeSec,
  nonceCookie,
  openLogin,
  originOf,
  responsePath,
  sealLogin,
} from './login.ts'
import { AuthFailed, type AuthOutcome, failureAnswer } from './outcome.ts'
import { askForClaims, askForTokens, type Grant } from './provider-calls.ts'
import { createProviderFetch, type ProviderAccess } from './provider-fetch.ts'
import { cookie, openSession, sealSession, type Session, sessionCookies, sessionText } from './session.ts'
import { signingKeyOf } from './signing-key.ts'

export interface AuthenticationOptions {
  /** 32 bytes, the same in every process of the edge. */
  readonly key: Uint8Array
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'after'>
  readonly access: ProviderAccess
  /** Takes what went wrong: a failure's detail, or a bug, after which the request is refused. */
  readonly report: (failure: unknown) => void
}

/** A listener of a front door: whose actions these are. */
export interface AuthPlace {
  readonly frontDoor: Pick<FrontDoor, 'arn'>
  readonly listener: Pick<Listener, 'rules'>
}

/** Users' logins at an OpenID Connect provider, before their requests are forwarded. */
export interface Authentication {
  /** Carries out a rule's authenticating action. It never rejects: what fails is an answer. */
  readonly authenticate: (action: OidcAction, request: EdgeRequest, place: AuthPlace) => Promise<AuthOutcome>
  /** Answers what is the front door's own: the way back from a provider, and its public key. `undefined`: another request. */
  readonly answerTo: (request: EdgeRequest, place: AuthPlace) => Promise<AuthOutcome> | undefined
  readonly close: () => void
}

/** Where the key is by which targets check `x-amzn-oidc-data`. */
export const keysPath = '/.well-known/redoubt/elb-keys/'

/** A refresh token that providers exchange works once: requests that come together share what it gave. Units: milliseconds. */
const sharedMs = 30_000
const sharedMax = 10_000

export function createAuthentication({ key, world, access, report }: AuthenticationOptions): Authentication {
  const seal = createSeal({ current: rootKeyOf(key), randomBytes: world.randomBytes })
  const signing = signingKeyOf(key)
  const fetch = createProviderFetch(access, world.after)
  const discovery = createDiscovery(fetch, world)
  const refreshes = new Bounded<string, { readonly atMs: number; readonly session: Promise<Session> }>(
    sharedMax,
  )

  /** A session from what the token endpoint gave; of a refresh, one of the same user that ends when the old one would have. */
  const sessionOf = async (
    action: OidcAction,
    grant: Grant,
    nonce: string | undefined,
    before: Session | undefined,
  ): Promise<Session> => {
    const nowMs = world.nowMs()
    if (grant.idToken === undefined && before === undefined)
      throw new AuthFailed(401, 'AuthInvalidTokenResponse', 'no ID token: the scope has no openid')
    const subject =
      grant.idToken === undefined
        ? before?.claims.sub
        : await subjectOfIdToken(grant.idToken, action, nonce, discovery, nowMs)
    const claims = await askForClaims(fetch, action, grant.accessToken)
    if (claims.sub !== subject || (before !== undefined && before.claims.sub !== subject))
      throw new AuthFailed(500, 'AuthInvalidUserinfoResponse', 'the claims are of another user')
    return {
      claims,
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken ?? before?.refreshToken,
      accessExpiresMs: grant.expiresInSec === undefined ? undefined : nowMs + grant.expiresInSec * 1000,
      endsAtMs: before?.endsAtMs ?? nowMs + action.sessionTimeoutSec * 1000,
    }
  }

  const refreshed = (action: OidcAction, session: Session, refreshToken: string): Promise<Session> => {
    const nowMs = world.nowMs()
    const name = createHash('sha256')
      .update(`${actionId(action)} ${refreshToken}`)
      .digest('base64url')
    const known = refreshes.get(name)
    if (known !== undefined && !isOver(known.atMs, nowMs, sharedMs)) return known.session
    const ask = async (): Promise<Session> => {
      const { secretInBody } = await discovery.of(action.issuer)
      const grant = await askForTokens(fetch, action, secretInBody, {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      })
      return await sessionOf(action, grant, undefined, session)
    }
    const made = ask()
    refreshes.delete(name)
    refreshes.set(name, { atMs: nowMs, session: made })
    // A failure is not kept: the next request asks again.
    made.catch(() => refreshes.delete(name))
    return made
  }

  const toProvider = (action: OidcAction, request: EdgeRequest): EdgeAnswer => {
    const origin = originOf(request)
    const { mark, cookie: marked } = browserMark(seal, request, world)
    const nonce = world.randomBytes(16).toString('base64url')
    const target = request.query === undefined ? request.path : `${request.path}?${request.query}`
    const expiresAtMs = world.nowMs() + loginLifeSec * 1000
    const url = new URL(action.authorizationEndpoint)
    for (const [name, value] of action.extraParams) url.searchParams.set(name, value)
    // After the further ones: they replace none of the flow's own.
    for (const [name, value] of [
      ['client_id', action.clientId],
      ['redirect_uri', origin + responsePath],
      ['response_type', 'code'],
      ['scope', action.scope],
      ['state', sealLogin(seal, request, mark, { action: actionId(action), nonce, expiresAtMs, target })],
      ['nonce', nonce],
    ] as const)
      url.searchParams.set(name, value)
    return redirect(url.href, [['Set-Cookie', cookie(request, nonceCookie, marked, loginLifeSec)]])
  }

  /** The user's session, if there is one that still holds. */
  const currentSession = async (
    action: OidcAction,
    request: EdgeRequest,
    context: string,
  ): Promise<{ readonly session: Session; readonly cookies: readonly Header[] } | 'none' | 'broken'> => {
    const text = sessionText(request, action.sessionCookieName)
    if (text === undefined) return 'none'
    const nowMs = world.nowMs()
    const session = openSession(seal, context, text, nowMs)
    if (session === undefined) return 'broken'
    const { accessExpiresMs, refreshToken } = session
    if (accessExpiresMs === undefined || accessExpiresMs > nowMs || refreshToken === undefined)
      return { session, cookies: [] }
    try {
      const next = await refreshed(action, session, refreshToken)
      const sealed = sealSession(seal, context, next)
      const lifeSec = Math.ceil((next.endsAtMs - nowMs) / 1000)
      return { session: next, cookies: sessionCookies(request, action.sessionCookieName, sealed, lifeSec) }
    } catch (failure) {
      // The provider ended the session; whatever else failed is no statement about the user.
      if (failure instanceof AuthFailed && failure.reason === 'AuthInvalidGrantError') return 'none'
      throw failure
    }
  }

  const authenticated = async (
    action: OidcAction,
    request: EdgeRequest,
    place: AuthPlace,
  ): Promise<AuthOutcome> => {
    const current = await currentSession(action, request, contextOf(action, request, place))
    if (typeof current !== 'string') {
      const { session, cookies } = current
      const signer = place.frontDoor.arn
      const headers = await identityHeaders(session, action, signer, signing, world.nowMs())
      return { kind: 'pass', requestHeaders: headers, answerHeaders: cookies }
    }
    const errorReason = current === 'broken' ? 'AuthInvalidCookie' : undefined
    switch (action.onUnauthenticatedRequest) {
      case 'allow':
        return { kind: 'pass', requestHeaders: [], answerHeaders: [] }
      case 'deny':
        return { kind: 'answer', answer: failureAnswer(401), errorReason }
      case 'authenticate':
        return { kind: 'answer', answer: toProvider(action, request), errorReason }
    }
  }

  const cameBack = async (request: EdgeRequest, place: AuthPlace): Promise<AuthOutcome> => {
    const parameters = new URLSearchParams(request.query ?? '')
    const state = parameters.get('state')
    if (state === null) throw new AuthFailed(401, 'AuthMissingStateParam', 'no state')
    const login = openLogin(seal, request, state, world.nowMs())
    const action = place.listener.rules
      .flatMap(({ actions }) => actions)
      .find((one) => one.type === 'authenticate-oidc' && actionId(one) === login.action)
    if (action?.type !== 'authenticate-oidc')
      throw new AuthFailed(401, 'AuthInvalidStateParam', 'no rule has the action of this login any more')
    const error = parameters.get('error')
    if (error !== null)
      throw new AuthFailed(
        error === 'access_denied' ? 401 : 561,
        undefined,
        'the provider answered with an error',
      )
    const code = parameters.get('code')
    if (code === null) throw new AuthFailed(401, 'AuthMissingCodeParam', 'no code')
    const origin = originOf(request)
    const { secretInBody } = await discovery.of(action.issuer)
    const grant = await askForTokens(fetch, action, secretInBody, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: origin + responsePath,
    })
    const session = await sessionOf(action, grant, login.nonce, undefined)
    const sealed = sealSession(seal, contextOf(action, request, place), session)
    const cookies = sessionCookies(request, action.sessionCookieName, sealed, action.sessionTimeoutSec)
    // The path begins with a slash, and the origin stands before it: it leads to no other host.
    return { kind: 'answer', answer: redirect(origin + login.target, cookies) }
  }

  const guarded = async (run: () => Promise<AuthOutcome>): Promise<AuthOutcome> => {
    try {
      return await run()
    } catch (failure) {
      report(failure)
      const known = failure instanceof AuthFailed
      return {
        kind: 'answer',
        answer: failureAnswer(known ? failure.statusCode : 500),
        errorReason: known ? failure.reason : 'AuthUnhandledException',
      }
    }
  }

  return {
    authenticate: (action, request, place) => guarded(() => authenticated(action, request, place)),
    answerTo(request, place) {
      if (request.path === keysPath + signing.keyId)
        return Promise.resolve({ kind: 'answer', answer: publicKeyAnswer(signing.publicKey) })
      const isOurs =
        request.path === responsePath &&
        place.listener.rules.some(({ actions }) => actions.some(({ type }) => type === 'authenticate-oidc'))
      return isOurs ? guarded(() => cameBack(request, place)) : undefined
    },
    close: () => fetch.close(),
  }
}

/** Tells actions apart by what a login depends on, so that a session is good for the settings that it began with alone. */
function actionId(action: OidcAction): string {
  const { issuer, clientId, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, sessionCookieName } =
    action
  return createHash('sha256')
    .update(
      JSON.stringify([
        issuer,
        clientId,
        authorizationEndpoint,
        tokenEndpoint,
        userInfoEndpoint,
        sessionCookieName,
        action.scope,
      ]),
    )
    .digest('base64url')
}

function contextOf(action: OidcAction, { host }: EdgeRequest, { frontDoor }: AuthPlace): string {
  return JSON.stringify([frontDoor.arn, host, actionId(action)])
}

function redirect(location: string, headers: readonly Header[]): EdgeAnswer {
  return {
    statusCode: 302,
    headers: [['Location', location], ['Cache-Control', 'no-store'], ...headers],
    body: '',
  }
}

function publicKeyAnswer(pem: string): EdgeAnswer {
  return {
    statusCode: 200,
    headers: [
      ['Content-Type', 'application/x-pem-file'],
      ['Cache-Control', 'public, max-age=3600'],
    ],
    body: pem,
  }
}
