import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import type { LastUse } from '#core/last-uses.ts'
import { collection, type MoveSealed } from '#core/store/index.ts'
import type {
  ConnectionErrorCodeType,
  GrantConstraints,
  GrantOperation,
  KeyLastUsageTrackingOperation,
  KeySpec,
  KeyUsageType,
  MultiRegionKeyType,
  OriginType,
  RotationType,
  XksProxyConnectivityType,
} from '#models/kms.d.ts'
import { scheduledUnder } from './schedule.ts'
import { sealedDigest, sealedMaterial, sealedProxySecret } from './sealed.ts'

// What KMS stores. A key's material is sealed under the root key before it gets here.

/** One generation of a key's material. Once decrypted with, it stays: what was encrypted under it must open after a rotation. */
export interface KeyMaterial {
  /** 64 hexadecimal digits; ciphertexts name it. */
  readonly materialId: string
  /** Absent while an imported material is deleted or has expired. */
  readonly sealed?: string | undefined
  readonly createdAtMs: number
  /** When it became the current one by a rotation; absent for the first. */
  readonly rotatedAtMs?: number | undefined
  readonly rotationType?: RotationType | undefined
  readonly imported?: ImportedMaterial | undefined
}

/** What is known of a material that came from outside. */
export interface ImportedMaterial {
  readonly description?: string | undefined
  /** Units: milliseconds since 1970; absent when it does not expire. */
  readonly validToMs?: number | undefined
  /** Sealed digest, by which the same material is known again after it was deleted. */
  readonly sealedDigest: string
}

/** A key's relation to its namesakes in other regions. */
export interface MultiRegion {
  readonly type: MultiRegionKeyType
  readonly primaryRegion: string
  /** Regions of the replicas, sorted; kept alike on all related keys. */
  readonly replicaRegions: readonly string[]
}

/** A scheduled deletion. Without `atMs` it waits for the deletion of the key's replicas. */
export interface ScheduledDeletion {
  readonly windowDays: number
  readonly atMs?: number | undefined
}

/** A KMS key. Its state follows from `enabled`, `deletion`, its materials and its custom key store: see `stateOf`. */
export interface KeyDocument {
  readonly keyId: string
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly spec: KeySpec
  readonly usage: KeyUsageType
  readonly origin: OriginType
  readonly manager: 'AWS' | 'CUSTOMER'
  readonly description: string
  readonly createdAtMs: number
  /** The key policy; users and roles by their unique ids. */
  readonly policy: string
  readonly tags: Tags
  readonly enabled: boolean
  readonly deletion?: ScheduledDeletion | undefined
  /** Oldest first. */
  readonly materials: readonly KeyMaterial[]
  /** The material that encrypts; absent before the first import. */
  readonly currentMaterialId?: string | undefined
  /** Imported, and waiting for RotateKeyOnDemand to become the current one. */
  readonly pendingMaterialId?: string | undefined
  readonly rotation?: { readonly periodDays: number; readonly nextAtMs: number } | undefined
  /** The period that EnableKeyRotation without one goes back to. */
  readonly lastPeriodDays?: number | undefined
  readonly multiRegion?: MultiRegion | undefined
  readonly customKeyStoreId?: string | undefined
  readonly xksKeyId?: string | undefined
}

