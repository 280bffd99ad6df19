import { sealedText } from '#core/seal/index.ts'

/** What a message says (SSE-SQS); the owner is the message's id. */
export const sealedContent = sealedText('sqs-message', (messageId) => messageId)
