import type { CreateKeyRequest } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import type { CustomKeyStoreDocument } from './documents.ts'
import { faults } from './faults.ts'
import { isGone } from './key-states.ts'

/** The key store of that id in the caller's account. Faults: CustomKeyStoreNotFoundException. */
export function storeOf(call: KmsCall, customKeyStoreId: string): CustomKeyStoreDocument {
  const store = call.customKeyStores.get(customKeyStoreId)
  if (!store) throw faults.noSuchStore(customKeyStoreId)
  return store
}

/**
 * The key store that a new KMS key is to be in. Each external key is one KMS key's alone, until that one is deleted.
 * Faults: CustomKeyStoreNotFoundException; CustomKeyStoreInvalidStateException unless it is connected; XksKeyAlreadyInUseException.
 */
export function storeForKey(
  call: KmsCall,
  { CustomKeyStoreId = '', XksKeyId = '' }: CreateKeyRequest,
): CustomKeyStoreDocument {
  const store = storeOf(call, CustomKeyStoreId)
  const { state } = store.connection
  if (state !== 'CONNECTED') throw faults.storeState(CustomKeyStoreId, state, 'CONNECTED')
  const users = call.keys.find('externalKey', `${CustomKeyStoreId} ${XksKeyId}`)
  if (users.some(({ document }) => !isGone(document, call.nowMs))) throw faults.externalKeyInUse(XksKeyId)
  return store
}

/** Whether any KMS key is in a key store; one that is pending deletion still is. */
export function hasKeys(call: KmsCall, customKeyStoreId: string): boolean {
  const [first] = call.keys.find('customKeyStore', customKeyStoreId, {
    limit: 1,
    where: (key) => !isGone(key, call.nowMs),
  })
  return first !== undefined
}
