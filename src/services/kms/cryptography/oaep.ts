import { constants, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto'
import { attempt } from './attempt.ts'

/** The hash of OAEP and of its MGF1. The label is empty. Source: RFC 8017, 7.1. */
export type OaepHash = 'sha1' | 'sha256'

const hashBytes = { sha1: 20, sha256: 32 } as const

/** Units: bytes. */
export function oaepPlaintextMax(modulusBits: number, hash: OaepHash): number {
  return modulusBits / 8 - 2 * hashBytes[hash] - 2
}

export function oaepEncrypt(publicKey: KeyObject, oaepHash: OaepHash, plaintext: Uint8Array): Buffer {
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plaintext)
}

/** Undefined on any failure, without a word of which: the reason would be an oracle (Manger's attack). */
export function oaepDecrypt(
  privateKey: KeyObject,
  oaepHash: OaepHash,
  ciphertext: Uint8Array,
): Buffer | undefined {
  if (ciphertext.length * 8 !== privateKey.asymmetricKeyDetails?.modulusLength) return undefined
  return attempt(() =>
    privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext),
  )
}
