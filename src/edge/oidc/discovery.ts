import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose'
import { Bounded } from '#core/bounded.ts'
import { isOver } from '#core/elapsed.ts'
import type { World } from '#core/world.ts'
import { jsonMembers } from './json-members.ts'
import { AuthFailed } from './outcome.ts'
import type { ProviderFetch } from './provider-fetch.ts'

/** What a provider says of itself. */
export interface Provider {
  /** Keys that it signs with; undefined where it publishes no description, which AWS does not ask for. */
  readonly keys: JWTVerifyGetKey | undefined
  /** Whether the client's secret goes into the body: only for providers that take it nowhere else. */
  readonly secretInBody: boolean
}

/** Units: milliseconds. A key that is not known yet is looked for sooner, though not on every token. */
const lifeMs = 3_600_000
const soonestAgainMs = 30_000
const providersMax = 256
const answerBytesMax = 256 * 1024

export interface Discovery {
  /** `anew`: what is known did not have the key. */
  readonly of: (issuer: string, anew?: boolean) => Promise<Provider>
}

/** Source: OpenID Connect Discovery 1.0, section 4. */
export function createDiscovery(fetch: ProviderFetch, world: Pick<World, 'nowMs'>): Discovery {
  const known = new Bounded<string, { readonly atMs: number; readonly provider: Promise<Provider> }>(
    providersMax,
  )
  return {
    of(issuer, anew = false) {
      const nowMs = world.nowMs()
      const entry = known.get(issuer)
      if (entry !== undefined && !isOver(entry.atMs, nowMs, anew ? soonestAgainMs : lifeMs))
        return entry.provider
      const provider = discover(fetch, issuer)
      known.set(issuer, { atMs: nowMs, provider })
      // A failure is not kept: the next login asks again.
      provider.catch(() => known.get(issuer)?.provider === provider && known.delete(issuer))
      return provider
    },
  }
}

/** Faults: AuthFailed where the provider does not answer: a signature is not left unverified because its keys are out of reach. */
async function discover(fetch: ProviderFetch, issuer: string): Promise<Provider> {
  const description = await get(fetch, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  if (description === undefined) return { keys: undefined, secretInBody: false }
  if (description['issuer'] !== issuer) throw failed(`${issuer} describes another issuer`)
  const methods = description['token_endpoint_auth_methods_supported']
  const place = description['jwks_uri']
  if (typeof place !== 'string') throw failed(`${issuer} names no jwks_uri`)
  const jwks = await get(fetch, place)
  const keys = jwks?.['keys']
  if (!Array.isArray(keys)) throw failed(`${place} has no keys`)
  return {
    keys: createLocalJWKSet({ keys: keys.filter((key) => typeof key === 'object' && key !== null) }),
    secretInBody:
      Array.isArray(methods) &&
      !methods.includes('client_secret_basic') &&
      methods.includes('client_secret_post'),
  }
}

async function get(
  fetch: ProviderFetch,
  url: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const answer = await fetch.ask({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    answerBytesMax,
  })
  if (typeof answer === 'string') throw failed(`${url}: ${answer}`)
  if (answer.status === 404 || answer.status === 410) return undefined
  const members = answer.status === 200 ? jsonMembers(answer.body) : undefined
  if (members === undefined) throw failed(`${url}: status ${answer.status}, no description`)
  return members
}

const failed = (detail: string): AuthFailed => new AuthFailed(500, 'AuthInvalidIdToken', detail)
