import type { ExternalCiphertext } from './ciphertext.ts'

/** On whose behalf KMS asks, for the proxy's log and its own rules. Source: XKS Proxy API Specification, `requestMetadata`. */
export interface HealthRequestMetadata {
  /** CreateCustomKeyStore, ConnectCustomKeyStore, UpdateCustomKeyStore, or KmsHealthCheck for one that nobody asked for. */
  readonly kmsOperation: string
  readonly kmsRequestId: string
}

/** The same for a call about one external key. */
export interface KeyRequestMetadata extends HealthRequestMetadata {
  /** A principal's ARN, or a service principal. */
  readonly awsPrincipalArn: string
  readonly awsSourceVpc?: string
  readonly awsSourceVpce?: string
  /** Absent in CreateKey alone: there is no ARN yet. */
  readonly kmsKeyArn?: string
  readonly kmsViaService?: string
}

/** The same where the external key is used: there is a KMS key by then. */
export interface CryptographicRequestMetadata extends KeyRequestMetadata {
  readonly kmsKeyArn: string
}

export interface XksEncryptRequest {
  readonly externalKeyId: string
  /** Units: bytes. Every proxy takes 4,300. It stays the caller's to wipe. */
  readonly plaintext: Uint8Array
  /** Units: bytes. Every proxy takes 8,192. */
  readonly additionalAuthenticatedData?: Uint8Array
  readonly requestMetadata: CryptographicRequestMetadata
}

export interface XksDecryptRequest extends ExternalCiphertext {
  readonly externalKeyId: string
  readonly additionalAuthenticatedData?: Uint8Array
  readonly requestMetadata: CryptographicRequestMetadata
}
