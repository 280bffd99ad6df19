import { type Fault, faultsOf } from '#core/fault.ts'
import type { ConnectionErrorCodeType, Errors } from '#models/kms.d.ts'
import type { XksFailure, XksReason } from './outcome.ts'

const fault = faultsOf<Errors>()

/** Where a failure of the proxy is told to a caller of KMS. */
export type XksOccasion = 'KeyStoreConfiguration' | 'CreateKey' | 'CryptographicOperation'

interface Row {
  /** CreateCustomKeyStore and UpdateCustomKeyStore. */
  readonly store: Errors & `XksProxy${string}`
  readonly createKey: Errors
  /** `ConnectionErrorCode` of a key store that ConnectCustomKeyStore could not connect. */
  readonly connection: ConnectionErrorCodeType
  readonly message: string
}

const uninterpretable =
  'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your ' +
  'external key store proxy administrator.'

/**
 * Each failure in each operation's terms; a cryptographic operation always fails with KMSInvalidStateException.
 *
 * Source: XKS Proxy API Specification, "Error codes", "KMS Considerations" (exceptions and messages); KMS API Reference,
 * CustomKeyStoresListEntry, ConnectionErrorCode, and XksProxyUriUnreachableException (KeyManagersUnavailable).
 * Differs: neither says what follows, so it is ours: `store` where the specification keeps an error out of GetHealthStatus
 * (XksProxyInvalidResponseException: an answer that is not one of that call) and for InvalidStateException; `createKey` of
 * UnsupportedOperationException, for which the specification names an exception that KMS does not have, of InvalidCiphertextException
 * and of KeyManagersUnavailable; `connection` of each, chosen by its description; the messages of KeyManagersUnavailable and UnfitKey.
 */
const rows = {
  ValidationException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message: uninterpretable,
  },
  InvalidStateException: {
    store: 'XksProxyInvalidConfigurationException',
    createKey: 'XksKeyInvalidConfigurationException',
    connection: 'XKS_PROXY_INVALID_CONFIGURATION',
    message:
      'The external key associated with this KMS key in an external key store is not enabled in the external key manager. ' +
      'Enable the external key in the external key manager and retry the request.',
  },
  InvalidCiphertextException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message:
      'The external key store proxy rejected the request because the specified ciphertext or encryption context is corrupted, ' +
      'missing, or otherwise invalid.',
  },
  InvalidKeyUsageException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyInvalidConfigurationException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message:
      'The external key associated with this KMS key in an external key store does not support the requested operation. ' +
      'Enable the operation on the key in your external key manager, and try the request again.',
  },
  AuthenticationFailedException: {
    store: 'XksProxyIncorrectAuthenticationCredentialException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'INVALID_CREDENTIALS',
    message:
      'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy ' +
      'authentication credentials for your external key store and update if necessary.',
  },
  AccessDeniedException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'KMSInvalidStateException',
    connection: 'XKS_PROXY_ACCESS_DENIED',
    message:
      'The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized ' +
      'for this operation, and try the request again.',
  },
  KeyNotFoundException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyNotFoundException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message:
      'The external key associated with this KMS key in an external key store was not found in its external key manager. If the ' +
      'external key ID associated with this KMS key is incorrect, create a new KMS key with the correct external key ID.',
  },
  InvalidUriPathException: {
    store: 'XksProxyInvalidConfigurationException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_CONFIGURATION',
    message:
      'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key ' +
      'store and update if necessary.',
  },
  ThrottlingException: {
    store: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_NOT_REACHABLE',
    message:
      'The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your calls using ' +
      'KMS keys in this external key store.',
  },
  UnsupportedOperationException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyInvalidConfigurationException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message:
      'The external key store proxy rejected the request because it does not support the requested operation. If you see this error ' +
      'repeatedly, report it to your external key store proxy administrator.',
  },
  DependencyTimeoutException: {
    store: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_TIMED_OUT',
    message:
      'The external key store proxy did not respond to the request in the time allotted. Retry the request. If you see this error ' +
      'repeatedly, report it to your external key store proxy administrator.',
  },
  InternalException: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message:
      'The external key store proxy rejected the request because it cannot communicate with the external key manager. Verify that ' +
      'the external key store proxy configuration is correct and that the external key manager is available.',
  },
  Unreachable: {
    store: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_NOT_REACHABLE',
    message:
      'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error ' +
      'repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI ' +
      'is correct in your external keystore.',
  },
  TlsFailed: {
    store: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
    message:
      'AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including its ' +
      'certificate.',
  },
  TimedOut: {
    store: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_TIMED_OUT',
    message:
      'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this ' +
      'error repeatedly, report it to your external key store proxy administrator.',
  },
  MalformedResponse: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message: uninterpretable,
  },
  KeyManagersUnavailable: {
    store: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_NOT_REACHABLE',
    message:
      'The external key store proxy reports that all external key manager instances are unavailable. Verify that your external key ' +
      'manager is operating properly and try the request again.',
  },
  UnfitKey: {
    store: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyInvalidConfigurationException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
    message:
      'The external key must be an AES-256 symmetric key that is enabled and performs encryption and decryption.',
  },
} as const satisfies Record<XksReason, Row>

/** The fault of KMS that a failure of its proxy is. The proxy's own words stay out of it. */
export function xksFault({ reason }: XksFailure, occasion: XksOccasion): Fault {
  const { store, createKey, message } = rows[reason]
  switch (occasion) {
    case 'KeyStoreConfiguration':
      return fault(store, message)
    case 'CreateKey':
      return fault(createKey, message)
    case 'CryptographicOperation':
      return fault('KMSInvalidStateException', message)
  }
}

/** What DescribeCustomKeyStores tells of a key store that could not be connected. */
export function connectionErrorCode({ reason }: XksFailure): ConnectionErrorCodeType {
  return rows[reason].connection
}
