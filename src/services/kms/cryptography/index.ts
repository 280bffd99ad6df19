/** The cryptography of KMS: keys, signatures, encryption. No documents, no wire, no clock; randomness is a parameter. */
export { deriveSharedSecret } from './agreement.ts'
export { blobOverheadBytes, decrypt, encrypt, readBlob } from './ciphertext.ts'
export type { EncryptionContext } from './encryption-context.ts'
export { externalHeader, readExternalBlob, writeExternalBlob } from './external-blob.ts'
export { importedMaterial } from './imported-material.ts'
export { decapsulate, encapsulate } from './kem.ts'
export { algorithmsOf, canBeMade, keySpecs } from './key-specs.ts'
export { generateMac, verifyMac } from './mac.ts'
export {
  generateMaterial,
  type HmacMaterial,
  type Material,
  openMaterial,
  type PairMaterial,
  publicKeyOf,
  type PublicMaterial,
} from './material.ts'
export { decryptRsa, encryptRsa, plaintextBytesMax } from './rsa-encryption.ts'
export { sign, verify } from './sign.ts'
export { messageProblem } from './signing-algorithms.ts'
export { unwrap, wrappingProblem } from './wrapping.ts'
