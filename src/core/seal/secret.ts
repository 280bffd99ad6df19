import { inspect } from 'node:util'

const redacted = '[redacted]'

/**
 * Holds key bytes so that no log, error, JSON text or inspection shows them, and wipes them when disposed of.
 * Differs from a string: a string cannot be wiped, so take one only at the last moment.
 */
export class Secret implements Disposable {
  readonly #bytes: Buffer
  #wiped = false

  /** Copies the bytes; wiping the original is its owner's business. */
  constructor(bytes: Uint8Array) {
    // alloc, not from: the shared pool would leave the bytes beside other buffers, and could be read through their .buffer.
    this.#bytes = Buffer.alloc(bytes.length)
    this.#bytes.set(bytes)
  }

  static ofText(text: string): Secret {
    const bytes = Buffer.from(text)
    const secret = new Secret(bytes)
    bytes.fill(0)
    return secret
  }

  /** The bytes themselves, not a copy: they turn to zeros when the secret is disposed of. */
  reveal(): Buffer {
    if (this.#wiped) throw new Error('this secret was wiped')
    return this.#bytes
  }

  [Symbol.dispose](): void {
    this.#bytes.fill(0)
    this.#wiped = true
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return `Secret ${redacted}`
  }
}
