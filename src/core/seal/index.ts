/** The root key, and what is sealed under it. */
export { loadRootKey, RootKeyError, type RootKeySource } from './load-root-key.ts'
export { hashPassword, verifyPassword } from './password.ts'
export { type RootKey, rootKeyOf } from './root-key.ts'
export type { ScryptCost } from './scrypt.ts'
export { createSeal, type Seal, SealBroken, type SealOptions } from './seal.ts'
export { Secret } from './secret.ts'
