// The whole way of a call in one process: AWS's own clients sign, the pipeline verifies, decodes, authorizes, runs and records, over a
// store in memory and on a clock that the test holds. No sockets.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { createAuthorizer } from '#core/access/authorizer.ts'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import type { AuditedCall, AuditTrail } from '#core/audit.ts'
import { createAuthenticate } from '#core/authentication.ts'
import type { SessionStatement } from '#core/caller.ts'
import { createDerived } from '#core/derived.ts'
import type { Identities } from '#core/identities.ts'
import { createPipeline } from '#core/pipeline.ts'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import type { Service } from '#core/service.ts'
import { createCallAsService } from '#core/service-calls.ts'
import { createSessions } from '#core/session-token.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld, type World } from '#core/world.ts'
import { assertSealedTextsDeclared } from './sealed-texts.ts'

/** What services are made of, before there are any. */
export type Ground = ReturnType<typeof layGround>

export function layGround(startMs: number) {
  const { randomBytes } = systemWorld()
  const clock = { nowMs: startMs }
  const nowMs = (): number => clock.nowMs
  const world: World = { nowMs, elapsedMs: nowMs, randomBytes, every: () => () => {}, after: () => () => {} }
  const store = createMemoryStore()
  store.tail(assertSealedTextsDeclared)
  const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 9)), randomBytes })
  return { clock, world, store, seal, sessions: createSessions<SessionStatement>(seal, randomBytes) }
}

/** What a client signs with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

interface Parts {
  readonly services: readonly Service[]
  readonly identities: Identities
  readonly partition?: string
  /** Default: one that only remembers, in `audited`. */
  readonly audit?: AuditTrail
  readonly onUse?: Parameters<typeof createPipeline>[0]['onUse']
  /** Default: fail on an access that contradicts AWS's service reference. */
  readonly strict?: boolean
}

/** A cloud in this process. A bug that it logs fails the test. */
export function inProcess({ clock, world, store, seal, sessions }: Ground, parts: Parts) {
  const { services, identities, partition = 'aws', strict = true } = parts
  const derived = createDerived(store)
  const audited: AuditedCall[] = []
  const remember: AuditTrail = {
    keeps: () => true,
    record: (call) => (audited.push(call), '{}'),
    recordEvent: (event) => JSON.stringify(event),
    append: () => {},
    flush: () => {},
  }
  const { pipeline, callAs, enter } = createPipeline({
    world,
    store,
    seal,
    partition,
    services: new Map(services.map((service) => [service.model, service])),
    authenticate: createAuthenticate({ identities, sessions, seal, derived }),
    authorize: createAuthorizer({
      identities,
      organizations: { scpsOf: () => [], rcpsOf: () => [] },
      library: new PolicyLibrary(),
      derived,
      strict,
    }),
    audit: parts.audit ?? remember,
    onUse: parts.onUse ?? (() => {}),
    log: (entry) => assert.notEqual(entry.event, 'bug', JSON.stringify(entry)),
  })

  async function handle({ method, path, query = {}, headers, body }: SdkRequest) {
    const answer = await pipeline({
      method,
      path,
      query: queryText(query),
      headers: Object.fromEntries(Object.keys(headers).map((name) => [name.toLowerCase(), headers[name]])),
      rawHeaders: Object.entries(headers).flat(),
      body: Buffer.from(body ?? ''),
      sourceIp: '192.0.2.7',
      secureTransport: true,
    })
    // A client reads a stream as it reads bytes; tests that look at a body themselves ask for nothing that streams.
    const told = answer.rest
      ? (Readable.from(answer.rest, { objectMode: false }) as unknown as Buffer)
      : Buffer.from(answer.body)
    return { response: { statusCode: answer.status, headers: answer.headers, body: told } }
  }

  return {
    audited,
    /** The way of a call itself, for doors and servers. */
    pipeline,
    enter,
    callAsService: createCallAsService({ callAs, sessions, identities, store, nowMs: world.nowMs }),
    /** What an SDK client is made with to call this cloud. */
    configuration: (credentials: Credentials, region = 'us-east-1') => ({
      region,
      credentials,
      maxAttempts: 1,
      endpoint: 'http://in.process',
      systemClockOffset: clock.nowMs - systemWorld().nowMs(),
      requestHandler: { handle },
    }),
  }
}

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

function queryText(query: NonNullable<SdkRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : (value ?? [''])).map((one) => [name, one] as const),
  )
  return pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
}

/** Whatever a client's call throws, as `name: message`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { name, message } = error as Error // The client throws nothing else; a bug would fail the comparison.
    return `${name}: ${message}`
  }
  return 'no refusal'
}
