import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { Malformed } from './fault.ts'
import type { HttpRequest } from './http.ts'
import { inflatedBytesMax } from './limits.ts'
import type { OperationModel } from './shapes.ts'

/** Operations whose requests agents compress, though the models do not say so: Fluent Bit does, and AWS takes it. */
const agentsCompress: ReadonlySet<string> = new Set(['PutLogEvents'])

/** The body's bytes, inflated where the operation takes compressed ones. Faults: Malformed. */
export function bodyBytes(operation: OperationModel, request: HttpRequest): Uint8Array {
  const coding = request.headers['content-encoding']
  const isTaken = operation.requestCompression || agentsCompress.has(operation.name)
  if (coding === undefined || coding === 'identity' || !isTaken) return request.body
  if (coding.toLowerCase() !== 'gzip') throw new Malformed(`Content-Encoding ${coding} is not supported`)
  try {
    return gunzipSync(request.body, { maxOutputLength: inflatedBytesMax })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    // zlib and the output limit both give a code: Z_DATA_ERROR, Z_BUF_ERROR, ERR_BUFFER_TOO_LARGE.
    throw new Malformed(`The gzipped body could not be inflated (${String(error.code)})`)
  }
}

/** Text from UTF-8 bytes, which must be valid: a replacement character would change what was signed. Faults: Malformed. */
export function utf8Text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Malformed('The request is not valid UTF-8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
