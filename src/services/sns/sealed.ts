import { sealedText } from '#core/seal/index.ts'

/** What was published; the owner is the publication's id. */
export const sealedMessage = sealedText('sns-message', (id) => id)
