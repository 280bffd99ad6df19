import { sealedText } from '#core/seal/index.ts'

/** What a connection authorizes with; the owner is its ARN, which no other connection ever has. */
export const sealedAuthorization = sealedText('events-connection', (arn) => arn)
