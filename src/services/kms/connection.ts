import type { KmsCall } from './declare.ts'
import { customKeyStores } from './documents.ts'
import type { IsConnected } from './key-states.ts'

/** Whether a key's custom key store is connected, as this call sees it; a key of none needs no connection. */
export function connectionOf(call: KmsCall): IsConnected {
  return ({ account, region, customKeyStoreId }) =>
    customKeyStoreId === undefined ||
    call.tx.get(customKeyStores, { account, region }, customKeyStoreId)?.connection.state === 'CONNECTED'
}
