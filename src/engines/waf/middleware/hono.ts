import { type Answer, bodyBytesMaxOf, judge, type MiddlewareOptions, splitTarget } from './host.ts'

/** What is needed of Hono's context. */
export interface HonoContext {
  readonly req: { raw: Request }
}

/**
 * A middleware for Hono; `clientAddress` says where a request comes from, which depends on what Hono runs on.
 *
 * Differs: the Fetch standard's Request has resolved dot segments of the path, and keeps header lines neither in order
 * nor apart; on Node, a rule about any of these sees more through `nodeMiddleware`.
 */
export function honoMiddleware<Context extends HonoContext>(
  options: MiddlewareOptions & { readonly clientAddress: (context: Context) => string },
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const { raw } = context.req
    const { body, cut } = await firstBytes(raw, bodyBytesMaxOf(options))
    const { verdict, answer } = judge(
      {
        method: raw.method,
        ...splitTarget(raw.url),
        headers: [...raw.headers],
        clientAddress: options.clientAddress(context),
        body,
        bodyCut: cut,
      },
      options,
    )
    if (answer !== undefined) return response(answer)
    if (verdict.insertedHeaders.length > 0) {
      const headers = new Headers(raw.headers)
      for (const [name, value] of verdict.insertedHeaders) headers.set(name, value)
      context.req.raw = new Request(raw, { headers })
    }
    await next()
    return undefined
  }
}

/** The first bytes of a body, of which the request keeps all. */
async function firstBytes(
  request: Request,
  bytesMax: number,
): Promise<{ readonly body: Uint8Array; readonly cut: boolean }> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.clone().body?.getReader()
  if (reader === undefined) return { body: new Uint8Array(0), cut: false }
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    chunks.push(read.value)
    size += read.value.length
    if (size > bytesMax) break
  }
  // Not awaited: a branch's cancellation settles only when the other branch is done too.
  if (size > bytesMax) void reader.cancel()
  return { body: Buffer.concat(chunks).subarray(0, bytesMax), cut: size > bytesMax }
}

function response({ statusCode, headers, body }: Answer): Response {
  // These statuses have no body, not even an empty one.
  const bodiless = statusCode === 204 || statusCode === 205 || statusCode === 304
  const sent = new Headers()
  for (const [name, value] of headers) sent.append(name, value)
  return new Response(bodiless ? null : body, { status: statusCode, headers: sent })
}
