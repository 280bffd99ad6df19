import { SignJWT } from 'jose'
import type { OidcAction } from '#core/front-door.ts'
import type { Header } from '../request.ts'
import type { Session } from './session.ts'
import type { SigningKey } from './signing-key.ts'

const prefix = 'x-amzn-oidc-'

/** Whether a client's header has a name that only the front door may set. */
export function isOidcHeader(name: string): boolean {
  return name.length > prefix.length && name.slice(0, prefix.length).toLowerCase() === prefix
}

/** How long the statement about a user is good: longer than a request is on its way. Units: seconds. */
const statementLifeSec = 120

/**
 * Who the user is, for the target.
 * Source: Application Load Balancers User Guide, "User claims encoding and signature verification".
 * Differs: base64url without padding, as RFC 7515 has it.
 */
export async function identityHeaders(
  { claims, accessToken }: Session,
  action: OidcAction,
  signer: string,
  key: SigningKey,
  nowMs: number,
): Promise<readonly Header[]> {
  const exp = Math.floor(nowMs / 1000) + statementLifeSec
  const header = {
    alg: 'ES256',
    typ: 'JWT',
    kid: key.keyId,
    signer,
    iss: action.issuer,
    client: action.clientId,
    exp,
  }
  const statement = await new SignJWT({ ...claims, exp, iss: action.issuer })
    .setProtectedHeader(header)
    .sign(key.privateKey)
  return [
    [`${prefix}accesstoken`, accessToken],
    [`${prefix}identity`, claims.sub],
    [`${prefix}data`, statement],
  ]
}
