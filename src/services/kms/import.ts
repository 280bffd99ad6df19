import assert from 'node:assert/strict'
import type { Secret } from '#core/seal/index.ts'
import type { ImportKeyMaterialRequest } from '#models/kms.d.ts'
import {
  generateMaterial,
  importedMaterial,
  openMaterial,
  publicKeyOf,
  unwrap,
  wrappingProblem,
} from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument, KeyMaterial } from './documents.ts'
import { faults } from './faults.ts'
import { checkImport, digestOf, knownMaterial, validToMs } from './import-rules.ts'
import { readImportToken, tokenEndsMs, writeImportToken } from './import-token.ts'
import { destroyed, isImported, withMaterial } from './imported-rotation.ts'
import { sealMaterial } from './key-ring.ts'
import { onKey, useOfKey } from './on-key.ts'
import { putKey, putShared } from './related-keys.ts'
import { sealedDigest } from './sealed.ts'

/**
 * Makes a public key to wrap key material with, and the token that goes with it: the token holds the private key, sealed for this
 * key alone, and ends after a day.
 *
 * Faults: UnsupportedOperationException for keys that are not made for imported material, and for a way of wrapping that does not
 * suit the key's spec.
 */
export const GetParametersForImport = useOfKey('GetParametersForImport', {
  forKeys: assertImports,
  access: ({ WrappingAlgorithm, WrappingKeySpec }) => ({
    conditions: { 'kms:WrappingAlgorithm': WrappingAlgorithm, 'kms:WrappingKeySpec': WrappingKeySpec },
  }),
  async use({ key: { arn, spec }, input: { WrappingAlgorithm: algorithm, WrappingKeySpec }, call }) {
    const problem = wrappingProblem(spec, algorithm, WrappingKeySpec)
    if (problem !== undefined) throw faults.unsupported(problem)
    const secret = await generateMaterial(WrappingKeySpec, call.randomBytes)
    const pair = openMaterial(WrappingKeySpec, secret.reveal())
    assert.ok(pair.kind === 'pair', 'wrapping keys are RSA keys')
    const endsMs = tokenEndsMs(call.nowMs)
    return {
      KeyId: arn,
      ImportToken: writeImportToken(call.seal, { arn, algorithm, endsMs }, secret),
      PublicKey: publicKeyOf(pair),
      ParametersValidTo: new Date(endsMs),
    }
  },
})

/**
 * Imports key material: the first of a key, the same again after it was deleted or expired, or of a symmetric encryption key also a
 * new one that RotateKeyOnDemand then turns to. Of a multi-Region key, new material comes to the primary key first, and each replica
 * imports the same.
 *
 * State: what lacks no material any more is Enabled, or Disabled as it was.
 * Faults: those of `readImportToken`, `checkImport` and `validToMs`; InvalidCiphertextException for what does not unwrap;
 * IncorrectKeyMaterialException for what is no key of the spec.
 */
export const ImportKeyMaterial = onKey('ImportKeyMaterial', {
  forKeys: assertImports,
  access: ({ ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }) => ({
    conditions: { 'kms:ExpirationModel': ExpirationModel, 'kms:ValidTo': ValidTo && isoDate(ValidTo) },
  }),
  run({ key, input, call }) {
    const expiresAtMs = validToMs(input, call.nowMs)
    const secret = unwrapped(call, key, input)
    const digest = digestOf(secret.reveal())
    try {
      const known = knownMaterial(call, key, digest)
      const coming = { secret, input, expiresAtMs }
      const isKnown = checkImport(key, input, known, call.nowMs) === 'known'
      const materialId =
        isKnown && known ? importAgain(call, key, known, coming) : importNew(call, key, digest, coming)
      return { KeyId: key.arn, KeyMaterialId: shownId(key, materialId) }
    } finally {
      secret[Symbol.dispose]()
    }
  },
})

/**
 * Destroys imported material, the current one unless told; the same can be imported again. One that waited for its rotation is
 * forgotten, on the replicas of a primary key too.
 *
 * State: PendingImport, unless the material was never the current one. A key that has no such material stays as it is.
 * Faults: UnsupportedOperationException for keys of other origins; NotFoundException for a material that the key never had.
 */
