import { crc32 } from 'node:zlib'

const headerTypeString = 7
/** Source: the specification's limits of a message's headers and payload. Units: bytes. */
const headersBytesMax = 128 * 1024
const payloadBytesMax = 16 * 1024 * 1024

/**
 * One message of an event stream: lengths and their checksum, headers (text alone), payload, checksum of it all.
 * Source: Smithy 2.0, "Amazon Event Stream specification" (application/vnd.amazon.eventstream).
 */
export function eventStreamFrame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  if (head.length > headersBytesMax || payload.length > payloadBytesMax)
    throw new RangeError('an event is larger than its stream may carry')
  const frame = Buffer.alloc(12 + head.length + payload.length + 4)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(head.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  frame.set(head, 12)
  frame.set(payload, 12 + head.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4)
  return frame
}

function header(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)]
  if (key.length > 255 || text.length > 65_535) throw new RangeError(`the header ${name} is too long`)
  const lengths = Buffer.from([headerTypeString, text.length >> 8, text.length & 0xff])
  return Buffer.concat([Buffer.from([key.length]), key, lengths, text])
}
