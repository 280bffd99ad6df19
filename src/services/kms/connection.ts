import type { IsConnected } from './key-states.ts'
import type { KmsCall } from './documents.ts'

/** Whether a key's custom key store is connected, as far as this call sees; keys of none always are. */
export function connectionOf(call: KmsCall): IsConnected {
  return ({ account, region, customKeyStoreId }) =>
    customKeyStoreId === undefined ||
    call.tx.get(customKeyStores, { account, region }, customKeyStoreId)?.connection.state === 'CONNECTED'
}
