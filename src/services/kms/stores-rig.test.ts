// Goal: tests of external key stores go the whole way too: from AWS's own client through the pipeline to a real proxy over TLS.
// Method: the rig of all tests of KMS, with a proxy in this process that verifies signatures and encrypts with its own code. Timers are
// fired by the test, so that nothing waits.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CreateCustomKeyStoreCommandInput, KMS } from '@aws-sdk/client-kms'
import type { LogEntry } from '#core/log.ts'
import { certificateFor } from '../../../test/kms/xks-proxy/certificate.ts'
import { type HeldKey, heldKey } from '../../../test/kms/xks-proxy/keys.ts'
import { startXksProxy, type TestProxy } from '../../../test/kms/xks-proxy/proxy.ts'
import { createDoubleEncryption } from './double-encryption.ts'
import { here, refusal, region, type Rig, rig } from './rig.test.ts'
import { parseNetwork } from './xks/index.ts'

export const hostname = 'proxy.example.com'
export const uriPath = '/store-1/kms/xks/v1'
export const credential = {
  AccessKeyId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  RawSecretAccessKey: 'FYtE5EFA5FT0mCc3DrGUe2sti527BitkQ0Zr9MO9fvE',
}
/** Other names of the same proxy. */
export const hostnames = Array.from({ length: 12 }, (_, number) => `proxy-${number}.example.com`)
const certificate = certificateFor([hostname, ...hostnames])

/** A rig with a proxy that holds the external keys `key-1` and `key-2`. */
export interface StoresRig extends Rig {
  readonly proxy: TestProxy
  /** What CreateCustomKeyStore needs for the proxy, with differences. */
  readonly input: (
    differences?: Partial<CreateCustomKeyStoreCommandInput>,
  ) => CreateCustomKeyStoreCommandInput
  /** A connected key store over the proxy; its id. */
  readonly connected: (differences?: Partial<CreateCustomKeyStoreCommandInput>) => Promise<string>
  /** Ends all calls of proxies under way for want of time. */
  readonly fire: () => void
  readonly logged: LogEntry[]
  /** A client of the administrator on the clock as it is now. */
  readonly later: () => KMS
}

export async function storesRig(
  t: TestContext,
  keys: Readonly<Record<string, HeldKey>> = { 'key-1': heldKey(), 'key-2': heldKey() },
): Promise<StoresRig> {
  const timers = new Set<() => void>()
  const logged: LogEntry[] = []
  const made = await rig({
    external({ store, seal, world }) {
      const external = createDoubleEncryption({
        store,
        seal,
        log: (entry) => logged.push(entry),
        world: {
          nowMs: world.nowMs,
          after: (_, task) => (timers.add(task), () => timers.delete(task)),
        },
        access: {
          trust: [certificate.cert],
          networks: ['127.0.0.0/8'].map(parseNetwork).filter((network) => network !== undefined),
          resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
        },
      })
      t.after(() => external.stop())
      return external
    },
  })
  const proxy = await startXksProxy({
    certificate,
    region,
    uriPath,
    credentials: { accessKeyId: credential.AccessKeyId, secretAccessKey: credential.RawSecretAccessKey },
    nowMs: () => made.clock.nowMs,
  })
  t.after(() => proxy.close())
  t.after(() => assert.equal(timers.size, 0, 'a call that ended left its timer'))
  for (const [id, key] of Object.entries(keys)) proxy.keys.set(id, key)

  const input: StoresRig['input'] = (differences = {}) => ({
    CustomKeyStoreName: 'ours',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: `https://${hostname}:${proxy.port}`,
    XksProxyUriPath: uriPath,
    XksProxyAuthenticationCredential: credential,
    ...differences,
  })
  return {
    ...made,
    proxy,
    input,
    logged,
    later() {
      const credentials = made.administrators.get(here)
      assert.ok(credentials)
      return made.as(credentials)
    },
    fire: () => timers.forEach((task) => task()),
    async connected(differences) {
      const { CustomKeyStoreId = '' } = await made.admin.createCustomKeyStore(input(differences))
      await made.admin.connectCustomKeyStore({ CustomKeyStoreId })
      return CustomKeyStoreId
    },
  }
}

/** Begins something that asks the proxy, does something else before the proxy answers, and gives what the first came to. */
export async function meanwhile(
  proxy: TestProxy,
  begin: () => Promise<unknown>,
  during: () => Promise<unknown>,
): Promise<string> {
  const { promise, resolve: goOn } = Promise.withResolvers<undefined>()
  const { length } = proxy.received
  proxy.hold = promise
  const told = refusal(begin())
  while (proxy.received.length === length) await nextTurn()
  proxy.hold = undefined
  await during()
  goOn(undefined)
  return told
}

/** A KMS key over an external key; its id. */
export async function externalKey(kms: KMS, CustomKeyStoreId: string, XksKeyId = 'key-1'): Promise<string> {
  const { KeyMetadata } = await kms.createKey({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId })
  assert.ok(KeyMetadata?.KeyId !== undefined)
  return KeyMetadata.KeyId
}

/** What DescribeCustomKeyStores says of one. */
export async function described(kms: KMS, CustomKeyStoreId: string) {
  const { CustomKeyStores = [] } = await kms.describeCustomKeyStores({ CustomKeyStoreId })
  assert.equal(CustomKeyStores.length, 1)
  return CustomKeyStores[0]
}

/** Everything that the store holds, as text. */
export function stored({ store }: Pick<Rig, 'store'>): string {
  return JSON.stringify([...store.read.everything()])
}
