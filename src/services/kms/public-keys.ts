import { publicKeyOf } from './cryptography/index.ts'
import { faults } from './faults.ts'
import { algorithms, legacySpec } from './key-view.ts'
import { onKey } from './on-key.ts'
import { isAsymmetric, pairOf } from './pairs.ts'

/**
 * Gives out the public key of an asymmetric key, for use outside.
 * Faults: UnsupportedOperationException for symmetric and HMAC keys; what the key's state says.
 */
export const GetPublicKey = onKey('GetPublicKey', {
  forKeys(key) {
    if (!isAsymmetric(key)) throw faults.wrongSpec(key.arn, key.spec)
  },
  run({ key, call }) {
    return {
      KeyId: key.arn,
      PublicKey: publicKeyOf(pairOf(call, key)),
      CustomerMasterKeySpec: legacySpec(key.spec),
      KeySpec: key.spec,
      KeyUsage: key.usage,
      ...algorithms(key),
    }
  },
})
