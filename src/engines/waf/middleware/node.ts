import type { WebRequest } from '../request.ts'
import { type Answer, bodyBytesMaxOf, judge, type MiddlewareOptions, splitTarget } from './host.ts'
import { announcesBody, type IncomingBody, readAhead } from './read-ahead.ts'

/** What is needed of node:http's IncomingMessage. */
export interface NodeRequest extends IncomingBody {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
  readonly headers: Record<string, string | string[] | undefined>
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** What is needed of node:http's ServerResponse. */
export interface NodeResponse {
  writeHead(statusCode: number, headers: string[]): unknown
  end(body?: string): unknown
}

/** What is inspected of a request of node:http, and the body's first bytes, which stay in it. */
export async function ofNodeRequest(
  request: NodeRequest,
  bodyBytesMax: number,
): Promise<Omit<WebRequest, 'token'>> {
  const headers: [string, string][] = []
  const { rawHeaders } = request
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  const { body, cut } = announcesBody(headers)
    ? await readAhead(request, bodyBytesMax)
    : { body: new Uint8Array(0), cut: false }
  return {
    method: request.method ?? '',
    ...splitTarget(request.url ?? ''),
    headers,
    clientAddress: request.socket.remoteAddress ?? '',
    body,
    bodyCut: cut,
  }
}

/** Puts the web ACL's headers into the request that goes on. */
export function insertHeaders(
  request: Pick<NodeRequest, 'headers'>,
  inserted: readonly (readonly [name: string, value: string])[],
): void {
  for (const [name, value] of inserted) request.headers[name.toLowerCase()] = value
}

function send(response: NodeResponse, { statusCode, headers, body }: Answer): void {
  response.writeHead(statusCode, [...headers.flat(), 'content-length', String(Buffer.byteLength(body))])
  response.end(body)
}

/**
 * A middleware for node:http and whatever takes its requests: answers what the web ACL holds back, and hands on the
 * rest, body unread. A request whose client goes away is not handed on.
 */
export function nodeMiddleware(
  options: MiddlewareOptions,
): (request: NodeRequest, response: NodeResponse, next: () => void) => Promise<void> {
  return async (request, response, next) => {
    let bare: Omit<WebRequest, 'token'>
    try {
      bare = await ofNodeRequest(request, bodyBytesMaxOf(options))
    } catch {
      // The client went away in the middle of its body: there is nobody to answer, and nothing to hand on.
      response.end()
      return
    }
    const { verdict, answer } = judge(bare, options)
    if (answer !== undefined) {
      send(response, answer)
      // node:http drops the rest of a body by itself only where none of it has been read; kept, it would block the
      // connection's next request.
      request.resume()
      return
    }
    insertHeaders(request, verdict.insertedHeaders)
    next()
  }
}
