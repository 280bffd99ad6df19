// Goal: IAM's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: a client whose requests go to a pipeline in the same process, over a store in memory, on a clock of its own.
import assert from 'node:assert/strict'
import { IAM } from '@aws-sdk/client-iam'
import { putAccount } from '#core/accounts.ts'
import type { AccountId } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { type CertificateUses, noCertificateUses } from '#core/certificates.ts'
import { putDeployment } from '#core/deployment.ts'
import { createLastUses } from '#core/last-uses.ts'
import { globalScope } from '#core/tables.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { type FirstCredentials, putAdministrator, putRootKey } from './bootstrap.ts'
import { idOf, users } from './documents.ts'
import { identities } from './identities.ts'
import { noteIdentityUses } from './identity-uses.ts'
import { createIamService } from './service.ts'

export { type Credentials, refusal } from '../../../test/in-process.ts'

export const account = '123456789012' as AccountId // Twelve digits.
export const foundedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A cloud with one account, its root key and an administrator. */
export interface Rig {
  readonly root: IAM
  readonly admin: IAM
  /** A client that signs with these credentials. */
  readonly as: (credentials: Credentials, region?: string) => IAM
  /** A user that an inline policy allows these statements, and a client that signs as it. */
  readonly user: (userName: string, ...statements: readonly Statement[]) => Promise<IAM>
  readonly store: Ground['store']
  readonly sessions: Ground['sessions']
  readonly rootKey: FirstCredentials
  readonly adminKey: FirstCredentials
  readonly clock: { nowMs: number }
  readonly audited: readonly AuditedCall[]
  /** Writes which keys and roles were used. */
  readonly writeUses: () => Promise<void>
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, unknown>>
}

export async function rig(
  partition = 'aws',
  certificateUses: CertificateUses = noCertificateUses,
  /** Makes of true randomness what a test needs. */
  drawn: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<Rig> {
  const laid = layGround(foundedAtMs)
  const randomBytes = (length: number): Buffer => drawn(laid.world.randomBytes(length))
  const ground: Ground = { ...laid, world: { ...laid.world, randomBytes } }
  const { clock, world, store, seal, sessions } = ground
  const lastUses = createLastUses(ground)
  const onUse = noteIdentityUses(lastUses)
  const { audited, configuration } = inProcess(ground, {
    services: [createIamService(certificateUses)],
    identities,
    partition,
    onUse,
  })
  const { rootKey, adminKey } = await store.transact((tx) => {
    putDeployment(tx, { partition, dev: false, createdAtMs: foundedAtMs })
    putAccount(tx, { accountId: account, name: 'management', createdAtMs: foundedAtMs, management: true })
    const founding = { account, partition, nowMs: foundedAtMs, randomBytes: world.randomBytes, seal }
    return {
      rootKey: putRootKey(tx, founding),
      adminKey: putAdministrator(tx, founding, { userName: 'admin' }),
    }
  })

  const as: Rig['as'] = (credentials, region) => new IAM(configuration(credentials, region))
  const admin = as(adminKey)
  return {
    root: as(rootKey),
    admin,
    as,
    async user(userName, ...statements) {
      await admin.createUser({ UserName: userName })
      const { AccessKey } = await admin.createAccessKey({ UserName: userName })
      await store.transact((tx) => {
        const scope = globalScope(account)
        const user = tx.get(users, scope, idOf(userName))
        assert.ok(user)
        const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
        if (statements.length > 0) tx.put(users, scope, idOf(userName), { ...user, inline: { only: text } })
      })
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
      return as({ accessKeyId, secretAccessKey })
    },
    store,
    sessions,
    rootKey,
    adminKey,
    clock,
    audited,
    writeUses: () => lastUses.flush(),
  }
}

/** Everything that pages hold, asked for `size` at a time, and how many pages there were. */
export async function pages<
  Answer extends { IsTruncated?: boolean | undefined; Marker?: string | undefined },
  Item,
>(
  size: number,
  ask: (page: { MaxItems: number; Marker?: string }) => Promise<Answer>,
  itemsOf: (answer: Answer) => readonly Item[] | undefined,
  between: () => Promise<unknown> = async () => {},
): Promise<Item[][]> {
  const all: Item[][] = []
  for (let marker: string | undefined; ;) {
    const answer = await ask({ MaxItems: size, ...(marker !== undefined && { Marker: marker }) })
    all.push([...(itemsOf(answer) ?? [])])
    assert.equal(answer.IsTruncated, answer.Marker !== undefined)
    if (answer.Marker === undefined) return all
    marker = answer.Marker
    await between()
  }
}
