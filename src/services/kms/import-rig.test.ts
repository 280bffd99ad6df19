// Goal: key material comes into a key the way AWS's customers bring it: wrapped by their own means, for tests of everything that has
// imported material.
import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import type { AlgorithmSpec, KMS, WrappingKeySpec } from '@aws-sdk/client-kms'

/** What an import needs beside the material. */
export interface Way {
  readonly algorithm?: AlgorithmSpec
  readonly wrappingKeySpec?: WrappingKeySpec
}

/** The parameters of an import, and what wraps material for it. */
export async function importParameters(kms: KMS, keyId: string, way: Way = {}) {
  const { algorithm = 'RSAES_OAEP_SHA_256', wrappingKeySpec = 'RSA_2048' } = way
  const { ImportToken, PublicKey, ParametersValidTo } = await kms.getParametersForImport({
    KeyId: keyId,
    WrappingAlgorithm: algorithm,
    WrappingKeySpec: wrappingKeySpec,
  })
  const wrap = (material: Uint8Array): Uint8Array =>
    wrapped(algorithm, PublicKey ?? new Uint8Array(), material)
  return { ImportToken, ParametersValidTo, wrap }
}

/** Wraps as customers do: RSA-OAEP, or AES key wrap with padding (RFC 5649) under a key that RSA-OAEP wraps. */
function wrapped(algorithm: AlgorithmSpec, publicKey: Uint8Array, material: Uint8Array): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
  const oaepHash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256'
  const rsa = (bytes: Uint8Array): Buffer =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes)
  if (!algorithm.startsWith('RSA_AES')) return rsa(material)
  const aes = randomBytes(32)
  const cipher = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'))
  return Buffer.concat([rsa(aes), cipher.update(material), cipher.final()])
}

/** Imports material that does not expire, unless the input says otherwise. */
export async function importMaterial(
  kms: KMS,
  keyId: string,
  material: Uint8Array,
  input: Partial<Parameters<KMS['importKeyMaterial']>[0]> & Way = {},
) {
  const { algorithm, wrappingKeySpec, ...members } = input
  const way = { ...(algorithm && { algorithm }), ...(wrappingKeySpec && { wrappingKeySpec }) }
  const { ImportToken, wrap } = await importParameters(kms, keyId, way)
  return kms.importKeyMaterial({
    KeyId: keyId,
    ImportToken,
    EncryptedKeyMaterial: wrap(material),
    ...(members.ValidTo ? {} : { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const }),
    ...members,
  })
}
