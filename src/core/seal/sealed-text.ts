import type { Seal } from './seal.ts'

/**
 * One kind of sealed text: what it is sealed for, and whose it is. Declare it once; whoever seals, opens or moves such a text does
 * so through the declaration, so that none of them can differ.
 */
export interface SealedText<Owner> {
  seal(seal: Seal, owner: Owner, plaintext: Uint8Array | string): string
  /** Faults: throws `SealBroken` on anything that `seal` did not make for this owner. */
  open(seal: Seal, owner: Owner, sealed: string): Buffer
  /** For a collection's `reseal`. */
  move(
    move: (purpose: string, context: string, sealed: string) => string,
    owner: Owner,
    sealed: string,
  ): string
}

/** Declares a kind of sealed text: a fixed word of the program, and the text that tells owners apart. */
export function sealedText<Owner = string>(
  purpose: string,
  contextOf: (owner: Owner) => string,
): SealedText<Owner> {
  return {
    seal: (seal, owner, plaintext) => seal.seal(purpose, contextOf(owner), plaintext),
    open: (seal, owner, sealed) => seal.open(purpose, contextOf(owner), sealed),
    move: (move, owner, sealed) => move(purpose, contextOf(owner), sealed),
  }
}
