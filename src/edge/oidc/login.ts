import type { Seal } from '#core/seal/index.ts'
import type { World } from '#core/world.ts'
import { cookieValues, headerValue } from '../cookies.ts'
import type { EdgeRequest } from '../request.ts'
import { AuthFailed } from './outcome.ts'

/** What a browser brings back from the provider in `state`. */
export interface Login {
  /** Which of the listener's actions began it. */
  readonly action: string
  readonly nonce: string
  readonly expiresAtMs: number
  /** Path and query that were asked for. */
  readonly target: string
}

export const responsePath = '/oauth2/idpresponse'

/** Source: Application Load Balancers User Guide, "Authentication flow": the client login timeout is 15 minutes. */
export const loginLifeSec = 900

/** Source: the same; the cookie that ties a login to the browser that began it. */
export const nonceCookie = 'AWSALBAuthNonce'

const statePurpose = 'elb login'
const noncePurpose = 'elb login nonce'

/** A provider's address has to hold it; a longer one is not come back to. */
const targetLengthMax = 2_048

/**
 * The browser's mark: the one that it has, where it is good, because pages ask for several things at once, and each would otherwise
 * undo the login before it.
 */
export function browserMark(
  seal: Seal,
  request: EdgeRequest,
  world: Pick<World, 'nowMs' | 'randomBytes'>,
): { readonly mark: string; readonly cookie: string } {
  const known = knownMark(seal, request, world.nowMs())
  if (known !== undefined) return known
  const mark = world.randomBytes(16).toString('base64url')
  const endsAtMs = world.nowMs() + loginLifeSec * 1000
  return { mark, cookie: seal.seal(noncePurpose, request.host, JSON.stringify([mark, endsAtMs])) }
}

function knownMark(
  seal: Seal,
  request: EdgeRequest,
  nowMs: number,
): { readonly mark: string; readonly cookie: string } | undefined {
  for (const cookie of cookieValues(request, nonceCookie, 2)) {
    const opened = cookie.length > 512 ? undefined : seal.tryOpen(noncePurpose, request.host, cookie)
    if (opened === undefined) continue
    const [mark, endsAtMs] = JSON.parse(opened.toString()) as [string, number] // Authentic: browserMark wrote it.
    if (endsAtMs > nowMs) return { mark, cookie }
  }
  return undefined
}

export function sealLogin(seal: Seal, request: EdgeRequest, mark: string, login: Login): string {
  const { action, nonce, expiresAtMs, target } = login
  // What does not begin with a slash (`OPTIONS *`) would lengthen the host's name.
  const back = target.startsWith('/') && target.length <= targetLengthMax ? target : '/'
  return seal.seal(statePurpose, contextOf(request, mark), JSON.stringify([action, nonce, expiresAtMs, back]))
}

/** The login that this browser began on this host. Faults: AuthFailed. */
export function openLogin(seal: Seal, request: EdgeRequest, state: string, nowMs: number): Login {
  const known = knownMark(seal, request, nowMs)
  const opened =
    known === undefined || state.length > 8_192
      ? undefined
      : seal.tryOpen(statePurpose, contextOf(request, known.mark), state)
  if (opened === undefined)
    throw new AuthFailed(401, 'AuthInvalidStateParam', 'the state is of no login here')
  const [action, nonce, expiresAtMs, target] = JSON.parse(opened.toString()) as [
    string,
    string,
    number,
    string,
  ] // Authentic: sealLogin wrote it.
  if (expiresAtMs <= nowMs) throw new AuthFailed(401, 'AuthInvalidStateParam', 'the login took too long')
  return { action, nonce, expiresAtMs, target }
}

function contextOf({ host }: EdgeRequest, mark: string): string {
  return JSON.stringify([host, mark])
}

/** `https://shop.example.com:8443`, as the client asked for it. Faults: AuthFailed. */
export function originOf(request: EdgeRequest): string {
  const host = headerValue(request, 'host')
  if (host === undefined || !hostForm.test(host))
    throw new AuthFailed(401, 'AuthMissingHostHeader', 'no host to come back to')
  return `${request.scheme}://${host}`
}

const hostForm = /^(?:[\w.-]{1,253}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/
