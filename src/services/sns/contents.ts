import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Seal } from '#core/seal/index.ts'
import type { SnsCall } from './declare.ts'
import type { StoredSaid, TopicDocument } from './documents.ts'
import { type NewDataKey, newDataKey } from './key-service.ts'
import type { Said } from './message.ts'
import { sealedMessage } from './sealed.ts'

/** Turns what is said in one call into what is kept. */
export type Keep = (messageId: string, said: Said) => StoredSaid

const [nonceBytes, tagBytes] = [12, 16]

/**
 * How a topic's messages are kept while they wait: under a data key of its KMS key, made once a call on behalf of the publisher, or sealed.
 * Source: SNS Developer Guide, "Securing Amazon SNS data with server-side encryption". Differs: no data key is used for a second call.
 */
export function keeper(call: SnsCall, topic: TopicDocument): Keep {
  const keyId = topic.attributes['KmsMasterKeyId']
  if (keyId === undefined || keyId === '') return (messageId, said) => sealed(call.seal, messageId, said)
  let dataKey: NewDataKey | undefined
  return (messageId, said) => {
    dataKey ??= newDataKey(call, keyId, topic.arn)
    const nonce = call.randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', dataKey.plaintext, nonce, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(messageId))
    const text = Buffer.concat([cipher.update(JSON.stringify(said)), cipher.final()])
    const encrypted = Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64')
    return { kind: 'kms', dataKey: dataKey.ciphertext, encrypted }
  }
}

export function sealed(seal: Seal, messageId: string, said: Said): StoredSaid {
  return { kind: 'sealed', sealed: sealedMessage.seal(seal, messageId, JSON.stringify(said)) }
}

export function openSealed(seal: Seal, messageId: string, text: string): Said {
  return read(sealedMessage.open(seal, messageId, text).toString())
}

export function decrypted(dataKey: Uint8Array, messageId: string, text: string): Said {
  const bytes = Buffer.from(text, 'base64')
  const nonce = bytes.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(messageId))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const start = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
  return read(Buffer.concat([start, decipher.final()]).toString())
}

function read(text: string): Said {
  return JSON.parse(text) as Said // `keeper` wrote it.
}
