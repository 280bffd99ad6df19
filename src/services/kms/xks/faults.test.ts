// Goal: each failure of a proxy is told as the specification's table says, by an error that the operation's model has.
// Method: the table written out once more, as a person reads it, held against the code and against AWS's service model.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import model from '#models/kms.json' with { type: 'json' }
import { connectionErrorCode, xksFault } from './faults.ts'
import { failed, type XksReason } from './outcome.ts'

// Source: XKS Proxy API Specification, "Error codes"; `connection`: KMS API Reference, CustomKeyStoresListEntry.
const rows: readonly [XksReason, store: string, createKey: string, connection: string, says: string][] = [
  [
    'ValidationException',
    'XksProxyInvalidResponseException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_INVALID_RESPONSE',
    'cannot interpret',
  ],
  [
    'InvalidStateException',
    'XksProxyInvalidConfigurationException',
    'XksKeyInvalidConfigurationException',
    'XKS_PROXY_INVALID_CONFIGURATION',
    'is not enabled',
  ],
  [
    'InvalidCiphertextException',
    'XksProxyInvalidResponseException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_INVALID_RESPONSE',
    'ciphertext or encryption context',
  ],
  [
    'InvalidKeyUsageException',
    'XksProxyInvalidResponseException',
    'XksKeyInvalidConfigurationException',
    'XKS_PROXY_INVALID_RESPONSE',
    'does not support the requested operation. Enable',
  ],
  [
    'AuthenticationFailedException',
    'XksProxyIncorrectAuthenticationCredentialException',
    'CustomKeyStoreInvalidStateException',
    'INVALID_CREDENTIALS',
    'could not authenticate',
  ],
  [
    'AccessDeniedException',
    'XksProxyInvalidResponseException',
    'KMSInvalidStateException',
    'XKS_PROXY_ACCESS_DENIED',
    'denied access',
  ],
  [
    'KeyNotFoundException',
    'XksProxyInvalidResponseException',
    'XksKeyNotFoundException',
    'XKS_PROXY_INVALID_RESPONSE',
    'was not found',
  ],
  [
    'InvalidUriPathException',
    'XksProxyInvalidConfigurationException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_INVALID_CONFIGURATION',
    'invalid URI path',
  ],
  [
    'ThrottlingException',
    'XksProxyUriUnreachableException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_NOT_REACHABLE',
    'very high request rate',
  ],
  [
    'UnsupportedOperationException',
    'XksProxyInvalidResponseException',
    'XksKeyInvalidConfigurationException',
    'XKS_PROXY_INVALID_RESPONSE',
    'does not support the requested operation. If',
  ],
  [
    'DependencyTimeoutException',
    'XksProxyUriUnreachableException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_TIMED_OUT',
    'in the time allotted',
  ],
  [
    'InternalException',
    'XksProxyInvalidResponseException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_INVALID_RESPONSE',
    'cannot communicate with the external key manager',
  ],
  [
    'Unreachable',
    'XksProxyUriUnreachableException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_NOT_REACHABLE',
    'cannot communicate with the external key store proxy',
  ],
  [
    'TlsFailed',
    'XksProxyUriUnreachableException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_INVALID_TLS_CONFIGURATION',
    'TLS configuration',
  ],
  [
    'TimedOut',
    'XksProxyUriUnreachableException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_TIMED_OUT',
    'did not respond in time',
  ],
  [
    'MalformedResponse',
    'XksProxyInvalidResponseException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_INVALID_RESPONSE',
    'cannot interpret',
  ],
  [
    'KeyManagersUnavailable',
    'XksProxyUriUnreachableException',
    'CustomKeyStoreInvalidStateException',
    'XKS_PROXY_NOT_REACHABLE',
    'unavailable',
  ],
  [
    'UnfitKey',
    'XksProxyInvalidResponseException',
    'XksKeyInvalidConfigurationException',
    'XKS_PROXY_INVALID_RESPONSE',
    'AES-256',
  ],
]

const modelled = ({ errors }: { readonly errors: readonly string[] }): ReadonlySet<string> => new Set(errors)
const { CreateCustomKeyStore, UpdateCustomKeyStore, CreateKey } = model.operations

for (const [reason, store, createKey, connection, says] of rows) {
  test(`xks faults: ${reason}`, () => {
    const failure = failed(reason, 'what the proxy said')
    const told = [
      xksFault(failure, 'KeyStoreConfiguration'),
      xksFault(failure, 'CreateKey'),
      xksFault(failure, 'CryptographicOperation'),
    ]
    assert.deepEqual(
      told.map(({ code }) => code),
      [store, createKey, 'KMSInvalidStateException'],
    )
    for (const { message } of told) {
      assert.ok(message.includes(says), message)
      assert.ok(!message.includes(failure.detail), 'the proxy has no say in what a caller reads')
    }
    assert.equal(connectionErrorCode(failure), connection)
    assert.ok(modelled(CreateCustomKeyStore).has(store) && modelled(UpdateCustomKeyStore).has(store))
    // The specification's own exception to CreateKey's model.
    assert.ok(modelled(CreateKey).has(createKey) || reason === 'AccessDeniedException')
  })
}

test('xks faults: every reason has its row', () => {
  assert.equal(new Set(rows.map(([reason]) => reason)).size, 18)
})

test('xks outcome: what a proxy says is cut and cleaned before it can reach a log', () => {
  const { detail } = failed('InternalException', `a\nb\u001b[31mé${'x'.repeat(1000)}`)
  assert.ok(detail.startsWith('a?b?[31m?xxx'), detail)
  assert.equal(detail.length, 511)
})
