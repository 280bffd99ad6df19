import type { IncomingMessage } from 'node:http'
import { Agent, request as send } from 'node:https'
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { guardedLookup, mayConnectTo, type Network, type Resolve } from '#core/address-guard.ts'
import type { World } from '#core/world.ts'

/** How identity providers are reached. */
export interface ProviderAccess {
  /** PEM certificates to trust besides the system's. */
  readonly trust: readonly string[]
  /** Private networks in which a provider may be; elsewhere it is at public addresses alone. */
  readonly networks: readonly Network[]
  readonly resolve: Resolve
  readonly timeoutMs: number
}

export interface ProviderRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly answerBytesMax: number
}

export interface ProviderAnswer {
  readonly status: number
  readonly body: Buffer
}

export type ProviderFailure = 'unreachable' | 'timeout' | 'too-large'

/** One request to a provider: https alone, verified, no redirect followed, bounded in time and size. */
export interface ProviderFetch {
  readonly ask: (request: ProviderRequest) => Promise<ProviderAnswer | ProviderFailure>
  readonly close: () => void
}

/** Connections to one provider; what is more waits, within its own time. */
const socketsMax = 32

export function createProviderFetch(
  { trust, networks, resolve, timeoutMs }: ProviderAccess,
  after: World['after'],
): ProviderFetch {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: socketsMax,
    ca: [...getCACertificates('default'), ...trust],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // Said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    lookup: guardedLookup(resolve, networks),
  })
  return {
    ask({ method, url, headers, body, answerBytesMax }) {
      const place = URL.canParse(url) ? new URL(url) : undefined
      if (place?.protocol !== 'https:') return Promise.resolve('unreachable')
      // An address in the place of a name is never looked up.
      const literal = place.hostname.replace(/^\[(.*)\]$/, '$1')
      if (isIP(literal) !== 0 && !mayConnectTo(literal, networks)) return Promise.resolve('unreachable')
      const { promise, resolve: settle } = Promise.withResolvers<ProviderAnswer | ProviderFailure>()
      const request = send(place, { agent, method, headers })
      const cancel = after(timeoutMs, () => {
        settle('timeout')
        request.destroy()
      })
      request.on('error', () => settle('unreachable'))
      request.once('response', (response) => void collect(response, answerBytesMax).then(settle))
      request.end(body)
      return promise.finally(cancel)
    },
    close: () => agent.destroy(),
  }
}

/** Reads an answer up to its limit; leaving the loop early closes the socket. */
async function collect(
  response: IncomingMessage,
  bytesMax: number,
): Promise<ProviderAnswer | ProviderFailure> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      // No encoding is set, so chunks are buffers.
      bytes += chunk.length
      if (bytes > bytesMax) return 'too-large'
      chunks.push(chunk)
    }
  } catch {
    return 'unreachable' // The connection broke: there is no other reason.
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) }
}
