import type { CreateCustomKeyStoreRequest, CustomKeyStoresListEntry } from '#models/kms.d.ts'
import { kms, type KmsCall } from './declare.ts'
import { type CustomKeyStoreDocument, proxyUri, type XksProxyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { page } from './paging.ts'
import {
  namesProxy,
  openSettings,
  type ProxySettings,
  sealSettings,
  settingsAfter,
} from './proxy-settings.ts'
import { quotas } from './quotas.ts'
import { hasKeys, storeOf } from './store-keys.ts'
import { xksFault } from './xks/index.ts'

/** The access to an operation on custom key stores, which have no ARN. */
export function storeAccess(operation: `${string}CustomKeyStore${string}`) {
  return (_target: unknown, _input: unknown, call: KmsCall) => [
    { action: `kms:${operation}`, resource: '*', conditions: { 'kms:CallerAccount': call.account } } as const,
  ]
}

/**
 * Makes an external key store out of a proxy that answers. No key is used before ConnectCustomKeyStore.
 *
 * State: DISCONNECTED.
 * Faults: UnsupportedOperationException for AWS CloudHSM and for VPC endpoint services; ValidationException;
 * CustomKeyStoreNameInUseException; XksProxyUriInUseException; LimitExceededException; those of xks/faults.ts for a proxy that fails.
 * Differs: CustomKeyStoreType has to be given, since its default is the type that does not exist here. XksProxyUriEndpointInUseException
 * is never raised: it is about endpoints that a VPC endpoint service has.
 */
export const CreateCustomKeyStore = kms('CreateCustomKeyStore', {
  access: storeAccess('CreateCustomKeyStore'),
  async prepare({ input, call }): Promise<NewStore> {
    const settings = newSettings(input)
    const customKeyStoreId = `cks-${call.randomBytes(9).toString('hex').slice(1)}`
    return { customKeyStoreId, proxy: await askedAndSealed(call, customKeyStoreId, settings) }
  },
  run({ input: { CustomKeyStoreName: name }, call, prepared: { customKeyStoreId, proxy } }) {
    assertFree(call, name, proxy)
    if (!call.customKeyStores.hasRoom(quotas.customKeyStores)) {
      throw faults.limit(
        `An account can have up to ${quotas.customKeyStores} custom key stores in each Region.`,
      )
    }
    call.customKeyStores.put(customKeyStoreId, {
      customKeyStoreId,
      name,
      createdAtMs: call.nowMs,
      connection: { state: 'DISCONNECTED' },
      proxy,
    })
    return { CustomKeyStoreId: customKeyStoreId }
  },
})

/**
 * Shows the custom key stores of the account and Region, sorted by id, or the one of an id or a name.
 * Faults: CustomKeyStoreNotFoundException; ValidationException for an id and a name.
 */
export const DescribeCustomKeyStores = kms('DescribeCustomKeyStores', {
  access: storeAccess('DescribeCustomKeyStores'),
  run({ input, call }) {
    const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input
    if (id !== undefined && name !== undefined) {
      throw faults.invalid('CustomKeyStoreId and CustomKeyStoreName cannot both be given.')
    }
    if (id !== undefined) return { CustomKeyStores: [shown(storeOf(call, id))], Truncated: false }
    if (name !== undefined) {
      const [found] = call.customKeyStores.find('name', name)
      if (!found) throw faults.noSuchStore(name)
      return { CustomKeyStores: [shown(found.document)], Truncated: false }
    }
    const { items, info } = page(input, 100, (after, limit) => call.customKeyStores.list({ after, limit }))
    return { CustomKeyStores: items.map(({ document }) => shown(document)), ...info }
  },
})

/**
 * Changes a key store's name or proxy, once the proxy answers under the new settings. Keys go on with them at once.
 *
 * Faults: CustomKeyStoreNotFoundException; CustomKeyStoreInvalidStateException for another endpoint while not disconnected;
 * those of CreateCustomKeyStore.
 * Source: KMS Developer Guide, "Editing external key store properties": what needs the state DISCONNECTED.
 */
export const UpdateCustomKeyStore = kms('UpdateCustomKeyStore', {
  access: storeAccess('UpdateCustomKeyStore'),
  async prepare({ input, call }): Promise<Checked> {
    if (input.CloudHsmClusterId !== undefined || input.KeyStorePassword !== undefined) {
      throw faults.invalid('CloudHsmClusterId and KeyStorePassword do not go with an external key store.')
    }
    const before = storeOf(call, input.CustomKeyStoreId)
    assertEditable(before, input)
    if (!namesProxy(input)) return { before, proxy: undefined }
    const opened = openSettings(call.seal, before)
    try {
      const settings = settingsAfter(input, opened)
      return { before, proxy: await askedAndSealed(call, before.customKeyStoreId, settings) }
    } finally {
      opened.secretAccessKey[Symbol.dispose]()
    }
  },
  run({ input, call, prepared: { before, proxy } }) {
    const { CustomKeyStoreId: id, NewCustomKeyStoreName: newName } = input
    const store = storeOf(call, id)
    assertEditable(store, input)
    if (proxy && isChanged(before, store)) throw faults.storeChanged(id)
    assertFree(call, newName, proxy, id)
    call.customKeyStores.put(id, { ...store, name: newName ?? store.name, proxy: proxy ?? store.proxy })
    return {}
  },
})

/**
 * Removes a key store that is disconnected and has no keys. Its proxy and the external keys are not touched.
 * Faults: CustomKeyStoreNotFoundException; CustomKeyStoreHasCMKsException; CustomKeyStoreInvalidStateException.
 */
export const DeleteCustomKeyStore = kms('DeleteCustomKeyStore', {
  access: storeAccess('DeleteCustomKeyStore'),
  run({ input: { CustomKeyStoreId: id }, call }) {
    const { connection } = storeOf(call, id)
    if (hasKeys(call, id)) throw faults.storeHasKeys(id)
    if (connection.state !== 'DISCONNECTED') throw faults.storeState(id, connection.state, 'DISCONNECTED')
    call.customKeyStores.delete(id)
    return {}
  },
})

/** Whether a key store's proxy is another than it was. */
export function isChanged(before: CustomKeyStoreDocument, now: CustomKeyStoreDocument): boolean {
  return JSON.stringify(before.proxy) !== JSON.stringify(now.proxy)
}

interface NewStore {
  readonly customKeyStoreId: string
  readonly proxy: XksProxyDocument
}

/** A key store as it was when its new proxy was asked; no proxy when it keeps its own. */
interface Checked {
  readonly before: CustomKeyStoreDocument
  readonly proxy: XksProxyDocument | undefined
}

function newSettings(input: CreateCustomKeyStoreRequest): ProxySettings {
  const { CustomKeyStoreType: type = 'AWS_CLOUDHSM' } = input
  if (type === 'AWS_CLOUDHSM') {
    throw faults.unsupported(
      'Key stores of the type AWS_CLOUDHSM are not supported: there is no AWS CloudHSM hardware here. Use EXTERNAL_KEY_STORE.',
    )
  }
  if (input.CloudHsmClusterId ?? input.TrustAnchorCertificate ?? input.KeyStorePassword) {
    throw faults.invalid(
      'CloudHsmClusterId, TrustAnchorCertificate and KeyStorePassword do not go with the type EXTERNAL_KEY_STORE.',
    )
  }
  return settingsAfter(input)
}

/** Asks a proxy whether it can serve; what it was asked with is then sealed, and wiped. Faults: those of xks/faults.ts. */
async function askedAndSealed(
  call: KmsCall,
  customKeyStoreId: string,
  settings: ProxySettings,
): Promise<XksProxyDocument> {
  try {
    const failure = await call.parts.external.health(call, settings)
    if (failure) throw xksFault(failure, 'KeyStoreConfiguration')
    return sealSettings(call.seal, customKeyStoreId, settings)
  } finally {
    settings.secretAccessKey[Symbol.dispose]()
  }
}

/** Faults: CustomKeyStoreNameInUseException; XksProxyUriInUseException. */
function assertFree(
  call: KmsCall,
  name: string | undefined,
  proxy: Pick<XksProxyDocument, 'uriEndpoint' | 'uriPath'> | undefined,
  own?: string,
): void {
  const isTaken = (index: 'name' | 'proxy', value: string) =>
    call.customKeyStores.find(index, value).some(({ id }) => id !== own)
  if (name !== undefined && isTaken('name', name)) throw faults.storeNameInUse(name)
  if (proxy && isTaken('proxy', proxyUri(proxy))) throw faults.proxyUriInUse()
}

function assertEditable(
  { customKeyStoreId, connection: { state } }: CustomKeyStoreDocument,
  {
    XksProxyUriEndpoint,
    XksProxyConnectivity,
  }: Pick<CreateCustomKeyStoreRequest, 'XksProxyUriEndpoint' | 'XksProxyConnectivity'>,
): void {
  if (XksProxyUriEndpoint === undefined && XksProxyConnectivity === undefined) return
  if (state !== 'DISCONNECTED') throw faults.storeState(customKeyStoreId, state, 'DISCONNECTED')
}

/** The secret is never shown. */
function shown({
  customKeyStoreId,
  name,
  createdAtMs,
  connection,
  proxy,
}: CustomKeyStoreDocument): CustomKeyStoresListEntry {
  return {
    CustomKeyStoreId: customKeyStoreId,
    CustomKeyStoreName: name,
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    CreationDate: new Date(createdAtMs),
    ConnectionState: connection.state,
    ConnectionErrorCode: connection.state === 'FAILED' ? connection.errorCode : undefined,
    XksProxyConfiguration: {
      Connectivity: proxy.connectivity,
      AccessKeyId: proxy.accessKeyId,
      UriEndpoint: proxy.uriEndpoint,
      UriPath: proxy.uriPath,
    },
  }
}
