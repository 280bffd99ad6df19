// Goal: a connection serves a key store for as long as the store has the settings that it was made with, and no question loses it.
// Method: a store in memory and connections that only count; each change that a key store can go through.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSeal, rootKeyOf, Secret } from '#core/seal/index.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { type CustomKeyStoreDocument, customKeyStores } from './documents.ts'
import { createProxies } from './proxies.ts'
import { sealSettings } from './proxy-settings.ts'
import type { XksProxy } from './xks/index.ts'

const place = { account: '111122223333', region: 'us-east-1' }
const customKeyStoreId = 'cks-0123456789abcdef0'

function rig() {
  const store = createMemoryStore()
  const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 1)), randomBytes: systemWorld().randomBytes })
  const made: { readonly secret: string; readonly region: string; closed: number }[] = []
  const proxies = createProxies({
    store,
    seal,
    connect({ secretAccessKey }, region) {
      const one = { secret: secretAccessKey.reveal().toString(), region, closed: 0 }
      made.push(one)
      const close = () => void (one.closed += 1)
      return { close } as XksProxy // Nothing else of it is asked for here.
    },
  })
  const document = (secret: string, name = 'ours'): CustomKeyStoreDocument => ({
    customKeyStoreId,
    name,
    createdAtMs: 0,
    connection: { state: 'CONNECTED' },
    proxy: sealSettings(seal, customKeyStoreId, {
      uriEndpoint: 'https://proxy.example.com',
      uriPath: '/kms/xks/v1',
      accessKeyId: 'A'.repeat(20),
      secretAccessKey: Secret.ofText(secret),
    }),
  })
  const put = (one: CustomKeyStoreDocument) =>
    store.transact((tx) => tx.put(customKeyStores, place, customKeyStoreId, one))
  const ask = (one: CustomKeyStoreDocument) => proxies.ask(one, place.region, () => Promise.resolve('asked'))
  return { store, proxies, made, document, put, ask }
}

test('proxies: one connection for a key store, whatever of it changes beside its proxy', async () => {
  const { made, document, put, ask } = rig()
  const first = document('one')
  await put(first)
  await ask(first)
  const renamed = { ...first, name: 'renamed', connection: { state: 'DISCONNECTED' } as const }
  await put(renamed)
  await ask(renamed)
  assert.deepEqual(made, [{ secret: 'one', region: 'us-east-1', closed: 0 }])
})

test('proxies: a change of the proxy, and the end of the key store, close the connection once it is idle', async () => {
  const { store, proxies, made, document, put, ask } = rig()
  const [first, second] = [document('one'), document('two')]
  await put(first)
  await ask(first)
  const { promise, resolve: answer } = Promise.withResolvers<string>()
  const underWay = proxies.ask(first, place.region, () => promise)
  await put(second)
  await ask(second)
  assert.deepEqual(
    made.map(({ secret, closed }) => [secret, closed]),
    [
      ['one', 0],
      ['two', 0],
    ],
  )
  answer('late')
  assert.equal(await underWay, 'late')
  assert.deepEqual(
    made.map(({ closed }) => closed),
    [1, 0],
  )
  await store.transact((tx) => tx.delete(customKeyStores, place, customKeyStoreId))
  assert.deepEqual(
    made.map(({ closed }) => closed),
    [1, 1],
  )
})

test('proxies: the end closes them all, and follows the store no more', async () => {
  const { proxies, made, document, put, ask } = rig()
  const first = document('one')
  await put(first)
  await ask(first)
  await assert.rejects(
    proxies.ask(first, place.region, () => Promise.reject(new Error('a bug'))),
    /a bug/,
  )
  proxies.stop()
  await put(document('two'))
  assert.deepEqual(
    made.map(({ closed }) => closed),
    [1],
  )
})
