import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Arn } from '#core/arn.ts'
import { attributeOf } from './attributes.ts'
import type { SqsCall } from './declare.ts'
import { contentIdOf, type MessageDocument, type QueueDocument, type StoredContent } from './documents.ts'
import { decryptDataKey, type NewDataKey, newDataKey } from './key-service.ts'
import type { KeptAttributes } from './message-attributes.ts'
import { sealedContent } from './sealed.ts'

/** What a sender said. */
export interface Content {
  readonly body: string
  readonly attributes: KeptAttributes
}

/** Turns contents of one call into what is kept. */
export type Keep = (messageId: string, content: Content) => StoredContent

/** Longer texts stand beside their message. Units: UTF-16 code units. */
const inlineMax = 4_096

const [nonceBytes, tagBytes] = [12, 16]

/**
 * How a queue's contents are kept: under a data key of its KMS key, which is made once a call, on behalf of the caller; sealed; or plainly.
 * Source: SQS Developer Guide, "Encryption at rest in Amazon SQS". Differs: a data key is never used for a second call.
 */
export function keeper(call: SqsCall, queue: QueueDocument): Keep {
  const keyId = attributeOf(queue, 'KmsMasterKeyId')
  if (keyId === undefined) {
    if (attributeOf(queue, 'SqsManagedSseEnabled') !== 'true')
      return (_, content) => ({ kind: 'plain', text: JSON.stringify(content) })
    return (messageId, content) => ({
      kind: 'sealed',
      sealed: sealedContent.seal(call.seal, messageId, JSON.stringify(content)),
    })
  }
  let dataKey: NewDataKey | undefined
  return (messageId, content) => {
    dataKey ??= newDataKey(call, keyId, queue.arn)
    return encrypted(call, dataKey, queue.arn, messageId, content)
  }
}

function encrypted(
  call: SqsCall,
  { plaintext, ciphertext }: NewDataKey,
  contextArn: Arn,
  messageId: string,
  content: Content,
): StoredContent {
  const nonce = call.randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', plaintext, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(messageId))
  const bytes = Buffer.concat([
    nonce,
    cipher.update(JSON.stringify(content)),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  return { kind: 'kms', dataKey: ciphertext, contextArn, encrypted: bytes.toString('base64') }
}

/** Opens what is kept; data keys are asked for once a call. Faults: those of KMS, as SQS names them. */
export function opener(call: SqsCall): (messageId: string, content: StoredContent) => Content {
  const dataKeys = new Map<string, Uint8Array>()
  return (messageId, content) => {
    switch (content.kind) {
      case 'plain':
        return read(content.text)
      case 'sealed':
        return read(sealedContent.open(call.seal, messageId, content.sealed).toString())
      case 'kms': {
        let dataKey = dataKeys.get(content.dataKey)
        if (!dataKey) {
          dataKey = decryptDataKey(call, content.dataKey, content.contextArn)
          dataKeys.set(content.dataKey, dataKey)
        }
        return read(decrypted(dataKey, messageId, content.encrypted))
      }
    }
  }
}

function decrypted(dataKey: Uint8Array, messageId: string, text: string): string {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', dataKey, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(Buffer.from(messageId))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const start = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
  return Buffer.concat([start, decipher.final()]).toString()
}

function read(text: string): Content {
  return JSON.parse(text) as Content // `keeper` wrote it.
}

/** Puts a new message, its content beside it where that is large. */
export function putNew(
  call: SqsCall,
  queue: QueueDocument,
  id: string,
  { content, ...message }: MessageDocument & { readonly content: StoredContent },
): void {
  const inTable = call.messages.in(queue.account)
  if (sizeOf(content) <= inlineMax) return inTable.put(id, { ...message, content })
  inTable.put(id, message)
  call.contents.in(queue.account).put(message.messageId, { content })
}

function sizeOf(content: StoredContent): number {
  if (content.kind === 'plain') return content.text.length
  return content.kind === 'sealed' ? content.sealed.length : content.encrypted.length
}

/** What a message says, wherever it stands. */
export function contentOf(
  call: SqsCall,
  queue: QueueDocument,
  message: MessageDocument,
): StoredContent | undefined {
  return message.content ?? call.contents.in(queue.account).get(contentIdOf(message))?.content
}

/** Deletes a message with its content. */
export function remove(call: SqsCall, queue: QueueDocument, id: string, message: MessageDocument): void {
  call.messages.in(queue.account).delete(id)
  if (message.content === undefined) call.contents.in(queue.account).delete(contentIdOf(message))
}
