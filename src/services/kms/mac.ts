import type { MacAlgorithmSpec } from '#models/kms.d.ts'
import { algorithmsOf, generateMac, verifyMac } from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { useOfKey } from './on-key.ts'
import { hmacOf } from './pairs.ts'

/** Authenticates a message with an HMAC key. Faults: InvalidKeyUsageException; what the key's state says. */
export const GenerateMac = useOfKey('GenerateMac', {
  access: macConditions,
  use({ key, input: { Message, MacAlgorithm }, call }) {
    return {
      KeyId: key.arn,
      Mac: generateMac(macKey(call, key, MacAlgorithm), MacAlgorithm, Message),
      MacAlgorithm,
    }
  },
})

/** Verifies what GenerateMac made. Faults: KMSInvalidMacException for everything else; those of GenerateMac. */
export const VerifyMac = useOfKey('VerifyMac', {
  access: macConditions,
  use({ key, input: { Message, Mac, MacAlgorithm }, call }) {
    if (!verifyMac(macKey(call, key, MacAlgorithm), MacAlgorithm, Message, Mac)) throw faults.invalidMac()
    return { KeyId: key.arn, MacValid: true, MacAlgorithm }
  },
})

function macConditions({ MacAlgorithm }: { readonly MacAlgorithm: MacAlgorithmSpec }) {
  return { conditions: { 'kms:MacAlgorithm': MacAlgorithm } }
}

function macKey(call: KmsCall, key: KeyDocument, algorithm: MacAlgorithmSpec) {
  if (!algorithmsOf(key.spec, 'GENERATE_VERIFY_MAC').includes(algorithm))
    throw faults.wrongAlgorithm(algorithm, key.spec)
  return hmacOf(call, key)
}
