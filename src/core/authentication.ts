import { type ServiceName, services } from '#wire/index.ts'
import {
  type AuthenticationFailure,
  authenticationFailure,
  type AuthenticationReason,
  type Claim,
  createVerifier,
  type SecretMaterial,
  secretMaterial,
  type SignedRequest,
} from '#wire/sigv4/index.ts'
import { accessKeySecret } from './access-key-secret.ts'
import { Bounded } from './bounded.ts'
import type { SessionStatement, SignedCaller } from './caller.ts'
import { callerKey } from './caller-key.ts'
import type { Derived } from './derived.ts'
import { type CommonFault, Fault } from './fault.ts'
import type { AccessKey, Identities } from './identities.ts'
import type { Seal } from './seal/index.ts'
import type { OpenedSession, Sessions } from './session-token.ts'

/** A caller whose signature held, and the body with its chunk signatures taken off. */
export interface Authenticated {
  readonly ok: true
  readonly caller: SignedCaller
  readonly body: Uint8Array
}

/** Finds who signed a request and whether the signature holds. */
export type Authenticate = (
  request: SignedRequest,
  claim: Claim,
  target: { readonly service: ServiceName; readonly nowMs: number },
) => Authenticated | AuthenticationFailure

interface Parts {
  readonly identities: Identities
  readonly sessions: Sessions<SessionStatement>
  readonly seal: Seal
  readonly derived: Derived
}

const minute = 60_000
const clockSkewMs = 15 * minute
/** Services with a narrower clock window. Source: shared measurements against AWS; docs/services/sigv4.md. */
const narrowClockSkewMs: ReadonlyMap<ServiceName, number> = new Map([
  ['kms', 5 * minute],
  ['lambda', 5 * minute],
  ['cloudwatch', 5 * minute],
])

const secretsMax = 20_000
/** Of opened sessions, tokens included: a statement has some 300 characters, and with tags and policies up to 100,000. */
const statementCharactersMax = 33_554_432

/** Makes the one place where credentials are checked. Keys, secrets and sessions that were opened once stay opened. */
export function createAuthenticate({ identities, sessions, seal, derived }: Parts): Authenticate {
  const verifier = createVerifier()
  // Keyed by what never changes its meaning: a sealed text, a token. Whether the key still counts is asked on every call.
  const secrets = new Bounded<string, SecretMaterial>(secretsMax)
  const opened = new Bounded<string, OpenedSession<SessionStatement>>(secretsMax, {
    weightMax: statementCharactersMax,
    weigh: ({ characters }, token) => characters + token.length,
  })

  const longTerm = derived<string, { key: AccessKey; owner: SignedCaller } | undefined>(
    (reader, accessKeyId) => {
      const key = identities.accessKey(reader, accessKeyId)
      const owner = key?.active ? identities.keyOwner(reader, accessKeyId, key) : undefined
      return key && owner && { key, owner }
    },
  )
  const sessionOwner = derived<OpenedSession<SessionStatement>, SignedCaller | undefined>(
    (reader, { accessKeyId, statement }) => identities.sessionOwner(reader, accessKeyId, statement),
    (_, { characters }) => characters,
  )

  interface Credentials {
    readonly ok: true
    readonly caller: SignedCaller
    readonly secret: SecretMaterial
  }

  function ofLongTermKey(accessKeyId: string): Credentials | AuthenticationFailure {
    const known = longTerm(accessKeyId, accessKeyId)
    if (!known) return authenticationFailure('UnknownAccessKey')
    const { sealedSecret } = known.key
    const secret = secrets.of(sealedSecret, () =>
      secretMaterial(accessKeySecret.open(seal, accessKeyId, sealedSecret).toString('utf8')),
    )
    return { ok: true, caller: known.owner, secret }
  }

  function ofSession(accessKeyId: string, token: string, nowMs: number): Credentials | AuthenticationFailure {
    const known = opened.get(token)
    const session = known ?? sessions.open(token, accessKeyId)
    if (!session || session.accessKeyId !== accessKeyId) return authenticationFailure('InvalidToken')
    if (!known) opened.set(token, session)
    if (session.statement.expiresAtMs <= nowMs) return authenticationFailure('ExpiredToken')
    const caller = sessionOwner(callerKey(accessKeyId, session.statement), session)
    return caller ? { ok: true, caller, secret: session.secret } : authenticationFailure('InvalidToken')
  }

  return (request, claim, { service, nowMs }) => {
    const { accessKeyId, sessionToken } = claim
    const credentials =
      sessionToken === undefined ? ofLongTermKey(accessKeyId) : ofSession(accessKeyId, sessionToken, nowMs)
    if (!credentials.ok) return credentials
    const skewMs = narrowClockSkewMs.get(service) ?? clockSkewMs
    const verified = verifier.verify(request, claim, credentials.secret, {
      nowMs,
      skewMs,
      services: signingNames(service),
    })
    return verified.ok ? { ok: true, caller: credentials.caller, body: verified.body } : verified
  }
}

/** The names by which signatures may call the service. */
function signingNames(service: ServiceName): readonly string[] {
  const signingName = services.get(service)?.signingName
  return signingName === undefined ? [] : [signingName]
}

/** What a failed authentication is answered: AWS has five codes for twelve reasons, and the message tells the rest. */
const codes = {
  MissingAuthenticationToken: 'MissingAuthenticationToken',
  IncompleteSignature: 'IncompleteSignature',
  SignatureDoesNotMatch: 'SignatureDoesNotMatch',
  SignatureExpired: 'SignatureDoesNotMatch',
  SignatureNotYetCurrent: 'SignatureDoesNotMatch',
  RequestExpired: 'SignatureDoesNotMatch',
  InvalidScope: 'SignatureDoesNotMatch',
  UnsignedHeader: 'SignatureDoesNotMatch',
  InvalidPayload: 'SignatureDoesNotMatch',
  UnknownAccessKey: 'InvalidClientTokenId',
  InvalidToken: 'InvalidClientTokenId',
  ExpiredToken: 'ExpiredToken',
} as const satisfies Record<AuthenticationReason, CommonFault>

/** The fault that a failed authentication is; the codec spells it as the called service does. */
export function authenticationFault({ reason, message }: AuthenticationFailure): Fault {
  return new Fault(codes[reason], message)
}
