// Goal: the client's calls work with a real proxy, and every way in which one can fail comes to the right outcome, and none to an
// exception.
// Method: a proxy in this process, over TLS, which verifies signatures with the AWS SDK's signer and encrypts with its own code. Each row
// breaks one thing. No row waits: the timer that ends a call is fired by the test.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { before, beforeEach, test } from 'node:test'
import { heldKey } from '../../../../test/kms/xks-proxy/keys.ts'
import { answer, type TestProxy } from '../../../../test/kms/xks-proxy/proxy.ts'
import { type ExternalCiphertext, unfitKey, type XksOutcome, type XksProxy } from './index.ts'
import {
  additionalAuthenticatedData,
  connect,
  credentials,
  encryptBy,
  fire,
  proxyWith,
  reasonOf,
  requestMetadata,
  uriPath,
  valueOf,
} from './rig.test.ts'

const healthMetadata = { kmsOperation: 'CreateCustomKeyStore', kmsRequestId: requestMetadata.kmsRequestId }

/** The one proxy and client that most rows share. */
let proxy: TestProxy
let client: XksProxy
before(async () => {
  proxy = await proxyWith()
  client = connect(proxy.port)
})
beforeEach(() => {
  proxy.instead = undefined
  proxy.healthStatus = 'ACTIVE'
  proxy.refused.clear()
  proxy.received.length = 0
  proxy.keys.clear()
  proxy.keys.set('key-1', heldKey())
})

const encrypt = (by = client, externalKeyId = 'key-1') => encryptBy(by, externalKeyId)
const decrypt = (made: ExternalCiphertext, by = client) =>
  by.decrypt({ ...made, externalKeyId: 'key-1', additionalAuthenticatedData, requestMetadata })

test('xks: health, and what the proxy learns of the request', async () => {
  const { ekmFleetDetails } = valueOf(await client.health(healthMetadata))
  assert.deepEqual(ekmFleetDetails, [
    { id: 'memory', model: 'AES-256-GCM in memory', healthStatus: 'ACTIVE' },
  ])
  const [received] = proxy.received
  assert.equal(received?.path, `${uriPath}/health`)
  assert.deepEqual(received.members, { requestMetadata: healthMetadata })
  assert.equal(received.headers['content-type'], 'application/json')
  assert.match(
    String(received.headers['authorization']),
    /Credential=ABCDEFGHIJKLMNOPQRSTUVWXYZ\/20260228\/eu-central-1\/kms-xks-proxy\/aws4_request, SignedHeaders=host;x-amz-date, /,
  )
})

