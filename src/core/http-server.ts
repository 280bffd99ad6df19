import type { HttpResponse } from '#wire/index.ts'
import { createHttp1Server, type Http1Request, type Http1Server, type Respond } from '#wire/http1/index.ts'
import type { AuditTrail } from './audit.ts'
import { uuid } from './ids.ts'
import type { Log } from './log.ts'
import type { Incoming, Pipeline } from './pipeline.ts'
import type { World } from './world.ts'

/** An endpoint of Redoubt itself, under `/_redoubt/`. */
export type OwnEndpoint = (request: Incoming) => HttpResponse | Promise<HttpResponse>

interface Parts {
  readonly world: Pick<World, 'nowMs' | 'every' | 'randomBytes'>
  readonly pipeline: Pipeline
  readonly audit: Pick<AuditTrail, 'flush'>
  readonly log: Log
  /** By method and path: `GET /_redoubt/health`. */
  readonly ownEndpoints: ReadonlyMap<string, OwnEndpoint>
}

/** The HTTP server of one worker; the caller makes it listen. */
export function createHttpServer({ world, pipeline, audit, log, ownEndpoints }: Parts): Http1Server {
  const turn = createTurn(audit, log, world.randomBytes)
  return createHttp1Server({ onRequest: receive, onBug, nowMs: world.nowMs, every: world.every })

  function receive(request: Http1Request, respond: Respond): void {
    if (!turn.mayBegin()) return turn.end(respond, failure)
    const given = handle(request)
    if (!(given instanceof Promise)) return turn.end(respond, given)
    given.then(
      (late) => turn.end(respond, late),
      (error: unknown) => {
        onBug(error)
        turn.end(respond, failure)
      },
    )
  }

  function handle(request: Http1Request): HttpResponse | Promise<HttpResponse> {
    const { method, path, query } = request
    if (path.startsWith('/_redoubt/')) {
      const endpoint = query === '' ? ownEndpoints.get(`${method} ${path}`) : undefined
      return endpoint?.(request) ?? { status: 404, headers: {}, body: '' }
    }
    return pipeline(request)
  }

  function onBug(error: unknown): void {
    log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
  }
}

const failure: HttpResponse = { status: 500, headers: {}, body: '' }

/**
 * Answers leave together at the end of an event-loop turn, behind the audit records of their calls: whoever has an answer,
 * has a record of it on disk. When the disk takes no records, every answer of the turn becomes a failure; the records are kept,
 * and until they are written no further call begins, so that nothing is done unrecorded and what waits stays little.
 */
function createTurn(audit: Pick<AuditTrail, 'flush'>, log: Log, randomBytes: World['randomBytes']) {
  let leaving: [respond: Respond, response: HttpResponse][] = []
  let written = true
  /** After a failure: the disk was asked again in this turn. */
  let tried = false

  function write(): void {
    try {
      audit.flush()
      written = true
    } catch (error) {
      // Whatever it is: there is no answer without a record.
      written = false
      log({ level: 'error', event: 'records-not-written', reason: String(error) })
    }
  }

  function flush(): void {
    const answers = leaving
    leaving = []
    if (written || !tried) write()
    tried = false
    for (const [respond, response] of answers) {
      if (!written) void response.rest?.return?.()
      respond(written ? response : withheld(response))
    }
  }

  /** What stands in the place of an answer: no body, as the protocols have no word for it, and the id to ask for. */
  function withheld({ headers }: HttpResponse): HttpResponse {
    return { ...failure, headers: { [requestIdHeader]: headers[requestIdHeader] ?? uuid(randomBytes) } }
  }

  return {
    /** Whether the records of earlier turns are written; if not, it tries, once a turn. */
    mayBegin(): boolean {
      if (!written && !tried) {
        tried = true
        write()
      }
      return written
    },
    end(respond: Respond, response: HttpResponse): void {
      if (leaving.push([respond, response]) === 1) setImmediate(flush)
    },
  }
}

const requestIdHeader = 'x-amzn-RequestId'
