import assert from 'node:assert/strict'
import { type Awaitable, next } from '#core/awaitable.ts'
import type { Access } from '#core/operation.ts'
import type { DataKeyPairSpec, GenerateDataKeyRequest } from '#models/kms.d.ts'
import { symmetric } from './ciphertexts.ts'
import { canBeMade, generateMaterial, openMaterial, publicKeyOf } from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import type { EncryptionContext } from './grant-scope.ts'
import { useOfKey } from './on-key.ts'
import { type Encrypted, encryptSymmetric } from './symmetric.ts'

/**
 * Makes a data key, for use outside, and encrypts it under a symmetric encryption key.
 *
 * Faults: ValidationException unless exactly one of KeySpec and NumberOfBytes is given; InvalidKeyUsageException; what the key's
 * state says.
 */
export const GenerateDataKey = useOfKey('GenerateDataKey', {
  access: symmetricOnly,
  use: ({ key, input, call }) =>
    next(newDataKey(call, key, input), ({ plaintext, blob, materialId }) => ({
      CiphertextBlob: blob,
      Plaintext: plaintext,
      KeyId: key.arn,
      KeyMaterialId: materialId,
    })),
})

/** As GenerateDataKey, for those who only pass the encrypted data key on. */
export const GenerateDataKeyWithoutPlaintext = useOfKey('GenerateDataKeyWithoutPlaintext', {
  access: symmetricOnly,
  use: ({ key, input, call }) =>
    next(newDataKey(call, key, input), ({ plaintext, blob, materialId }) => {
      plaintext.fill(0)
      return { CiphertextBlob: blob, KeyId: key.arn, KeyMaterialId: materialId }
    }),
})

/**
 * Makes a key pair, for use outside, and encrypts its private key under a symmetric encryption key.
 *
 * Faults: InvalidKeyUsageException; UnsupportedOperationException for a spec that cannot be made here; what the key's state says.
 */
export const GenerateDataKeyPair = useOfKey('GenerateDataKeyPair', {
  access: pairAccess,
  use: ({ key, input: { KeyPairSpec, EncryptionContext }, call }) =>
    next(newDataKeyPair(call, key, KeyPairSpec, EncryptionContext), (made) => ({
      PrivateKeyCiphertextBlob: made.blob,
      PrivateKeyPlaintext: made.privateKey,
      PublicKey: made.publicKey,
      KeyId: key.arn,
      KeyPairSpec,
      KeyMaterialId: made.materialId,
    })),
})

/** As GenerateDataKeyPair, for those who only pass the encrypted private key on. */
export const GenerateDataKeyPairWithoutPlaintext = useOfKey('GenerateDataKeyPairWithoutPlaintext', {
  access: pairAccess,
  use: ({ key, input: { KeyPairSpec, EncryptionContext }, call }) =>
    next(
      newDataKeyPair(call, key, KeyPairSpec, EncryptionContext),
      ({ privateKey, publicKey, blob, materialId }) => {
        privateKey.fill(0)
        return {
          PrivateKeyCiphertextBlob: blob,
          PublicKey: publicKey,
          KeyId: key.arn,
          KeyPairSpec,
          KeyMaterialId: materialId,
        }
      },
    ),
})

function symmetricOnly(): Pick<Access, 'conditions'> {
  return { conditions: { 'kms:EncryptionAlgorithm': symmetric } }
}

function pairAccess({ KeyPairSpec }: { readonly KeyPairSpec: DataKeyPairSpec }): Pick<Access, 'conditions'> {
  return { conditions: { 'kms:EncryptionAlgorithm': symmetric, 'kms:DataKeyPairSpec': KeyPairSpec } }
}

/** A secret for use outside, with its encrypted form. */
interface DataKey extends Encrypted {
  readonly plaintext: Buffer
}

function newDataKey(
  call: KmsCall,
  key: KeyDocument,
  { KeySpec, NumberOfBytes, EncryptionContext }: GenerateDataKeyRequest,
): Awaitable<DataKey> {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw faults.invalid('Please specify either number of bytes or key spec.')
  }
  const bytes = NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32)
  const plaintext = call.randomBytes(bytes)
  return next(encryptSymmetric(call, key, plaintext, EncryptionContext), (encrypted) => ({
    ...encrypted,
    plaintext,
  }))
}

/** A key pair for use outside: PKCS#8 and SubjectPublicKeyInfo, both DER, the first also encrypted. */
interface DataKeyPair extends Encrypted {
  readonly privateKey: Buffer
  readonly publicKey: Buffer
}

function newDataKeyPair(
  call: KmsCall,
  key: KeyDocument,
  spec: DataKeyPairSpec,
  context: EncryptionContext,
): Awaitable<DataKeyPair> {
  if (!canBeMade(spec)) throw faults.unsupported(`KeyPairSpec ${spec} is not supported in this Region.`)
  return generateMaterial(spec, call.randomBytes).then(async (secret) => {
    const privateKey = Buffer.from(secret.reveal())
    secret[Symbol.dispose]()
    const material = openMaterial(spec, privateKey)
    assert.ok(material.kind === 'pair', 'key pair specs make key pairs')
    const { blob, materialId } = await encryptSymmetric(call, key, privateKey, context)
    return { privateKey, publicKey: publicKeyOf(material), blob, materialId }
  })
}
