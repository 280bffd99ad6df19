import { newAccessKeyId } from '#core/access-key-id.ts'
import { accessKeySecret } from '#core/access-key-secret.ts'
import type { AccountId, Arn } from '#core/arn.ts'
import type { Seal } from '#core/seal/index.ts'
import { newSecretAccessKey } from '#core/secret-access-key.ts'
import type { Transaction } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { accessKeys, idOf, type User, users } from './documents.ts'
import { iamArn } from './find.ts'
import { uniqueId } from './ids.ts'

/** Where and when the first identities of an account are made. */
export interface Founding {
  readonly account: AccountId
  readonly partition: string
  readonly nowMs: number
  readonly randomBytes: (length: number) => Buffer
  readonly seal: Seal
}

/** Long-term credentials, to be shown once: the secret is only stored sealed. */
export interface FirstCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** An administrator to make; credentials that are left out are made up. */
export interface Administrator extends Partial<FirstCredentials> {
  readonly userName: string
}

/** Makes an access key of the account's root user. */
export function putRootKey(tx: Transaction, founding: Founding): FirstCredentials {
  return putKey(tx, founding, undefined, {})
}

/**
 * Makes a user with an access key who may everything, by AWS's policy AdministratorAccess. A user or key of that name that is
 * there already becomes so: starting twice with the same options gives the same.
 * Faults: throws when the access key id is another account's.
 */
export function putAdministrator(
  tx: Transaction,
  founding: Founding,
  administrator: Administrator,
): FirstCredentials {
  const { account, partition, nowMs, randomBytes } = founding
  const { userName } = administrator
  const scope = globalScope(account)
  const policy = `arn:${partition}:iam::aws:policy/AdministratorAccess` as Arn // An ARN by construction.
  const user: User = tx.get(users, scope, idOf(userName)) ?? {
    arn: iamArn(founding, 'user', '/', userName),
    path: '/',
    userName,
    userId: uniqueId('AIDA', randomBytes),
    createdAtMs: nowMs,
    tags: {},
    groups: [],
    attached: [],
    inline: {},
  }
  if (!user.attached.includes(policy)) {
    tx.put(users, scope, idOf(userName), { ...user, attached: [...user.attached, policy] })
  }
  return putKey(tx, founding, user.userName, administrator)
}

function putKey(
  tx: Transaction,
  { account, nowMs, randomBytes, seal }: Founding,
  userName: string | undefined,
  given: Partial<FirstCredentials>,
): FirstCredentials {
  const accessKeyId = given.accessKeyId ?? newAccessKeyId('AKIA', account, randomBytes)
  const secretAccessKey = given.secretAccessKey ?? newSecretAccessKey(randomBytes)
  for (const { account: owner } of tx.findAnywhere(accessKeys, 'id', accessKeyId)) {
    if (owner !== account)
      throw new Error(`The access key id ${accessKeyId} belongs to account ${owner} already.`)
  }
  tx.put(accessKeys, globalScope(account), accessKeyId, {
    accessKeyId,
    userName,
    active: true,
    sealedSecret: accessKeySecret.seal(seal, accessKeyId, secretAccessKey),
    createdAtMs: nowMs,
  })
  return { accessKeyId, secretAccessKey }
}
