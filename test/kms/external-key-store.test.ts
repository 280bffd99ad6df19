// Goal: an operator gives the server an authority and a network, and an external key store on a private proxy works: over several
// workers, after a restart, and for nobody whom the operator did not let in.
// Method: the `redoubt` command with AWS's own client, and a proxy over TLS on this machine's loopback.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { KMS } from '@aws-sdk/client-kms'
import { refusal } from '../in-process.ts'
import { redoubtProgram } from '../redoubt-program.ts'
import { administratorOf, type Credentials, directoryFor, serverFor, type TestServer } from '../server.ts'
import { type Certificate, certificateFor } from './xks-proxy/certificate.ts'
import { heldKey } from './xks-proxy/keys.ts'
import { startXksProxy, type TestProxy } from './xks-proxy/proxy.ts'

const region = 'eu-central-1'
const uriPath = '/kms/xks/v1'
const credential = { AccessKeyId: 'A'.repeat(26), RawSecretAccessKey: 'B'.repeat(43) }
const network = ['--xks-network', '127.0.0.0/8']
// The machine may be busy with other tests.
const patience = ['--xks-timeout', '10000']

async function proxyFor(t: TestContext, certificate: Certificate): Promise<TestProxy> {
  const credentials = { accessKeyId: credential.AccessKeyId, secretAccessKey: credential.RawSecretAccessKey }
  const proxy = await startXksProxy({ certificate, credentials, region, uriPath })
  t.after(() => proxy.close())
  proxy.keys.set('key-1', heldKey())
  return proxy
}

/** A file that holds an authority's certificate, as an operator has it. */
function authorityFile(t: TestContext, text: string): string {
  const path = join(directoryFor(t), 'authority.pem')
  writeFileSync(path, text)
  return path
}

function clientOf({ url }: TestServer, credentials: Credentials): KMS {
  return new KMS({ region, endpoint: url, credentials, maxAttempts: 1 })
}

function create(kms: KMS, { port }: TestProxy) {
  return kms.createCustomKeyStore({
    CustomKeyStoreName: 'ours',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: `https://localhost:${port}`,
    XksProxyUriPath: uriPath,
    XksProxyAuthenticationCredential: credential,
  })
}

test('external key store: with the operator’s authority and network, over two workers and a restart', async (t) => {
  const certificate = certificateFor(['localhost'])
  const proxy = await proxyFor(t, certificate)
  const directory = directoryFor(t)
  const ca = ['--xks-ca', authorityFile(t, `our own authority\n${certificate.cert}`)]
  const options = { directory, workers: 2, flags: [...ca, ...network, ...patience] }
  const first = await serverFor(t, options)
  const administrator = administratorOf(first)
  const kms = clientOf(first, administrator)
  const { CustomKeyStoreId } = await create(kms, proxy)
  await kms.connectCustomKeyStore({ CustomKeyStoreId })
  const { KeyMetadata } = await kms.createKey({
    Origin: 'EXTERNAL_KEY_STORE',
    CustomKeyStoreId,
    XksKeyId: 'key-1',
  })
  const KeyId = KeyMetadata?.KeyId
  const Plaintext = Buffer.from('attack at dawn')
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext })
  const open = async (by: KMS) => Buffer.from((await by.decrypt({ CiphertextBlob })).Plaintext ?? '')

  // A client for each call, so that each makes a connection of its own and either worker may get it.
  for (let call = 0; call < 8; call += 1)
    assert.deepEqual(await open(clientOf(first, administrator)), Plaintext)
  await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
  for (let call = 0; call < 8; call += 1) {
    assert.match(
      await refusal(open(clientOf(first, administrator))),
      /^KMSInvalidStateException: .* is unavailable/,
    )
  }
  await kms.connectCustomKeyStore({ CustomKeyStoreId })
  assert.equal(await first.stop(), 0)
  assert.ok(!first.logged().includes(credential.RawSecretAccessKey))

  const second = await serverFor(t, options)
  assert.deepEqual(await open(clientOf(second, administrator)), Plaintext)
})

const strangers: readonly [name: string, flags: (ca: string) => readonly string[], want: RegExp][] = [
  ['no authority', () => network, /^XksProxyUriUnreachableException: .*TLS/],
  ['no network', (ca) => ['--xks-ca', ca], /^XksProxyUriUnreachableException: .*cannot communicate/],
  [
    'another network',
    (ca) => ['--xks-ca', ca, '--xks-network', '10.0.0.0/8'],
    /^XksProxyUriUnreachableException: .*cannot communicate/,
  ],
]

test('external key store: a proxy that the operator did not let in is not reached', async (t) => {
  const certificate = certificateFor(['localhost'])
  const proxy = await proxyFor(t, certificate)
  const ca = authorityFile(t, certificate.cert)
  for (const [name, flags, want] of strangers) {
    const server = await serverFor(t, { flags: [...flags(ca), ...patience] })
    assert.match(await refusal(create(clientOf(server, administratorOf(server)), proxy)), want, name)
    await server.stop()
  }
  assert.equal(strangers.length, 3)
  assert.deepEqual(proxy.received, [])
})

const refused: readonly [name: string, flags: readonly string[], want: RegExp][] = [
  [
    'a file that is not there',
    ['--xks-ca', '/nowhere/authority.pem'],
    /\/nowhere\/authority\.pem' is invalid\. it cannot be read/,
  ],
  ['a file without certificates', ['--xks-ca', import.meta.filename], /a file of PEM certificates is wanted/],
  ['an address for a network', ['--xks-network', '10.0.0.1'], /A network is wanted/],
  ['a name for a network', ['--xks-network', 'private'], /A network is wanted/],
  ['no patience', ['--xks-timeout', '0'], /whole number from 10 to 60000/],
]

test('serve: what says nothing sound of proxies is refused at the start', (t) => {
  const [program, ...before] = redoubtProgram
  const broken = authorityFile(t, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
  const rows = [
    ...refused,
    ['a broken certificate', ['--xks-ca', broken], /a file of PEM certificates is wanted/] as const,
  ]
  for (const [name, flags, want] of rows) {
    const { status, stderr } = spawnSync(
      program,
      [...before, 'serve', '--port', '0', '--data', directoryFor(t), '--workers', '1', ...flags],
      { encoding: 'utf8', timeout: 30_000 },
    )
    assert.equal(status, 1, name)
    assert.match(stderr, want, name)
  }
  assert.equal(rows.length, 6)
})
