import type { OidcAction } from '#core/front-door.ts'
import { jsonMembers } from './json-members.ts'
import { AuthFailed } from './outcome.ts'
import type { ProviderFetch } from './provider-fetch.ts'

/** What the token endpoint gives. */
export interface Grant {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  /** Undefined where the provider does not say: it then lasts as long as the session. */
  readonly expiresInSec: number | undefined
}

const tokensBytesMax = 64 * 1024

/** Source: Application Load Balancers User Guide, "Authenticate users": claims of at most 11 KB. */
const claimsBytesMax = 11 * 1024

/**
 * Asks the token endpoint. Faults: AuthFailed.
 * Source: RFC 6749, sections 2.3.1 (the client's secret), 4.1.3, 5 and 6.
 */
export async function askForTokens(
  fetch: ProviderFetch,
  action: OidcAction,
  secretInBody: boolean,
  parameters: Readonly<Record<string, string>>,
): Promise<Grant> {
  const { clientId, clientSecret, tokenEndpoint } = action
  const form = new URLSearchParams(parameters)
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  if (secretInBody) {
    form.set('client_id', clientId)
    form.set('client_secret', clientSecret)
  } else {
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
  }
  const answer = await fetch.ask({
    method: 'POST',
    url: tokenEndpoint,
    headers,
    body: form.toString(),
    answerBytesMax: tokensBytesMax,
  })
  if (answer === 'timeout') throw new AuthFailed(500, 'AuthTokenEpRequestTimeout', 'no answer in time')
  if (typeof answer === 'string') throw new AuthFailed(500, 'AuthTokenEpRequestFailed', answer)
  const members = jsonMembers(answer.body)
  if (members?.['error'] === 'invalid_grant')
    throw new AuthFailed(401, 'AuthInvalidGrantError', 'the provider refused the grant')
  if (answer.status !== 200) throw new AuthFailed(500, 'AuthTokenEpRequestFailed', `status ${answer.status}`)
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = members ?? {}
  const { token_type: type, expires_in: expires } = members ?? {}
  if (typeof accessToken !== 'string' || !bearerForm.test(accessToken))
    throw new AuthFailed(500, 'AuthInvalidTokenResponse', 'no access token')
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw new AuthFailed(500, 'AuthInvalidTokenResponse', 'no bearer token')
  return {
    accessToken,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
    idToken: typeof idToken === 'string' ? idToken : undefined,
    expiresInSec: typeof expires === 'number' && expires >= 0 ? expires : undefined,
  }
}

/** What goes into a header. Source: RFC 6750, section 2.1. */
const bearerForm = /^[\w.~+/-]+=*$/

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

/** What the provider says of the user. Faults: AuthFailed. Source: OpenID Connect Core 1.0, section 5.3. */
export async function askForClaims(
  fetch: ProviderFetch,
  action: OidcAction,
  accessToken: string,
): Promise<Readonly<Record<string, unknown>> & { readonly sub: string }> {
  const answer = await fetch.ask({
    method: 'GET',
    url: action.userInfoEndpoint,
    headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    answerBytesMax: claimsBytesMax,
  })
  switch (answer) {
    case 'timeout':
      throw new AuthFailed(500, 'AuthUserinfoEpRequestTimeout', 'no answer in time')
    case 'too-large':
      throw new AuthFailed(401, 'AuthUserinfoResponseSizeExceeded', `more than ${claimsBytesMax} bytes`)
    case 'unreachable':
      throw new AuthFailed(500, 'AuthUserinfoEpRequestFailed', answer)
    default: {
      if (answer.status !== 200)
        throw new AuthFailed(500, 'AuthUserinfoEpRequestFailed', `status ${answer.status}`)
      const claims = jsonMembers(answer.body)
      const sub = claims?.['sub']
      if (claims === undefined || typeof sub !== 'string' || !subjectForm.test(sub))
        throw new AuthFailed(500, 'AuthInvalidUserinfoResponse', 'no subject')
      return { ...claims, sub }
    }
  }
}

/** At most 255 ASCII characters (OpenID Connect Core 1.0, section 2), printable ones: it goes into a header. */
const subjectForm = /^[\x20-\x7e]{1,255}$/
