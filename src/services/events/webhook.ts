import { isOver } from '#core/elapsed.ts'
import type { Failure } from '#core/deliveries/index.ts'
import type { IncomingMessage } from 'node:http'
import { Agent, request as send } from 'node:https'
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { guardedLookup, mayConnectTo, type OutboundAccess } from '#core/address-guard.ts'
import { Bounded } from '#core/bounded.ts'
import type { World } from '#core/world.ts'
import { parseExactly } from '#engines/events/index.ts'
import type { ConnectionHttpParameters, HttpParameters } from '#models/events.d.ts'
import { notInFieldValue, token as headerName } from '#wire/http1/index.ts'
import type { Authorization, Invocation } from './authorization.ts'
import { isTooDeep, objectOf } from './json-object.ts'

export interface Webhook {
  /** Sends an event; undefined once it has arrived. */
  readonly invoke: (
    invocation: Invocation,
    parameters: HttpParameters | undefined,
    input: string,
  ) => Promise<Failure | undefined>
  readonly close: () => void
}

/** Source: EventBridge User Guide, "API destinations": a request may take 5 seconds. Units: milliseconds. */
const timeoutMs = 5_000
const answerBytesMax = 65_536
const socketsMax = 32
const tokensMax = 1_000
/** A token is asked for anew so long before it ends. Units: milliseconds. */
const renewBeforeMs = 30_000
const tokenSecondsDefault = 3_600

interface HttpRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/**
 * Invokes API destinations: https alone, verified, no redirect followed, and only at addresses that the operator allows, whatever a name
 * resolves to when it is connected to.
 */
export function createWebhook({
  world,
  access: { trust, networks, resolve },
}: {
  readonly world: Pick<World, 'nowMs' | 'after'>
  readonly access: OutboundAccess
}): Webhook {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: socketsMax,
    ca: [...getCACertificates('default'), ...trust],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // Said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    lookup: guardedLookup(resolve, networks),
  })
  const tokens = new Bounded<string, { readonly text: string; readonly expiresAtMs: number }>(tokensMax)
  const windows = new Bounded<string, { readonly sinceMs: number; count: number }>(tokensMax)

  function ask({ url, method, headers, body }: HttpRequest): Promise<Answer | Failure> {
    // An address in the place of a name is never looked up.
    const literal = url.hostname.replace(/^\[(.*)\]$/, '$1')
    if (url.protocol !== 'https:' || (isIP(literal) !== 0 && !mayConnectTo(literal, networks)))
      return Promise.resolve({
        code: 'CONNECTION_FAILURE',
        message: 'The address is not allowed.',
        again: false,
      })
    // A connection may hold what no header can, and so may a token that somebody's server gave.
    const unsendable = Object.entries(headers).find(([name, value]) => !isHeader(name, value))
    if (unsendable)
      return Promise.resolve({
        code: 'INVALID_PARAMETER',
        message: `The header ${JSON.stringify(unsendable[0])} cannot be sent.`,
        again: false,
      })
    const { promise, resolve: settle } = Promise.withResolvers<Answer | Failure>()
    const request = send(url, { agent, method, headers })
    const cancel = world.after(timeoutMs, () => {
      settle({ code: 'TIMEOUT', message: `No answer within ${timeoutMs} ms.`, again: true })
      request.destroy()
    })
    request.on('error', (error) =>
      settle({ code: 'CONNECTION_FAILURE', message: error.message, again: true }),
    )
    request.once('response', (response) => void collect(response).then(settle))
    request.end(body)
    return promise.finally(cancel)
  }

  async function tokenOf(invocation: Invocation): Promise<string | Failure | undefined> {
    const { OAuthParameters } = invocation.authorization
    if (!OAuthParameters) return undefined
    const key = tokenKey(invocation)
    const known = tokens.get(key)
    if (known && known.expiresAtMs > world.nowMs()) return known.text
    const answer = await ask(tokenRequest(OAuthParameters))
    if ('code' in answer) return answer
    const token = answer.status === 200 ? readToken(answer.body) : undefined
    if (!token)
      return {
        code: 'NO_PERMISSIONS',
        message: `The authorization endpoint answered ${answer.status}.`,
        again: true,
      }
    tokens.set(key, { text: token.text, expiresAtMs: world.nowMs() + token.seconds * 1000 - renewBeforeMs })
    return token.text
  }

  /** How long to wait for the destination's rate; undefined where one more may go. */
  function waitOf({ destination: { arn, ratePerSecond } }: Invocation): number | undefined {
    const nowMs = world.nowMs()
    const known = windows.get(arn)
    const window = known && !isOver(known.sinceMs, nowMs, 1000) ? known : { sinceMs: nowMs, count: 0 }
    windows.set(arn, window)
    if (window.count >= ratePerSecond) return window.sinceMs + 1000 - nowMs
    window.count += 1
    return undefined
  }

  return {
    async invoke(invocation, parameters, input) {
      const postponeMs = waitOf(invocation)
      if (postponeMs !== undefined) return { code: 'THROTTLING', message: 'rate', again: true, postponeMs }
      const token = await tokenOf(invocation)
      if (typeof token === 'object') return token
      const request = requestOf(invocation, parameters, input, token)
      if (!request)
        return {
          code: 'INVALID_PARAMETER',
          message: 'The path parameters lead out of the path of the destination.',
          again: false,
        }
      const answer = await ask(request)
      if ('code' in answer) return answer
      if (answer.status >= 200 && answer.status < 300) return undefined
      if (answer.status === 401) tokens.delete(tokenKey(invocation))
      // Source: EventBridge User Guide, "API destinations", error codes that are retried.
      const again = [401, 407, 409, 429].includes(answer.status) || answer.status >= 500
      return { code: 'ERROR_FROM_TARGET', message: `The destination answered ${answer.status}.`, again }
    },
    close: () => agent.destroy(),
  }
}

