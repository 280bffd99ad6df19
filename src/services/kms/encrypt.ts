import { next } from '#core/awaitable.ts'
import { Missing } from '#core/resource.ts'
import type { DecryptRequest, DecryptResponse, ReEncryptRequest, ReEncryptResponse } from '#models/kms.d.ts'
import { type Cipher, decryptWith, encryptWith, symmetric } from './ciphertexts.ts'
import { kms, type KmsCall } from './declare.ts'
import { keys } from './documents.ts'
import { faults } from './faults.ts'
import { type FoundKey, keyArn } from './find-key.ts'
import type { EncryptionContext } from './grant-scope.ts'
import { contextConditions, findKey, foundKey, keyAccess } from './key-access.ts'
import { isGone, type KeyOperation } from './key-states.ts'
import { assertUsable, checkUse, noteUse, used, useOfKey } from './on-key.ts'
import { keyIdOfBlob } from './symmetric.ts'

/**
 * Encrypts up to 4 KiB, or what the RSA key takes.
 *
 * Faults: ValidationException for a plaintext that is too long; InvalidKeyUsageException; what the key's state says.
 */
export const Encrypt = useOfKey('Encrypt', {
  access: ({ EncryptionAlgorithm = symmetric }) => ({
    conditions: { 'kms:EncryptionAlgorithm': EncryptionAlgorithm },
  }),
  use({ key, input, call }) {
    const { Plaintext, EncryptionContext: context, EncryptionAlgorithm: algorithm = symmetric } = input
    return next(encryptWith(call, key, { algorithm, context }, Plaintext), ({ bytes }) => ({
      CiphertextBlob: bytes,
      KeyId: key.arn,
      EncryptionAlgorithm: algorithm,
    }))
  },
})

/**
 * Decrypts what Encrypt, ReEncrypt or one of the GenerateDataKey operations encrypted. A symmetric ciphertext tells its key; of an
 * asymmetric one the caller has to.
 *
 * Faults: InvalidCiphertextException for anything that is changed, the encryption context included; IncorrectKeyException for
 * another key than the one that encrypted, or one that cannot decrypt; what the key's state says.
 */
export const Decrypt = kms<'Decrypt', FoundKey | Missing, DecryptResponse>('Decrypt', {
  target: (input, call) => decryptingKey(call, sourceOfDecrypt(input), 'Decrypt'),
  access: (found, input, call) => [
    keyAccess(call, found, 'Decrypt', cipherConditions(sourceOfDecrypt(input))),
  ],
  prepare({ target, input, call }) {
    assertDecrypts(call, target, 'Decrypt')
    checkUse(call, input)
    assertNotIgnored(input)
    const source = sourceOfDecrypt(input)
    return next(decryptWith(call, target.key, source, given(source.ciphertext)), ({ bytes, materialId }) => ({
      KeyId: target.key.arn,
      Plaintext: bytes,
      EncryptionAlgorithm: source.algorithm,
      KeyMaterialId: materialId,
    }))
  },
  run: ({ target, input, call, prepared }) =>
    used(call, target, { name: 'Decrypt', input, with: prepared.KeyId, output: prepared }),
})

/**
 * Decrypts and encrypts again under another key, encryption context or material; the plaintext is not told. Leave is needed on both
 * keys.
 *
 * Faults: those of Decrypt and Encrypt.
 */
export const ReEncrypt = kms<'ReEncrypt', BothKeys, ReEncryptResponse>('ReEncrypt', {
  target(input, call) {
    const { DestinationKeyId: keyId, DestinationEncryptionContext: context } = input
    return {
      source: decryptingKey(call, sourceOfReEncrypt(input), 'ReEncryptFrom'),
      destination: findKey(call, { operation: 'ReEncryptTo', keyId, context }),
    }
  },
  access({ source, destination }, input, call) {
    const same = { 'kms:ReEncryptOnSameKey': String(source.arn === destination.arn) }
    return [
      keyAccess(call, source, 'ReEncryptFrom', { ...cipherConditions(sourceOfReEncrypt(input)), ...same }),
      keyAccess(call, destination, 'ReEncryptTo', { ...cipherConditions(destinationOf(input)), ...same }),
    ]
  },
  prepare({ target: { source, destination }, input, call }) {
    assertDecrypts(call, source, 'ReEncryptFrom')
    assertUsable(call, destination, 'ReEncryptTo')
    checkUse(call, input)
    assertNotIgnored(input)
    const [from, to] = [sourceOfReEncrypt(input), destinationOf(input)]
    return next(decryptWith(call, source.key, from, given(from.ciphertext)), (opened) =>
      next(encryptWith(call, destination.key, to, opened.bytes), (sealed) => {
        opened.bytes.fill(0)
        return {
          CiphertextBlob: sealed.bytes,
          SourceKeyId: source.key.arn,
          KeyId: destination.key.arn,
          SourceEncryptionAlgorithm: from.algorithm,
          DestinationEncryptionAlgorithm: to.algorithm,
          SourceKeyMaterialId: opened.materialId,
          DestinationKeyMaterialId: sealed.materialId,
        }
      }),
    )
  },
  run({ target: { source, destination }, input, call, prepared }) {
    if (prepared.SourceKeyId !== source.arn) throw faults.keyChanged()
    assertUsable(call, source, 'ReEncryptFrom')
    const made = { with: prepared.KeyId, output: prepared }
    const output = used(call, destination, { name: 'ReEncryptTo', input, ...made })
    noteUse(call, source, 'ReEncryptFrom')
    return output
  },
})

