// Goal: a custom key store is what its proxy makes it: made only over a proxy that answers, connected only to one that can serve, and
// gone only when no key needs it.
// Method: AWS's own client, a real proxy; rows of what is refused, one thing wrong in each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateCustomKeyStoreCommandInput, UpdateCustomKeyStoreCommandInput } from '@aws-sdk/client-kms'
import { answer } from '../../../test/kms/xks-proxy/proxy.ts'
import { refusal, startMs, there } from './rig.test.ts'
import {
  credential,
  described,
  externalKey,
  hostname,
  hostnames,
  stored,
  type StoresRig,
  storesRig,
  uriPath,
} from './stores-rig.test.ts'

const dayMs = 24 * 3600 * 1000

test('custom key stores: the whole life of one', async (t) => {
  const rig = await storesRig(t)
  const { admin, input, proxy, clock } = rig
  const { CustomKeyStoreId = '' } = await admin.createCustomKeyStore(input())
  assert.match(CustomKeyStoreId, /^cks-[0-9a-f]{17}$/)
  const name = { CustomKeyStoreId }
  assert.deepEqual(await described(admin, CustomKeyStoreId), {
    CustomKeyStoreId,
    CustomKeyStoreName: 'ours',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    CreationDate: new Date(startMs),
    ConnectionState: 'DISCONNECTED',
    XksProxyConfiguration: {
      Connectivity: 'PUBLIC_ENDPOINT',
      AccessKeyId: credential.AccessKeyId,
      UriEndpoint: `https://${hostname}:${proxy.port}`,
      UriPath: uriPath,
    },
  })
  const early = externalKey(admin, CustomKeyStoreId)
  assert.match(await refusal(early), /^CustomKeyStoreInvalidStateException: .*DISCONNECTED/)

  await admin.connectCustomKeyStore(name)
  assert.equal((await described(admin, CustomKeyStoreId))?.ConnectionState, 'CONNECTED')
  await admin.connectCustomKeyStore(name) // Twice changes nothing.
  const asked = proxy.received.map(({ members }) => members['requestMetadata'] as Record<string, unknown>)
  assert.deepEqual(
    asked.map(({ kmsOperation }) => kmsOperation),
    ['CreateCustomKeyStore', 'ConnectCustomKeyStore'],
  )

  const KeyId = await externalKey(admin, CustomKeyStoreId)
  const { KeyMetadata } = await admin.describeKey({ KeyId })
  assert.deepEqual(
    [
      KeyMetadata?.Origin,
      KeyMetadata?.CustomKeyStoreId,
      KeyMetadata?.XksKeyConfiguration,
      KeyMetadata?.KeyState,
    ],
    ['EXTERNAL_KEY_STORE', CustomKeyStoreId, { Id: 'key-1' }, 'Enabled'],
  )
  assert.match(await refusal(admin.deleteCustomKeyStore(name)), /^CustomKeyStoreHasCMKsException/)
  await admin.disconnectCustomKeyStore(name)
  assert.match(
    await refusal(admin.disconnectCustomKeyStore(name)),
    /^CustomKeyStoreInvalidStateException: .*is DISCONNECTED/,
  )
  await admin.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  assert.match(await refusal(admin.deleteCustomKeyStore(name)), /^CustomKeyStoreHasCMKsException/)
  clock.nowMs += 7 * dayMs
  const later = rig.later()
  await later.connectCustomKeyStore(name)
  assert.match(
    await refusal(later.deleteCustomKeyStore(name)),
    /^CustomKeyStoreInvalidStateException: .*CONNECTED/,
  )
  await later.disconnectCustomKeyStore(name)
  await later.deleteCustomKeyStore(name)
  assert.ok(proxy.keys.has('key-1'), 'the external key is not touched')
  assert.match(await refusal(described(later, CustomKeyStoreId)), /^CustomKeyStoreNotFoundException/)
  assert.deepEqual((await later.describeCustomKeyStores({})).CustomKeyStores, [])
})

