import type { ResponseStream, StreamPart } from '#functions/index.ts'
import type { HttpResponse } from '#wire/index.ts'
import { readingOf } from './stream-reading.ts'
import { headOf, isBodiless } from './url-answer.ts'

/** Of a function that says status and headers before its body. Source: Lambda Developer Guide, "Building a custom runtime", streaming. */
const integrationType = 'application/vnd.awslambda.http-integration-response'
/** What ends such a head. */
const delimiter = Buffer.alloc(8)
/** Differs: our own bound. Units: bytes. */
const headBytesMax = 64 * 1024

/** The answer that a function's stream is. Undefined: its head is none that HTTP could say, or never ended. */
export async function streamedAnswer({
  contentType,
  stream,
}: {
  readonly contentType?: string | undefined
  readonly stream: ResponseStream
}): Promise<HttpResponse | undefined> {
  const [head, begun] =
    contentType === integrationType
      ? await readHead(stream)
      : ([headOf({}, contentType ?? 'application/octet-stream'), { pieces: [] }] as const)
  if (!head || isBodiless(head.status)) stream.cancel()
  if (!head) return undefined
  if (isBodiless(head.status)) return { ...head, body: '' }
  return { ...head, body: '', rest: readingOf(stream, begun, { piece: (bytes) => bytes, last: endOf }) }
}

/** A stream that broke must not look as if it were whole. */
function endOf({ error }: NonNullable<StreamPart['end']>): Uint8Array[] {
  if (error) throw new Error('the function failed while it answered')
  return []
}

async function readHead(stream: ResponseStream): Promise<readonly [ReturnType<typeof headOf>, StreamPart]> {
  let read: Buffer = Buffer.alloc(0)
  for (;;) {
    const { pieces, end } = await stream.read()
    read = Buffer.concat([read, ...pieces])
    const at = read.indexOf(delimiter)
    if (at >= 0 && at <= headBytesMax) {
      const rest = read.subarray(at + delimiter.length)
      const part = { pieces: rest.length === 0 ? [] : [rest], ...(end && { end }) }
      return [parsedHead(read.toString('utf8', 0, at)), part]
    }
    if (end || read.length > headBytesMax) return [undefined, { pieces: [] }]
  }
}

function parsedHead(text: string): ReturnType<typeof headOf> {
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null ? headOf(said, 'application/octet-stream') : undefined
  } catch {
    return undefined // It is no JSON.
  }
}
