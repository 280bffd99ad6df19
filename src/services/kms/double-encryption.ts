import assert from 'node:assert/strict'
import type { Call } from '#core/call.ts'
import type { Log } from '#core/log.ts'
import type { Seal } from '#core/seal/index.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { externalHeader, readExternalBlob, writeExternalBlob } from './cryptography/index.ts'
import { customKeyStores, type KeyDocument } from './documents.ts'
import type { ExternalKeys } from './external-keys.ts'
import { faults } from './faults.ts'
import { type Connect, createProxies } from './proxies.ts'
import {
  connectXksProxy,
  type CryptographicRequestMetadata,
  type HealthRequestMetadata,
  type KeyRequestMetadata,
  unfitKey,
  type XksFailure,
  xksFault,
  type XksOutcome,
  type XksProxyOptions,
} from './xks/index.ts'

/** How the operator lets this server reach proxies: whom it trusts, where they may be, how long it waits. */
export type ProxyAccess = Pick<XksProxyOptions, 'trust' | 'networks' | 'timeoutMs' | 'resolve'>

/** Keys of external key stores, and the end of all connections to their proxies. */
export interface DoubleEncryption extends ExternalKeys {
  readonly stop: () => void
}

/** The external half of double encryption, over the proxies of the key stores. A failure's detail goes to the log, not to the caller. */
export function createDoubleEncryption({
  store,
  seal,
  world,
  log,
  access,
}: {
  readonly store: Pick<Store, 'tail'>
  readonly seal: Seal
  readonly world: Pick<World, 'nowMs' | 'after'>
  readonly log: Log
  readonly access: ProxyAccess
}): DoubleEncryption {
  const connect: Connect = (settings, region) => connectXksProxy({ ...access, ...settings, region, world })
  const proxies = createProxies({ store, seal, connect })

  function note({ requestId, operation }: Call, { reason, detail }: XksFailure): void {
    log({ level: 'warn', event: 'xks-proxy', requestId, operation, reason, detail })
  }

  /** Asks the external key of a key. Faults: KMSInvalidStateException. */
  async function ask<Value>(
    call: Call,
    key: KeyDocument,
    question: Parameters<typeof proxies.ask<XksOutcome<Value>>>[2],
  ): Promise<XksOutcome<Value>> {
    const held = call.tx.get(customKeyStores, key, key.customKeyStoreId ?? '')
    if (!held) throw faults.invalidState(key.arn, 'unavailable')
    const outcome = await proxies.ask(held, key.region, question)
    if (!outcome.ok) note(call, outcome)
    return outcome
  }

  return {
    async wrap(call, key, inner) {
      const header = externalHeader(key.keyId)
      const outcome = await ask(call, key, (proxy) =>
        proxy.encrypt({
          externalKeyId: key.xksKeyId ?? '',
          plaintext: inner,
          additionalAuthenticatedData: header,
          requestMetadata: useMetadata(call, key),
        }),
      )
      if (!outcome.ok) throw xksFault(outcome, 'CryptographicOperation')
      return writeExternalBlob(header, outcome.value)
    },

    async unwrap(call, key, outer) {
      const blob = readExternalBlob(outer)
      if (!blob) throw faults.invalidCiphertext()
      const { keyId: _, header, ...parts } = blob
      const outcome = await ask(call, key, (proxy) =>
        proxy.decrypt({
          ...parts,
          externalKeyId: key.xksKeyId ?? '',
          additionalAuthenticatedData: header,
          requestMetadata: useMetadata(call, key),
        }),
      )
      if (outcome.ok) return outcome.value.plaintext
      // Differs: AWS answers KMSInvalidStateException here too. A ciphertext that is changed is one fault, whichever half notices.
      if (outcome.reason === 'InvalidCiphertextException') throw faults.invalidCiphertext()
      throw xksFault(outcome, 'CryptographicOperation')
    },

    keyIdOf: (outer) => readExternalBlob(outer)?.keyId,

    async check(call, held, xksKeyId) {
      const outcome = await proxies.ask(held, call.region, (proxy) =>
        proxy.keyMetadata(xksKeyId, keyMetadata(call)),
      )
      const failure = outcome.ok ? unfitKey(outcome.value) : outcome
      if (!failure) return
      note(call, failure)
      throw xksFault(failure, 'CreateKey')
    },

    async health(call, settings) {
      const proxy = connect(settings, call.region)
      try {
        const outcome = await proxy.health(healthMetadata(call))
        if (outcome.ok) return undefined
        note(call, outcome)
        return outcome
      } finally {
        proxy.close()
      }
    },

    stop: () => proxies.stop(),
  }
}

function healthMetadata({ operation, requestId }: Call): HealthRequestMetadata {
  return { kmsOperation: operation, kmsRequestId: requestId }
}

/** Source: XKS Proxy API Specification, `requestMetadata`; `kmsViaService` is a service's name alone there. */
function keyMetadata(call: Call): KeyRequestMetadata {
  const via = call.calledVia.at(-1)?.split('.')[0]
  return {
    ...healthMetadata(call),
    awsPrincipalArn: principalOf(call),
    ...(via !== undefined && { kmsViaService: via }),
  }
}

function useMetadata(call: Call, { arn }: KeyDocument): CryptographicRequestMetadata {
  return { ...keyMetadata(call), kmsKeyArn: arn }
}

function principalOf({ caller }: Call): string {
  assert.ok(caller.kind !== 'anonymous', 'no operation on a key is open to anybody')
  return caller.kind === 'service' ? caller.service : caller.arn
}
