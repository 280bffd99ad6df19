import type { Seal } from '#core/seal/index.ts'
import { changesOf, type Store } from '#core/store/index.ts'
import { type CustomKeyStoreDocument, customKeyStores } from './documents.ts'
import { openSettings, type ProxySettings } from './proxy-settings.ts'
import type { XksProxy } from './xks/index.ts'

/** Connections to the proxies of key stores, kept for as long as a key store holds the settings that they were made with. */
export interface Proxies {
  /** Asks the proxy of a key store. */
  readonly ask: <Answer>(
    store: CustomKeyStoreDocument,
    region: string,
    question: (proxy: XksProxy) => Promise<Answer>,
  ) => Promise<Answer>
  /** Closes them all. */
  readonly stop: () => void
}

export type Connect = (settings: ProxySettings, region: string) => XksProxy

interface Kept {
  readonly proxy: XksProxy
  underWay: number
  /** No key store has these settings any more: closed with the last question under way. */
  isDropped: boolean
}

/** See `Proxies`. What is kept is found by the settings themselves, whose sealed secret no two key stores share. */
export function createProxies({
  store,
  seal,
  connect,
}: {
  readonly store: Pick<Store, 'tail'>
  readonly seal: Seal
  readonly connect: Connect
}): Proxies {
  const kept = new Map<string, Kept>()

  const drop = (name: string): void => {
    const one = kept.get(name)
    if (!one) return
    kept.delete(name)
    one.isDropped = true
    if (one.underWay === 0) one.proxy.close()
  }
  const unfollow = store.tail((change) => {
    for (const { before, after } of changesOf(customKeyStores, change)) {
      if (before && (!after || nameOf(before) !== nameOf(after))) drop(nameOf(before))
    }
  })
  const open = (document: CustomKeyStoreDocument, region: string): Kept => {
    const settings = openSettings(seal, document)
    const made = { proxy: connect(settings, region), underWay: 0, isDropped: false }
    settings.secretAccessKey[Symbol.dispose]()
    kept.set(nameOf(document), made)
    return made
  }

  return {
    async ask(document, region, question) {
      const one = kept.get(nameOf(document)) ?? open(document, region)
      one.underWay += 1
      try {
        return await question(one.proxy)
      } finally {
        one.underWay -= 1
        if (one.isDropped && one.underWay === 0) one.proxy.close()
      }
    },
    stop() {
      unfollow()
      for (const name of kept.keys()) drop(name)
    },
  }
}

function nameOf({
  proxy: { uriEndpoint, uriPath, accessKeyId, sealedSecret },
}: CustomKeyStoreDocument): string {
  return JSON.stringify([uriEndpoint, uriPath, accessKeyId, sealedSecret])
}
