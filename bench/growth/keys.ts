import assert from 'node:assert/strict'
import { arn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import { type GrantDocument, grants, type KeyDocument, keys } from '#services/kms/documents.ts'
import { defaultPolicy } from '#services/kms/key-policy.ts'
import { newMaterial, symmetricSecret } from '#services/kms/new-key.ts'
import { kmsCall, query } from '../http/requests.ts'
import { account, type Cloud, cloud, region } from './cloud.ts'
import type { Subject } from './subject.ts'

const Plaintext = Buffer.alloc(1024, 7).toString('base64')

/** Keys of an account, and grants of a key. */
export const keySubjects: readonly Subject[] = [
  {
    what: 'keys of an account',
    operation: 'Encrypt',
    counts: [100, 1_000, 10_000],
    async make(count) {
      const made = await cloud()
      const [key] = await putKeys(made, count)
      const call = kmsCall('Encrypt', { KeyId: key?.keyId, Plaintext })
      return { run: made.asking(made.administrator, call) }
    },
  },
  {
    what: 'grants of a key',
    operation: 'Encrypt by a grantee',
    counts: [100, 1_000, 10_000],
    async make(count) {
      const { made, key } = await keyWithGrants(count)
      const caller = await grantee(made, key)
      return { run: made.asking(caller, kmsCall('Encrypt', { KeyId: key.arn, Plaintext })) }
    },
  },
  {
    what: 'grants of a key',
    operation: 'CreateGrant, RevokeGrant',
    counts: [100, 1_000, 10_000],
    async make(count) {
      const { made, key } = await keyWithGrants(count)
      const create = kmsCall('CreateGrant', grantOf(key, `arn:aws:iam::${account}:user/admin`))
      return {
        async run() {
          const { GrantId } = JSON.parse(await made.ask(made.administrator, create)) as { GrantId: string } // As KMS answers.
          await made.ask(made.administrator, kmsCall('RevokeGrant', { KeyId: key.keyId, GrantId }))
        },
      }
    },
  },
]

async function putKeys({ ground }: Cloud, count: number): Promise<readonly KeyDocument[]> {
  const { randomBytes } = ground.world
  const { nowMs } = ground.clock
  const policy = defaultPolicy({ partition: 'aws', account })
  const made = Array.from({ length: count }, (): KeyDocument => {
    const keyId = uuid(randomBytes)
    const material = newMaterial(
      { randomBytes, seal: ground.seal, nowMs },
      keyId,
      symmetricSecret({ randomBytes }),
    )
    return {
      ...{ keyId, arn: arn({ partition: 'aws', service: 'kms', region, account, resource: `key/${keyId}` }) },
      ...{ account, region, spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', origin: 'AWS_KMS' },
      ...{ manager: 'CUSTOMER', description: '', createdAtMs: nowMs, policy, tags: {}, enabled: true },
      materials: [material],
      currentMaterialId: material.materialId,
    }
  })
  await ground.store.transact((tx) => {
    for (const key of made) tx.put(keys, { account, region }, key.keyId, key)
  })
  return made
}

/** A key with so many grants, each of a user of its own. */
async function keyWithGrants(count: number): Promise<{ readonly made: Cloud; readonly key: KeyDocument }> {
  const made = await cloud()
  const [key] = await putKeys(made, 1)
  assert.ok(key)
  const { store, world, clock } = made.ground
  await store.transact((tx) => {
    for (let number = 0; number < count; number += 1) {
      const grantId = world.randomBytes(32).toString('hex')
      const grant: GrantDocument = {
        ...{ grantId, keyId: key.keyId, keyArn: key.arn, name: `grant-${number}`, createdAtMs: clock.nowMs },
        issuingAccount: account,
        grantee: { type: 'AWS', name: `AIDA${String(number).padStart(17, 'A')}` },
        operations: ['Encrypt', 'Decrypt'],
      }
      tx.put(grants, { account, region }, grantId, grant)
    }
  })
  return { made, key }
}

function grantOf(key: KeyDocument, GranteePrincipal: string) {
  return { KeyId: key.keyId, GranteePrincipal, Operations: ['Encrypt', 'Decrypt'] }
}

/** A user who may nothing but what one grant more gives. */
async function grantee({ ask, administrator }: Cloud, key: KeyDocument) {
  await ask(administrator, query('iam', 'CreateUser', { UserName: 'grantee' }))
  const text = await ask(administrator, query('iam', 'CreateAccessKey', { UserName: 'grantee' }))
  const grant = kmsCall('CreateGrant', grantOf(key, `arn:aws:iam::${account}:user/grantee`))
  await ask(administrator, grant)
  const part = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(text)?.[1] ?? ''
  return { accessKeyId: part('AccessKeyId'), secretAccessKey: part('SecretAccessKey') }
}
