import { sealedText } from '#core/seal/index.ts'

/** What was published; the owner is the publication's id. */
export const sealedMessage = sealedText('sns-message', (id) => id)

/** The private key by which deliveries are signed; there is one. */
export const sealedSigningKey = sealedText('sns-signing-key', (id) => id)
