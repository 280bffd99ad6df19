import type { Claim } from './claim.ts'
import { tidy } from './canonical-request.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { type Chunking, sha256 } from './payload.ts'
import { headerOf, type SignedRequest } from './request.ts'
import type { SigningKey } from './signing-key.ts'

/** A body freed of its chunks, and the headers that came after it, by lower-case name. */
export interface Unchunked {
  readonly body: Uint8Array
  readonly trailers: ReadonlyMap<string, string>
}

/** Limit: every signed chunk but the last has at least 8 KiB. Source: S3 API Reference, "Transferring payload in multiple chunks". */
const chunkBytesMin = 8192
/** Limit: our own, of unsigned chunks, which may be of one byte: a body of 70 MiB would be twelve million. Signers send 8 KiB and more. */
const chunksMax = 65_536
/** Limit: our own; S3's largest trailer is one checksum and its signature. */
const trailerBytesMax = 4096
const headerLineBytesMax = 256
const trailerSignature = 'x-amz-trailer-signature'
const chunkHeader = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64,144}\**))?$/i

/**
 * Takes an `aws-chunked` body apart, checking each chunk's signature against the one before it, beginning with the request's.
 * Nothing is returned unless the whole body holds: all chunks, the empty last one, the declared trailers, no byte more.
 * Faults: InvalidPayload, SignatureDoesNotMatch.
 * Source: S3 API Reference, "Transferring payload in multiple chunks" and "Including trailing headers".
 */
export function unchunk(
  request: SignedRequest,
  claim: Claim,
  chunking: Chunking,
  key: SigningKey,
): Unchunked | AuthenticationFailure {
  const bytes = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength)
  const parts: Buffer[] = []
  let at = 0
  let previous = claim.signature
  let shortChunk = false

  for (;;) {
    const lineEnd = bytes.subarray(at, at + headerLineBytesMax).indexOf('\r\n')
    if (lineEnd === -1) return malformed('a chunk has no header')
    const header = chunkHeader.exec(bytes.toString('latin1', at, at + lineEnd))
    if (header === null) return malformed('a chunk header is malformed')
    const [, size = '', padded] = header
    if ((padded !== undefined) !== chunking.signed)
      return malformed('chunk signatures are missing or unexpected')
    at += lineEnd + 2

    const length = Number.parseInt(size, 16)
    const chunk = bytes.subarray(at, at + length)
    if (chunk.length < length) return malformed('the body ends within a chunk')
    if (padded !== undefined) {
      if (length > 0 && shortChunk)
        return malformed(`only the last chunk may be shorter than ${chunkBytesMin} bytes`)
      shortChunk ||= length < chunkBytesMin
      const signature = unpadded(padded)
      const text = `${previous}\n${emptyHash}\n${sha256(chunk)}`
      if (!key.matches(stringToSign(claim, 'PAYLOAD', text), signature)) {
        return authenticationFailure('SignatureDoesNotMatch')
      }
      previous = signature
    }
    at += length
    if (length === 0) break
    if (parts.length === chunksMax) return malformed(`it has more than ${chunksMax} chunks`)
    parts.push(chunk)
    if (bytes.toString('latin1', at, at + 2) !== '\r\n') return malformed('a chunk is longer than it states')
    at += 2
  }

  const body = Buffer.concat(parts)
  const stated = headerOf(request, 'x-amz-decoded-content-length')
  if (stated !== undefined && stated !== String(body.length))
    return malformed('x-amz-decoded-content-length is wrong')
  const trailers = readTrailers(request, claim, chunking, key, bytes.subarray(at), previous)
  return 'ok' in trailers ? trailers : { body, trailers }
}

function readTrailers(
  request: SignedRequest,
  claim: Claim,
  chunking: Chunking,
  key: SigningKey,
  bytes: Buffer,
  previous: string,
): ReadonlyMap<string, string> | AuthenticationFailure {
  const trailers = new Map<string, string>()
  if (bytes.length > trailerBytesMax) return malformed('its trailing headers are too long')
  const lines = bytes.toString('latin1').split('\r\n')
  // Every line ends, and so does the whole: the split leaves two empty texts.
  if (lines.pop() !== '' || lines.pop() !== '') return malformed('it does not end with an empty line')
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
    if (!trailerLine.test(line) || trailers.has(name)) {
      return malformed('a trailing header is malformed or repeated')
    }
    trailers.set(name, tidy(line.slice(colon + 1)))
  }

  const given = trailers.get(trailerSignature)
  trailers.delete(trailerSignature)
  const declared = (headerOf(request, 'x-amz-trailer') ?? '').toLowerCase().split(',')
  const names = declared.map((name) => name.trim()).filter((name) => name !== '')
  const undeclared = trailers.size !== names.length || names.some((name) => !trailers.has(name))
  if (undeclared || (!chunking.trailer && trailers.size > 0)) {
    return malformed('the trailing headers are not those that x-amz-trailer names')
  }
  if (!(chunking.signed && chunking.trailer)) {
    return given === undefined ? trailers : malformed('a trailer signature is unexpected')
  }

  const sorted = [...trailers].sort(([one], [other]) => (one < other ? -1 : 1))
  const canonical = sorted.map(([name, value]) => `${name}:${value}\n`).join('')
  const signed = stringToSign(claim, 'TRAILER', `${previous}\n${sha256(Buffer.from(canonical, 'latin1'))}`)
  if (given === undefined || !signatureForm.test(given) || !key.matches(signed, unpadded(given))) {
    return authenticationFailure('SignatureDoesNotMatch')
  }
  return trailers
}

const emptyHash = sha256(new Uint8Array())
const trailerLine = /^[a-z0-9-]+:[\t -~]*$/i
const signatureForm = /^[0-9a-f]{16,144}\**$/

function stringToSign(claim: Claim, what: 'PAYLOAD' | 'TRAILER', rest: string): string {
  return `${claim.algorithm}-${what}\n${claim.amzDate}\n${claim.scope.text}\n${rest}`
}

/** SigV4a's signatures vary in length; in chunks they are padded to 144 characters. */
function unpadded(signature: string): string {
  return signature.replace(/\*+$/, '')
}

function malformed(why: string): AuthenticationFailure {
  return authenticationFailure('InvalidPayload', `The aws-chunked body is malformed: ${why}.`)
}
