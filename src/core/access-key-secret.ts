import { sealedText } from './seal/index.ts'

/** The secret of a long-term access key; its owner is the access key id. */
export const accessKeySecret = sealedText('access-key', (accessKeyId) => accessKeyId)
