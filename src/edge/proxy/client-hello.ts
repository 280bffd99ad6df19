import { createHash } from 'node:crypto'

/** What a TLS client says first, as far as fingerprints need it. Source: RFC 8446, section 4.1.2. */
export interface ClientHello {
  readonly ja3: string
  readonly ja4: string
}

/** A record's header, and the most that a ClientHello may take. Units: bytes. */
const recordHeaderBytes = 5
const helloBytesMax = 16_384

/**
 * Reads the ClientHello at the beginning of a connection. `more`: it has not come whole; `undefined`: it is none that can be read, which
 * the TLS library will say in its own way.
 */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | undefined {
  const message = handshakeOf(bytes)
  if (message === 'more' || message === undefined) return message
  try {
    return fingerprints(parse(message))
  } catch (error) {
    if (error instanceof RangeError) return undefined // Lengths that lie.
    throw error
  }
}

/** The first handshake message, which may stand in several records. */
function handshakeOf(bytes: Buffer): Buffer | 'more' | undefined {
  const pieces: Buffer[] = []
  let gathered = 0
  for (let at = 0; ;) {
    if (at + recordHeaderBytes > bytes.length) return 'more'
    if (bytes[at] !== 22) return undefined
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0 || gathered + length > helloBytesMax) return undefined
    const start = at + recordHeaderBytes
    if (start + length > bytes.length) return 'more'
    pieces.push(bytes.subarray(start, start + length))
    gathered += length
    at = start + length
    const message = pieces.length === 1 ? (pieces[0] ?? bytes) : Buffer.concat(pieces)
    if (message.length < 4) continue
    if (message[0] !== 1) return undefined
    const wanted = message.readUIntBE(1, 3) + 4
    if (wanted > helloBytesMax) return undefined
    if (message.length >= wanted) return message.subarray(4, wanted)
  }
}

interface Parsed {
  readonly version: number
  readonly ciphers: readonly number[]
  readonly extensions: readonly number[]
  readonly groups: readonly number[]
  readonly pointFormats: readonly number[]
  readonly signatureAlgorithms: readonly number[]
  readonly versions: readonly number[]
  readonly protocols: readonly string[]
  readonly hasServerName: boolean
}

const extension = {
  serverName: 0,
  groups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  protocols: 16,
  versions: 43,
} as const

/** Throws a RangeError where a length reaches beyond the message. */
function parse(hello: Buffer): Parsed {
  const version = hello.readUInt16BE(0)
  let at = 2 + 32
  at += 1 + hello.readUInt8(at) // The session's id.
  const cipherBytes = hello.readUInt16BE(at)
  const ciphers = numbers(part(hello, at + 2, cipherBytes), 2)
  at += 2 + cipherBytes
  at += 1 + hello.readUInt8(at) // Compression methods.
  const extensions = new Map<number, Buffer>()
  if (at + 2 <= hello.length) {
    const end = at + 2 + hello.readUInt16BE(at)
    at += 2
    while (at + 4 <= end) {
      const length = hello.readUInt16BE(at + 2)
      extensions.set(hello.readUInt16BE(at), part(hello, at + 4, length))
      at += 4 + length
    }
  }
  const list = (type: number, lengthBytes: 1 | 2, each: 1 | 2): readonly number[] => {
    const data = extensions.get(type)
    if (data === undefined) return []
    return numbers(part(data, lengthBytes, data.readUIntBE(0, lengthBytes)), each)
  }
  return {
    version,
    ciphers,
    extensions: [...extensions.keys()],
    groups: list(extension.groups, 2, 2),
    pointFormats: list(extension.pointFormats, 1, 1),
    signatureAlgorithms: list(extension.signatureAlgorithms, 2, 2),
    versions: list(extension.versions, 1, 2),
    protocols: protocolsOf(extensions.get(extension.protocols)),
    hasServerName: extensions.has(extension.serverName),
  }
}

function part(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new RangeError('a length reaches beyond its message')
  return bytes.subarray(at, at + length)
}

function numbers(bytes: Buffer, each: 1 | 2): readonly number[] {
  return Array.from({ length: Math.floor(bytes.length / each) }, (_, n) => bytes.readUIntBE(n * each, each))
}

function protocolsOf(data: Buffer | undefined): readonly string[] {
  const names: string[] = []
  if (data === undefined) return names
  for (let at = 2; at < data.length;) {
    const length = data.readUInt8(at)
    names.push(part(data, at + 1, length).toString('latin1'))
    at += 1 + length
  }
  return names
}

/** Values that clients send to keep servers tolerant; no fingerprint counts them. Source: RFC 8701. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}

/** Source: salesforce/ja3, README (JA3); FoxIO-LLC/ja4, technical_details/JA4.md (JA4 of TLS over TCP). */
function fingerprints(hello: Parsed): ClientHello {
  const real = (values: readonly number[]): readonly number[] => values.filter((value) => !isGrease(value))
  const [ciphers, extensions] = [real(hello.ciphers), real(hello.extensions)]
  const ja3 = [
    String(hello.version),
    ...[ciphers, extensions, real(hello.groups), hello.pointFormats].map((values) => values.join('-')),
  ].join(',')
  return { ja3: createHash('md5').update(ja3).digest('hex'), ja4: ja4Of(hello, ciphers, extensions) }
}

const versionNames: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
])

function ja4Of(hello: Parsed, ciphers: readonly number[], extensions: readonly number[]): string {
  const version = Math.max(...hello.versions.filter((value) => !isGrease(value)), 0) || hello.version
  const count = (values: readonly number[]): string => String(Math.min(99, values.length)).padStart(2, '0')
  const first = [
    't',
    versionNames.get(version) ?? '00',
    hello.hasServerName ? 'd' : 'i',
    count(ciphers),
    count(extensions),
    protocolMark(hello.protocols[0]),
  ].join('')
  const sorted = extensions.filter((type) => type !== extension.serverName && type !== extension.protocols)
  const algorithms = hello.signatureAlgorithms.filter((value) => !isGrease(value)).map(hex)
  const third = sorted.map(hex).sort().join(',')
  return [
    first,
    short(ciphers.map(hex).sort().join(',')),
    short(algorithms.length > 0 && third !== '' ? `${third}_${algorithms.join(',')}` : third),
  ].join('_')
}

/** First and last character of the first protocol; of bytes that are no letter or digit, of their hexadecimal form. */
function protocolMark(protocol: string | undefined): string {
  if (protocol === undefined || protocol === '') return '00'
  const [first, last] = [protocol.charCodeAt(0), protocol.charCodeAt(protocol.length - 1)]
  const isPlain = (code: number): boolean => /[0-9A-Za-z]/.test(String.fromCharCode(code))
  if (isPlain(first) && isPlain(last)) return String.fromCharCode(first, last)
  const inHex = Buffer.from(protocol, 'latin1').toString('hex')
  return `${inHex[0]}${inHex.at(-1)}`
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0')
}

function short(text: string): string {
  return text === '' ? '000000000000' : createHash('sha256').update(text).digest('hex').slice(0, 12)
}
