// Takes requests of an attack corpus apart as a web application firewall does, into the texts that an application would read.
import { gunzipSync } from 'node:zlib'
import type { Place } from '#engines/waf/injection/index.ts'

/** A line of the corpus. */
export interface CorpusRequest {
  readonly id: string
  readonly class: string
  readonly expect: 'block' | 'pass'
  readonly method: string
  readonly target: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly body_b64?: string
  readonly raw_b64?: string
}

/** A text of a request and where it stood. */
export interface Piece {
  readonly place: Place
  readonly text: string
}

interface Parts {
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** Headers that say how the message is framed or negotiated, not what someone put in. */
const plainHeaders = new Set([
  'content-length',
  'connection',
  'transfer-encoding',
  'accept-encoding',
  'content-encoding',
])

function partsOf(request: CorpusRequest): Parts {
  if (request.raw_b64 === undefined) {
    const body =
      request.body === undefined ? Buffer.from(request.body_b64 ?? '', 'base64') : Buffer.from(request.body)
    return { target: request.target, headers: request.headers ?? [], body }
  }
  const raw = Buffer.from(request.raw_b64, 'base64')
  const blank = raw.indexOf('\r\n\r\n')
  const [first = '', ...lines] = raw
    .subarray(0, blank < 0 ? raw.length : blank)
    .toString('utf8')
    .split('\r\n')
  const target = first.slice(first.indexOf(' ') + 1, first.lastIndexOf(' '))
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
  )
  return { target, headers, body: blank < 0 ? Buffer.alloc(0) : raw.subarray(blank + 4) }
}

/** Every text of a request, decoded once and, where that differs, twice. */
export function piecesOf(request: CorpusRequest): readonly Piece[] {
  const { target, headers, body } = partsOf(request)
  const pieces: Piece[] = []
  const add = (place: Place, text: string, plus: boolean): void => {
    let decoded = plus ? text.replaceAll('+', ' ') : text
    pieces.push({ place, text: (decoded = percentDecoded(decoded)) })
    const twice = percentDecoded(decoded)
    if (twice !== decoded) pieces.push({ place, text: twice })
  }
  const addPairs = (text: string): void => {
    for (const pair of text.split('&')) {
      const equals = pair.indexOf('=')
      if (equals < 0) add('name', pair, true)
      else {
        add('name', pair.slice(0, equals), true)
        add('value', pair.slice(equals + 1), true)
      }
    }
  }
  const question = target.indexOf('?')
  add('path', question < 0 ? target : target.slice(0, question), false)
  if (question >= 0) addPairs(target.slice(question + 1))
  let type = ''
  let packed = false
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'content-type') type = value.toLowerCase()
    if (lower === 'content-encoding') packed = value.toLowerCase().includes('gzip')
    if (plainHeaders.has(lower)) continue
    if (lower === 'cookie') {
      for (const part of value.split(';')) {
        const equals = part.indexOf('=')
        if (equals >= 0) add('name', part.slice(0, equals).trim(), false)
        add('cookie', part.slice(equals + 1).trim(), true)
      }
    } else
      add(
        lower.replaceAll(/[._]/g, '-').endsWith('filename') || lower === 'x-file-name'
          ? 'filename'
          : 'header',
        value,
        false,
      )
  }
  addBody(packed ? unpacked(body) : body, type, add, addPairs)
  return pieces
}

function addBody(
  bytes: Buffer,
  type: string,
  add: (place: Place, text: string, plus: boolean) => void,
  addPairs: (text: string) => void,
): void {
  const utf8 = bytes.toString('utf8')
  const body = utf8.includes('\uFFFD') ? bytes.toString('latin1') : utf8
  if (body === '') return
  if (type.includes('multipart')) {
    const boundary = body.slice(0, Math.max(0, body.indexOf('\r\n')))
    for (const part of boundary === '' ? [body] : body.split(boundary)) {
      const blank = part.indexOf('\r\n\r\n')
      if (blank < 0) continue
      const quoted = part.slice(0, blank).split('"')
      for (const [index, name] of quoted.entries()) {
        if (index % 2 === 1)
          add(quoted[index - 1]?.includes('filename') === true ? 'filename' : 'name', name, false)
      }
      add('value', part.slice(blank + 4).trimEnd(), false)
    }
  } else if (type.includes('xml') || body.trimStart().startsWith('<')) {
    add('body', body, false)
    for (const text of xmlTexts(body)) add('value', text, false)
  } else if (type.includes('json') || /^\s*[[{]/.test(body)) {
    if (!addJson(body, add)) add('body', body, false)
  } else if (type.includes('urlencoded')) addPairs(body)
  else {
    add('body', body, false)
    if (body.includes('=')) addPairs(body)
  }
}

function addJson(body: string, add: (place: Place, text: string, plus: boolean) => void): boolean {
  try {
    const walk = (value: unknown): void => {
      if (typeof value === 'string') add('value', value, false)
      else if (Array.isArray(value)) value.forEach(walk)
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) {
          add('name', key, false)
          walk(inner)
        }
      }
    }
    walk(JSON.parse(body))
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Texts and attribute values of a document, entities left to the detectors. */
function* xmlTexts(xml: string): Generator<string> {
  let text = ''
  let quote = ''
  let inTag = false
  for (const character of xml) {
    const ends = inTag
      ? character === quote || (quote === '' && (character === '>' || character === '"' || character === "'"))
      : character === '<'
    if (!ends) {
      text += character
      continue
    }
    const kept = text.trim()
    if (kept !== '' && (!inTag || quote !== '')) yield kept
    text = ''
    if (!inTag) inTag = true
    else if (character === '>') inTag = quote !== ''
    else quote = quote === '' ? character : ''
  }
  if (text.trim() !== '') yield text
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1 << 20 })
  } catch {
    return bytes // It only says that it is packed.
  }
}

/** Percent-decoding that leaves alone what is no escape; bytes that are no UTF-8 are read as Latin-1. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const hex = text.charAt(at) === '%' ? text.slice(at + 1, at + 3) : ''
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    } else for (const byte of Buffer.from(text.charAt(at))) bytes.push(byte)
  }
  const buffer = Buffer.from(bytes)
  const decoded = buffer.toString('utf8')
  return decoded.includes('\uFFFD') ? buffer.toString('latin1') : decoded
}
