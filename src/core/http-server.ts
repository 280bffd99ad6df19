import type { HttpResponse } from '#wire/index.ts'
import { createHttp1Server, type Http1Request, type Http1Server, type Respond } from '#wire/http1/index.ts'
import type { AuditTrail } from './audit.ts'
import type { Log } from './log.ts'
import type { Pipeline } from './pipeline.ts'
import type { World } from './world.ts'

/** An endpoint of Redoubt itself, under `/_redoubt/`. */
export type OwnEndpoint = () => HttpResponse | Promise<HttpResponse>

interface Parts {
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly pipeline: Pipeline
  readonly audit: Pick<AuditTrail, 'flush'>
  readonly log: Log
  /** By method and path: `GET /_redoubt/health`. */
  readonly ownEndpoints: ReadonlyMap<string, OwnEndpoint>
}

/** The HTTP server of one worker; the caller makes it listen. */
export function createHttpServer({ world, pipeline, audit, log, ownEndpoints }: Parts): Http1Server {
  const turn = createTurn(audit)
  return createHttp1Server({ onRequest: receive, onBug, nowMs: world.nowMs, every: world.every })

  function receive(request: Http1Request, respond: Respond): void {
    const given = handle(request)
    if (!(given instanceof Promise)) return turn.end(respond, given)
    given.then(
      (late) => turn.end(respond, late),
      (error: unknown) => {
        onBug(error)
        turn.end(respond, { status: 500, headers: {}, body: '' })
      },
    )
  }

  function handle(request: Http1Request): HttpResponse | Promise<HttpResponse> {
    const { method, path, query } = request
    if (path.startsWith('/_redoubt/')) {
      const endpoint = query === '' ? ownEndpoints.get(`${method} ${path}`) : undefined
      return endpoint?.() ?? { status: 404, headers: {}, body: '' }
    }
    return pipeline(request)
  }

  function onBug(error: unknown): void {
    log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
  }
}

/**
 * Answers leave together at the end of an event-loop turn, behind the audit records of their calls: whoever has an answer,
 * has a record of it on disk.
 */
function createTurn(audit: Pick<AuditTrail, 'flush'>) {
  let leaving: [respond: Respond, response: HttpResponse][] = []
  function flush(): void {
    const answers = leaving
    leaving = []
    audit.flush()
    for (const [respond, response] of answers) respond(response)
  }
  return {
    end(respond: Respond, response: HttpResponse): void {
      if (leaving.push([respond, response]) === 1) setImmediate(flush)
    },
  }
}
