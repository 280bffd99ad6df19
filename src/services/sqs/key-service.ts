import type { Arn } from '#core/arn.ts'
import type { DecryptResponse, GenerateDataKeyResponse } from '#models/kms.d.ts'
import { WireFault } from '#wire/index.ts'
import type { SqsCall } from './declare.ts'
import { faults } from './faults.ts'

export interface NewDataKey {
  readonly plaintext: Uint8Array
  /** Base64. */
  readonly ciphertext: string
}

/** Makes a data key on behalf of the caller, who needs kms:GenerateDataKey. Faults: those of KMS, as SQS names them. */
export function newDataKey(call: SqsCall, KeyId: string, queueArn: Arn): NewDataKey {
  const made = invoke(call, 'GenerateDataKey', {
    KeyId,
    KeySpec: 'AES_256',
    EncryptionContext: context(queueArn),
  }) as GenerateDataKeyResponse // The model's type of the answer.
  return {
    plaintext: made.Plaintext ?? new Uint8Array(),
    ciphertext: Buffer.from(made.CiphertextBlob ?? []).toString('base64'),
  }
}

/** Decrypts a data key on behalf of the caller, who needs kms:Decrypt. Faults: as above. */
export function decryptDataKey(call: SqsCall, ciphertext: string, queueArn: Arn): Uint8Array {
  const opened = invoke(call, 'Decrypt', {
    CiphertextBlob: Buffer.from(ciphertext, 'base64'),
    EncryptionContext: context(queueArn),
  }) as DecryptResponse // As above.
  return opened.Plaintext ?? new Uint8Array()
}

/** Source: SQS Developer Guide, "Key management", encryption context. */
function context(queueArn: Arn): Readonly<Record<string, string>> {
  return { 'aws:sqs:arn': queueArn }
}

/** SQS's names for what KMS refuses; anything else is answered as it is. */
const named: ReadonlyMap<string, (message: string) => Error> = new Map<string, (message: string) => Error>([
  ['AccessDenied', faults.kms.denied],
  ['AccessDeniedException', faults.kms.denied],
  ['DisabledException', faults.kms.disabled],
  ['KMSInvalidStateException', faults.kms.state],
  ['NotFoundException', faults.kms.notFound],
  ['InvalidKeyUsageException', faults.kms.usage],
])

function invoke(call: SqsCall, operation: string, input: object): unknown {
  try {
    return call.invoke('kms', operation, input)
  } catch (error) {
    if (!(error instanceof WireFault)) throw error
    throw named.get(error.code)?.(error.message) ?? error
  }
}
