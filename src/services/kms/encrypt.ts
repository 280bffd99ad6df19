import { Missing } from '#core/resource.ts'
import type { EncryptionAlgorithmSpec } from '#models/kms.d.ts'
import { readBlob } from './cryptography/index.ts'
import { keys, kms, type KmsCall } from './documents.ts'
import { type Cipher, decryptWith, encryptWith } from './ciphertexts.ts'
import { faults } from './faults.ts'
import { type FoundKey, keyArn } from './find-key.ts'
import type { EncryptionContext } from './grant-scope.ts'
import { checkGrantTokens } from './grant-token.ts'
import { contextConditions, findKey, foundKey, keyAccess } from './key-access.ts'
import { isGone, type KeyOperation } from './key-states.ts'
import { assertUsable, onKey } from './on-key.ts'

/**
 * Encrypts up to 4 KiB, or what the RSA key takes.
 *
 * Faults: ValidationException for a plaintext that is too long; InvalidKeyUsageException; what the key's state says.
 */
export const Encrypt = onKey('Encrypt', {
  access: ({ EncryptionAlgorithm = symmetric }) => ({ conditions: { 'kms:EncryptionAlgorithm': EncryptionAlgorithm } }),
  run({ target: { key }, input, call }) {
    const { Plaintext, EncryptionContext: context, EncryptionAlgorithm: algorithm = symmetric } = input
    return {
      CiphertextBlob: encryptWith(call, key, { algorithm, context }, Plaintext),
      KeyId: key.arn,
      EncryptionAlgorithm: algorithm,
    }
  },
})

/**
 * Decrypts what Encrypt, ReEncrypt or one of the GenerateDataKey operations encrypted. A symmetric ciphertext tells its key; of an
 * asymmetric one the caller has to.
 *
 * Faults: InvalidCiphertextException for anything that is changed, the encryption context included; IncorrectKeyException for
 * another key than the one that encrypted, or one that cannot decrypt; what the key's state says.
 */
export const Decrypt = kms('Decrypt', {
  target: (input, call) => encryptingKey(call, sourceOf(input), 'Decrypt'),
  access: (found, { EncryptionAlgorithm = symmetric, EncryptionContext }, call) => [
    keyAccess(call, found, 'Decrypt', cipherConditions({ algorithm: EncryptionAlgorithm, context: EncryptionContext })),
  ],
  run({ target, input, call }) {
    const { EncryptionAlgorithm: algorithm = symmetric, DryRun, GrantTokens, Recipient } = input
    const { key } = target
    assertUsable(call, target, 'Decrypt')
    checkGrantTokens(call, GrantTokens)
    if (Recipient) throw faults.recipient()
    const { ciphertext, context } = sourceOf(input)
    const { plaintext, materialId } = decryptFrom(call, target, { algorithm, context }, ciphertext)
    if (DryRun === true) throw faults.dryRun()
    return { KeyId: key.arn, Plaintext: plaintext, EncryptionAlgorithm: algorithm, KeyMaterialId: materialId }
  },
})

/**
 * Decrypts and encrypts again under another key, encryption context or material; the plaintext is not told. Leave is needed on both
 * keys.
 *
 * Faults: those of Decrypt and Encrypt.
 */
export const ReEncrypt = kms('ReEncrypt', {
  target(input, call) {
    const { DestinationKeyId: keyId, DestinationEncryptionContext: context } = input
    return {
      source: encryptingKey(call, reEncrypted(input), 'ReEncryptFrom'),
      destination: findKey(call, { operation: 'ReEncryptTo', keyId, context }),
    }
  },
  access({ source, destination }, input, call) {
    const { from, to } = ciphers(input)
    const same = { 'kms:ReEncryptOnSameKey': String(source.arn === destination.arn) }
    return [
      keyAccess(call, source, 'ReEncryptFrom', { ...cipherConditions(from), ...same }),
      keyAccess(call, destination, 'ReEncryptTo', { ...cipherConditions(to), ...same }),
    ]
  },
  run({ target: { source, destination }, input, call }) {
    const { from, to } = ciphers(input)
    assertUsable(call, source, 'ReEncryptFrom')
    assertUsable(call, destination, 'ReEncryptTo')
    checkGrantTokens(call, input.GrantTokens)
    const { plaintext, materialId } = decryptFrom(call, source, from, reEncrypted(input).ciphertext)
    const blob = encryptWith(call, destination.key, to, plaintext)
    plaintext.fill(0)
    if (input.DryRun === true) throw faults.dryRun()
    return {
      CiphertextBlob: blob,
      SourceKeyId: source.key.arn,
      KeyId: destination.key.arn,
      SourceEncryptionAlgorithm: from.algorithm,
      DestinationEncryptionAlgorithm: to.algorithm,
      SourceKeyMaterialId: materialId,
      DestinationKeyMaterialId: to.algorithm === symmetric ? destination.key.currentMaterialId : undefined,
    }
  },
})

const symmetric: EncryptionAlgorithmSpec = 'SYMMETRIC_DEFAULT'

/** A ciphertext with what the caller says of it. */
interface Source {
  readonly ciphertext: Uint8Array
  readonly keyId: string | undefined
  readonly context: EncryptionContext
}