interface BothKeys {
  readonly source: FoundKey | Missing
  readonly destination: FoundKey | Missing
}

/** A ciphertext with what the caller says of it. */
interface Source extends Cipher {
  readonly ciphertext: Uint8Array | undefined
  readonly keyId: string | undefined
}

function sourceOfDecrypt({
  CiphertextBlob,
  KeyId,
  EncryptionContext,
  EncryptionAlgorithm,
}: DecryptRequest): Source {
  return {
    ciphertext: CiphertextBlob,
    keyId: KeyId,
    algorithm: EncryptionAlgorithm ?? symmetric,
    context: EncryptionContext,
  }
}

function sourceOfReEncrypt(input: ReEncryptRequest): Source {
  return {
    ciphertext: input.CiphertextBlob,
    keyId: input.SourceKeyId,
    algorithm: input.SourceEncryptionAlgorithm ?? symmetric,
    context: input.SourceEncryptionContext,
  }
}

function destinationOf(input: ReEncryptRequest): Cipher {
  return {
    algorithm: input.DestinationEncryptionAlgorithm ?? symmetric,
    context: input.DestinationEncryptionContext,
  }
}

/** A dry run may leave the ciphertext out. Source: KMS API Reference, Decrypt, DryRunModifiers: "IGNORE_CIPHERTEXT". */
function assertNotIgnored({
  DryRun,
  DryRunModifiers,
}: Pick<DecryptRequest, 'DryRun' | 'DryRunModifiers'>): void {
  if (DryRun === true && DryRunModifiers?.includes('IGNORE_CIPHERTEXT')) throw faults.dryRun()
}

function given(ciphertext: Uint8Array | undefined): Uint8Array {
  if (ciphertext === undefined) throw faults.invalid('CiphertextBlob is required.')
  return ciphertext
}

/**
 * The key that a ciphertext is to be decrypted with: the one that the caller names, else the one that the ciphertext names, in any
 * account of the region. Who may not use that one is not told whether it exists.
 */
function decryptingKey(
  call: KmsCall,
  { keyId, ciphertext, context, algorithm }: Source,
  operation: KeyOperation,
): FoundKey | Missing {
  if (keyId !== undefined) return findKey(call, { operation, keyId, context })
  if (algorithm !== symmetric)
    throw faults.invalid('KeyId is required when decrypting with an asymmetric key.')
  const named = keyIdOfBlob(call, given(ciphertext))
  const [found] = call.tx.findAnywhere(keys, 'id', `${call.region} ${named}`)
  const key = found?.document
  const refusal = faults.hiddenKey()
  if (!key || isGone(key, call.nowMs)) return new Missing(keyArn(call, call, named), refusal, { refusal })
  const target = foundKey(call, key, operation, { context })
  return key.account === call.account ? target : { ...target, refusal }
}

/** A key that cannot decrypt is simply another one. Source: answers of AWS as recorded by LocalStack's tests. */
function assertDecrypts(call: KmsCall, found: FoundKey, operation: KeyOperation): void {
  assertUsable(call, found, operation)
  if (found.key.usage !== 'ENCRYPT_DECRYPT') throw faults.incorrectKey()
}

function cipherConditions({ algorithm, context }: { algorithm: string; context: EncryptionContext }) {
  return { 'kms:EncryptionAlgorithm': algorithm, ...contextConditions(context) }
}
