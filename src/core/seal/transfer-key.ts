import type { RootKey } from './root-key.ts'
import { rootKeyOf } from './root-key.ts'
import { type ScryptCost, stretchSync } from './scrypt.ts'

/** 128 MiB and about half a second: what is carried about is guarded by the passphrase alone. Source: OWASP Password Storage Cheat Sheet, scrypt. */
const cost: ScryptCost = { log2N: 17, r: 8, p: 1 }
const keyBytes = 32

/** The key under which secrets go from one data directory to another: a seal of its own, and a sum that only its holder can make. */
export function transferKeyOf(passphrase: string, salt: Uint8Array): RootKey {
  const bytes = stretchSync(passphrase.normalize('NFC'), salt, keyBytes, cost)
  const root = rootKeyOf(bytes)
  bytes.fill(0)
  return root
}
