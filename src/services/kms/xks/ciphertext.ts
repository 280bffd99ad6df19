import { createHash } from 'node:crypto'
import { fromBase64, malformed, type Members } from './answer.ts'
import type { XksOutcome } from './outcome.ts'

/** What an external key made of a plaintext, and all that it needs to get back. */
export interface ExternalCiphertext {
  /** As long as the plaintext. */
  readonly ciphertext: Buffer
  readonly initializationVector: Buffer
  readonly authenticationTag: Buffer
  /** The proxy's own, at most 20 bytes. */
  readonly ciphertextMetadata?: Buffer
}

const ciphertextMetadataBytesMax = 20
const authenticationTagBytes = 16

/**
 * Takes an Encrypt answer apart.
 * Source: XKS Proxy API Specification, "Encrypt", "Response Payload Parameters".
 */
export function readCiphertext(
  members: Members,
  plaintextBytes: number,
  additionalAuthenticatedData: Uint8Array | undefined,
): XksOutcome<ExternalCiphertext> {
  const ciphertext = fromBase64(members['ciphertext'])
  if (ciphertext?.length !== plaintextBytes) return malformed('ciphertext: not as long as the plaintext')

  const initializationVector = fromBase64(members['initializationVector'])
  if (initializationVector?.length !== 12 && initializationVector?.length !== 16) {
    return malformed('initializationVector: neither 12 nor 16 bytes')
  }
  const authenticationTag = fromBase64(members['authenticationTag'])
  if (authenticationTag?.length !== authenticationTagBytes)
    return malformed('authenticationTag: not 16 bytes')

  // Serializers write null for what is absent.
  const stated = members['ciphertextMetadata'] ?? ''
  const ciphertextMetadata = fromBase64(stated)
  if (ciphertextMetadata === undefined || ciphertextMetadata.length > ciphertextMetadataBytesMax) {
    return malformed('ciphertextMetadata: more than 20 bytes, or not base64')
  }
  const made: ExternalCiphertext = {
    ciphertext,
    initializationVector,
    authenticationTag,
    ...(ciphertextMetadata.length > 0 && { ciphertextMetadata }),
  }
  // The proxy's word that what it made decrypts: without it a data key could be lost for good.
  const integrityValue = fromBase64(members['ciphertextDataIntegrityValue'])
  if (integrityValue?.equals(integrityValueOf(made, additionalAuthenticatedData)) !== true) {
    return malformed('ciphertextDataIntegrityValue: not that of this ciphertext')
  }
  return { ok: true, value: made }
}

/** Takes a Decrypt answer apart. */
export function readPlaintext(
  { plaintext: encoded }: Members,
  ciphertextBytes: number,
): XksOutcome<{ readonly plaintext: Buffer }> {
  const plaintext = fromBase64(encoded)
  if (plaintext?.length === ciphertextBytes) return { ok: true, value: { plaintext } }
  plaintext?.fill(0)
  return malformed('plaintext: not as long as the ciphertext')
}

/** Source: XKS Proxy API Specification, "CDIV implementation guidelines". No lengths: it guards against faults, not attacks. */
function integrityValueOf(
  made: ExternalCiphertext,
  additionalAuthenticatedData: Uint8Array | undefined,
): Buffer {
  return createHash('sha256')
    .update(additionalAuthenticatedData ?? '')
    .update(made.ciphertextMetadata ?? '')
    .update(made.initializationVector)
    .update(made.ciphertext)
    .update(made.authenticationTag)
    .digest()
}
