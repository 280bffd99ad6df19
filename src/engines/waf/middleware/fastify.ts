import { bodyBytesMaxOf, judge, type MiddlewareOptions } from './host.ts'
import { insertHeaders, type NodeRequest, ofNodeRequest } from './node.ts'

/** What is needed of Fastify's request. */
export interface FastifyRequest {
  readonly raw: NodeRequest
}

/** What is needed of Fastify's reply. */
export interface FastifyReply {
  code(statusCode: number): unknown
  header(name: string, value: string): unknown
  send(body: string): unknown
}

/**
 * A hook for Fastify's `preParsing`: it runs before the body is parsed, whose bytes stay for the parser. Fastify
 * answers a hook that rejects with an error, so a request whose client goes away is not handed on.
 */
export function fastifyHook<Payload>(
  options: MiddlewareOptions,
): (request: FastifyRequest, reply: FastifyReply, payload: Payload) => Promise<Payload | undefined> {
  return async ({ raw }, reply, payload) => {
    const { verdict, answer } = judge(await ofNodeRequest(raw, bodyBytesMaxOf(options)), options)
    if (answer === undefined) {
      insertHeaders(raw, verdict.insertedHeaders)
      return payload
    }
    reply.code(answer.statusCode)
    for (const [name, value] of answer.headers) reply.header(name, value)
    reply.send(answer.body)
    raw.resume() // As in nodeMiddleware: what is left of the body would block the connection.
    return undefined
  }
}
