import { createDecipheriv } from 'node:crypto'
import { attempt } from './attempt.ts'

// RFC 5649, 3: the constant that a length is appended to, which OpenSSL does.
const alternativeIv = Buffer.from('a65959a6', 'hex')
const blockBytes = 8

/** Undoes AES-256 key wrap with padding (RFC 5649); undefined when it does not unwrap. */
export function unwrapAesKwp(key: Uint8Array, wrapped: Uint8Array): Buffer | undefined {
  // The shortest is one block of padding and data behind the integrity block.
  if (wrapped.length < 2 * blockBytes || wrapped.length % blockBytes !== 0) return undefined
  const decipher = createDecipheriv('id-aes256-wrap-pad', key, alternativeIv)
  return attempt(() => decipher.update(wrapped)) // All in one: there is no more in final().
}
