import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { lengthPrefixed } from './lengths.ts'
import { type RootKey, subkey } from './root-key.ts'

/**
 * Seals secrets under the root key before they reach the log.
 *
 * A sealed text is `rs1.<root key id>.<base64url of nonce, ciphertext and tag>`: AES-256-GCM, the key derived twice, from the root
 * key for the purpose (HKDF) and from that for the one message (HMAC of the nonce's first half; the second half is GCM's IV).
 * Two messages meet under one key and IV only when all 24 random bytes agree, which takes about 2^96 messages; GCM's own limit of
 * 2^32 messages a key (96-bit random IVs, NIST SP 800-38D, 8.3) is never near, however long the root key lives.
 * Source of the construction: C2SP XAES-256-GCM, with HMAC-SHA256 in place of CMAC.
 *
 * Purpose and context are authenticated, so a text sealed for one document does not open in another's place.
 */
export interface Seal {
  /** The id of the root key that new texts are sealed under. */
  readonly keyId: string
  /** `purpose` is a fixed word of the program; `context` says whose secret it is, e.g. the document's key. */
  seal(purpose: string, context: string, plaintext: Uint8Array | string): string
  /** Opens what `seal` made for the same purpose and context. Faults: throws `SealBroken` on anything else. */
  open(purpose: string, context: string, sealed: string): Buffer
  /** As `open`, for texts that strangers hand in: undefined in place of throwing. */
  tryOpen(purpose: string, context: string, sealed: string): Buffer | undefined
  /** True for a text that was sealed under an older root key and should be sealed anew. */
  isOutdated(sealed: string): boolean
  /** 32 bytes that belong to a purpose, a context and a sealed text, under that text's root key; undefined when it is unknown. */
  derive(purpose: string, context: string, sealed: string): Buffer | undefined
}

/** A stored sealed value did not open: another root key, another place, or bytes were changed. Says nothing of the content. */
export class SealBroken extends Error {
  constructor(purpose: string, context: string) {
    super(
      `the sealed ${purpose} of ${context} does not open: it was changed, moved, or sealed under another root key`,
    )
    this.name = 'SealBroken'
  }
}

/** The root keys that a seal works with, and where its randomness comes from. */
export interface SealOptions {
  readonly current: RootKey
  /** Root keys of earlier times; texts sealed under them still open. */
  readonly previous?: readonly RootKey[]
  readonly randomBytes: (length: number) => Uint8Array
}

const format = 'rs1'
const sealedForm = /^rs1\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)$/
const halfBytes = 12
const nonceBytes = 2 * halfBytes
const tagBytes = 16

export function createSeal({ current, previous = [], randomBytes }: SealOptions): Seal {
  const roots = new Map([current, ...previous].map((root) => [root.id, root]))
  // Purposes are words of the program, so this stays small.
  const subkeys = new Map<string, KeyObject>()

  const subkeyOf = (root: RootKey, purpose: string): KeyObject => {
    const name = `${root.id} ${purpose}`
    const known = subkeys.get(name)
    if (known !== undefined) return known
    const made = subkey(root, purpose)
    subkeys.set(name, made)
    return made
  }
  const rootOf = (sealed: string): RootKey | undefined => {
    const [, id = ''] = sealedForm.exec(sealed) ?? []
    return roots.get(id)
  }

  const tryOpen: Seal['tryOpen'] = (purpose, context, sealed) => {
    const root = rootOf(sealed)
    const text = sealed.slice(sealed.lastIndexOf('.') + 1)
    const bytes = Buffer.from(text, 'base64url')
    // One text for one value: base64url has spare bits, which would otherwise open whatever they are.
    if (root === undefined || bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== text) {
      return undefined
    }
    const nonce = bytes.subarray(0, nonceBytes)
    const key = messageKey(subkeyOf(root, `seal ${purpose}`), nonce)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce.subarray(halfBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(aadOf(root, purpose, context))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const start = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
    try {
      return Buffer.concat([start, decipher.final()])
    } catch {
      start.fill(0) // Not authentic: the only thing final() throws for in GCM.
      return undefined
    }
  }

  return {
    keyId: current.id,

    seal(purpose, context, plaintext) {
      const nonce = Buffer.from(randomBytes(nonceBytes))
      const key = messageKey(subkeyOf(current, `seal ${purpose}`), nonce)
      const cipher = createCipheriv('aes-256-gcm', key, nonce.subarray(halfBytes), {
        authTagLength: tagBytes,
      })
      cipher.setAAD(aadOf(current, purpose, context))
      const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext
      const sealed = Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
      return `${format}.${current.id}.${sealed.toString('base64url')}`
    },

    open(purpose, context, sealed) {
      const opened = tryOpen(purpose, context, sealed)
      if (opened === undefined) throw new SealBroken(purpose, context)
      return opened
    },

    tryOpen,

    isOutdated: (sealed) => rootOf(sealed)?.id !== current.id,

    derive(purpose, context, sealed) {
      const root = rootOf(sealed)
      if (root === undefined) return undefined
      return createHmac('sha256', subkeyOf(root, `derive ${purpose}`))
        .update(lengthPrefixed([context, sealed]))
        .digest()
    },
  }
}

function messageKey(purposeKey: KeyObject, nonce: Buffer): KeyObject {
  return createSecretKey(createHmac('sha256', purposeKey).update(nonce.subarray(0, halfBytes)).digest())
}

function aadOf(root: RootKey, purpose: string, context: string): Buffer {
  return lengthPrefixed([format, root.id, purpose, context])
}
