// Goal: the client speaks to the proxy that its key store names and to no other, in no weaker a way than the specification asks for, and
// loses no call to a connection that was closed meanwhile.
// Method: real sockets and certificates, each row with one thing wrong. No row waits.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { Secret } from '#core/seal/index.ts'
import { type Certificate, certificateFor } from '../../../../test/kms/xks-proxy/certificate.ts'
import type { ProxyOptions } from '../../../../test/kms/xks-proxy/proxy.ts'
import type { XksProxyOptions } from './index.ts'
import { connect, encryptBy, fire, hostname, proxyWith, reasonOf, valueOf, world } from './rig.test.ts'

const strangers: readonly [
  name: string,
  server: Partial<ProxyOptions>,
  differences: Partial<XksProxyOptions>,
  want: string,
][] = [
  ['the right ones', {}, {}, 'ok'],
  ['another secret', {}, { secretAccessKey: Secret.ofText('x'.repeat(43)) }, 'AuthenticationFailedException'],
  ['another access key', {}, { accessKeyId: 'BBCDEFGHIJKLMNOPQRSTUVWXYZ' }, 'AuthenticationFailedException'],
  ['another region', {}, { region: 'eu-west-1' }, 'AuthenticationFailedException'],
  [
    'a clock six minutes ahead',
    { nowMs: () => world.nowMs() + 360_000 },
    {},
    'AuthenticationFailedException',
  ],
  ['another path', {}, { uriPath: '/store-2/kms/xks/v1' }, 'InvalidUriPathException'],
  ['an authority that is not trusted', {}, { trust: [] }, 'TlsFailed'],
  ['another authority', {}, { trust: [certificateFor([hostname]).cert] }, 'TlsFailed'],
  ...(
    [
      ['a certificate of another host', certificateFor(['other.example.com'])],
      ['a certificate that has expired', certificateFor([hostname], 0, 1000)],
      [
        'a certificate that is not valid yet',
        certificateFor([hostname], Date.now() + 60_000, Date.now() + 120_000),
      ],
    ] satisfies [string, Certificate][]
  ).map(([name, own]): (typeof strangers)[number] => [
    name,
    { certificate: own },
    { trust: [own.cert] },
    'TlsFailed',
  ]),
  ['TLS 1.2', { tls: { maxVersion: 'TLSv1.2' } }, {}, 'ok'],
  [
    'TLS 1.1',
    { tls: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } },
    {},
    'TlsFailed',
  ],
  [
    'a cipher that is not of the specification',
    { tls: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } },
    {},
    'TlsFailed',
  ],
  [
    'a proxy that wants a client’s certificate',
    { tls: { requestCert: true, rejectUnauthorized: true } },
    {},
    'TlsFailed',
  ],
  [
    'a name that leads to no address',
    {},
    { resolve: (_, callback) => callback(new Error('ENOTFOUND'), []) },
    'Unreachable',
  ],
  [
    // The system would take it for this machine, where the proxy is.
    'a name that leads to no place',
    {},
    { resolve: (_, callback) => callback(null, [{ address: '0.0.0.0', family: 4 }]) },
    'Unreachable',
  ],
]

for (const [name, server, differences, want] of strangers) {
  test(`xks: a proxy and a client with ${name}`, async () => {
    const other = await proxyWith(server)
    const outcome = await encryptBy(connect(other.port, differences))
    assert.equal(reasonOf(outcome), want, JSON.stringify(outcome))
    if (want === 'TlsFailed') assert.equal(other.received.length, 0, 'nothing is said to a stranger')
  })
}

test('xks: the environment cannot turn certificates off', async (t) => {
  assert.equal(strangers.length, 17)
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
  assert.equal(reasonOf(await encryptBy(connect((await proxyWith()).port, { trust: [] }))), 'TlsFailed')
})

test('xks: nobody listens; a port that accepts and says nothing; one that hangs up', async () => {
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo // A TCP server's address is an object.
  const waiting = encryptBy(connect(port))
  const [socket] = (await once(silent, 'connection')) as [Socket] // What the event gives.
  await once(socket, 'data') // The client's half of the TLS handshake: it is connected.
  fire()
  assert.equal(reasonOf(await waiting), 'TimedOut')

  silent.on('connection', (next) => next.destroy())
  assert.equal(reasonOf(await encryptBy(connect(port))), 'TlsFailed')

  const connecting = encryptBy(connect(port, { resolve: () => {} }))
  await new Promise(setImmediate)
  fire()
  assert.equal(reasonOf(await connecting), 'Unreachable', 'no time is left to find the host')

  socket.destroy()
  silent.close()
  await once(silent, 'close')
  assert.equal(reasonOf(await encryptBy(connect(port))), 'Unreachable')
})

test('xks: connections are kept, and a call on one that the proxy closed is sent again', async (t) => {
  const warnings: string[] = []
  const note = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', note)
  t.after(() => process.off('warning', note))
  const other = await proxyWith()
  const kept = connect(other.port)
  // Node warns of eleven listeners.
  for (let count = 0; count < 12; count += 1) valueOf(await encryptBy(kept))
  assert.equal(other.connections(), 1)
  assert.deepEqual(warnings, [])

  // The proxy closes it the moment the next request arrives, before it has looked at it.
  other.hangUpOnce = true
  valueOf(await encryptBy(kept))
  assert.equal(other.connections(), 2)
  assert.equal(other.received.length, 13)

  // On a new connection there is no such excuse.
  other.hangUpOnce = true
  assert.equal(reasonOf(await encryptBy(connect(other.port))), 'Unreachable')
})
