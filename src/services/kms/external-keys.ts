import type { Call } from '#core/call.ts'
import type { KeyDocument } from './documents.ts'

/**
 * The second encryption of keys of an external key store: what KMS has encrypted under the key's own material, the external key
 * encrypts once more, so that neither can decrypt alone.
 * Source: KMS Developer Guide, "How external key stores work", double encryption.
 */
export interface ExternalKeys {
  /** Wraps what KMS encrypted. Faults: KMSInvalidStateException with what the proxy's failure means. */
  readonly wrap: (call: Call, key: KeyDocument, inner: Buffer) => Promise<Buffer>
  /** Gives back what `wrap` was given. Faults: those of `wrap`; InvalidCiphertextException. */
  readonly unwrap: (call: Call, key: KeyDocument, outer: Uint8Array) => Promise<Buffer>
  /** The key that a wrapped blob names; undefined for anything else. */
  readonly keyIdOf: (outer: Uint8Array) => string | undefined
  /** Checks that an external key can serve. Faults: those of CreateKey. */
  readonly check: (call: Call, customKeyStoreId: string, xksKeyId: string) => Promise<void>
}
