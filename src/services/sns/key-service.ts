import type { Arn } from '#core/arn.ts'
import type { ServiceCall } from '#core/service-calls.ts'
import type { DecryptResponse, GenerateDataKeyResponse } from '#models/kms.d.ts'
import { WireFault } from '#wire/index.ts'
import type { SnsCall } from './declare.ts'
import { faults } from './faults.ts'

export interface NewDataKey {
  readonly plaintext: Uint8Array
  /** Base64. */
  readonly ciphertext: string
}

/** Makes a data key on behalf of the publisher, who needs kms:GenerateDataKey. Faults: those of KMS, as SNS names them. */
export function newDataKey(call: SnsCall, KeyId: string, topicArn: Arn): NewDataKey {
  try {
    const made = call.invoke('kms', 'GenerateDataKey', {
      KeyId,
      KeySpec: 'AES_256',
      EncryptionContext: context(topicArn),
    }) as GenerateDataKeyResponse // The model's type of the answer.
    return {
      plaintext: made.Plaintext ?? new Uint8Array(),
      ciphertext: Buffer.from(made.CiphertextBlob ?? []).toString('base64'),
    }
  } catch (error) {
    if (!(error instanceof WireFault)) throw error
    throw named.get(error.code)?.(error.message) ?? error
  }
}

/** What asks KMS for a data key again: for SNS itself, which the key's policy must let in. */
export function decryptDataKey(
  dataKey: string,
  topicArn: Arn,
): Pick<ServiceCall, 'service' | 'operation' | 'input'> {
  const input = { CiphertextBlob: Buffer.from(dataKey, 'base64'), EncryptionContext: context(topicArn) }
  return { service: 'kms', operation: 'Decrypt', input }
}

export function plaintextOf(answer: unknown): Uint8Array {
  return (answer as DecryptResponse).Plaintext ?? new Uint8Array() // KMS's answer to `decryptDataKey`.
}

/** Source: SNS Developer Guide, "Key management", encryption context. */
function context(topicArn: Arn): Readonly<Record<string, string>> {
  return { 'aws:sns:topicArn': topicArn }
}

/** SNS's names for what KMS refuses; anything else is answered as it is. */
const named: ReadonlyMap<string, (message: string) => Error> = new Map<string, (message: string) => Error>([
  ['AccessDenied', faults.kms.denied],
  ['AccessDeniedException', faults.kms.denied],
  ['DisabledException', faults.kms.disabled],
  ['KMSInvalidStateException', faults.kms.state],
  ['InvalidKeyUsageException', faults.kms.state],
  ['NotFoundException', faults.kms.notFound],
])