/** A friendly name of a key; the id of the document is the name, `alias/…`. */
export interface AliasDocument {
  readonly aliasName: string
  readonly arn: Arn
  readonly targetKeyId: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What a grant lets its grantee do. */
export interface GrantTerms {
  readonly operations: readonly GrantOperation[]
  readonly constraints?: GrantConstraints | undefined
}

/** A grant; the id of the document is the grant's. It stands where its key does. */
export interface GrantDocument extends GrantTerms {
  readonly grantId: string
  readonly keyId: string
  readonly keyArn: Arn
  /** Empty when none was given. */
  readonly name: string
  readonly createdAtMs: number
  /** The account whose principal created it. */
  readonly issuingAccount: AccountId
  /** As policies keep principals; a service principal by its name. */
  readonly grantee: GrantPrincipal
  readonly retiring?: GrantPrincipal | undefined
}

/** A custom key store: the keys of an external key manager, reached through its proxy. */
export interface CustomKeyStoreDocument {
  readonly customKeyStoreId: string
  readonly name: string
  readonly createdAtMs: number
  readonly connection: StoreConnection
  readonly proxy: XksProxyDocument
}

/** Whether KMS may ask the key store: only after ConnectCustomKeyStore. */
export type StoreConnection =
  | { readonly state: 'CONNECTED' | 'DISCONNECTED' }
  | { readonly state: 'FAILED'; readonly errorCode: ConnectionErrorCodeType }

/** How an external key store's proxy is reached. */
export interface XksProxyDocument {
  readonly connectivity: XksProxyConnectivityType
  readonly uriEndpoint: string
  readonly uriPath: string
  readonly accessKeyId: string
  /** Sealed; the context is the key store's id. */
  readonly sealedSecret: string
  readonly vpcEndpointServiceName?: string | undefined
}

export interface GrantPrincipal {
  readonly type: 'AWS' | 'Service'
  readonly name: string
}

export const keys = collection<KeyDocument>({
  service: 'kms',
  type: 'key',
  indexes: {
    /** A key id is one account's alone, in one region. */
    id: { anywhere: ({ keyId, region }) => `${region} ${keyId}` },
    customKeyStore: ({ customKeyStoreId }) => customKeyStoreId,
    /** Keys that something will happen to at a known time, by that time. */
    scheduled: {
      anywhere(key) {
        const atMs = nextEventMs(key)
        return atMs === undefined ? undefined : scheduledUnder(atMs)
      },
    },
  },
  reseal: (key, keyId, move) => ({
    ...key,
    materials: key.materials.map((material) => resealMaterial(material, keyId, move)),
  }),
})

/** The last use of a key; it has the address of its key. */
export interface KeyUse extends LastUse {
  readonly operation: KeyLastUsageTrackingOperation
  readonly requestId: string
}

export const keyUses = collection<KeyUse>({ service: 'kms', type: 'key-use' })

export const aliases = collection<AliasDocument>({
  service: 'kms',
  type: 'alias',
  indexes: { target: ({ targetKeyId }) => targetKeyId },
})

export const grants = collection<GrantDocument>({
  service: 'kms',
  type: 'grant',
  indexes: {
    key: ({ keyId }) => keyId,
    grantee: ({ keyId, grantee }) => `${keyId} ${grantee.name}`,
    name: ({ keyId, name }) => (name === '' ? undefined : `${keyId} ${name}`),
    retiring: { anywhere: ({ retiring }) => retiring?.name },
  },
})

export const customKeyStores = collection<CustomKeyStoreDocument>({
  service: 'kms',
  type: 'custom-key-store',
  indexes: { name: ({ name }) => name },
  reseal: (store, id, move) => ({
    ...store,
    proxy: { ...store.proxy, sealedSecret: sealedProxySecret.move(move, id, store.proxy.sealedSecret) },
  }),
})

function resealMaterial(material: KeyMaterial, keyId: string, move: MoveSealed): KeyMaterial {
  const { materialId, sealed, imported } = material
  const owner = { keyId, materialId }
  return {
    ...material,
    sealed: sealed && sealedMaterial.move(move, owner, sealed),
    imported: imported && {
      ...imported,
      sealedDigest: sealedDigest.move(move, owner, imported.sealedDigest),
    },
  }
}

/**
 * When the next thing happens to a key by itself: its deletion, its rotation, the expiry of a material. A replica is rotated with its
 * primary key. Milliseconds since 1970.
 */
export function nextEventMs(key: KeyDocument): number | undefined {
  const expiries = key.materials.flatMap(({ sealed, imported }) =>
    sealed !== undefined && imported?.validToMs !== undefined ? [imported.validToMs] : [],
  )
  const rotates = key.enabled && !key.deletion && key.multiRegion?.type !== 'REPLICA'
  const times = [...expiries, key.deletion?.atMs, rotates ? key.rotation?.nextAtMs : undefined]
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
