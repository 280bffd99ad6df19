// A small OpenID Connect provider over TLS, with switches for what it does wrong.
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { certificateFor } from '../../../test/kms/xks-proxy/certificate.ts'

export const clientId = 'redoubt test'
export const clientSecret = 's:e+cret/ß'
const hostname = 'idp.example.com'
const certificate = certificateFor([hostname])
export const trust = [certificate.cert]

export interface ProviderSwitches {
  sub: string
  userinfoSub: string | undefined
  claims: Record<string, unknown>
  /** Changes to the ID token's claims. */
  idToken: Record<string, unknown>
  expiresInSec: number
  status: Record<string, number>
  signWith: 'own' | 'foreign'
  /** Whose key its description leads to. */
  publishes: 'own' | 'foreign'
  discovery: 'yes' | 'none' | 'broken'
  methods: readonly string[]
  silent: boolean
  omit: readonly string[]
  /** In the place of what the token endpoint would give. */
  accessToken: string | undefined
  /** In the place of its own, in its description. */
  describedIssuer: string | undefined
}

export async function startProvider() {
  const own = await generateKeyPair('ES256')
  const foreign = await generateKeyPair('ES256')
  const switches: ProviderSwitches = {
    sub: 'user-1',
    userinfoSub: undefined,
    claims: { email: 'ann@example.com' },
    idToken: {},
    expiresInSec: 300,
    status: {},
    signWith: 'own',
    publishes: 'own',
    discovery: 'yes',
    methods: ['client_secret_basic'],
    silent: false,
    omit: [],
    accessToken: undefined,
    describedIssuer: undefined,
  }
  const codes = new Map<string, { nonce: string; redirectUri: string }>()
  const refreshTokens = new Set<string>()
  const calls: { path: string; body: URLSearchParams; authorization: string | undefined }[] = []
  let serial = 0

  const server = createServer(certificate, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      const body = new URLSearchParams(Buffer.concat(chunks).toString())
      const { authorization } = request.headers
      calls.push({ path, body, authorization })
      if (switches.silent) return
      void respond(path, body, authorization, response)
    })
  })
  let connections = 0
  server.on('connection', () => (connections += 1))
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // A TCP server that listens.
  const issuer = `https://${hostname}:${port}`

  async function respond(
    path: string,
    body: URLSearchParams,
    authorization: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const [status, value] = await answer(path, body, authorization)
    response.writeHead(switches.status[path] ?? status, { 'content-type': 'application/json' })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }

  async function answer(
    path: string,
    body: URLSearchParams,
    authorization: string | undefined,
  ): Promise<[number, unknown]> {
    switch (path) {
      case '/.well-known/openid-configuration':
        if (switches.discovery !== 'yes') return [switches.discovery === 'none' ? 404 : 503, {}]
        return [
          200,
          {
            issuer: switches.describedIssuer ?? issuer,
            jwks_uri: `${issuer}/keys`,
            token_endpoint_auth_methods_supported: switches.methods,
          },
        ]
      case '/keys': {
        const { publicKey } = switches.publishes === 'own' ? own : foreign
        return [200, { keys: [{ ...(await exportJWK(publicKey)), kid: switches.publishes, alg: 'ES256' }] }]
      }
      case '/token':
        // One that fails takes no token.
        return switches.status[path] === undefined ? await token(body, authorization) : [200, {}]
      case '/userinfo':
        if (!/^Bearer access-\d+$/.test(authorization ?? '')) return [401, {}]
        return [200, { sub: switches.userinfoSub ?? switches.sub, ...switches.claims }]
      default:
        return [404, {}]
    }
  }

  async function token(body: URLSearchParams, authorization: string | undefined): Promise<[number, unknown]> {
    const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
    const basic = `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(clientSecret)}`).toString('base64')}`
    const known = switches.methods.includes('client_secret_basic')
      ? authorization === basic
      : body.get('client_id') === clientId && body.get('client_secret') === clientSecret
    if (!known) return [401, { error: 'invalid_client' }]
    let nonce: string | undefined
    if (body.get('grant_type') === 'authorization_code') {
      const code = codes.get(body.get('code') ?? '')
      codes.delete(body.get('code') ?? '')
      if (code?.redirectUri !== body.get('redirect_uri')) return [400, { error: 'invalid_grant' }]
      nonce = code?.nonce
    } else if (!refreshTokens.delete(body.get('refresh_token') ?? ''))
      return [400, { error: 'invalid_grant' }]
    serial += 1
    refreshTokens.add(`refresh-${serial}`)
    const claims = {
      iss: issuer,
      aud: clientId,
      sub: switches.sub,
      exp: nowMs() / 1000 + 300,
      ...(nonce === undefined ? {} : { nonce }),
      ...switches.idToken,
    }
    const idToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: switches.publishes })
      .sign((switches.signWith === 'own' ? own : foreign).privateKey)
    const answer: Record<string, unknown> = {
      access_token: switches.accessToken ?? `access-${serial}`,
      refresh_token: `refresh-${serial}`,
      id_token: idToken,
      token_type: 'Bearer',
      expires_in: switches.expiresInSec,
    }
    for (const name of switches.omit) delete answer[name]
    return [200, answer]
  }

  const clock = { nowMs: Date.UTC(2026, 0, 1) }
  const nowMs = (): number => clock.nowMs
  return {
    issuer,
    switches,
    calls,
    /** How often somebody connected, whatever came of it. */
    connections: () => connections,
    port,
    clock,
    refreshTokens,
    /** A user logs in: what the provider sends the browser back with. */
    login(location: string): string {
      const url = new URL(location)
      const code = createHash('sha256').update(location).digest('hex')
      codes.set(code, {
        nonce: url.searchParams.get('nonce') ?? '',
        redirectUri: url.searchParams.get('redirect_uri') ?? '',
      })
      return new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' }).toString()
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}

export type TestProvider = Awaited<ReturnType<typeof startProvider>>
