// What the tests of this folder share: a proxy, a client of it, a clock that stands and timers that only a test fires.
import assert from 'node:assert/strict'
import { after, afterEach } from 'node:test'
import { Secret } from '#core/seal/index.ts'
import type { World } from '#core/world.ts'
import { certificateFor } from '../../../../test/kms/xks-proxy/certificate.ts'
import { heldKey } from '../../../../test/kms/xks-proxy/keys.ts'
import { type ProxyOptions, startXksProxy, type TestProxy } from '../../../../test/kms/xks-proxy/proxy.ts'
import {
  connectXksProxy,
  type CryptographicRequestMetadata,
  type XksOutcome,
  type XksProxy,
  type XksProxyOptions,
} from './index.ts'

export const hostname = 'proxy.example.com'
export const uriPath = '/store-1/kms/xks/v1'
const region = 'eu-central-1'
export const credentials = {
  accessKeyId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  secretAccessKey: 'FYtE5EFA5FT0mCc3DrGUe2sti527BitkQ0Zr9MO9fvE',
}
export const certificate = certificateFor([hostname])
export const plaintext = Buffer.from('Hello World!')
export const additionalAuthenticatedData = Buffer.from('project=nile,department=marketing')
export const requestMetadata: CryptographicRequestMetadata = {
  awsPrincipalArn: 'arn:aws:iam::123456789012:user/Alice',
  kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  kmsOperation: 'Encrypt',
  kmsRequestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
  kmsViaService: 'ebs',
}

/** A clock that stands, and timers that only the test fires. */
function heldWorld() {
  const timers = new Set<() => void>()
  const world: Pick<World, 'nowMs' | 'after'> = {
    nowMs: () => Date.UTC(2026, 1, 28, 23, 59, 59),
    after(_, task) {
      timers.add(task)
      return () => timers.delete(task)
    },
  }
  return { world, timers, fire: () => timers.forEach((task) => task()) }
}

const { world, timers, fire } = heldWorld()
export { fire, world }
const closing: (() => void | Promise<void>)[] = []

export async function proxyWith(differences: Partial<ProxyOptions> = {}): Promise<TestProxy> {
  const proxy = await startXksProxy({
    certificate,
    credentials,
    region,
    uriPath,
    nowMs: world.nowMs,
    ...differences,
  })
  proxy.keys.set('key-1', heldKey())
  closing.push(() => proxy.close())
  return proxy
}

export function connect(port: number, differences: Partial<XksProxyOptions> = {}): XksProxy {
  const client = connectXksProxy({
    uriEndpoint: `https://${hostname}:${port}`,
    uriPath,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: Secret.ofText(credentials.secretAccessKey),
    region,
    trust: [certificate.cert],
    world,
    resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    ...differences,
  })
  closing.push(() => client.close())
  return client
}

afterEach(() => assert.equal(timers.size, 0, 'a call that ended left its timer'))
after(async () => {
  for (const close of closing.reverse()) await close()
})

/** A call like any other. */
export const encryptBy = (client: XksProxy, externalKeyId = 'key-1') =>
  client.encrypt({ externalKeyId, plaintext, additionalAuthenticatedData, requestMetadata })

export function valueOf<Value>(outcome: XksOutcome<Value>): Value {
  assert.ok(outcome.ok, JSON.stringify(outcome))
  return outcome.value
}

export function reasonOf(outcome: XksOutcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.reason
}
