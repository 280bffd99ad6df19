import assert from 'node:assert/strict'
import { constants, sign as signWhole, verify as verifyWhole } from 'node:crypto'
import type { MessageType, SigningAlgorithmSpec } from '#models/kms.d.ts'
import { signDigest, verifyDigest } from './ecdsa-digest.ts'
import { signEd25519ph, verifyEd25519ph } from './ed25519ph.ts'
import { algorithmsOf, keySpecs } from './key-specs.ts'
import type { PairMaterial, PublicMaterial, RandomBytes } from './material.ts'
import { signMu, verifyMu } from './ml-dsa-mu.ts'
import { signPkcs1Digest, signPssDigest, verifyPkcs1Digest, verifyPssDigest } from './rsa-digest.ts'
import { messageProblem, signingAlgorithms } from './signing-algorithms.ts'

const pss = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
} as const

/**
 * Signs a message, or what stands for it. The caller has asked `messageProblem`, and `algorithmsOf` whether the key has the algorithm:
 * anything else is a bug here.
 * Whole messages are signed by OpenSSL; where node:crypto cannot take a digest, the digest files of this folder do.
 */
export function sign(
  material: PairMaterial,
  algorithm: SigningAlgorithmSpec,
  messageType: MessageType,
  message: Uint8Array,
  randomBytes: RandomBytes,
): Buffer {
  const { privateKey: key } = material
  const { scheme, hash, form } = signingCase(material, algorithm, messageType, message)
  if (messageType === 'RAW') return signWhole(hash, message, scheme === 'pss' ? { key, ...pss } : key)
  if (scheme === 'pss' && hash !== undefined) return signPssDigest(hash, key, message, randomBytes)
  if (scheme === 'pkcs1' && hash !== undefined) return signPkcs1Digest(hash, key, message)
  if (form.kind === 'ec') return signDigest(form.curve, key, message, randomBytes)
  if (form.kind === 'ml-dsa') return signMu(form.name, key, message, randomBytes)
  if (form.kind === 'ed25519') return signEd25519ph(key, message)
  return assert.fail(`${algorithm} cannot sign ${messageType}`)
}

/** False for every signature that is not one of this message by this key. The same demands on the caller as `sign`. */
export function verify(
  material: PublicMaterial,
  algorithm: SigningAlgorithmSpec,
  messageType: MessageType,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { publicKey: key } = material
  const { scheme, hash, form } = signingCase(material, algorithm, messageType, message)
  if (messageType === 'RAW') {
    return verifyWhole(hash, message, scheme === 'pss' ? { key, ...pss } : key, signature)
  }
  if (scheme === 'pss' && hash !== undefined) return verifyPssDigest(hash, key, message, signature)
  if (scheme === 'pkcs1' && hash !== undefined) return verifyPkcs1Digest(hash, key, message, signature)
  if (form.kind === 'ec') return verifyDigest(form.curve, key, message, signature)
  if (form.kind === 'ml-dsa') return verifyMu(form.name, key, message, signature)
  if (form.kind === 'ed25519') return verifyEd25519ph(key, message, signature)
  return assert.fail(`${algorithm} cannot verify ${messageType}`)
}

function signingCase(
  { spec }: PublicMaterial,
  algorithm: SigningAlgorithmSpec,
  messageType: MessageType,
  message: Uint8Array,
) {
  assert(algorithmsOf(spec, 'SIGN_VERIFY').includes(algorithm), `${spec} has no ${algorithm}`)
  assert.equal(messageProblem(algorithm, messageType, message), undefined)
  const { scheme, hash } = signingAlgorithms[algorithm]
  return { scheme, hash, form: keySpecs[spec].form }
}
