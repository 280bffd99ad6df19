/** The client's side of the External Key Store proxy API: keys that another key manager holds. */
export { parseNetwork } from '#core/address-guard.ts'
export type { ExternalCiphertext } from './ciphertext.ts'
export { endpointProblem, words as endpointRules } from './endpoint.ts'
export { connectionErrorCode, xksFault } from './faults.ts'
export { unfitKey } from './key-metadata.ts'
export type { XksFailure, XksOutcome } from './outcome.ts'
export { connectXksProxy, type XksProxy, type XksProxyOptions } from './proxy.ts'
export type { CryptographicRequestMetadata, HealthRequestMetadata, KeyRequestMetadata } from './requests.ts'
