import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Header } from '../request.ts'

/** The value of a cookie that a request carries. Source: RFC 6265, section 4.2. */
export function cookieOf(headers: readonly Header[], name: string): string | undefined {
  for (const [header, value] of headers) {
    if (header.length !== 6 || header.toLowerCase() !== 'cookie') continue
    for (const pair of value.split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
    }
  }
  return undefined
}

const ivBytes = 12
const tagBytes = 16
/** Longer ones are none of ours. */
const sealedCharactersMax = 1_000

/** Seals what the edge remembers in a client's cookies: nobody reads where targets are, and nobody chooses one. */
export class SealedCookies {
  readonly #key: Uint8Array
  readonly #randomBytes: (length: number) => Uint8Array

  /** `key`: 32 bytes, the same in all workers. */
  constructor(key: Uint8Array, randomBytes: (length: number) => Uint8Array) {
    this.#key = key
    this.#randomBytes = randomBytes
  }

  seal(purpose: string, text: string): string {
    const iv = this.#randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv)
    cipher.setAAD(Buffer.from(purpose))
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return sealed.toString('base64url')
  }

  /** `undefined` for whatever was not sealed here for the same purpose. */
  open(purpose: string, sealed: string | undefined): string | undefined {
    if (sealed === undefined || sealed.length > sealedCharactersMax) return undefined
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < ivBytes + tagBytes) return undefined
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(purpose))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    try {
      return decipher.update(bytes.subarray(ivBytes, -tagBytes)).toString('utf8') + decipher.final('utf8')
    } catch {
      return undefined // Not authentic: the only thing final() throws for in GCM.
    }
  }
}
