import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { ProxyFault } from './fault.ts'

/** A key that the test's key manager holds. */
export interface HeldKey {
  readonly bytes: Buffer
  readonly keySpec: string
  readonly keyUsage: readonly string[]
  readonly keyStatus: string
  /** Returned with each ciphertext, and bound to it. Default: none. */
  readonly ciphertextMetadata?: Buffer
}

/** A key that KMS can use. */
export function heldKey(differences: Partial<HeldKey> = {}): HeldKey {
  return {
    bytes: randomBytes(32),
    keySpec: 'AES_256',
    keyUsage: ['ENCRYPT', 'DECRYPT'],
    keyStatus: 'ENABLED',
    ...differences,
  }
}

type Members = Readonly<Record<string, unknown>>

/** Source: XKS Proxy API Specification, "Encrypt". */
export function encrypt(key: HeldKey, members: Members): object {
  demand(key, 'ENCRYPT', members)
  const additionalAuthenticatedData = optional(members['additionalAuthenticatedData'])
  const { ciphertextMetadata = Buffer.alloc(0) } = key
  const initializationVector = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, initializationVector)
  cipher.setAAD(bound(additionalAuthenticatedData, ciphertextMetadata))
  const ciphertext = Buffer.concat([cipher.update(required(members['plaintext'])), cipher.final()])
  const authenticationTag = cipher.getAuthTag()
  const integrity = createHash('sha256')
  for (const part of [
    additionalAuthenticatedData,
    ciphertextMetadata,
    initializationVector,
    ciphertext,
    authenticationTag,
  ]) {
    integrity.update(part)
  }
  return {
    ciphertext: ciphertext.toString('base64'),
    initializationVector: initializationVector.toString('base64'),
    authenticationTag: authenticationTag.toString('base64'),
    ...(ciphertextMetadata.length > 0 && { ciphertextMetadata: ciphertextMetadata.toString('base64') }),
    ...(members['ciphertextDataIntegrityValueAlgorithm'] === 'SHA_256' && {
      ciphertextDataIntegrityValue: integrity.digest('base64'),
    }),
  }
}

/** Source: XKS Proxy API Specification, "Decrypt". */
export function decrypt(key: HeldKey, members: Members): object {
  demand(key, 'DECRYPT', members)
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, required(members['initializationVector']), {
    authTagLength: 16,
  })
  decipher.setAAD(
    bound(optional(members['additionalAuthenticatedData']), optional(members['ciphertextMetadata'])),
  )
  decipher.setAuthTag(required(members['authenticationTag']))
  try {
    const plaintext = Buffer.concat([decipher.update(required(members['ciphertext'])), decipher.final()])
    return { plaintext: plaintext.toString('base64') }
  } catch {
    throw new ProxyFault(400, 'InvalidCiphertextException')
  }
}

function demand({ keyStatus, keyUsage }: HeldKey, usage: string, { encryptionAlgorithm }: Members): void {
  if (encryptionAlgorithm !== 'AES_GCM') throw new ProxyFault(400, 'ValidationException')
  if (keyStatus !== 'ENABLED') throw new ProxyFault(400, 'InvalidStateException')
  if (!keyUsage.includes(usage)) throw new ProxyFault(400, 'InvalidKeyUsageException')
}

/** What AES-GCM authenticates: both parts, each behind its length, so that neither passes for the other. */
function bound(additionalAuthenticatedData: Buffer, ciphertextMetadata: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(additionalAuthenticatedData.length)
  return Buffer.concat([
    length,
    additionalAuthenticatedData,
    Buffer.from([ciphertextMetadata.length]),
    ciphertextMetadata,
  ])
}

function required(value: unknown): Buffer {
  if (typeof value !== 'string') throw new ProxyFault(400, 'ValidationException')
  return Buffer.from(value, 'base64')
}

function optional(value: unknown): Buffer {
  return value === undefined ? Buffer.alloc(0) : required(value)
}
