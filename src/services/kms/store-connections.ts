import { isChanged, storeAccess } from './custom-key-stores.ts'
import { kms, type KmsCall } from './declare.ts'
import type { CustomKeyStoreDocument, StoreConnection } from './documents.ts'
import { faults } from './faults.ts'
import { openSettings } from './proxy-settings.ts'
import { storeOf } from './store-keys.ts'
import { connectionErrorCode } from './xks/index.ts'

/**
 * Connects a key store: its proxy is asked, and if it can serve, the store's keys can be made and used.
 *
 * State: CONNECTED; FAILED, with ConnectionErrorCode, where the proxy cannot serve, which is no fault. Connecting a connected key
 * store changes nothing.
 * Faults: CustomKeyStoreNotFoundException; CustomKeyStoreInvalidStateException for one that FAILED, which has to be disconnected first.
 * Differs: AWS answers at once and connects meanwhile (CONNECTING). Here the answer comes when the outcome is known.
 */
export const ConnectCustomKeyStore = kms('ConnectCustomKeyStore', {
  access: storeAccess('ConnectCustomKeyStore'),
  prepare: ({ input: { CustomKeyStoreId }, call }) => connect(call, connectable(call, CustomKeyStoreId)),
  run({ input: { CustomKeyStoreId: id }, call, prepared }) {
    const store = connectable(call, id)
    if (!prepared || store.connection.state === 'CONNECTED') return {}
    const { before, connection } = prepared
    if (isChanged(before, store)) throw faults.storeChanged(id)
    call.customKeyStores.put(id, { ...store, connection })
    return {}
  },
})

/**
 * Disconnects a key store: from the next call on its keys are Unavailable, and nothing is sent to its proxy.
 *
 * State: DISCONNECTED.
 * Faults: CustomKeyStoreNotFoundException; CustomKeyStoreInvalidStateException for one that is not connected.
 */
export const DisconnectCustomKeyStore = kms('DisconnectCustomKeyStore', {
  access: storeAccess('DisconnectCustomKeyStore'),
  run({ input: { CustomKeyStoreId: id }, call }) {
    const store = storeOf(call, id)
    const { state } = store.connection
    if (state === 'DISCONNECTED') throw faults.storeState(id, state, 'CONNECTED or FAILED')
    call.customKeyStores.put(id, { ...store, connection: { state: 'DISCONNECTED' } })
    return {}
  },
})

interface Asked {
  readonly before: CustomKeyStoreDocument
  readonly connection: StoreConnection
}

function connectable(call: KmsCall, customKeyStoreId: string): CustomKeyStoreDocument {
  const store = storeOf(call, customKeyStoreId)
  if (store.connection.state === 'FAILED') throw faults.storeState(customKeyStoreId, 'FAILED', 'DISCONNECTED')
  return store
}

/** Undefined for a key store that is connected already. */
async function connect(call: KmsCall, before: CustomKeyStoreDocument): Promise<Asked | undefined> {
  if (before.connection.state === 'CONNECTED') return undefined
  const settings = openSettings(call.seal, before)
  try {
    const failure = await call.parts.external.health(call, settings)
    const connection: StoreConnection = failure
      ? { state: 'FAILED', errorCode: connectionErrorCode(failure) }
      : { state: 'CONNECTED' }
    return { before, connection }
  } finally {
    settings.secretAccessKey[Symbol.dispose]()
  }
}
