import { hash } from 'node:crypto'

const blockBytes = 64
const digestBytes = 32

// Room for one computation at a time: it ends before anything else runs. Strings to sign have some 150 bytes.
let inner = Buffer.alloc(1024)
const outer = Buffer.alloc(blockBytes + digestBytes)

/**
 * HMAC-SHA256 under one key, as two one-shot hashes: node makes an object for each Hmac, which costs more than the sums. `key` has at
 * most 64 bytes. Answers lower-case hexadecimal.
 * Source: RFC 2104, section 2.
 */
export function hmacSha256(key: Uint8Array): (text: string) => string {
  const innerPad = padded(key, 0x36)
  const outerPad = padded(key, 0x5c)
  return (text) => {
    const end = blockBytes + Buffer.byteLength(text)
    if (end > inner.length) inner = Buffer.alloc(end)
    inner.set(innerPad)
    inner.write(text, blockBytes)
    outer.set(outerPad)
    outer.write(hash('sha256', inner.subarray(0, end), 'hex'), blockBytes, 'hex')
    return hash('sha256', outer, 'hex')
  }
}

function padded(key: Uint8Array, byte: number): Buffer {
  const pad = Buffer.alloc(blockBytes)
  pad.set(key)
  return pad.map((each) => each ^ byte) as Buffer // `map` of a Buffer gives one.
}
