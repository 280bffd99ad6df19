import type { Call } from '#core/call.ts'
import type { CustomKeyStoreDocument, KeyDocument } from './documents.ts'
import type { ProxySettings } from './proxy-settings.ts'
import type { XksFailure } from './xks/index.ts'

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
  /** Asks the proxy of a store of the caller's whether an external key can serve. Faults: those of CreateKey. */
  readonly check: (call: Call, store: CustomKeyStoreDocument, xksKeyId: string) => Promise<void>
  /** Asks a proxy whether it can serve; undefined when it can. The settings need not be those of a store. */
  readonly health: (call: Call, settings: ProxySettings) => Promise<XksFailure | undefined>
}
