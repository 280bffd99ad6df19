import type {
  ConnectionAuthResponseParameters,
  ConnectionAuthorizationType,
  ConnectionHttpParameters,
  CreateConnectionAuthRequestParameters,
  UpdateConnectionAuthRequestParameters,
} from '#models/events.d.ts'
import type { ApiDestinationDocument } from './documents.ts'
import { faults } from './faults.ts'

/** What a connection authorizes with, secrets and all: only ever sealed, or in the runner's hands. */
export type Authorization = Pick<
  CreateConnectionAuthRequestParameters,
  'ApiKeyAuthParameters' | 'BasicAuthParameters' | 'OAuthParameters' | 'InvocationHttpParameters'
>

/** All that is needed to invoke an API destination. */
export interface Invocation {
  readonly destination: Pick<ApiDestinationDocument, 'arn' | 'endpoint' | 'method' | 'ratePerSecond'>
  readonly connectionArn: string
  /** Changes when the connection does: a token is used no longer. */
  readonly version: number
  readonly authorization: Authorization
}

const memberOf = {
  API_KEY: 'ApiKeyAuthParameters',
  BASIC: 'BasicAuthParameters',
  OAUTH_CLIENT_CREDENTIALS: 'OAuthParameters',
} as const satisfies Record<ConnectionAuthorizationType, keyof Authorization>

/** The authorization of a type, as it is given; with what was there before, where only a part is given. Faults: ValidationException. */
export function readAuthorization(
  type: ConnectionAuthorizationType,
  given: UpdateConnectionAuthRequestParameters,
  before: Authorization = {},
): Authorization {
  if (given.ConnectivityParameters !== undefined) throw faults.unsupported('ConnectivityParameters')
  const { InvocationHttpParameters = before.InvocationHttpParameters } = given
  const others = Object.values(memberOf).filter((name) => name !== memberOf[type])
  if (others.some((name) => given[name] !== undefined))
    throw faults.invalid('AuthParameters', `It is of type ${type}.`)
  const read = {
    ...parametersOf(type, given, before),
    ...(InvocationHttpParameters && { InvocationHttpParameters }),
  }
  refuseHeaders(headersOf(read))
  return read
}

function parametersOf(
  type: ConnectionAuthorizationType,
  given: UpdateConnectionAuthRequestParameters,
  before: Authorization,
): Authorization {
  switch (type) {
    case 'API_KEY': {
      const { ApiKeyName, ApiKeyValue } = { ...before.ApiKeyAuthParameters, ...given.ApiKeyAuthParameters }
      if (ApiKeyName === undefined || ApiKeyValue === undefined) throw missing(type)
      return { ApiKeyAuthParameters: { ApiKeyName, ApiKeyValue } }
    }
    case 'BASIC': {
      const { Username, Password } = { ...before.BasicAuthParameters, ...given.BasicAuthParameters }
      if (Username === undefined || Password === undefined) throw missing(type)
      return { BasicAuthParameters: { Username, Password } }
    }
    case 'OAUTH_CLIENT_CREDENTIALS': {
      const merged = { ...before.OAuthParameters, ...given.OAuthParameters }
      const { ClientID, ClientSecret } = {
        ...before.OAuthParameters?.ClientParameters,
        ...given.OAuthParameters?.ClientParameters,
      }
      const { AuthorizationEndpoint, HttpMethod, OAuthHttpParameters } = merged
      if (!ClientID || !ClientSecret || AuthorizationEndpoint === undefined || HttpMethod === undefined)
        throw missing(type)
      refuseEndpoint('AuthorizationEndpoint', AuthorizationEndpoint)
      const ClientParameters = { ClientID, ClientSecret }
      return { OAuthParameters: { ClientParameters, AuthorizationEndpoint, HttpMethod, OAuthHttpParameters } }
    }
  }
}

function missing(type: ConnectionAuthorizationType) {
  return faults.invalid('AuthParameters', `All parameters of ${type} must be specified.`)
}

/** Faults: ValidationException for what is no https address, and for one whose host a target's path parameters would say. */
export function refuseEndpoint(parameter: string, text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.host.includes('*'))
    throw faults.invalid(
      parameter,
      'It must be an https address without a user, and with no wildcard in its host.',
    )
}

/** Headers that say how a request is framed or where it goes: ours to set. Source: EventBridge User Guide, "API destinations", reserved headers. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Faults: ValidationException. */
export function refuseHeaders(names: readonly (string | undefined)[]): void {
  for (const name of names)
    if (
      (name !== undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) ||
      reservedHeaders.has(name?.toLowerCase() ?? '')
    )
      throw faults.invalid('HeaderParameters', `The header ${name ?? ''} cannot be set.`)
}

function headersOf({ ApiKeyAuthParameters, OAuthParameters, InvocationHttpParameters }: Authorization) {
  const lists = [InvocationHttpParameters, OAuthParameters?.OAuthHttpParameters]
  const named = lists.flatMap((list) => list?.HeaderParameters ?? []).map(({ Key }) => Key)
  return [ApiKeyAuthParameters?.ApiKeyName, ...named]
}

/** What answers show: no secrets. */
export function shownAuthorization(given: Authorization): ConnectionAuthResponseParameters {
  const { ApiKeyAuthParameters, BasicAuthParameters, OAuthParameters, InvocationHttpParameters } = given
  return {
    ...(ApiKeyAuthParameters && { ApiKeyAuthParameters: { ApiKeyName: ApiKeyAuthParameters.ApiKeyName } }),
    ...(BasicAuthParameters && { BasicAuthParameters: { Username: BasicAuthParameters.Username } }),
    ...(OAuthParameters && {
      OAuthParameters: {
        ClientParameters: { ClientID: OAuthParameters.ClientParameters.ClientID },
        AuthorizationEndpoint: OAuthParameters.AuthorizationEndpoint,
        HttpMethod: OAuthParameters.HttpMethod,
        OAuthHttpParameters: shownParameters(OAuthParameters.OAuthHttpParameters),
      },
    }),
    InvocationHttpParameters: shownParameters(InvocationHttpParameters),
  }
}

function shownParameters(given: ConnectionHttpParameters | undefined): ConnectionHttpParameters | undefined {
  if (!given) return undefined
  const { HeaderParameters, QueryStringParameters, BodyParameters } = given
  return {
    HeaderParameters: HeaderParameters?.map(shown),
    QueryStringParameters: QueryStringParameters?.map(shown),
    BodyParameters: BodyParameters?.map(shown),
  }
}

interface Parameter {
  readonly Key?: string | undefined
  readonly Value?: string | undefined
  readonly IsValueSecret?: boolean | undefined
}

/** What does not say that it is secret is none, as Terraform's provider and AWS's own SDK for Go, which leaves out `false`, rely on. */
function shown({ Key, Value, IsValueSecret = false }: Parameter): Parameter {
  return IsValueSecret ? { Key, IsValueSecret } : { Key, Value, IsValueSecret }
}