export const DeleteImportedKeyMaterial = onKey('DeleteImportedKeyMaterial', {
  forKeys: assertImports,
  run({ key, input: { KeyMaterialId }, call }) {
    if (KeyMaterialId !== undefined && key.spec !== 'SYMMETRIC_DEFAULT')
      throw faults.unsupported('KeyMaterialId is for symmetric encryption keys only.')
    const materialId = KeyMaterialId ?? key.currentMaterialId
    if (materialId === undefined) return { KeyId: key.arn }
    if (!key.materials.some((one) => one.materialId === materialId))
      throw faults.noSuchMaterial(key.arn, materialId)
    if (materialId === key.pendingMaterialId && key.multiRegion?.type !== 'REPLICA') {
      putShared(call.tx, withoutPending(key), withoutPending)
    } else {
      putKey(call.tx, withMaterial(key, materialId, destroyed))
    }
    return { KeyId: key.arn, KeyMaterialId: shownId(key, materialId) }
  },
})

interface Coming {
  readonly secret: Secret
  readonly input: ImportKeyMaterialRequest
  readonly expiresAtMs: number | undefined
}

function importAgain(
  call: KmsCall,
  key: KeyDocument,
  known: KeyMaterial,
  { secret, input, expiresAtMs }: Coming,
): string {
  const { materialId } = known
  const sealed = known.sealed ?? sealMaterial(call.seal, { keyId: key.keyId, materialId }, secret)
  const again = (material: KeyMaterial): KeyMaterial => ({
    ...material,
    sealed,
    imported: material.imported && {
      ...material.imported,
      description: input.KeyMaterialDescription ?? material.imported.description,
      validToMs: expiresAtMs,
    },
  })
  putKey(call.tx, withMaterial(key, materialId, again))
  return materialId
}

function importNew(
  call: KmsCall,
  key: KeyDocument,
  digest: Buffer,
  { secret, input, expiresAtMs }: Coming,
): string {
  const { keyId } = key
  const materialId = call.randomBytes(32).toString('hex')
  const name = { keyId, materialId }
  const imported = {
    description: input.KeyMaterialDescription,
    sealedDigest: sealedDigest.seal(call.seal, name, digest),
  }
  const known: KeyMaterial = { materialId, createdAtMs: call.nowMs, imported }
  const sealed = sealMaterial(call.seal, name, secret)
  const held: KeyMaterial = { ...known, sealed, imported: { ...imported, validToMs: expiresAtMs } }
  // The first is in use at once; a later one waits for its rotation.
  const standing = key.materials.length === 0 ? 'currentMaterialId' : 'pendingMaterialId'
  const withNew = (one: KeyDocument, material: KeyMaterial): KeyDocument => {
    const before = withoutPending(one)
    return { ...before, materials: [...before.materials, material], [standing]: materialId }
  }
  putShared(call.tx, withNew(key, held), (replica) => withNew(replica, known))
  return materialId
}

/** A key without the material that waited for its rotation. */
function withoutPending(key: KeyDocument): KeyDocument {
  const materials = key.materials.filter(({ materialId }) => materialId !== key.pendingMaterialId)
  return { ...key, materials, pendingMaterialId: undefined }
}

/** The material of a request, in the stored form. */
function unwrapped(call: KmsCall, key: KeyDocument, input: ImportKeyMaterialRequest): Secret {
  const { seal, nowMs } = call
  const { algorithm, wrappingKey } = readImportToken(seal, { arn: key.arn, nowMs }, input.ImportToken)
  const plaintext = unwrap(algorithm, wrappingKey, input.EncryptedKeyMaterial)
  if (!plaintext) throw faults.unwrappable()
  const material = importedMaterial(key.spec, plaintext.reveal())
  plaintext[Symbol.dispose]()
  if (!material) throw faults.unfitMaterial(key.spec)
  return material
}

function assertImports(key: KeyDocument): void {
  if (!isImported(key)) throw faults.wrongOrigin(key.arn, key.origin)
}

/** Only symmetric encryption keys tell the ids of their materials. */
function shownId({ spec }: KeyDocument, materialId: string): string | undefined {
  return spec === 'SYMMETRIC_DEFAULT' ? materialId : undefined
}

/** A date that is none is refused later, in AWS's words. */
function isoDate(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
