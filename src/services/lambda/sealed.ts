import { sealedText } from '#core/seal/index.ts'

/** The variables of a function; the owner is its ARN. */
export const sealedVariables = sealedText('lambda-variables', (functionArn) => functionArn)
