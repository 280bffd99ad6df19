import type { RootKeys } from './root-keys.ts'
import { createSeal, type Seal } from './seal.ts'

/** A seal whose root keys can be exchanged, with the means to do so. */
export interface RotatingSeal {
  /** What services get: it always works with the newest keys, and cannot change them. */
  readonly seal: Seal
  use(keys: RootKeys): void
}

export function createRotatingSeal(
  keys: RootKeys,
  randomBytes: (length: number) => Uint8Array,
): RotatingSeal {
  let now = createSeal({ ...keys, randomBytes })
  const seal: Seal = {
    get keyId() {
      return now.keyId
    },
    seal: (purpose, context, plaintext) => now.seal(purpose, context, plaintext),
    open: (purpose, context, sealed) => now.open(purpose, context, sealed),
    tryOpen: (purpose, context, sealed) => now.tryOpen(purpose, context, sealed),
    isOutdated: (sealed) => now.isOutdated(sealed),
    derive: (purpose, context, sealed) => now.derive(purpose, context, sealed),
  }
  return {
    seal,
    use(next) {
      now = createSeal({ ...next, randomBytes })
    },
  }
}
