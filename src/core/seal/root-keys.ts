import type { RootKey } from './root-key.ts'
import type { ScryptCost } from './scrypt.ts'

/** The root keys that a seal works with. They can be posted to a worker thread as they are. */
export interface RootKeys {
  /** What new texts are sealed under. */
  readonly current: RootKey
  /** What texts may still be sealed under: they open. */
  readonly previous: readonly RootKey[]
}

/** A root key that was current once. */
export interface RetiredRootKey {
  readonly root: RootKey
  readonly retiredAtMs: number
}

/** How what the operator gives becomes the root key; it lies beside the data and is no secret. */
export interface Origin {
  /** For a passphrase. */
  readonly scrypt?: ScryptCost & { readonly salt: string }
  /** For a token: the root key as the token's key encrypted it, in base64. */
  readonly wrapped?: string
}

/** All that a data directory says of root keys. */
export interface RootKeyState {
  readonly current: RootKey
  readonly origin: Origin
  /** Newest first. */
  readonly retired: readonly RetiredRootKey[]
  /** True from the moment the current key is noted until no stored text is under another. */
  readonly unfinished: boolean
}

/** What a seal needs of a state. */
export function rootKeysOf({ current, retired }: RootKeyState): RootKeys {
  return { current, previous: retired.map(({ root }) => root) }
}

/** The root key cannot be had, or not be moved. The message is for the operator: what is wrong, and what to do. */
export class RootKeyError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RootKeyError'
  }
}
