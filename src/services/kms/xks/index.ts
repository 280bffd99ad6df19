/** The client's side of the External Key Store proxy API: keys that another key manager holds. */
export { type Network, parseNetwork, type Resolve } from '#core/address-guard.ts'
export type { ExternalCiphertext } from './ciphertext.ts'
export { type EndpointProblem, endpointProblem, words as endpointRules } from './endpoint.ts'
export { connectionErrorCode, xksFault, type XksOccasion } from './faults.ts'
export type { Health, KeyManager } from './health.ts'
export { type ExternalKeyMetadata, unfitKey } from './key-metadata.ts'
export type { XksFailure, XksOutcome, XksReason } from './outcome.ts'
export { connectXksProxy, type XksProxy, type XksProxyOptions } from './proxy.ts'
export type {
  CryptographicRequestMetadata,
  HealthRequestMetadata,
  KeyRequestMetadata,
  XksDecryptRequest,
  XksEncryptRequest,
} from './requests.ts'