test('xks: key metadata', async () => {
  const { kmsKeyArn: _, ...createKey } = { ...requestMetadata, kmsOperation: 'CreateKey' }
  const metadata = valueOf(await client.keyMetadata('key-1', createKey))
  assert.deepEqual(metadata, { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' })
  assert.equal(unfitKey(metadata), undefined)
  assert.equal(proxy.received[0]?.path, `${uriPath}/keys/key-1/metadata`)
  assert.deepEqual(proxy.received[0].members, { requestMetadata: createKey })
})

test('xks: encrypt and decrypt, with and without additional data and the proxy’s own metadata', async () => {
  let ran = 0
  for (const aad of [undefined, additionalAuthenticatedData, Buffer.alloc(8192, 1)]) {
    for (const metadata of [undefined, Buffer.from('key_version=1')]) {
      proxy.keys.set('key-1', heldKey(metadata && { ciphertextMetadata: metadata }))
      const request = {
        externalKeyId: 'key-1',
        requestMetadata,
        ...(aad && { additionalAuthenticatedData: aad }),
      }
      const made = valueOf(await client.encrypt({ ...request, plaintext: Buffer.alloc(4300, 7) }))
      assert.deepEqual(made.ciphertextMetadata, metadata)
      assert.ok(!made.ciphertext.includes(Buffer.alloc(16, 7)))
      const back = valueOf(await client.decrypt({ ...request, ...made }))
      assert.deepEqual(back.plaintext, Buffer.alloc(4300, 7))
      const other = await client.decrypt({
        ...request,
        ...made,
        additionalAuthenticatedData: Buffer.from('other'),
      })
      assert.equal(reasonOf(other), 'InvalidCiphertextException')
      ran += 1
    }
  }
  assert.equal(ran, 6)
  assert.deepEqual(proxy.received[0]?.members['requestMetadata'], requestMetadata)
})

test('xks: the specification’s own example of an integrity value holds', async () => {
  // Source: XKS Proxy API Specification, "Encrypt", "Response Payload Example".
  const example = {
    authenticationTag: 'vBxN2ncH1oEkR8WVXpmyYQ==',
    ciphertext: 'ghxkK1txeDNn3q8Y',
    ciphertextDataIntegrityValue: 'qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=',
    ciphertextMetadata: 'a2V5X3ZlcnNpb249MQ==',
    initializationVector: 'HMrlRw85cAJUd5Ax',
  }
  proxy.instead = (response) => answer(response, 200, example)
  assert.equal(valueOf(await encrypt()).ciphertextMetadata?.toString(), 'key_version=1')
  assert.deepEqual(proxy.received[0]?.members, {
    requestMetadata,
    additionalAuthenticatedData: 'cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n',
    plaintext: 'SGVsbG8gV29ybGQh',
    encryptionAlgorithm: 'AES_GCM',
    ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
  })
})

const answers = (status: number, members: object) => (response: ServerResponse) =>
  answer(response, status, members)
const writes = (status: number, text: string) => (response: ServerResponse) =>
  void response.writeHead(status).end(text)

type Failure = readonly [name: string, arrange: () => void, call: () => Promise<unknown>, want: string]

/** A proxy that says so itself. */
const says = (status: number, errorName: string): Failure => [
  `${status} ${errorName}`,
  () => (proxy.instead = answers(status, { errorName })),
  encrypt,
  errorName,
]

/** One thing is wrong with the key, the proxy or the call. */
const failures: readonly Failure[] = [
  // What the proxy finds itself.
  [
    'a disabled key',
    () => proxy.keys.set('key-1', heldKey({ keyStatus: 'DISABLED' })),
    encrypt,
    'InvalidStateException',
  ],
  ['an unknown key', () => proxy.keys.clear(), encrypt, 'KeyNotFoundException'],
  [
    'a key that only decrypts',
    () => proxy.keys.set('key-1', heldKey({ keyUsage: ['DECRYPT'] })),
    encrypt,
    'InvalidKeyUsageException',
  ],
  [
    'a principal that the proxy refuses',
    () => proxy.refused.add(requestMetadata.awsPrincipalArn),
    encrypt,
    'AccessDeniedException',
  ],
  [
    'no key manager left',
    () => (proxy.healthStatus = 'UNAVAILABLE'),
    () => client.health(healthMetadata),
    'KeyManagersUnavailable',
  ],
  // What it says; the name decides, whatever the status.
  says(400, 'ValidationException'),
  says(400, 'InvalidStateException'),
  says(400, 'InvalidCiphertextException'),
  says(400, 'InvalidKeyUsageException'),
  says(401, 'AuthenticationFailedException'),
  says(403, 'AccessDeniedException'),
  says(404, 'KeyNotFoundException'),
  says(404, 'InvalidUriPathException'),
  says(429, 'ThrottlingException'),
  says(501, 'UnsupportedOperationException'),
  says(503, 'DependencyTimeoutException'),
  says(500, 'InternalException'),
  says(500, 'ThrottlingException'),
  // What cannot be interpreted.
  [
    'an error without a name',
    () => (proxy.instead = answers(400, { message: 'no' })),
    encrypt,
    'MalformedResponse',
  ],
  [
    'an error of another name',
    () => (proxy.instead = answers(400, { errorName: 'OutOfPaper' })),
    encrypt,
    'MalformedResponse',
  ],
  [
    'an error named as a property of objects',
    () => (proxy.instead = answers(400, { errorName: 'constructor' })),
    encrypt,
    'MalformedResponse',
  ],
  ['an error in a page', () => (proxy.instead = writes(502, '<html>')), encrypt, 'MalformedResponse'],
  ['a result that is a page', () => (proxy.instead = writes(200, '<html>')), encrypt, 'MalformedResponse'],
  ['a result that is a list', () => (proxy.instead = writes(200, '[]')), encrypt, 'MalformedResponse'],
  ['a result that is null', () => (proxy.instead = writes(200, 'null')), encrypt, 'MalformedResponse'],
  ['an empty result', () => (proxy.instead = writes(200, '')), encrypt, 'MalformedResponse'],
  [
    'an error with status 200',
    () => (proxy.instead = answers(200, { errorName: 'InternalException' })),
    encrypt,
    'MalformedResponse',
  ],
  [
    'an answer of more than 64 KiB',
    () => (proxy.instead = writes(200, ' '.repeat(64 * 1024 + 1))),
    encrypt,
    'MalformedResponse',
  ],
  [
    'an error of more than 64 KiB',
    () => (proxy.instead = writes(500, ' '.repeat(64 * 1024 + 1))),
    encrypt,
    'MalformedResponse',
  ],
  [
    'an endless answer',
    () =>
      (proxy.instead = (response) => {
        const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more))
        more()
      }),
    encrypt,
    'MalformedResponse',
  ],
  [
    'an answer that breaks off',
    () =>
      (proxy.instead = (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{')
        setImmediate(() => response.destroy())
      }),
    encrypt,
    'MalformedResponse',
  ],
  [
    'a redirect',
    () =>
      (proxy.instead = (response) =>
        void response.writeHead(307, { location: `${uriPath}/health` }).end('{}')),
    encrypt,
    'MalformedResponse',
  ],
  [
    'something other than HTTP',
    () => (proxy.instead = (response) => void response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n')),
    encrypt,
    'MalformedResponse',
  ],
  [
    'a hang-up',
    () => (proxy.instead = (response) => void response.socket?.destroy()),
    () => encrypt(connect(proxy.port)),
    'Unreachable',
  ],
  // What takes too long.
  ['silence', () => (proxy.instead = () => fire()), encrypt, 'TimedOut'],
  [
    'an answer that stops half-way',
    () =>
      (proxy.instead = (response) => {
        response.writeHead(200).write('{', () => setTimeout(fire, 50))
      }),
    encrypt,
    'TimedOut',
  ],
]

for (const [name, arrange, call, want] of failures) {
  test(`xks: ${name}`, async () => {
    arrange()
    const outcome = (await call()) as XksOutcome<unknown> // Every call of the table is one of the client's.
    assert.equal(reasonOf(outcome), want, JSON.stringify(outcome))
    proxy.instead = undefined
    proxy.keys.set('key-1', heldKey())
    proxy.refused.clear()
    valueOf(await encrypt()) // The client is none the worse for it.
  })
}

/**
 * Members of a right answer, each changed in one way. The integrity value is stated anew, so that it does not catch what another
 * check must; in `uncovered` it stays.
 */
const wrong: readonly [
  name: string,
  call: 'health' | 'metadata' | 'encrypt' | 'uncovered' | 'decrypt',
  changes: object,
][] = [
  ['no ciphertext', 'encrypt', { ciphertext: undefined }],
  ['a longer ciphertext', 'encrypt', { ciphertext: Buffer.alloc(13).toString('base64') }],
  ['a ciphertext that is not base64', 'encrypt', { ciphertext: '????????????????' }],
  [
    'a ciphertext without its padding',
    'encrypt',
    { authenticationTag: Buffer.alloc(16).toString('base64url') },
  ],
  ['a ciphertext that is a number', 'encrypt', { ciphertext: 7 }],
  ['no initialization vector', 'encrypt', { initializationVector: undefined }],
  [
    'an initialization vector of 13 bytes',
    'encrypt',
    { initializationVector: Buffer.alloc(13).toString('base64') },
  ],
  ['no authentication tag', 'encrypt', { authenticationTag: undefined }],
  ['a tag of 12 bytes', 'encrypt', { authenticationTag: Buffer.alloc(12).toString('base64') }],
  ['metadata of 21 bytes', 'encrypt', { ciphertextMetadata: Buffer.alloc(21).toString('base64') }],
  ['metadata that are no text', 'encrypt', { ciphertextMetadata: {} }],
  [
    'metadata that the integrity value does not cover',
    'uncovered',
    { ciphertextMetadata: Buffer.alloc(5).toString('base64') },
  ],
  ['no integrity value', 'uncovered', { ciphertextDataIntegrityValue: undefined }],
  [
    'another integrity value',
    'uncovered',
    { ciphertextDataIntegrityValue: Buffer.alloc(32).toString('base64') },
  ],
  [
    'another tag than the integrity value covers',
    'uncovered',
    { authenticationTag: Buffer.alloc(16).toString('base64') },
  ],
  ['no plaintext', 'decrypt', { plaintext: undefined }],
  ['a longer plaintext', 'decrypt', { plaintext: Buffer.alloc(13).toString('base64') }],
  ['a plaintext that is not base64', 'decrypt', { plaintext: '????????????????' }],
  ['no key spec', 'metadata', { keySpec: undefined }],
  ['a usage that is no list', 'metadata', { keyUsage: 'ENCRYPT' }],
  ['a usage that is a number', 'metadata', { keyUsage: ['ENCRYPT', 'DECRYPT', 1] }],
  ['eleven usages', 'metadata', { keyUsage: Array.from({ length: 11 }, () => 'ENCRYPT') }],
  ['another status', 'metadata', { keyStatus: 'SLEEPY' }],
  ['no fleet size', 'health', { xksProxyFleetSize: undefined }],
  ['half a proxy', 'health', { xksProxyFleetSize: 0.5 }],
  ['no vendor', 'health', { xksProxyVendor: undefined }],
  ['no model', 'health', { xksProxyModel: 1 }],
  ['no vendor of the key manager', 'health', { ekmVendor: null }],
  ['no key managers', 'health', { ekmFleetDetails: [] }],
  ['key managers that are no list', 'health', { ekmFleetDetails: {} }],
  ['a key manager that is null', 'health', { ekmFleetDetails: [null] }],
  [
    'a key manager of unknown health',
    'health',
    { ekmFleetDetails: [{ id: '1', model: 'm', healthStatus: 'OK' }] },
  ],
  ['a key manager without an id', 'health', { ekmFleetDetails: [{ model: 'm', healthStatus: 'ACTIVE' }] }],
  [
    'eleven key managers',
    'health',
    {
      ekmFleetDetails: Array.from({ length: 11 }, () => ({ id: '1', model: 'm', healthStatus: 'ACTIVE' })),
    },
  ],
]

function restated(made: Readonly<Record<string, unknown>>): object {
  const bytes = (name: string) => {
    const text = made[name]
    return Buffer.from(typeof text === 'string' ? text : '', 'base64')
  }
  const covered = ['ciphertextMetadata', 'initializationVector', 'ciphertext', 'authenticationTag'].map(bytes)
  const value = createHash('sha256').update(additionalAuthenticatedData).update(Buffer.concat(covered))
  return { ...made, ciphertextDataIntegrityValue: value.digest('base64') }
}

test('xks: an answer with one thing wrong is refused as a whole', async () => {
  const made = valueOf(await encrypt())
  const calls = {
    health: () => client.health(healthMetadata),
    metadata: () => client.keyMetadata('key-1', requestMetadata),
    encrypt: () => encrypt(),
    uncovered: () => encrypt(),
    decrypt: () => decrypt(made),
  }
  for (const [name, call, changes] of wrong) {
    // The proxy's right answer, changed on its way out.
    proxy.change = (right) =>
      (call === 'encrypt' ? restated : (same: object) => same)({ ...right, ...changes })
    assert.equal(reasonOf(await calls[call]()), 'MalformedResponse', name)
    proxy.change = undefined
    assert.equal(reasonOf(await calls[call]()), 'ok', name)
  }
  assert.equal(wrong.length, 34)
  assert.equal(failures.length, 36)
})

test('xks: what is no id of a key, or would be another path, is not sent', async () => {
  const ids = ['', '.', '..', 'a/b', 'a?b', 'a%2fb', 'a b', 'é', 'a\r\nb', 'a'.repeat(129)]
  for (const id of ids) assert.equal(reasonOf(await encrypt(client, id)), 'KeyNotFoundException', id)
  assert.equal(proxy.received.length, 0)
  const name = `..${'a'.repeat(126)}`
  proxy.keys.set(name, heldKey())
  valueOf(await encrypt(client, name))
})

test('xks: a call that took too long lets go of its connection', async () => {
  const closed = Promise.withResolvers<void>()
  proxy.instead = (response) => {
    response.once('close', closed.resolve)
    fire()
  }
  assert.equal(reasonOf(await encrypt()), 'TimedOut')
  await closed.promise
})

test('xks: a plaintext is not given where the proxy found the ciphertext changed', async () => {
  const made = valueOf(await encrypt())
  for (const part of ['ciphertext', 'initializationVector', 'authenticationTag'] as const) {
    const changed = Buffer.from(made[part])
    changed[0] = (changed[0] ?? 0) ^ 1
    assert.equal(reasonOf(await decrypt({ ...made, [part]: changed })), 'InvalidCiphertextException', part)
  }
})

test('xks: a key that CreateKey cannot use', async () => {
  const rows = [
    [{ keySpec: 'RSA_2048' }, 'UnfitKey'],
    [{ keyUsage: ['ENCRYPT', 'SIGN'] }, 'InvalidKeyUsageException'],
    [{ keyUsage: ['DECRYPT'] }, 'InvalidKeyUsageException'],
    [{ keyStatus: 'DISABLED' }, 'InvalidStateException'],
    [{ keyUsage: ['ENCRYPT', 'DECRYPT', 'WRAP'] }, undefined],
  ] as const
  for (const [differences, want] of rows) {
    proxy.keys.set('key-1', heldKey(differences))
    const metadata = valueOf(await client.keyMetadata('key-1', requestMetadata))
    assert.equal(unfitKey(metadata)?.reason, want)
  }
  assert.equal(rows.length, 5)
})

test('xks: more calls at once than connections each get their own answer', async () => {
  const right = await Promise.all(
    Array.from({ length: 80 }, async (_, index) => {
      const text = Buffer.from(String(index).padStart(12, '0'))
      const made = valueOf(await client.encrypt({ externalKeyId: 'key-1', plaintext: text, requestMetadata }))
      const back = valueOf(await client.decrypt({ externalKeyId: 'key-1', requestMetadata, ...made }))
      return back.plaintext.equals(text)
    }),
  )
  assert.equal(right.filter(Boolean).length, 80)
})

test('xks: no secret is in what a client shows of itself', () => {
  assert.ok(!JSON.stringify(client).includes(credentials.secretAccessKey))
  assert.throws(() => connect(1, { uriEndpoint: 'http://proxy.example.com' }), /checked before it is saved/)
})