function isHeader(name: string, value: string): boolean {
  return headerName.test(name) && !notInFieldValue.test(value)
}

interface Answer {
  readonly status: number
  readonly body: string
}

/** Reads an answer up to its limit; leaving the loop early closes the socket. */
async function collect(response: IncomingMessage): Promise<Answer | Failure> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      // No encoding is set, so chunks are buffers.
      bytes += chunk.length
      if (bytes > answerBytesMax) break
      chunks.push(chunk)
    }
  } catch {
    return { code: 'CONNECTION_FAILURE', message: 'The connection broke.', again: true } // There is no other reason.
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }
}

function tokenKey({ connectionArn, version }: Invocation): string {
  return `${connectionArn} ${version}`
}

function readToken(body: string): { readonly text: string; readonly seconds: number } | undefined {
  try {
    const read = JSON.parse(body) as { readonly access_token?: unknown; readonly expires_in?: unknown } | null // Checked below.
    const { access_token: text, expires_in: given } = read ?? {}
    const seconds = typeof given === 'number' && given > 0 ? given : tokenSecondsDefault
    return typeof text === 'string' ? { text, seconds } : undefined
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
}

/** Source: RFC 6749, section 4.4.2, with what the connection adds. */
function tokenRequest(given: NonNullable<Authorization['OAuthParameters']>): HttpRequest {
  const { ClientParameters, AuthorizationEndpoint, HttpMethod, OAuthHttpParameters = {} } = given
  const url = new URL(AuthorizationEndpoint)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: ClientParameters.ClientID,
    client_secret: ClientParameters.ClientSecret,
  })
  for (const { Key = '', Value = '' } of OAuthHttpParameters.BodyParameters ?? []) form.set(Key, Value)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...addTo(url, OAuthHttpParameters) }
  return { url, method: HttpMethod, headers, body: HttpMethod === 'GET' ? undefined : form.toString() }
}

/**
 * The endpoint with values in the place of its wildcards; undefined where a value of dots would lead out of the path, which is the
 * destination's to say.
 */
function addressOf(endpoint: string, given: readonly string[]): URL | undefined {
  const values = [...given]
  // Half of a pair of surrogates has no encoding: as in a query, U+FFFD stands for it.
  const next = (): string => encodeURIComponent((values.shift() ?? '*').toWellFormed())
  const url = new URL(endpoint)
  const path = url.pathname.replaceAll('*', next)
  url.pathname = path
  url.search = url.search.replaceAll('*', next)
  return url.pathname === path ? url : undefined
}

/** What a connection says goes before what a target says; undefined where the target's path is none. */
function requestOf(
  { destination, authorization }: Invocation,
  target: HttpParameters | undefined,
  input: string,
  token: string | undefined,
): HttpRequest | undefined {
  const { InvocationHttpParameters = {} } = authorization
  const url = addressOf(destination.endpoint, target?.PathParameterValues ?? [])
  if (!url) return undefined
  for (const [key, value] of Object.entries(target?.QueryStringParameters ?? {}))
    url.searchParams.set(key, value)
  const ofTarget = Object.entries(target?.HeaderParameters ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ])
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...Object.fromEntries(ofTarget),
    ...addTo(url, InvocationHttpParameters),
    ...authorizing(authorization, token),
  }
  const { method } = destination
  const bodiless = method === 'GET' || method === 'HEAD'
  return { url, method, headers, body: bodiless ? undefined : withBody(input, InvocationHttpParameters) }
}

function authorizing(
  { ApiKeyAuthParameters, BasicAuthParameters }: Authorization,
  token: string | undefined,
): Record<string, string> {
  if (ApiKeyAuthParameters)
    return { [ApiKeyAuthParameters.ApiKeyName.toLowerCase()]: ApiKeyAuthParameters.ApiKeyValue }
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  const { Username = '', Password = '' } = BasicAuthParameters ?? {}
  return { authorization: `Basic ${Buffer.from(`${Username}:${Password}`).toString('base64')}` }
}

/** Adds a connection's query to an address; gives its headers. */
function addTo(url: URL, { QueryStringParameters = [], HeaderParameters = [] }: ConnectionHttpParameters) {
  for (const { Key = '', Value = '' } of QueryStringParameters) url.searchParams.set(Key, Value)
  return Object.fromEntries(HeaderParameters.map(({ Key = '', Value = '' }) => [Key.toLowerCase(), Value]))
}

/** A connection's members of the body, where that is an object: what a template makes may be any text. */
function withBody(input: string, { BodyParameters = [] }: ConnectionHttpParameters): string {
  const body = BodyParameters.length === 0 ? undefined : objectOf(input, parseExactly)
  if (!body || isTooDeep(body, input)) return input
  return JSON.stringify({
    ...body,
    ...Object.fromEntries(BodyParameters.map(({ Key = '', Value = '' }) => [Key, Value])),
  })
}
