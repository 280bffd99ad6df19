import { type AccountId, arn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import { createSeal, loadRootKey, rootKeysOf } from '#core/seal/index.ts'
import { Head, lockDataDirectory, openStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { type KeyDocument, keys } from '#services/kms/documents.ts'
import { defaultPolicy } from '#services/kms/key-policy.ts'
import { newMaterial, symmetricSecret } from '#services/kms/new-key.ts'

const region = 'us-east-1'
const batch = 1_000

/** Stores symmetric encryption keys in a data directory that a server has made: over the API it would take minutes. */
export async function storeKeys(directory: string, account: AccountId, count: number): Promise<void> {
  const { randomBytes, nowMs } = systemWorld()
  const unlock = lockDataDirectory(directory)
  const seal = createSeal({
    ...rootKeysOf(loadRootKey({ kind: 'file' }, directory, randomBytes)),
    randomBytes,
  })
  const store = openStore({ directory, head: new Head() })
  const policy = defaultPolicy({ partition: 'aws', account })
  for (let first = 0; first < count; first += batch) {
    await store.transact((tx) => {
      for (let number = first; number < Math.min(first + batch, count); number += 1) {
        const keyId = uuid(randomBytes)
        const material = newMaterial(
          { randomBytes, seal, nowMs: nowMs() },
          keyId,
          symmetricSecret({ randomBytes }),
        )
        const key: KeyDocument = {
          keyId,
          arn: arn({ partition: 'aws', service: 'kms', region, account, resource: `key/${keyId}` }),
          account,
          region,
          spec: 'SYMMETRIC_DEFAULT',
          usage: 'ENCRYPT_DECRYPT',
          origin: 'AWS_KMS',
          manager: 'CUSTOMER',
          description: `stored ${number}`,
          createdAtMs: nowMs(),
          policy,
          tags: { team: 'blue' },
          enabled: true,
          materials: [material],
          currentMaterialId: material.materialId,
        }
        tx.put(keys, { account, region }, keyId, key)
      }
    })
  }
  await store.close()
  unlock()
}
