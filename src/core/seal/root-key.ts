import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { lengthPrefixed } from './lengths.ts'

/** Units: bytes. */
export const rootKeyBytes = 32

/** The key above all others. It can be posted to a worker thread as it is. */
export interface RootKey {
  /** Tells root keys apart without telling anything of them: 16 hexadecimal digits. */
  readonly id: string
  readonly key: KeyObject
}

/** Makes a root key of its 32 bytes; the caller wipes them. */
export function rootKeyOf(bytes: Uint8Array): RootKey {
  if (bytes.length !== rootKeyBytes)
    throw new RangeError(`a root key has ${rootKeyBytes} bytes, not ${bytes.length}`)
  const key = createSecretKey(bytes)
  const id = createHmac('sha256', key).update('redoubt root key id').digest('hex').slice(0, 16)
  return { id, key }
}

/** A key for one purpose; knowing it tells nothing of the root key or of other purposes' keys (HKDF, RFC 5869). */
export function subkey(root: RootKey, purpose: string): KeyObject {
  const info = lengthPrefixed(['redoubt subkey v1', purpose])
  return createSecretKey(Buffer.from(hkdfSync('sha256', root.key, '', info, 32)))
}
