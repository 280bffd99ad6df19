import type { AccountId } from '#core/arn.ts'
import { putAccount } from '#core/accounts.ts'
import { createSeal, loadRootKey, rootKeysOf } from '#core/seal/index.ts'
import { Head, lockDataDirectory, openStore, type Store } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { systemWorld } from '#core/world.ts'
import { putAdministrator } from '#services/iam/bootstrap.ts'
import { type User, users } from '#services/iam/documents.ts'
import { makeFirstAccount } from '../../src/cli/first-start.ts'
import type { Credentials } from '../../test/server.ts'

/** What a data directory is to hold before its server starts. */
export interface Wanted {
  /** Accounts in which the benchmark will create users, each up to the quota. */
  readonly freshAccounts: number
  /** Users that are stored already, in accounts of their own. */
  readonly storedUsers: number
}

/** Users of one account. Source: IAM User Guide, "IAM and AWS STS quotas": 5,000. */
export const usersOfAccount = 5_000

/**
 * Makes a data directory as a first start does, with more accounts and users: they are written through the store, since over the
 * API it would take minutes. Gives an administrator of each fresh account.
 */
export async function prepare(
  directory: string,
  { freshAccounts, storedUsers }: Wanted,
): Promise<readonly Credentials[]> {
  const world = systemWorld()
  const unlock = lockDataDirectory(directory)
  const seal = createSeal({
    ...rootKeysOf(loadRootKey({ kind: 'file' }, directory, world.randomBytes)),
    randomBytes: world.randomBytes,
  })
  const store = openStore({ directory, head: new Head() })
  const administrators = await store.transact((tx) => {
    makeFirstAccount(tx, { settings: { partition: 'aws', dev: undefined }, world, seal })
    return Array.from({ length: freshAccounts }, (_, index) => {
      const account = accountNumber(200_000_000_000 + index)
      putAccount(tx, {
        accountId: account,
        name: `fresh ${index}`,
        createdAtMs: world.nowMs(),
        management: false,
      })
      const place = { account, partition: 'aws', nowMs: world.nowMs(), randomBytes: world.randomBytes, seal }
      return putAdministrator(tx, place, { userName: 'admin' })
    })
  })
  for (let first = 0; first < storedUsers; first += 1_000)
    await store1000(store, first, Math.min(1_000, storedUsers - first))
  await store.close()
  unlock()
  return administrators
}

/** Stores users whose names come in no order. */
function store1000(store: Store, first: number, count: number): Promise<void> {
  return store.transact((tx) => {
    for (let number = first; number < first + count; number += 1) {
      const account = accountNumber(300_000_000_000 + Math.floor(number / usersOfAccount))
      const userName = `${((number * 7919) % 1_000_003).toString(36)}-${number}`
      const user: User = {
        arn: `arn:aws:iam::${account}:user/${userName}` as User['arn'], // An ARN by construction.
        path: '/',
        userName,
        userId: `AIDA${String(number).padStart(17, 'A')}`,
        createdAtMs: 1_700_000_000_000 + number,
        tags: { team: 'blue', costCenter: '4711' },
        groups: [],
        attached: [],
        inline: {},
      }
      tx.put(users, globalScope(account), userName, user)
    }
  })
}

function accountNumber(number: number): AccountId {
  return String(number) as AccountId // Twelve digits: see the callers.
}
