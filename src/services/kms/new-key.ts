import type { Call } from '#core/call.ts'
import { uuid } from '#core/ids.ts'
import { Secret } from '#core/seal/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument, KeyMaterial } from './documents.ts'
import { keyArn } from './find-key.ts'
import { sealMaterial } from './key-ring.ts'

/** What is chosen for a key; the rest follows from the call. */
export type KeyPlan = Pick<
  KeyDocument,
  'keyId' | 'spec' | 'usage' | 'origin' | 'manager' | 'description' | 'policy' | 'tags'
> &
  Partial<Pick<KeyDocument, 'materials' | 'rotation' | 'multiRegion' | 'customKeyStoreId' | 'xksKeyId'>>

/** A new key's id. Those of multi-Region keys say what they are. Source: KMS Developer Guide, "Multi-Region keys". */
export function newKeyId({ randomBytes }: Pick<Call, 'randomBytes'>, multiRegion: boolean): string {
  return multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : uuid(randomBytes)
}

/** A key of the caller's account in the call's region. Its last material is the current one. */
export function newKey(call: KmsCall, plan: KeyPlan): KeyDocument {
  const { account, region, nowMs } = call
  const materials = plan.materials ?? []
  return {
    ...plan,
    arn: keyArn(call, { account, region }, plan.keyId),
    account,
    region,
    createdAtMs: nowMs,
    enabled: true,
    materials,
    currentMaterialId: materials.at(-1)?.materialId,
  }
}

/** A key's new material, sealed; the secret is wiped. */
export function newMaterial(
  call: Pick<Call, 'randomBytes' | 'seal' | 'nowMs'>,
  keyId: string,
  secret: Secret,
): KeyMaterial {
  const materialId = call.randomBytes(32).toString('hex')
  return {
    materialId,
    sealed: sealMaterial(call.seal, { keyId, materialId }, secret),
    createdAtMs: call.nowMs,
  }
}

/** 32 random bytes: the material of a symmetric encryption key. */
export function symmetricSecret({ randomBytes }: Pick<Call, 'randomBytes'>): Secret {
  const bytes = randomBytes(32)
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}
