import { constants, gunzipSync, inflateSync } from 'node:zlib'
import { lowerAscii, textOfBytes } from '../bytes.ts'
import { jsonTexts, type JsonTexts } from '../fields/json-body.ts'
import type { WebRequest } from '../request.ts'
import { multipartTexts } from './multipart.ts'
import { pairTexts, type PlacedText } from './pairs.ts'
import { xmlTexts } from './xml.ts'

/**
 * What an application would read in the body, by its type and, since applications guess too, by how it begins: a body that begins as
 * one thing and is declared as another is read as both.
 *
 * Differs: AWS inspects a compressed body as the bytes that it is.
 */
export function bodyTexts(request: WebRequest): readonly PlacedText[] {
  const header = (name: string): string =>
    request.headers.find(([given]) => lowerAscii(given) === name)?.[1] ?? ''
  const body = textOfBytes(unpacked(request.body, lowerAscii(header('content-encoding'))))
  if (body === '') return []
  const type = lowerAscii(header('content-type'))
  const whole: PlacedText = { place: 'body', text: body, plus: false }
  if (type.includes('multipart')) return multipartTexts(body, header('content-type')) ?? [whole]
  const [, first = ''] = /^(?:\xef\xbb\xbf)?\s*([<[{]?)/.exec(body) ?? []
  const isXml = type.includes('xml') || first === '<'
  const isForm = type.includes('urlencoded')
  const json = type.includes('json') || first === '[' || first === '{' ? jsonTexts(body, [[]]) : undefined
  const isGuessed = !isXml && !isForm && json === undefined
  // A parser more lenient than ours may read on: what is no JSON is one text.
  const isOneText = isXml || isGuessed || json?.failedAt !== undefined
  return [
    ...(isOneText ? [whole] : []),
    ...(isXml ? xmlTexts(body) : []),
    ...(json === undefined ? [] : placed(json)),
    ...(isForm || (isGuessed && body.includes('=')) ? pairTexts(body) : []),
  ]
}

function placed({ texts }: JsonTexts): readonly PlacedText[] {
  return texts.map(({ kind, text }) => ({ place: kind === 'KEY' ? 'name' : 'value', text, plus: false }))
}

/** A body of 64 KiB unpacks to 64 MiB at worst: no more of it is read than an edge lets through unpacked. */
const unpackedMax = 1 << 17

/** What is packed in the bytes, as far as it can be read: what is cut, broken further on or a bomb has a beginning all the same. */
function unpacked(bytes: Uint8Array, encoding: string): Uint8Array {
  const unpack = encoding.includes('gzip')
    ? gunzipSync
    : encoding.includes('deflate')
      ? inflateSync
      : undefined
  if (unpack === undefined) return bytes
  const first = (length: number): Uint8Array | undefined => {
    try {
      return unpack(bytes.subarray(0, length), {
        maxOutputLength: unpackedMax,
        finishFlush: constants.Z_SYNC_FLUSH,
      })
    } catch {
      return undefined // Broken, or more than is read.
    }
  }
  let read = first(bytes.length)
  // The longest beginning that can be read: each is unpacked to a bounded length, and there are few of them.
  for (let [low, high] = [0, read === undefined ? bytes.length - 1 : 0]; low < high;) {
    const middle = (low + high + 1) >> 1
    const part = first(middle)
    if (part === undefined) high = middle - 1
    else [low, read] = [middle, part]
  }
  return read === undefined || read.length === 0 ? bytes : read
}
