import { decapsulate, deriveSharedSecret, encapsulate } from './cryptography/index.ts'
import { faults } from './faults.ts'
import { useOfKey } from './on-key.ts'
import { pairOf } from './pairs.ts'

/**
 * Derives the secret that a key pair shares with a peer's public key (ECDH).
 * Faults: ValidationException for a public key that is none or of another curve; InvalidKeyUsageException; what the key's state says.
 */
export const DeriveSharedSecret = useOfKey('DeriveSharedSecret', {
  access: ({ KeyAgreementAlgorithm }) => ({
    conditions: { 'kms:KeyAgreementAlgorithm': KeyAgreementAlgorithm },
  }),
  use({ key, input: { PublicKey, KeyAgreementAlgorithm }, call }) {
    const secret = deriveSharedSecret(pairOf(call, key), PublicKey)
    if (!secret) throw faults.invalid('The public key is not valid, or not of the same curve as the KMS key.')
    return { KeyId: key.arn, SharedSecret: secret, KeyAgreementAlgorithm, KeyOrigin: key.origin }
  },
})

/** Makes a shared secret, and the ciphertext from which the holder of the private key gets it (ML-KEM). */
export const Encapsulate = useOfKey('Encapsulate', {
  use({ key, input: { EncapsulationAlgorithm }, call }) {
    const { sharedSecret, ciphertext } = encapsulate(pairOf(call, key))
    return {
      KeyId: key.arn,
      SharedSecret: sharedSecret,
      SharedSecretCiphertextBlob: ciphertext,
      EncapsulationAlgorithm,
    }
  },
})

/**
 * Gets the shared secret out of what Encapsulate made. A ciphertext that was changed gives another secret, as ML-KEM is made.
 * Faults: InvalidCiphertextException for one of the wrong length; what the key's state says.
 */
export const Decapsulate = useOfKey('Decapsulate', {
  use({ key, input: { SharedSecretCiphertextBlob, EncapsulationAlgorithm }, call }) {
    const secret = decapsulate(pairOf(call, key), SharedSecretCiphertextBlob)
    if (!secret) throw faults.invalidCiphertext()
    return { KeyId: key.arn, SharedSecret: secret, EncapsulationAlgorithm }
  },
})