test('custom key stores: the secret is sealed, never shown, and never recorded', async (t) => {
  const rig = await storesRig(t)
  await rig.connected()
  assert.ok(stored(rig).includes(credential.AccessKeyId), 'the test looks where it should')
  assert.ok(!stored(rig).includes(credential.RawSecretAccessKey))
  const { CustomKeyStores } = await rig.admin.describeCustomKeyStores({})
  assert.ok(!JSON.stringify(CustomKeyStores).includes(credential.RawSecretAccessKey))
})

const creations: readonly [
  name: string,
  differences: Partial<CreateCustomKeyStoreCommandInput>,
  want: RegExp,
][] = [
  [
    'AWS CloudHSM',
    { CustomKeyStoreType: 'AWS_CLOUDHSM' },
    /^UnsupportedOperationException: .*CloudHSM hardware/,
  ],
  [
    'no type, which means AWS CloudHSM',
    { CustomKeyStoreType: undefined },
    /^UnsupportedOperationException: .*CloudHSM/,
  ],
  [
    'a member of the other type',
    { KeyStorePassword: 'password' },
    /^ValidationException: .*KeyStorePassword/,
  ],
  [
    'a VPC endpoint service',
    { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' },
    /^UnsupportedOperationException: .*VPC/,
  ],
  [
    'the name of one',
    { XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0' },
    /^UnsupportedOperationException: .*VPC/,
  ],
  [
    'no connectivity',
    { XksProxyConnectivity: undefined },
    /^ValidationException: XksProxyConnectivity is required/,
  ],
  [
    'no endpoint',
    { XksProxyUriEndpoint: undefined },
    /^ValidationException: XksProxyUriEndpoint is required/,
  ],
  ['no path', { XksProxyUriPath: undefined }, /^ValidationException: XksProxyUriPath is required/],
  [
    'no credential',
    { XksProxyAuthenticationCredential: undefined },
    /^ValidationException: .*Credential is required/,
  ],
  [
    'an address for a name',
    { XksProxyUriEndpoint: 'https://127.0.0.1' },
    /^ValidationException: XksProxyUriEndpoint must name a host/,
  ],
  ['another scheme', { XksProxyUriEndpoint: 'http://proxy.example.com' }, /^ValidationException/],
  ['another version', { XksProxyUriPath: '/kms/xks/v2' }, /^ValidationException: XksProxyUriPath must end/],
  ['an empty name', { CustomKeyStoreName: '' }, /^ValidationException/],
  [
    'nobody at the port',
    { XksProxyUriEndpoint: `https://${hostname}:9` },
    /^XksProxyUriUnreachableException/,
  ],
  [
    'a name the certificate lacks',
    { XksProxyUriEndpoint: 'another host' },
    /^XksProxyUriUnreachableException: .*TLS/,
  ],
  [
    'a path that is not there',
    { XksProxyUriPath: '/other/kms/xks/v1' },
    /^XksProxyInvalidConfigurationException: .*URI path/,
  ],
  [
    'another secret',
    { XksProxyAuthenticationCredential: { ...credential, RawSecretAccessKey: 'A'.repeat(43) } },
    /^XksProxyIncorrectAuthenticationCredentialException/,
  ],
]

test('CreateCustomKeyStore: what is refused makes nothing', async (t) => {
  const { admin, input, proxy } = await storesRig(t)
  for (const [name, differences, want] of creations) {
    const asked = input(differences)
    if (asked.XksProxyUriEndpoint === 'another host') {
      asked.XksProxyUriEndpoint = `https://other.example.com:${proxy.port}`
    }
    assert.match(await refusal(admin.createCustomKeyStore(asked)), want, name)
  }
  assert.equal(creations.length, 17)
  assert.deepEqual((await admin.describeCustomKeyStores({})).CustomKeyStores, [])
})

/** What a proxy does, and what of it is told: to CreateCustomKeyStore, and as ConnectionErrorCode. */
const failures: readonly [name: string, arrange: (rig: StoresRig) => void, fault: string, code: string][] = [
  [
    'no key manager is left',
    ({ proxy }) => (proxy.healthStatus = 'UNAVAILABLE'),
    'XksProxyUriUnreachableException',
    'XKS_PROXY_NOT_REACHABLE',
  ],
  [
    'garbage',
    ({ proxy }) => (proxy.instead = (response) => void response.end('garbage')),
    'XksProxyInvalidResponseException',
    'XKS_PROXY_INVALID_RESPONSE',
  ],
  [
    'silence',
    ({ proxy, fire }) => (proxy.instead = fire),
    'XksProxyUriUnreachableException',
    'XKS_PROXY_TIMED_OUT',
  ],
  [
    'a hang-up',
    ({ proxy }) => (proxy.hangUpOnce = true),
    'XksProxyUriUnreachableException',
    'XKS_PROXY_NOT_REACHABLE',
  ],
  [
    'credentials that were taken away',
    says(401, 'AuthenticationFailedException'),
    'XksProxyIncorrectAuthenticationCredentialException',
    'INVALID_CREDENTIALS',
  ],
  [
    'a path that is gone',
    says(404, 'InvalidUriPathException'),
    'XksProxyInvalidConfigurationException',
    'XKS_PROXY_INVALID_CONFIGURATION',
  ],
  [
    'no leave',
    says(403, 'AccessDeniedException'),
    'XksProxyInvalidResponseException',
    'XKS_PROXY_ACCESS_DENIED',
  ],
  [
    'too many requests',
    says(429, 'ThrottlingException'),
    'XksProxyUriUnreachableException',
    'XKS_PROXY_NOT_REACHABLE',
  ],
  [
    'a key manager that is slow',
    says(503, 'DependencyTimeoutException'),
    'XksProxyUriUnreachableException',
    'XKS_PROXY_TIMED_OUT',
  ],
  [
    'an error of its own',
    says(500, 'InternalException'),
    'XksProxyInvalidResponseException',
    'XKS_PROXY_INVALID_RESPONSE',
  ],
]

function says(status: number, errorName: string) {
  return ({ proxy }: StoresRig) =>
    (proxy.instead = (response) => answer(response, status, { errorName, errorMessage: 'secret detail' }))
}

test('custom key stores: a proxy that fails is no key store, and one that fails later is not connected', async (t) => {
  const rig = await storesRig(t)
  const { admin, input, proxy, logged } = rig
  const { CustomKeyStoreId = '' } = await admin.createCustomKeyStore(input())
  const other = input({
    CustomKeyStoreName: 'other',
    XksProxyUriEndpoint: `https://${hostnames[0]}:${proxy.port}`,
  })
  for (const [name, arrange, fault, code] of failures) {
    arrange(rig)
    const told = await refusal(admin.createCustomKeyStore(other))
    assert.equal(told.split(':')[0], fault, `${name}: ${told}`)
    assert.ok(!told.includes('secret detail'), 'the proxy’s words are not for the caller')
    arrange(rig)
    await admin.connectCustomKeyStore({ CustomKeyStoreId })
    const { ConnectionState, ConnectionErrorCode } = (await described(admin, CustomKeyStoreId)) ?? {}
    assert.deepEqual([ConnectionState, ConnectionErrorCode], ['FAILED', code], name)
    const again = await refusal(admin.connectCustomKeyStore({ CustomKeyStoreId }))
    assert.match(again, /^CustomKeyStoreInvalidStateException: .*FAILED/)
    assert.match(
      await refusal(admin.deleteCustomKeyStore({ CustomKeyStoreId })),
      /^CustomKeyStoreInvalidStateException/,
    )
    await admin.disconnectCustomKeyStore({ CustomKeyStoreId })
    assert.equal((await described(admin, CustomKeyStoreId))?.ConnectionErrorCode, undefined)
    proxy.instead = undefined
    proxy.healthStatus = 'ACTIVE'
  }
  assert.equal(failures.length, 10)
  assert.ok(
    logged.some(({ detail }) => detail === 'secret detail'),
    'they are for the operator',
  )
  await admin.connectCustomKeyStore({ CustomKeyStoreId })
  assert.equal((await described(admin, CustomKeyStoreId))?.ConnectionState, 'CONNECTED')
})

test('custom key stores: names and proxies are one key store’s alone, in one account and Region', async (t) => {
  const { admin, input, as, administrators, proxy } = await storesRig(t)
  const { CustomKeyStoreId } = await admin.createCustomKeyStore(input())
  const taken = input({ CustomKeyStoreName: 'theirs' })
  assert.match(await refusal(admin.createCustomKeyStore(input())), /^CustomKeyStoreNameInUseException/)
  assert.match(await refusal(admin.createCustomKeyStore(taken)), /^XksProxyUriInUseException/)
  const foreign = administrators.get(there)
  assert.ok(foreign)
  const other = as(foreign)
  const { CustomKeyStoreId: theirs } = await other.createCustomKeyStore(input())
  assert.notEqual(theirs, CustomKeyStoreId)
  assert.match(
    await refusal(other.describeCustomKeyStores({ CustomKeyStoreId })),
    /^CustomKeyStoreNotFoundException/,
  )
  assert.match(
    await refusal(other.deleteCustomKeyStore({ CustomKeyStoreId })),
    /^CustomKeyStoreNotFoundException/,
  )

  const spelled = input({
    CustomKeyStoreName: 'theirs',
    XksProxyUriEndpoint: `https://${hostname.toUpperCase()}:${proxy.port}`,
  })
  assert.match(await refusal(admin.createCustomKeyStore(spelled)), /^XksProxyUriInUseException/)

  // At the same time: both ask the proxy, one is told.
  const another = { ...taken, XksProxyUriEndpoint: `https://${hostnames[0]}:${proxy.port}` }
  const both = await Promise.all([1, 2].map(() => refusal(admin.createCustomKeyStore(another))))
  assert.deepEqual(
    new Set(both.map((told) => told.split(':')[0])),
    new Set(['CustomKeyStoreNameInUseException', 'no refusal']),
  )
})

test('DescribeCustomKeyStores: by id, by name, page by page, at most ten; only with leave', async (t) => {
  const { admin, input, user, as, proxy } = await storesRig(t)
  const ids: string[] = []
  for (let number = 0; number < 10; number += 1) {
    const { CustomKeyStoreId = '' } = await admin.createCustomKeyStore(
      input({
        CustomKeyStoreName: `store ${number}`,
        XksProxyUriEndpoint: `https://${hostnames[number]}:${proxy.port}`,
      }),
    )
    ids.push(CustomKeyStoreId)
  }
  const eleventh = input({ CustomKeyStoreName: 'one more' })
  assert.match(await refusal(admin.createCustomKeyStore(eleventh)), /^LimitExceededException/)
  const seen: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const {
      CustomKeyStores = [],
      NextMarker,
      Truncated,
    } = await admin.describeCustomKeyStores({ Limit: 3, Marker })
    seen.push(...CustomKeyStores.map(({ CustomKeyStoreId }) => CustomKeyStoreId))
    assert.equal(Truncated, NextMarker !== undefined)
    Marker = NextMarker
  } while (Marker !== undefined)
  assert.deepEqual(seen, ids.toSorted())
  const { CustomKeyStores } = await admin.describeCustomKeyStores({ CustomKeyStoreName: 'store 4' })
  assert.deepEqual(
    CustomKeyStores?.map(({ CustomKeyStoreId }) => CustomKeyStoreId),
    [ids[4]],
  )
  assert.match(
    await refusal(admin.describeCustomKeyStores({ CustomKeyStoreName: 'store' })),
    /^CustomKeyStoreNotFoundException/,
  )
  const two = { CustomKeyStoreName: 'store 4', CustomKeyStoreId: ids[4] }
  assert.match(await refusal(admin.describeCustomKeyStores(two)), /^ValidationException/)
  assert.match(await refusal(admin.describeCustomKeyStores({ Marker: 'x' })), /^InvalidMarkerException/)

  const allowed = (account: string) =>
    user(`of-${account}`, [
      {
        Effect: 'Allow',
        Action: 'kms:*CustomKeyStore*',
        Resource: '*',
        Condition: { StringEquals: { 'kms:CallerAccount': account } },
      },
    ])
  const [own, none] = [as(await allowed('111122223333')), as(await allowed('999999999999'))]
  assert.equal((await own.describeCustomKeyStores({})).CustomKeyStores?.length, 10)
  const calls: (() => Promise<unknown>)[] = [
    () => none.describeCustomKeyStores({}),
    () => none.createCustomKeyStore(eleventh),
    () => none.updateCustomKeyStore({ CustomKeyStoreId: 'cks-unknown' }),
    () => none.connectCustomKeyStore({ CustomKeyStoreId: 'cks-unknown' }),
    () => none.disconnectCustomKeyStore({ CustomKeyStoreId: 'cks-unknown' }),
    () => none.deleteCustomKeyStore({ CustomKeyStoreId: 'cks-unknown' }),
  ]
  for (const call of calls) assert.match(await refusal(call()), /^AccessDenied/)
  assert.equal(calls.length, 6)
  const unknown = { CustomKeyStoreId: 'cks-unknown' }
  for (const operation of [
    'updateCustomKeyStore',
    'connectCustomKeyStore',
    'disconnectCustomKeyStore',
    'deleteCustomKeyStore',
  ] as const) {
    assert.match(await refusal(own[operation](unknown)), /^CustomKeyStoreNotFoundException/, operation)
  }
})

const updates: readonly [name: string, changes: Partial<UpdateCustomKeyStoreCommandInput>, want: RegExp][] = [
  ['the name of another', { NewCustomKeyStoreName: 'other' }, /^CustomKeyStoreNameInUseException/],
  [
    'the endpoint while connected',
    { XksProxyUriEndpoint: 'https://new.example.com' },
    /^CustomKeyStoreInvalidStateException/,
  ],
  [
    'the connectivity while connected',
    { XksProxyConnectivity: 'PUBLIC_ENDPOINT' },
    /^CustomKeyStoreInvalidStateException/,
  ],
  [
    'a VPC endpoint service',
    { XksProxyVpcEndpointServiceOwner: '111122223333' },
    /^UnsupportedOperationException/,
  ],
  ['a password', { KeyStorePassword: 'password' }, /^ValidationException/],
  [
    'a path that is not there',
    { XksProxyUriPath: '/new/kms/xks/v1' },
    /^XksProxyInvalidConfigurationException/,
  ],
  [
    'a credential that the proxy does not know',
    { XksProxyAuthenticationCredential: { ...credential, AccessKeyId: 'B'.repeat(20) } },
    /^XksProxyIncorrectAuthenticationCredentialException/,
  ],
]

test('UpdateCustomKeyStore: what is refused changes nothing; what a proxy answers to is taken', async (t) => {
  const rig = await storesRig(t)
  const { admin, connected, input, proxy } = rig
  const CustomKeyStoreId = await connected()
  const [theirs, free] = hostnames.map((name) => `https://${name}:${proxy.port}`)
  await admin.createCustomKeyStore(input({ CustomKeyStoreName: 'other', XksProxyUriEndpoint: theirs }))
  const before = await described(admin, CustomKeyStoreId)
  for (const [name, changes, want] of updates) {
    assert.match(await refusal(admin.updateCustomKeyStore({ CustomKeyStoreId, ...changes })), want, name)
    assert.deepEqual(await described(admin, CustomKeyStoreId), before, name)
  }
  assert.equal(updates.length, 7)

  await admin.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' })
  await admin.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' })
  assert.equal((await described(admin, CustomKeyStoreId))?.CustomKeyStoreName, 'renamed')
  await admin.disconnectCustomKeyStore({ CustomKeyStoreId })
  const taken = await refusal(admin.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriEndpoint: theirs }))
  assert.match(taken, /^XksProxyUriInUseException/)
  await admin.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriEndpoint: free })
  assert.equal((await described(admin, CustomKeyStoreId))?.XksProxyConfiguration?.UriEndpoint, free)
})

test('UpdateCustomKeyStore: another credential serves the keys from the next call on', async (t) => {
  const { admin, connected, proxy } = await storesRig(t)
  const CustomKeyStoreId = await connected()
  const KeyId = await externalKey(admin, CustomKeyStoreId)
  const encrypt = () => admin.encrypt({ KeyId, Plaintext: Buffer.from('x') })
  await encrypt()
  const renewed = { AccessKeyId: 'C'.repeat(20), RawSecretAccessKey: 'D'.repeat(43) }
  proxy.credentials = { accessKeyId: renewed.AccessKeyId, secretAccessKey: renewed.RawSecretAccessKey }
  assert.match(await refusal(encrypt()), /^KMSInvalidStateException: .*could not authenticate/)
  await admin.updateCustomKeyStore({ CustomKeyStoreId, XksProxyAuthenticationCredential: renewed })
  await encrypt()
})
