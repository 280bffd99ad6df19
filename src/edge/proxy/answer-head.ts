import { contentLength as lengthForm, notInHead } from '#wire/http1/index.ts'
import type { Header } from '../request.ts'
import { lists, type Malformed, readFields } from './head-text.ts'
import type { EdgeLimits } from './limits.ts'

/** The head of a target's answer, read. */
export interface AnswerHead {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  /** `none`: there is no body, whatever the fields say; `close`: it ends with the connection. */
  readonly body: number | 'chunked' | 'close' | 'none'
  readonly keepAlive: boolean
  readonly upgrade: string | undefined
}

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/

/**
 * Reads the head of an answer to `method`, without the two line ends that end it. An answer that says its length in two ways is refused:
 * a target must not be able to answer requests that were never asked. Nor is a connection kept after a HEAD: a body that a target sends all
 * the same would be somebody else's answer. Source: RFC 9112, sections 4, 6.3, 9.3.
 */
export function readAnswerHead(text: string, method: string, limits: EdgeLimits): AnswerHead | Malformed {
  if (notInHead.test(text)) return { malformed: 'control character' }
  const lineEnd = text.indexOf('\r\n')
  const line = statusLine.exec(lineEnd < 0 ? text : text.slice(0, lineEnd))
  if (line === null) return { malformed: 'status line' }
  const fields = readFields(text, line[0].length + 2, {
    ...limits,
    headerLineBytesMax: limits.answerHeadBytesMax,
  })
  if ('malformed' in fields) return fields
  const status = Number(line[2])
  const { contentLength, transferEncoding, connection } = fields
  if (contentLength !== undefined && (transferEncoding !== undefined || !lengthForm.test(contentLength)))
    return { malformed: 'length' }
  if (transferEncoding !== undefined && (transferEncoding.toLowerCase() !== 'chunked' || line[1] === '0'))
    return { malformed: 'transfer-encoding' }
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  const body =
    transferEncoding === undefined
      ? contentLength === undefined
        ? 'close'
        : Number(contentLength)
      : 'chunked'
  return {
    status,
    reason: line[3] ?? '',
    headers: fields.headers,
    body: bodiless ? 'none' : body,
    keepAlive:
      method !== 'HEAD' &&
      (bodiless || body !== 'close') &&
      (line[1] === '1' ? !lists(connection, 'close') : lists(connection, 'keep-alive')),
    upgrade: fields.upgrade,
  }
}
