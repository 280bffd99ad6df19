import { gunzipSync, inflateSync } from 'node:zlib'
import { lowerAscii, textOfBytes } from '../bytes.ts'
import { jsonTexts } from '../fields/json-body.ts'
import type { WebRequest } from '../request.ts'
import { multipartTexts } from './multipart.ts'
import { pairTexts, type PlacedText } from './pairs.ts'
import { xmlTexts } from './xml.ts'

/**
 * What an application would read in the body, by its type or, since applications guess too, by how it begins.
 *
 * Differs: AWS inspects a compressed body as the bytes that it is.
 */
export function bodyTexts(request: WebRequest): readonly PlacedText[] {
  const header = (name: string): string =>
    lowerAscii(request.headers.find(([given]) => lowerAscii(given) === name)?.[1] ?? '')
  const body = textOfBytes(unpacked(request.body, header('content-encoding')))
  if (body === '') return []
  const type = header('content-type')
  const whole: PlacedText = { place: 'body', text: body, plus: false }
  if (type.includes('multipart')) return multipartTexts(body) ?? [whole]
  if (type.includes('xml') || /^\s*</.test(body)) return [whole, ...xmlTexts(body)]
  if (type.includes('json') || /^\s*[[{]/.test(body)) return jsonBodyTexts(body)
  if (type.includes('urlencoded')) return pairTexts(body)
  return body.includes('=') ? [whole, ...pairTexts(body)] : [whole]
}

function jsonBodyTexts(body: string): readonly PlacedText[] {
  const { texts, failedAt } = jsonTexts(body, [[]])
  const read = texts.map(({ kind, text }): PlacedText => ({
    place: kind === 'KEY' ? 'name' : 'value',
    text,
    plus: false,
  }))
  // A parser more lenient than ours may read on: what is no JSON is one text.
  return failedAt === undefined ? read : [...read, { place: 'body', text: body, plus: false }]
}

/** A body of 64 KiB unpacks to 64 MiB at worst: no more of it is read than an edge lets through unpacked. */
const unpackedMax = 1 << 17

function unpacked(bytes: Uint8Array, encoding: string): Uint8Array {
  const unpack = encoding.includes('gzip')
    ? gunzipSync
    : encoding.includes('deflate')
      ? inflateSync
      : undefined
  if (unpack === undefined) return bytes
  try {
    return unpack(bytes, { maxOutputLength: unpackedMax })
  } catch {
    return bytes // It only says that it is packed, or is a bomb: rules about its encoding and size are for that.
  }
}
