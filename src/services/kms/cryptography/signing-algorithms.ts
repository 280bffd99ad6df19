import type { MessageType, SigningAlgorithmSpec } from '#models/kms.d.ts'

type Hash = 'sha256' | 'sha384' | 'sha512'

/** How an algorithm signs. `digestBytes` is the length of what stands for the message when it does not come whole. */
export interface SigningFacts {
  readonly scheme: 'pss' | 'pkcs1' | 'ecdsa' | 'ed25519' | 'ed25519ph' | 'ml-dsa' | 'none'
  readonly hash: Hash | undefined
  readonly digestBytes: number
  readonly messageTypes: readonly MessageType[]
}

const wholeOrDigest = ['RAW', 'DIGEST'] as const
const sha256 = { hash: 'sha256', digestBytes: 32, messageTypes: wholeOrDigest } as const
const sha384 = { hash: 'sha384', digestBytes: 48, messageTypes: wholeOrDigest } as const
const sha512 = { hash: 'sha512', digestBytes: 64, messageTypes: wholeOrDigest } as const

/** Source: KMS API Reference, Sign, MessageType and SigningAlgorithm; CreateKey, KeySpec (the note on ECC_NIST_EDWARDS25519). */
export const signingAlgorithms: Readonly<Record<SigningAlgorithmSpec, SigningFacts>> = {
  RSASSA_PSS_SHA_256: { scheme: 'pss', ...sha256 },
  RSASSA_PSS_SHA_384: { scheme: 'pss', ...sha384 },
  RSASSA_PSS_SHA_512: { scheme: 'pss', ...sha512 },
  RSASSA_PKCS1_V1_5_SHA_256: { scheme: 'pkcs1', ...sha256 },
  RSASSA_PKCS1_V1_5_SHA_384: { scheme: 'pkcs1', ...sha384 },
  RSASSA_PKCS1_V1_5_SHA_512: { scheme: 'pkcs1', ...sha512 },
  ECDSA_SHA_256: { scheme: 'ecdsa', ...sha256 },
  ECDSA_SHA_384: { scheme: 'ecdsa', ...sha384 },
  ECDSA_SHA_512: { scheme: 'ecdsa', ...sha512 },
  ED25519_SHA_512: { scheme: 'ed25519', hash: undefined, digestBytes: 0, messageTypes: ['RAW'] },
  ED25519_PH_SHA_512: { scheme: 'ed25519ph', ...sha512, messageTypes: ['DIGEST'] },
  ML_DSA_SHAKE_256: {
    scheme: 'ml-dsa',
    hash: undefined,
    digestBytes: 64, // mu, FIPS 204, 6.2
    messageTypes: ['RAW', 'EXTERNAL_MU'],
  },
  SM2DSA: { scheme: 'none', hash: undefined, digestBytes: 0, messageTypes: [] },
}

const messageBytesMax = 4096

/**
 * What is wrong with a message for an algorithm; undefined when it may be signed or verified.
 * Source: KMS API Reference, Sign, Message and MessageType.
 */
export function messageProblem(
  algorithm: SigningAlgorithmSpec,
  messageType: MessageType,
  message: Uint8Array,
): string | undefined {
  const { messageTypes, digestBytes } = signingAlgorithms[algorithm]
  if (!messageTypes.includes(messageType)) {
    return `MessageType ${messageType} is not supported for algorithm ${algorithm}.`
  }
  if (messageType === 'RAW') {
    return message.length <= messageBytesMax
      ? undefined
      : `Message must be at most ${messageBytesMax} bytes; to sign a longer one, send its digest.`
  }
  return message.length === digestBytes ? undefined : `Digest is invalid length for algorithm ${algorithm}.`
}
