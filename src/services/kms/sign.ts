import { algorithmsOf, messageProblem, sign, verify } from './cryptography/index.ts'
import type { MessageType, SigningAlgorithmSpec } from '#models/kms.d.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { useOfKey } from './on-key.ts'
import { pairOf } from './pairs.ts'

/** What a request says of the message that it signs or verifies. */
interface Signing {
  readonly SigningAlgorithm: SigningAlgorithmSpec
  readonly MessageType?: MessageType | undefined
  readonly Message: Uint8Array
}

/**
 * Signs a message of up to 4 KiB, or the digest of a longer one.
 *
 * Faults: ValidationException for a message that the algorithm does not take; InvalidKeyUsageException; what the key's state says.
 */
export const Sign = useOfKey('Sign', {
  access: signingConditions,
  use({ key, input, call }) {
    const { SigningAlgorithm, MessageType = 'RAW', Message } = checked(key, input)
    const signature = sign(pairOf(call, key), SigningAlgorithm, MessageType, Message, call.randomBytes)
    return { KeyId: key.arn, Signature: signature, SigningAlgorithm }
  },
})

/** Verifies what Sign made. Faults: KMSInvalidSignatureException for everything else; those of Sign. */
export const Verify = useOfKey('Verify', {
  access: signingConditions,
  use({ key, input, call }) {
    const { SigningAlgorithm, MessageType = 'RAW', Message } = checked(key, input)
    if (!verify(pairOf(call, key), SigningAlgorithm, MessageType, Message, input.Signature))
      throw faults.invalidSignature()
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm }
  },
})

function signingConditions({ SigningAlgorithm, MessageType = 'RAW' }: Signing) {
  return { conditions: { 'kms:SigningAlgorithm': SigningAlgorithm, 'kms:MessageType': MessageType } }
}

function checked(key: KeyDocument, input: Signing): Signing {
  const { SigningAlgorithm, MessageType = 'RAW', Message } = input
  if (!algorithmsOf(key.spec, 'SIGN_VERIFY').includes(SigningAlgorithm)) {
    throw faults.wrongAlgorithm(SigningAlgorithm, key.spec)
  }
  const problem = messageProblem(SigningAlgorithm, MessageType, Message)
  if (problem !== undefined) throw faults.invalid(problem)
  return input
}
