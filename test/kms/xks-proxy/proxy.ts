// A real external key store proxy: TLS, SigV4 verified by the AWS SDK's signer, AES-256-GCM keys in memory, and what the specification
// says of its errors. A test makes it fail by what it holds, or puts another answer in place of the right one.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Certificate } from './certificate.ts'
import { ProxyFault } from './fault.ts'
import { decrypt, encrypt, type HeldKey } from './keys.ts'
import { isSignedBy, type ProxyCredentials } from './signature.ts'

export interface ProxyOptions {
  readonly certificate: Certificate
  readonly credentials: ProxyCredentials
  readonly region: string
  readonly uriPath: string
  readonly nowMs?: () => number
  readonly tls?: ServerOptions
}

/** A request that arrived, whatever became of it. */
export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly members: Readonly<Record<string, unknown>>
}

export interface TestProxy {
  readonly port: number
  readonly keys: Map<string, HeldKey>
  credentials: ProxyCredentials
  readonly received: Received[]
  /** Principals that the proxy's own rules refuse. */
  readonly refused: Set<unknown>
  /** Of its one key manager. */
  healthStatus: string
  /** Answers in place of the proxy, which has received and verified the request. */
  instead: ((response: ServerResponse) => void) | undefined
  /** Awaited before a request that was received is served. */
  hold: Promise<unknown> | undefined
  /** Changes the members of a right answer on its way out. */
  change: ((right: object) => object) | undefined
  /** Closes the next request's connection unread, as a proxy does that restarts. */
  hangUpOnce: boolean
  /** TCP connections that were made to it. */
  connections(): number
  close(): Promise<void>
}

export async function startXksProxy(options: ProxyOptions): Promise<TestProxy> {
  const { certificate, region, uriPath, nowMs = Date.now, tls } = options
  const server = createServer({ ...certificate, ...tls })
  let connections = 0
  server.on('connection', () => (connections += 1))
  server.on('request', (request, response) => {
    if (proxy.hangUpOnce) {
      proxy.hangUpOnce = false
      request.socket.destroy()
      return
    }
    void (async () => {
      const body = await buffer(request)
      const { url: path = '', method, headers } = request
      try {
        if (method !== 'POST') throw new ProxyFault(405, 'ValidationException')
        const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
        if (!(await isSignedBy(proxy.credentials, region, { path, headers: flat, body }, nowMs()))) {
          throw new ProxyFault(401, 'AuthenticationFailedException')
        }
        const members = JSON.parse(body.toString()) as Received['members'] // What KMS sends is an object.
        proxy.received.push({ path, headers, members })
        await proxy.hold
        if (proxy.instead !== undefined) return proxy.instead(response)
        const right = serve(path, members)
        answer(response, 200, proxy.change?.(right) ?? right)
      } catch (error) {
        if (!(error instanceof ProxyFault)) throw error
        answer(response, error.status, { errorName: error.errorName, errorMessage: 'the proxy says no' })
      }
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  /** Source: XKS Proxy API Specification, "API operations". */
  function serve(path: string, members: Received['members']): object {
    if (path === `${uriPath}/health`) return health()
    const [externalKeyId, operation = '', ...more] = path.startsWith(`${uriPath}/keys/`)
      ? path.slice(`${uriPath}/keys/`.length).split('/')
      : []
    if (externalKeyId === undefined || more.length > 0) throw new ProxyFault(404, 'InvalidUriPathException')
    const { awsPrincipalArn } = members['requestMetadata'] as Received['members'] // KMS always sends it.
    if (proxy.refused.has(awsPrincipalArn)) throw new ProxyFault(403, 'AccessDeniedException')
    const key = proxy.keys.get(externalKeyId)
    if (key === undefined) throw new ProxyFault(404, 'KeyNotFoundException')
    switch (operation) {
      case 'metadata':
        return { keySpec: key.keySpec, keyUsage: key.keyUsage, keyStatus: key.keyStatus }
      case 'encrypt':
        return encrypt(key, members)
      case 'decrypt':
        return decrypt(key, members)
      default:
        throw new ProxyFault(404, 'InvalidUriPathException')
    }
  }

  function health(): object {
    return {
      xksProxyFleetSize: 1,
      xksProxyVendor: 'Redoubt',
      xksProxyModel: 'test proxy',
      ekmVendor: 'Redoubt',
      ekmFleetDetails: [{ id: 'memory', model: 'AES-256-GCM in memory', healthStatus: proxy.healthStatus }],
    }
  }

  const proxy: TestProxy = {
    port: (server.address() as AddressInfo).port, // A TCP server's address is an object.
    keys: new Map(),
    credentials: options.credentials,
    received: [],
    refused: new Set(),
    healthStatus: 'ACTIVE',
    instead: undefined,
    hold: undefined,
    change: undefined,
    hangUpOnce: false,
    connections: () => connections,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

/** A JSON answer. */
export function answer(response: ServerResponse, status: number, members: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(members))
}
