import { sealedText } from '#core/seal/index.ts'

/** An API key, kept so that ListAPIKeys can show it again; the owner is the id of its document. */
export const sealedApiKey = sealedText('wafv2-api-key', (id) => id)
