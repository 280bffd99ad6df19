import type { IncomingMessage } from 'node:http'
import { Agent, type RequestOptions, request as send } from 'node:https'
import type { Duplex } from 'node:stream'
import { createSecureContext, getCACertificates } from 'node:tls'
import type { World } from '#core/world.ts'
import { guardedLookup, type Network, type Resolve } from '#core/address-guard.ts'
import { failed, type XksFailure, type XksReason } from './outcome.ts'

export interface ExchangeOptions {
  readonly hostname: string
  readonly port: number
  /** PEM certificates to trust besides the system's. */
  readonly trust: readonly string[]
  readonly timeoutMs: number
  readonly after: World['after']
  readonly resolve: Resolve
  /** Where a proxy may be beside public addresses. */
  readonly networks: readonly Network[]
}

/** One POST, and what came back within its time. */
export interface Exchange {
  post(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer | XksFailure>
  close(): void
}

export interface Answer {
  readonly ok: true
  readonly status: number
  readonly body: Buffer
}

/** The largest answer of the specification is a plaintext of some 6 kB in base64, or a health report of ten key managers. */
const answerBytesMax = 64 * 1024

/** Calls under way to one proxy; more wait for a socket, within their own time. */
const socketsMax = 64

/** Source: XKS Proxy API Specification, "API content type": a proxy has at least one of these, with TLS 1.2 or later. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
].join(':')

/** A keep-alive connection to one proxy. It follows no redirect. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { hostname, port, trust, timeoutMs, after, resolve, networks } = options
  const agent = new Agent({
    keepAlive: true,
    maxSockets: socketsMax,
    // Made once: reading every authority's certificate takes longer than a handshake.
    secureContext: createSecureContext({
      ca: [...getCACertificates('default'), ...trust],
      minVersion: 'TLSv1.2',
      ciphers,
    }),
    rejectUnauthorized: true, // Said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    lookup: guardedLookup(resolve, networks),
  })

  const secured = new WeakSet<Duplex>()

  return {
    async post(path, headers, body) {
      const start = (): Attempt =>
        attempt({ agent, hostname, port, path, method: 'POST', headers }, body, secured)
      let current = start()
      let late = false
      const cancel = after(timeoutMs, () => {
        late = true
        current.giveUp()
      })
      try {
        for (;;) {
          const result = await current.result
          if (result !== 'stale') return result
          if (late) return failed('TimedOut', 'no answer in time')
          // Each round uses up one socket that stood before, so this ends; the timer runs on.
          current = start()
        }
      } finally {
        cancel()
      }
    },
    close: () => agent.destroy(),
  }
}

/** One request on one socket. */
interface Attempt {
  /** `stale`: the proxy closed an idle connection just as it was used again. Nobody saw the request, so it may be sent anew. */
  readonly result: Promise<Answer | XksFailure | 'stale'>
  /** Ends it for want of time. */
  giveUp(): void
}

/** How far a request came: which of the failures is whose. */
type Phase = 'waiting' | 'connecting' | 'securing' | 'talking' | 'answered'

/** `secured`: the sockets that stood before, which are the only ones that can be stale. */
function attempt(options: RequestOptions, body: Buffer, secured: WeakSet<Duplex>): Attempt {
  let phase: Phase = 'waiting'
  let used = false
  const { promise, resolve } = Promise.withResolvers<Answer | XksFailure | 'stale'>()

  const request = send(options)
  request.once('socket', (socket) => {
    // Not `request.reusedSocket`, which is false of a socket that passes from one request straight to a waiting one.
    used = secured.has(socket)
    phase = used ? 'talking' : 'connecting'
    if (used) return // Listeners of many requests would gather on it.
    socket.once('connect', () => (phase = 'securing'))
    socket.once('secureConnect', () => {
      phase = 'talking'
      secured.add(socket)
    })
  })
  request.once('response', (response) => {
    phase = 'answered'
    void collect(response).then(resolve)
  })
  request.on('error', (error) => {
    if (phase === 'answered') return // Reading the answer fails with it too.
    resolve(used ? 'stale' : failed(reasonOf(error, phase), error.message))
  })
  request.end(body)

  return {
    result: promise,
    giveUp() {
      resolve(
        failed(phase === 'connecting' ? 'Unreachable' : 'TimedOut', `no answer in time, still ${phase}`),
      )
      request.destroy()
    },
  }
}

function reasonOf(error: Error, phase: Phase): XksReason {
  const code = 'code' in error ? String(error.code) : ''
  // With TLS 1.3 a proxy that wants a client's certificate says so only after the handshake.
  if (phase === 'securing' || code.startsWith('ERR_SSL_')) return 'TlsFailed'
  // Node's HTTP parser names its complaints so.
  return code.startsWith('HPE_') ? 'MalformedResponse' : 'Unreachable'
}

/** Reads an answer up to its limit; leaving the loop early closes the socket. An answer that breaks off cannot be told from a malformed one. */
async function collect(response: IncomingMessage): Promise<Answer | XksFailure> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      // No encoding is set, so chunks are buffers.
      bytes += chunk.length
      if (bytes > answerBytesMax)
        return failed('MalformedResponse', `an answer of more than ${answerBytesMax} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    return failed('MalformedResponse', `the answer broke off: ${String(error)}`)
  }
  return { ok: true, status: response.statusCode ?? 0, body: Buffer.concat(chunks) }
}
