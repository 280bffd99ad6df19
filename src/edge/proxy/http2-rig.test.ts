// Goal: tests say what a client of HTTP/2 sends frame by frame, as no library would. Method: an edge over TLS, and frames of bytes.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { Arn } from '#core/arn.ts'
import { makeCertificate } from '../../../test/certificates.ts'
import { edgeBefore, frontDoor, listener, tlsListener } from '../rig.test.ts'

const types = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const
export const endStream = 1
export const endHeaders = 4

export function frame(
  type: keyof typeof types,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const start = Buffer.alloc(9)
  start.writeUIntBE(payload.length, 0, 3)
  start.writeUInt8(types[type], 3)
  start.writeUInt8(flags, 4)
  start.writeUInt32BE(stream, 5)
  return Buffer.concat([start, payload])
}

/** The frames that have come whole: each one's type and stream. */
export function framesIn(
  bytes: Buffer,
): readonly { readonly type: string | undefined; readonly stream: number }[] {
  const frames: { type: string | undefined; stream: number }[] = []
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    const number = bytes.readUInt8(at + 3)
    const type = Object.entries(types).find(([, value]) => value === number)?.[0]
    frames.push({ type, stream: bytes.readUInt32BE(at + 5) })
  }
  return frames
}

/** A field that no table holds. Source: RFC 7541, section 6.2.2. */
export function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)])
}

/** A text without Huffman's coding. Source: RFC 7541, sections 5.1 and 5.2. */
function text(of: string): Buffer {
  const bytes = Buffer.from(of, 'latin1')
  assert.ok(bytes.length < 127, 'a length of one byte')
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

/** `GET https://shop.example/`, of the static table. Source: RFC 7541, appendix A. */
export const get = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 12]), Buffer.from('shop.example')])
const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame('settings', 0, 0)])
export const cancel = Buffer.from([0, 0, 0, 8])

/** An edge before a target, and its connections of HTTP/2, which have said what a client says first. */
export async function http2Edge(t: TestContext, port: number) {
  const nowMs = Date.now()
  const made = makeCertificate({
    ...{ commonName: 'shop.example', dnsNames: ['shop.example'] },
    ...{ notBeforeMs: nowMs - 1_000, notAfterMs: nowMs + 86_400_000 },
  })
  const certificate = {
    ...{ arn: 'arn:shop' as Arn, chain: made.certificate },
    ...{ privateKey: made.privateKey, names: ['shop.example'] },
  }
  const door = frontDoor({ listeners: [listener(), tlsListener([certificate])] })
  const all = await edgeBefore(t, port, { door })
  const open = async (): Promise<TLSSocket> => {
    const socket = connect({
      ...{ port: all.ports.https, host: '127.0.0.1', servername: 'shop.example' },
      ...{ ALPNProtocols: ['h2'], rejectUnauthorized: false },
    })
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    assert.equal(socket.alpnProtocol, 'h2')
    socket.write(preface)
    return socket
  }
  return { ...all, open }
}
