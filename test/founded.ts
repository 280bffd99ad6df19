// Where most tests over a cloud in one process begin: accounts with administrators, and users with a policy.
import assert from 'node:assert/strict'
import type { IAM } from '@aws-sdk/client-iam'
import { putAccount } from '#core/accounts.ts'
import type { AccountId } from '#core/arn.ts'
import { putDeployment } from '#core/deployment.ts'
import { putAdministrator } from '../src/services/iam/bootstrap.ts'
import type { Credentials, Ground } from './in-process.ts'

/** Founds accounts, the first of which is the management account, and answers what the administrator of each signs with. */
export function found<const Accounts extends readonly AccountId[]>(
  { clock, store, seal, world }: Ground,
  accounts: Accounts,
) {
  const { nowMs } = clock
  return store.transact((tx) => {
    putDeployment(tx, { partition: 'aws', dev: false, createdAtMs: nowMs })
    const administrators = accounts.map((account, index): Credentials => {
      putAccount(tx, { accountId: account, name: account, createdAtMs: nowMs, management: index === 0 })
      const founding = { account, partition: 'aws', nowMs, randomBytes: world.randomBytes, seal }
      return putAdministrator(tx, founding, { userName: 'admin' })
    })
    return administrators as { readonly [Index in keyof Accounts]: Credentials } // One for each.
  })
}

/** Makes a user with an inline policy of these statements, if there are any, and answers what it signs with. */
export async function newUser(
  iam: IAM,
  UserName: string,
  Statement: readonly object[] = [],
): Promise<Credentials> {
  await iam.createUser({ UserName })
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  if (Statement.length > 0) await iam.putUserPolicy({ UserName, PolicyName: 'only', PolicyDocument })
  const { AccessKey } = await iam.createAccessKey({ UserName })
  assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}
