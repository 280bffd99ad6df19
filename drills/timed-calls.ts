// Calls that are signed by the clock that a server goes by: SDK clients follow a jump only within their own notion of skew.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credentials, TestServer } from '../test/server.ts'
import { errorOf, type HttpAnswer, type QueryService, send, signedQuery } from '../test/signed-call.ts'
import { createSigner } from '#wire/sigv4/index.ts'
import type { FakedClock } from './faked-clock.ts'

/** Who signs, and when. Default: the administrator, now. */
interface Signing {
  readonly as?: Credentials
  readonly nowMs?: number
}

/** A server's clock, and calls by it. */
export class TimedCalls {
  readonly #server: TestServer
  readonly #as: Credentials
  readonly #clock: FakedClock

  constructor(server: TestServer, as: Credentials, clock: FakedClock) {
    this.#server = server
    this.#as = as
    this.#clock = clock
  }

  /** Sets the clock, and lets whatever looks at it look. Units: milliseconds. */
  async jump(ms: number): Promise<void> {
    this.#clock.jump(ms)
    await sleep(50)
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  /** A call of a query service. */
  async query(
    service: QueryService,
    parameters: Readonly<Record<string, string>>,
    { as = this.#as, nowMs = this.#clock.nowMs() }: Signing = {},
  ): Promise<HttpAnswer> {
    return send(this.#server, signedQuery(this.#server, service, parameters, as, { nowMs }))
  }

  /** One that must be answered with what it asks for. */
  async succeeds(...call: Parameters<TimedCalls['query']>): Promise<string> {
    const answer = await this.query(...call)
    assert.equal(answer.status, 200, JSON.stringify(errorOf(answer)))
    return answer.body
  }

  /** A call of a JSON service, which must succeed. */
  async json(service: 'events' | 'logs', target: string, input: object): Promise<Record<string, unknown>> {
    const headers = {
      host: `127.0.0.1:${this.#server.port}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    }
    const body = Buffer.from(JSON.stringify(input))
    const request = { method: 'POST', path: '/', query: '', headers, body }
    const signer = createSigner({ ...this.#as, service, region: 'us-east-1' })
    const answer = await send(this.#server, signer.sign(request, this.#clock.nowMs()))
    assert.equal(answer.status, 200, answer.body)
    return JSON.parse(answer.body) as Record<string, unknown> // A structure in every model.
  }
}
