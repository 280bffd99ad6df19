import { kms } from './declare.ts'
import { faults } from './faults.ts'

/** Unpredictable bytes, 1 to 1024 of them. Faults: ValidationException without a number; UnsupportedOperationException. */
export const GenerateRandom = kms('GenerateRandom', {
  access: () => [{ action: 'kms:GenerateRandom', resource: '*' }],
  run({ input: { NumberOfBytes, CustomKeyStoreId, Recipient }, call }) {
    if (Recipient) throw faults.recipient()
    if (CustomKeyStoreId !== undefined) {
      throw faults.unsupported(
        'Random bytes of a key store backed by AWS CloudHSM hardware cannot be had here.',
      )
    }
    if (NumberOfBytes === undefined) throw faults.invalid('NumberOfBytes is required.')
    return { Plaintext: Buffer.from(call.randomBytes(NumberOfBytes)) }
  },
})
